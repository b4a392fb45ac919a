/** One HTTP request with a JSON answer, over a connection of its own, with a deadline for the whole exchange. */
import { request } from 'node:http';
import { ChaosError } from '../errors.ts';
import { parseAddress } from './address.ts';

const maxResponseBytes = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly address: string;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

class NoAnswer extends ChaosError {}

export async function httpText(options: HttpRequest): Promise<HttpAnswer> {
  const { address, method = 'GET', path, token, body, timeoutMs } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(payload !== undefined && { 'content-type': 'application/json' }),
    ...options.headers,
  };
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      const call = request({ ...parseAddress(address), method, path, headers, agent: false, signal }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxResponseBytes) response.destroy(new Error(`more than ${maxResponseBytes} bytes`));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('close', () => reject(new Error('closed in the middle of the answer')));
        response.on('end', () => {
          if (response.complete)
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      call.on('error', reject);
      call.end(payload);
    });
  } catch (cause) {
    const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : String((cause as Error).message);
    throw new NoAnswer('CHAOS_NO_ANSWER', `${method} ${address}${path}: ${reason}`, { cause });
  }
}

/** The JSON body of a 2xx answer; anything else throws. */
export async function httpJson(options: HttpRequest): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, text } = await httpText(options);
  const where = `${options.method ?? 'GET'} ${options.address}${options.path}`;
  if (status < 200 || status > 299) throw new BadStatus(status, `${where}: status ${status}: ${text.slice(0, 200)}`);
  try {
    return { status, body: JSON.parse(text) };
  } catch (cause) {
    throw new NoAnswer('CHAOS_NOT_JSON', `${where}: the answer is not JSON: ${text.slice(0, 200)}`, { cause });
  }
}

export class BadStatus extends ChaosError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('CHAOS_BAD_STATUS', message);
    this.status = status;
  }
}
