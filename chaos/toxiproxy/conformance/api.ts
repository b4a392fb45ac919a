/** The HTTP API of a server under test, one call at a time: everything of an answer that a client can see, and nothing smoothed over. */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'HEAD' | 'OPTIONS';

export interface Answer {
  readonly status: number;
  /** Content-Type, as sent. */
  readonly type: string | undefined;
  /** Parsed where it is JSON, else the text. Without `Logger`, which 2.12.0 leaks empty. */
  readonly body: unknown;
  /** Whether the text ends in a newline: errors do, JSON does not. */
  readonly newline: boolean;
}

const deadlineMs = 15_000;

export class Api {
  readonly url: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.url = url;
  }

  /** A body that is no string is sent as JSON. */
  async call(
    method: Method,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { status, headers: sent, text } = await this.exchange(method, path, body, headers);
    return { status, type: sent['content-type'], body: parsed(text), newline: text.endsWith('\n') };
  }

  /** As it came, to the byte. */
  async exchange(
    method: Method,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> {
    const { hostname, port } = new URL(this.url);
    const answered = Promise.withResolvers<IncomingMessage>();
    const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const length = content === undefined ? {} : { 'content-length': `${Buffer.byteLength(content)}` };
    // The path goes out as it is: a URL would tidy it.
    request(
      {
        hostname,
        port,
        method,
        path,
        headers: { ...headers, ...length },
        agent: this.#agent,
        signal: AbortSignal.timeout(deadlineMs),
      },
      answered.resolve,
    )
      .on('error', answered.reject)
      .end(content);
    const response = await answered.promise;
    return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(sent: string): unknown {
  try {
    return JSON.parse(sent, (key, value) => (key === 'Logger' ? undefined : value));
  } catch {
    return sent;
  }
}

export function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json', body, newline: false };
}

/** An error of the API: JSON that calls itself plain text. */
export function refusal(status: number, error: unknown): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: { error, status }, newline: true };
}

export function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body, newline: true };
}

export function empty(status: number): Answer {
  return { status, type: undefined, body: '', newline: false };
}

/** What follows the colon is the words of Go's JSON decoder. */
export const badRequestBody: unknown = expect.stringMatching(/^bad request body: \S/);
