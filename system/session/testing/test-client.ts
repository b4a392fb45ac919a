/** A client for tests: keeps every frame it gets and says when a certain one arrived. */
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ClientFrame, ServerFrame } from '../protocol.ts';

export type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
type Hello = Partial<Extract<ClientFrame, { type: 'hello' }>>;

interface ClientOptions {
  readonly autoPong?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export const testToken = 'a-token-of-the-tests';

export class TestClient {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  /** Close code, once closed. */
  closed: number | undefined;
  /** The answer to an upgrade that was refused. */
  refusal: { readonly status: number; readonly retryAfter: string | undefined } | undefined;

  /** `path` begins with `/ws`. */
  constructor(port: number, options: ClientOptions = {}, path = '/ws') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    this.socket.on('unexpected-response', (_request, response) => {
      this.refusal = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
      this.closed = 1006;
      response.resume();
    });
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as ServerFrame));
    this.socket.on('close', (code) => {
      this.closed = code;
    });
    this.socket.on('error', () => {});
  }

  /** Connects and says hello; resolves with the welcome. */
  static async greet(
    port: number,
    hello: Hello = {},
  ): Promise<{ readonly client: TestClient; readonly welcome: FrameOf<'welcome'> }> {
    const client = new TestClient(port);
    await client.opened();
    client.send({ type: 'hello', protocol: 1, token: testToken, ...hello });
    return { client, welcome: await client.arrival('welcome') };
  }

  async opened(): Promise<void> {
    await until(() => this.socket.readyState === WebSocket.OPEN, 'the connection to open');
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  of<T extends ServerFrame['type']>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  get offsets(): number[] {
    return this.of('entry').map(({ offset }) => offset);
  }

  async arrival<T extends ServerFrame['type']>(type: T, id?: string): Promise<FrameOf<T>> {
    const find = () => this.of(type).find((frame) => id === undefined || ('id' in frame && frame.id === id));
    await until(() => find() !== undefined, `${type} ${id ?? ''}`);
    return find() as FrameOf<T>;
  }

  /** Resolves when so many entries have arrived. */
  async entries(count: number): Promise<FrameOf<'entry'>[]> {
    await until(() => this.of('entry').length >= count, `${count} entries (${this.of('entry').length} came)`);
    return this.of('entry');
  }

  async message(id: string, body: unknown = { text: id }): Promise<number> {
    this.send({ type: 'message', id, body });
    return (await this.arrival('ack', id)).offset;
  }

  async closure(): Promise<number> {
    await until(() => this.closed !== undefined, 'the connection to close');
    return this.closed ?? 0;
  }

  async end(): Promise<void> {
    this.socket.terminate();
    await this.closure();
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await delay(5);
  }
}
