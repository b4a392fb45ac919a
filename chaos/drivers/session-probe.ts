/**
 * Probes a session layer as a client sees it: a ping and its pong over a held WebSocket connection. While there is none, or the
 * one there is owes a pong, each probe is an attempt of its own to connect, say hello and get a pong.
 */
import type { ProbeOutcome } from '../observe/probe-track.ts';
import { NotWelcome, SessionConnection } from './session-connection.ts';
import type { ServerFrame } from './session-frames.ts';

type Settle = (outcome: ProbeOutcome) => void;

/** A connection and the pings that it has not answered. */
class PingedConnection {
  readonly pending = new Map<string, Settle>();
  connection: SessionConnection | undefined;
  suspect = false;
  #sequence = 0;

  get usable(): boolean {
    return this.connection !== undefined && !this.suspect;
  }

  ping(deadlineMs: number): Promise<ProbeOutcome> {
    const id = String(++this.#sequence);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.suspect = true;
        this.#settle(id, { good: false, timedOut: true, detail: `no pong within ${deadlineMs} ms` });
      }, deadlineMs);
      this.pending.set(id, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
      this.connection?.send({ type: 'ping', id });
    });
  }

  onFrame(frame: ServerFrame): void {
    if (frame.type !== 'pong') return;
    this.suspect = false;
    this.#settle(frame.id, { good: true });
  }

  onClose(detail: string): void {
    this.connection = undefined;
    for (const id of [...this.pending.keys()]) this.#settle(id, { good: false, detail });
  }

  #settle(id: string, outcome: ProbeOutcome): void {
    this.pending.get(id)?.(outcome);
    this.pending.delete(id);
  }

  terminate(): void {
    this.connection?.terminate();
  }
}

export class SessionProbe implements Disposable {
  readonly #address: () => string;
  readonly #token: string;
  readonly #all = new Set<PingedConnection>();
  #held: PingedConnection | undefined;
  #disposed = false;

  constructor(address: () => string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  /** Never throws: a system that misbehaves is a result. */
  async probe(deadlineMs: number): Promise<ProbeOutcome> {
    const held = this.#held;
    const outcome = await (held?.usable ? held.ping(deadlineMs) : this.#attempt(deadlineMs));
    this.#retire();
    return outcome;
  }

  async #attempt(deadlineMs: number): Promise<ProbeOutcome> {
    const attempt = new PingedConnection();
    const startedMs = performance.now();
    const hello = { token: this.#token, kind: 'probe', events: 'own' } as const;
    try {
      // Each attempt is a session of its own: several may be under way, and must not displace each other.
      attempt.connection = await SessionConnection.open(this.#address(), hello, deadlineMs, {
        onFrame: (frame) => attempt.onFrame(frame),
        onClose: (detail) => attempt.onClose(detail),
      });
    } catch (error) {
      return { good: false, timedOut: error instanceof NotWelcome && error.timedOut, detail: (error as Error).message };
    }
    if (!attempt.connection.isOpen) return { good: false, detail: 'closed right after the welcome' };
    this.#all.add(attempt);
    if (!this.#held?.usable) this.#held = attempt;
    return attempt.ping(Math.max(1, deadlineMs - (performance.now() - startedMs)));
  }

  /** Ends connections that nobody holds and nothing is expected of. One that answered late is held on to if there is no better. */
  #retire(): void {
    for (const one of this.#all) {
      if (one.connection !== undefined && !this.#disposed) {
        if (one === this.#held && !(one.suspect && one.pending.size === 0)) continue;
        if (one.pending.size > 0) continue;
      }
      if (one === this.#held) this.#held = undefined;
      one.terminate();
      this.#all.delete(one);
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#retire();
  }
}
