/** One WebSocket from dial to end: hello, welcome, frames, and a heartbeat that finds a server which is gone without a word. */
import type { ClientFrame, ServerFrame } from '../session/protocol.ts';
import type { Environment, Socket } from './environment.ts';

export type Hello = Extract<ClientFrame, { type: 'hello' }>;

export interface End {
  /** 1006 if the server said none. */
  readonly code: number;
  readonly reason: string;
  /** The server does not want to be asked sooner. */
  readonly retryAfterMs: number;
}

interface ConnectionEvents {
  /** `length` in characters. */
  readonly frame: (frame: ServerFrame, length: number) => void;
  /** Once, and nothing after it. */
  readonly ended: (end: End) => void;
}

/** From dial to welcome. */
const welcomeWithinMs = 10_000;
/** At least so often, so that 2.5 of them and a look around are within 15 s. */
const maxHeartbeatMs = 5000;
const silentHeartbeats = 2.5;
const lookEveryMs = 1000;

export class Connection {
  readonly #environment: Environment;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  #timer: unknown;
  #heartbeatMs = maxHeartbeatMs;
  #heardAt: number;
  #pingedAt: number;
  #lookedAt: number;
  #retryAfterMs = 0;
  #wasSpared = false;
  #over = false;

  /** Throws what the WebSocket throws: a URL that is none. */
  constructor(environment: Environment, url: string, hello: Hello, events: ConnectionEvents) {
    this.#environment = environment;
    this.#events = events;
    this.#heardAt = this.#pingedAt = this.#lookedAt = environment.now();
    this.#socket = environment.open(url);
    this.#socket.onopen = () => this.send(JSON.stringify(hello));
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
    this.#socket.onerror = () => {};
    this.#timer = environment.setTimeout(() => this.end('no welcome in time'), welcomeWithinMs);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The server is not waited for: it may be gone. */
  end(reason: string, code = 1006): void {
    this.#end(code, reason);
    this.#socket.close(1000);
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#environment.clearTimeout(this.#timer);
    this.#events.ended({ code, reason: reason || `closed with code ${code}`, retryAfterMs: this.#retryAfterMs });
  }

  #receive(data: unknown): void {
    if (this.#over) return;
    this.#heardAt = this.#environment.now();
    this.#wasSpared = false;
    const frame = parse(data);
    if (frame === undefined) {
      this.end('a frame of the server is not JSON');
      return;
    }
    if (frame.type === 'welcome') this.#startHeartbeat(frame.heartbeatMs);
    if (frame.type === 'error') this.#retryAfterMs = frame.retryAfterMs ?? 0;
    this.#events.frame(frame, String(data).length);
  }

  #startHeartbeat(heartbeatMs: number): void {
    this.#heartbeatMs = Math.min(heartbeatMs, maxHeartbeatMs);
    this.#lookedAt = this.#environment.now();
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = this.#environment.setTimeout(() => this.#look(), Math.min(lookEveryMs, this.#heartbeatMs / 4));
  }

  #look(): void {
    const now = this.#environment.now();
    const wasAway = now - this.#lookedAt > this.#heartbeatMs;
    this.#lookedAt = now;
    // This machine slept, or the browser slows the timers of a page nobody sees: once, what came meanwhile is read first, and a ping finds out.
    if (wasAway && !this.#wasSpared) {
      this.#heardAt = Math.max(this.#heardAt, now - this.#heartbeatMs);
      this.#wasSpared = true;
    }
    if (now - this.#heardAt > silentHeartbeats * this.#heartbeatMs) {
      this.end('the server is silent');
      return;
    }
    if (wasAway || now - this.#pingedAt >= this.#heartbeatMs) {
      this.#pingedAt = now;
      this.send(JSON.stringify({ type: 'ping', id: String(Math.round(now)) }));
    }
    this.#lookAgain();
  }
}

function parse(data: unknown): ServerFrame | undefined {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
