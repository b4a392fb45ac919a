/** A gateway for tests: an HTTP server that keeps events, streams them, and takes presence and messages; it can be stopped and can fall silent. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GatewayEvent, messageBatch, type Presence, type SessionMessage } from '../../layer/wire.ts';

export class FakeGateway {
  readonly token: string;
  readonly heartbeatMs: number;
  readonly presences: Presence[] = [];
  /** Those of every batch that was answered with 200. */
  readonly messages: SessionMessage[] = [];
  batches = 0;
  /** Method and header `traceparent` of every request that had one. */
  readonly traced: string[] = [];
  /** Decides the status of the answer to a batch. */
  verdict: (messages: readonly SessionMessage[]) => number = () => 200;
  /** `after` of each stream that was opened. */
  readonly dials: number[] = [];
  port = 0;
  /** Streams stay open, nothing is written any more. */
  silent = false;
  readonly #events: GatewayEvent[] = [];
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(token: string, heartbeatMs = 50) {
    this.token = token;
    this.heartbeatMs = heartbeatMs;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get newest(): number {
    return this.#events.length;
  }

  /** On the port it had before, if it had one. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.headers.traceparent !== undefined)
        this.traced.push(`${request.method} ${request.headers.traceparent}`);
      if (request.headers.authorization !== `Bearer ${this.token}`) response.writeHead(401).end();
      else if (request.method === 'PUT') this.#takePresence(request, response);
      else if (request.method === 'POST') void this.#takeMessages(request, response);
      else this.#stream(new URL(request.url ?? '', this.url), response);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#timer = setInterval(() => this.#write(':\n\n'), this.heartbeatMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.dropStreams();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  emit(session: string | null = null, skill = 'daily-memory', traceparent?: string): GatewayEvent {
    const id = this.#events.length + 1;
    const run = { id: `${skill}@${id}`, skill, trigger: 'schedule', dueAt: id * 1000, attempt: 1 } as const;
    const event: GatewayEvent = {
      id,
      at: Date.now(),
      type: 'run.started',
      run,
      session,
      ...(traceparent && { traceparent }),
    };
    this.#events.push(event);
    this.#write(encode(event));
    return event;
  }

  /** Its log is lost; ids start from 1 again. */
  forget(): void {
    this.#events.length = 0;
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }

  /** Sends text as it is to every open stream. */
  inject(text: string): void {
    this.#write(text);
  }

  #write(text: string): void {
    if (this.silent) return;
    for (const stream of this.#streams) stream.write(text);
  }

  #stream(url: URL, response: ServerResponse): void {
    const after = Number(url.searchParams.get('after'));
    this.dials.push(after);
    if (after > this.newest) {
      response.writeHead(409).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`:\n\n${this.#events.slice(after).map(encode).join('')}`);
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  async #takeMessages(request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    const chunks = await Array.fromAsync(request);
    const { messages } = messageBatch.parse(JSON.parse(Buffer.concat(chunks).toString()));
    this.batches += 1;
    const status = this.verdict(messages);
    if (status === 200) this.messages.push(...messages);
    response.writeHead(status).end();
  }

  #takePresence(request: AsyncIterable<Buffer>, response: ServerResponse): void {
    void Array.fromAsync(request).then((chunks) => {
      this.presences.push(JSON.parse(Buffer.concat(chunks).toString()) as Presence);
      response.writeHead(204).end();
    });
  }
}

function encode(event: GatewayEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
