/** Takes the traces of the system under test: OTLP/HTTP with JSON at `POST /v1/traces`, everything bounded. Never faulted, and never a part of the verdict. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ChaosError } from '../errors.ts';
import { batchesOf, maxBatches } from './otlp.ts';
import type { SpanBook } from './span-book.ts';

/** Some hundred spans take a tenth of it. What is bigger takes too long to parse in one go. */
const maxBodyBytes = 1024 * 1024;
const maxConnections = 64;
const requestWithinMs = 10_000;

class Refusal extends ChaosError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('CHAOS_TRACES', message);
    this.status = status;
  }
}

export class TraceReceiver implements AsyncDisposable {
  readonly #book: SpanBook;
  readonly #server: Server;
  /** One request after the other, so that many layers do not keep the event loop any longer than one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(book: SpanBook) {
    this.#book = book;
    this.#server = createServer({ requestTimeout: requestWithinMs }, (request, response) => {
      this.#answer(request).then(
        (body) => reply(response, 200, body),
        (error: Error) => refuse(request, response, error),
      );
    });
    this.#server.maxConnections = maxConnections;
  }

  /** Listens on all interfaces, so that layers in containers reach it, on a port of the system's choice. Throws `CHAOS_TRACES`. */
  static async start(book: SpanBook): Promise<TraceReceiver> {
    const receiver = new TraceReceiver(book);
    await new Promise<void>((resolve, reject) => {
      // For good: an error later on, with nobody to hear it, would end the process.
      receiver.#server.on('error', (cause) =>
        reject(new ChaosError('CHAOS_TRACES', `the receiver of traces cannot listen: ${cause.message}`, { cause })),
      );
      receiver.#server.listen(0, '0.0.0.0', resolve);
    });
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const gzipped = encodingOf(request);
    const sent = await bodyOf(request);
    const taken = this.#last.then(async () => this.#take(gzipped ? await unzipped(sent) : sent));
    this.#last = taken.catch(() => {});
    return taken;
  }

  async #take(body: Buffer): Promise<object> {
    const batches = batchesOf(jsonOf(body));
    if (batches === undefined)
      throw new Refusal(400, `not an ExportTraceServiceRequest of OTLP in JSON with at most ${maxBatches} resources`);
    let rejectedSpans = 0;
    const reasons: string[] = [];
    for (const batch of batches) {
      const { refused, why } = await this.#book.add(batch);
      rejectedSpans += refused;
      if (refused > 0) reasons.push(why);
    }
    return rejectedSpans === 0 ? {} : { partialSuccess: { rejectedSpans, errorMessage: reasons.join(', ') } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await this.#last;
  }
}

/** Whether the body is gzipped. Throws a refusal for what is not understood here. */
function encodingOf({ method, url, headers }: IncomingMessage): boolean {
  if (url?.split('?')[0] !== '/v1/traces') throw new Refusal(404, 'only POST /v1/traces is here');
  if (method !== 'POST') throw new Refusal(405, 'only POST /v1/traces is here');
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(
      415,
      `${type ?? 'no content type'} is not understood: send JSON (OTEL_EXPORTER_OTLP_PROTOCOL=http/json)`,
    );
  }
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'gzip' || encoding === 'identity') return encoding === 'gzip';
  throw new Refusal(415, `${encoding} is not understood: send it as it is, or with gzip`);
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    // After its end this changes nothing.
    request.on('close', () => reject(new Refusal(400, 'closed in the middle of the request')));
  });
}

async function unzipped(body: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBodyBytes });
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge()
      : new Refusal(400, 'the body is not gzip');
  }
}

function tooLarge(): Refusal {
  return new Refusal(
    413,
    `more than ${maxBodyBytes} bytes: send fewer spans at a time (OTEL_BSP_MAX_EXPORT_BATCH_SIZE)`,
  );
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: Error): void {
  // What is still to come of it is nobody's to read.
  if (!request.complete) response.setHeader('connection', 'close');
  if (error instanceof Refusal && error.status === 405) response.setHeader('allow', 'POST');
  reply(response, error instanceof Refusal ? error.status : 500, { message: error.message });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
