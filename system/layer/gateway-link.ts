/** The session layer's and the runtime's way to the gateway: requests over HTTP, each one evidence of its reachability. */
import { type CallTrace, inCallSpan } from './gateway-call.ts';
import type { Logger } from './logger.ts';
import { Reachability, type ReachabilityOptions } from './reachability.ts';

export type { LinkCounts } from './link-metrics.ts';
export { GatewayUnreachable } from './reachability.ts';

export interface GatewayLinkOptions extends ReachabilityOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Asked at each request: the token may be changed while the layer runs. */
  readonly token: () => string;
}

export interface RequestOptions extends CallTrace {
  readonly body?: unknown;
  /** For the whole exchange; of a stream, until its headers. */
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller's own reason to give up; it says nothing about the gateway. */
  readonly signal?: AbortSignal;
  /** Dials even while the gateway is known to be unreachable: a reconnect storm, unless the caller keeps it from one. */
  readonly ungated?: boolean;
}

/** Any HTTP status is an answer: a gateway that answers 500 is reachable. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; null if empty. */
  readonly body: unknown;
}

export interface StreamAnswer {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array>;
  /** To be called when the stream broke or fell silent: evidence against the gateway, unless it has been redialled since. */
  readonly lost: (error: unknown) => void;
}

/** Layers on one machine share the file, layers in containers of their own do not. */
const otherToken =
  'the gateway refuses the token of this layer: start all layers with the same OPENCLAW_TOKEN, or with the same OPENCLAW_HOME, in which state/token is';
const maxAnswerBytes = 8 * 1024 * 1024;

export class GatewayLink extends Reachability {
  readonly #baseUrl: string;
  readonly #token: () => string;
  readonly #log: Logger;
  #refused = false;

  constructor(options: GatewayLinkOptions) {
    super(options);
    this.#log = options.log;
    this.#baseUrl = options.baseUrl;
    this.#token = options.token;
  }

  /** What keeps this layer from the gateway although it is reachable, for people. */
  degraded(): readonly string[] {
    return this.#refused ? [otherToken] : [];
  }

  /** Throws {@link GatewayUnreachable}, or the signal's reason. */
  async request(method: string, path: string, options: RequestOptions): Promise<Answer> {
    return this.through(
      async () => {
        using deadline = startDeadline(options);
        return await inCallSpan(method, `${this.#baseUrl}${path}`, options, async (traceparent) => {
          const response = await this.#send(method, path, options, deadline.signal, traceparent);
          const text = await readText(response);
          return { status: response.status, body: text === '' ? null : JSON.parse(text) };
        });
      },
      options.signal,
      options.ungated,
    );
  }

  /** A long-lived GET; its body ends when `signal` aborts. It has no span. */
  async stream(path: string, options: RequestOptions): Promise<StreamAnswer> {
    const response = await this.through(async () => {
      using deadline = startDeadline(options);
      return await this.#send('GET', path, options, deadline.signal);
    }, options.signal);
    return { status: response.status, body: response.body ?? new ReadableStream(), lost: this.evidence() };
  }

  async #send(
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    traceparent?: string,
  ): Promise<Response> {
    const hasBody = options.body !== undefined;
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token()}`,
        ...(hasBody && { 'content-type': 'application/json' }),
        ...(traceparent !== undefined && { traceparent }),
        ...options.headers,
      },
      ...(hasBody && { body: JSON.stringify(options.body) }),
      redirect: 'manual',
      signal,
    });
    this.#note(response.status);
    return response;
  }

  #note(status: number): void {
    // Nothing was compared: it says nothing.
    if (status === 429) return;
    const refused = status === 401 || status === 403;
    if (refused && !this.#refused) this.#log.warn({ status }, otherToken);
    this.#refused = refused;
  }
}

/** Aborts after `timeoutMs` unless disposed of; passes the caller's signal on even after that. */
function startDeadline({ timeoutMs, signal }: RequestOptions): Disposable & { readonly signal: AbortSignal } {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  return {
    signal: signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxAnswerBytes) throw new Error(`answer over ${maxAnswerBytes} bytes`);
  }
  return text + decoder.decode();
}
