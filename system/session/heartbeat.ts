/**
 * Finds peers that are gone without a word (a half-open link): pings each once per heartbeat and gives up on one that was
 * silent for 2.5 of them. At 5 s that is 12.5 s plus one look around of 1 s, within the promised 15 s.
 */
export interface Pulse {
  /** When anything was last received from the peer, on performance.now()'s clock; set anew by whoever hears it. */
  heardAt: number;
  ping(): void;
  /** The peer is dead; called once. */
  lost(): void;
}

const silentHeartbeats = 2.5;
/** Spreads those who came at once over the heartbeat: the golden ratio's multiples are never close to each other. */
const stride = (Math.sqrt(5) - 1) / 2;

export class Heartbeat {
  readonly #heartbeatMs: number;
  readonly #pinged = new Map<Pulse, number>();
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();
  #phase = 0;

  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
    this.#timer = setInterval(() => this.#look(performance.now()), Math.min(1000, heartbeatMs / 4));
  }

  add(pulse: Pulse): void {
    this.#phase = (this.#phase + stride) % 1;
    this.#pinged.set(pulse, performance.now() - this.#phase * this.#heartbeatMs);
  }

  remove(pulse: Pulse): void {
    this.#pinged.delete(pulse);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(now: number): void {
    // This process itself was stopped or starved: that others are silent since then says nothing about them.
    const wasAway = now - this.#lookedAt > this.#heartbeatMs;
    this.#lookedAt = now;
    for (const [pulse, pingedAt] of this.#pinged) {
      if (wasAway) pulse.heardAt = now;
      if (now - pulse.heardAt > silentHeartbeats * this.#heartbeatMs) {
        this.#pinged.delete(pulse);
        pulse.lost();
      } else if (now - pingedAt >= this.#heartbeatMs) {
        this.#pinged.set(pulse, now);
        pulse.ping();
      }
    }
  }
}
