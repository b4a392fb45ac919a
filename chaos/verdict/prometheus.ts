/** A small client of Prometheus's HTTP API. Every call has a deadline; whatever goes wrong comes back as an answer that says so, never as a throw. */
import { z } from 'zod';

export type PrometheusAnswer =
  | { readonly status: 'success'; readonly resultType: string; readonly result: unknown }
  | { readonly status: 'error'; readonly error: string };

export interface PrometheusOptions {
  /** For one call, its body included. Default 10,000. */
  readonly deadlineMs?: number;
}

/** An answer about a run is some kilobytes; a range of everything at 1 s some megabytes. */
const maxBodyBytes = 32 * 1024 * 1024;

const envelope = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({ resultType: z.string(), result: z.unknown() }),
    warnings: z.array(z.string()).optional(),
  }),
  z.object({ status: z.literal('error'), errorType: z.string().optional(), error: z.string() }),
]);

export class PrometheusClient {
  readonly #baseUrl: string;
  readonly #deadlineMs: number;

  constructor(baseUrl: string, { deadlineMs = 10_000 }: PrometheusOptions = {}) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#deadlineMs = deadlineMs;
  }

  /** The expression's value at a time (Unix ms). */
  query(expression: string, atMs: number): Promise<PrometheusAnswer> {
    return this.#ask('query', { query: expression, time: seconds(atMs) });
  }

  /** Its values from one time to another (Unix ms), a step apart. */
  queryRange(expression: string, fromMs: number, toMs: number, stepSeconds: number): Promise<PrometheusAnswer> {
    return this.#ask('query_range', {
      query: expression,
      start: seconds(fromMs),
      end: seconds(toMs),
      step: String(stepSeconds),
    });
  }

  /** Does it answer, and is it ready to be queried? */
  async ready(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#baseUrl}/-/ready`, { signal: AbortSignal.timeout(this.#deadlineMs) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  async #ask(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<PrometheusAnswer> {
    try {
      const response = await fetch(`${this.#baseUrl}/api/v1/${endpoint}`, {
        method: 'POST',
        body: new URLSearchParams({ ...parameters, timeout: `${Math.ceil(this.#deadlineMs / 1000)}s` }),
        signal: AbortSignal.timeout(this.#deadlineMs),
      });
      return answerOf(response.status, await bodyOf(response));
    } catch (error) {
      return { status: 'error', error: `${this.#baseUrl}: ${reasonOf(error, this.#deadlineMs)}` };
    }
  }
}

function answerOf(status: number, body: string): PrometheusAnswer {
  const parsed = envelope.safeParse(jsonOf(body));
  if (!parsed.success)
    return { status: 'error', error: `HTTP ${status}, and no answer of Prometheus: ${body.slice(0, 200)}` };
  if (parsed.data.status === 'error') return { status: 'error', error: parsed.data.error };
  const { data, warnings = [] } = parsed.data;
  // A warning means that something may be missing from the result.
  if (warnings.length > 0) return { status: 'error', error: `with warnings: ${warnings.join('; ')}` };
  return { status: 'success', resultType: data.resultType, result: data.result };
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw new Error(`answer over ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Unix seconds with milliseconds, as Prometheus takes them. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
