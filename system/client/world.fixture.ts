/** A session layer, a network and a clock for tests of the client, all in memory: nothing happens until the test says so. */
import type { ClientFrame, ServerFrame } from '../session/protocol.ts';
import type { Environment, Socket } from './environment.ts';

type Entry = Extract<ServerFrame, { type: 'entry' }>;

export class World {
  nowMs = 0;
  log: Entry[] = [];
  epoch = 'epoch-1';
  /** Newest offset that is gone. */
  floor = 0;
  /** Hellos that came in. */
  readonly hellos: Extract<ClientFrame, { type: 'hello' }>[] = [];
  /** Messages that were sent, whether they came in or not. */
  readonly messages: Extract<ClientFrame, { type: 'message' }>[] = [];
  /** When each dial was made. */
  readonly dials: number[] = [];
  /** Answers a dial with an end instead of a connection. */
  refuses = false;
  /** Accepts, and then never says anything. */
  mute = false;
  heartbeatMs = 1000;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  #wire: Wire | undefined;

  readonly environment: Environment;

  constructor(random: () => number = () => 0.5) {
    let ids = 0;
    this.environment = {
      open: () => this.#open(),
      now: () => this.nowMs,
      setTimeout: (callback, ms) => {
        const timer = { at: this.nowMs + ms, callback };
        this.#timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => void this.#timers.delete(timer as never),
      random,
      newId: () => `m${++ids}`,
    };
  }

  get connected(): boolean {
    return this.#wire !== undefined;
  }

  /** Lets time pass; timers that are due go off, each at its time. */
  async pass(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.callback();
      await settled();
    }
    this.nowMs = until;
  }

  /** The clock jumps while nothing runs; overdue timers go off afterwards. */
  sleep(ms: number): void {
    this.nowMs += ms;
  }

  /** Carries up to so many frames each way; the server answers at once. */
  async carry(up = Number.POSITIVE_INFINITY, down = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    const wire = this.#wire;
    if (wire === undefined) return;
    for (const frame of wire.up.splice(0, up)) if (!this.mute) this.#serve(frame, wire);
    for (const frame of wire.down.splice(0, down)) wire.socket.onmessage?.({ data: JSON.stringify(frame) });
    await settled();
  }

  /** What is on the wire is lost. */
  async drop(code: number, retryAfterMs?: number): Promise<void> {
    const wire = this.#wire;
    this.#wire = undefined;
    if (retryAfterMs !== undefined) {
      wire?.socket.onmessage?.({ data: JSON.stringify({ type: 'error', code: 'x', message: 'x', retryAfterMs }) });
    }
    wire?.socket.onclose?.({ code, reason: '' });
    await settled();
  }

  append(kind: 'message' | 'event', id: string, body: unknown, traceparent?: string): Entry {
    const offset = this.floor + this.log.length + 1;
    const trace = traceparent === undefined ? {} : { traceparent };
    const entry: Entry = { type: 'entry', offset, at: this.nowMs, kind, id, body, ...trace };
    this.log.push(entry);
    if (this.#wire?.greeted) this.#wire.down.push(entry);
    return entry;
  }

  say(frame: ServerFrame): void {
    this.#wire?.down.push(frame);
  }

  /** A server at fault: it says entries again, or leaves one out. */
  repeat(): void {
    if (this.#wire?.greeted) this.#wire.down.push(...this.log.slice(-3));
  }

  leaveOut(): void {
    const at = this.#wire?.down.findIndex(({ type }) => type === 'entry') ?? -1;
    if (at >= 0) this.#wire?.down.splice(at, 1);
  }

  /** The server's disk is lost: same session, another log. */
  async loseLog(): Promise<void> {
    await this.drop(1011);
    this.log = [];
    this.floor = 0;
    this.epoch = `epoch-${Number(this.epoch.slice(6)) + 1}`;
  }

  #open(): Socket {
    this.dials.push(this.nowMs);
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => {
        const frame: ClientFrame = JSON.parse(text);
        wire.up.push(frame);
        if (frame.type === 'message') this.messages.push(frame);
      },
      close: () => {
        if (this.#wire === wire) this.#wire = undefined;
      },
    };
    const wire: Wire = { socket, up: [], down: [], greeted: false };
    this.#wire = wire;
    queueMicrotask(() => (this.refuses ? this.drop(1006) : socket.onopen?.()));
    return socket;
  }

  #serve(frame: ClientFrame, wire: Wire): void {
    if (frame.type === 'ping') wire.down.push({ type: 'pong', id: frame.id });
    if (frame.type === 'hello') this.#greet(frame, wire);
    if (frame.type !== 'message') return;
    const known = this.log.find(({ kind, id }) => kind === 'message' && id === frame.id);
    const { offset } = known ?? this.append('message', frame.id, frame.body, frame.traceparent);
    wire.down.push({ type: 'ack', id: frame.id, offset });
  }

  #greet(hello: Extract<ClientFrame, { type: 'hello' }>, wire: Wire): void {
    this.hellos.push(hello);
    const { session, epoch, after = 0 } = hello;
    const offset = this.floor + this.log.length;
    const reason =
      session === undefined
        ? 'new-session'
        : (epoch ?? this.epoch) !== this.epoch
          ? 'epoch-changed'
          : after < this.floor
            ? 'trimmed'
            : undefined;
    const from = reason === undefined ? after : reason === 'new-session' ? 0 : offset;
    const outcome = reason === undefined ? { recovered: true } : { recovered: false, reason };
    const { heartbeatMs, floor } = this;
    const log = { session: 'session-1', epoch: this.epoch, offset, from, floor };
    wire.down.push({ type: 'welcome', ...log, ...outcome, heartbeatMs, degraded: false } as ServerFrame);
    wire.down.push(...this.log.filter((entry) => entry.offset > from));
    wire.greeted = true;
  }
}

interface Wire {
  readonly socket: Socket;
  readonly up: ClientFrame[];
  readonly down: ServerFrame[];
  greeted: boolean;
}

/** Promises that can be settled are. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
