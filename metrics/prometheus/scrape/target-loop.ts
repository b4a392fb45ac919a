/** Scrapes one target at its interval, one scrape after the other, into the engine; knows how it went, for `/api/v1/targets`. */
import type { Target } from '../config/target.ts';
import type { Engine } from '../engine/engine.ts';
import type { Log } from '../log.ts';
import { nextSlot, phaseOf } from '../slots.ts';
import { ticks } from '../ticker.ts';
import { Backlog } from './backlog.ts';
import { type Exposition, Scraper } from './scraper.ts';

export interface TargetState {
  readonly health: 'unknown' | 'up' | 'down';
  /** Empty if the last scrape went well. */
  readonly lastError: string;
  /** When it began, Unix ms; absent before the first. */
  readonly lastScrapeMs?: number;
  readonly lastDurationMs: number;
}

/** As there: a scrape that begins this close after its due time is stamped with the due time, so that samples lie evenly. */
const toleranceMs = 2;

export class TargetLoop {
  readonly target: Target;
  state: TargetState = { health: 'unknown', lastError: '', lastDurationMs: 0 };
  readonly #engine: Engine;
  readonly #log: Log;
  readonly #scraper: Scraper;
  readonly #stop = new AbortController();
  readonly #backlog = new Backlog();
  #running: Promise<void> | undefined;

  constructor(target: Target, engine: Engine, log: Log) {
    this.target = target;
    this.#engine = engine;
    this.#log = log;
    this.#scraper = new Scraper(target, engine.version);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** A scrape under way is dropped; its samples are not written. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#scraper.close();
  }

  async #run(): Promise<void> {
    const { id, settings } = this.target;
    const { intervalMs } = settings;
    const now = Date.now();
    const first = nextSlot(now, phaseOf(id, intervalMs), intervalMs);
    for await (const { number } of ticks(first - now, intervalMs, this.#stop.signal)) {
      const startMs = Date.now();
      const dueMs = first + number * intervalMs;
      const tolerance = Math.min(toleranceMs, intervalMs / 100);
      await this.#scrape(startMs, Math.abs(startMs - dueMs) <= tolerance ? dueMs : startMs);
    }
  }

  /** Does not wait for the engine to take it: a query of seconds would cost the scrapes that are due meanwhile. */
  async #scrape(startMs: number, timeMs: number): Promise<void> {
    const start = performance.now();
    const { exposition, failure } = await this.#fetch();
    if (this.#stop.signal.aborted) return;
    const durationMs = performance.now() - start;
    const taken = this.#ingest(timeMs, durationMs, exposition).then((refusal) => {
      const error = failure ?? refusal;
      if (error !== undefined) this.#log('debug', 'Scrape failed', { target: this.target.url, err: error });
      this.state = {
        health: error === undefined ? 'up' : 'down',
        lastError: error ?? '',
        lastScrapeMs: startMs,
        lastDurationMs: durationMs,
      };
    });
    this.#backlog.add(exposition?.body.byteLength ?? 0, taken);
    await this.#backlog.room();
  }

  async #fetch(): Promise<{ readonly exposition?: Exposition; readonly failure?: string }> {
    try {
      return { exposition: await this.#scraper.scrape(this.#stop.signal) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Why the target counts as down although it answered; a failed scrape is told too, so that its series go stale. */
  async #ingest(timeMs: number, durationMs: number, exposition: Exposition | undefined): Promise<string | undefined> {
    const { id, labels, settings } = this.target;
    const { honorLabels, honorTimestamps, limits } = settings;
    try {
      const ingested = await this.#engine.ingest({
        target: id,
        labels,
        honorLabels,
        honorTimestamps,
        timeMs,
        durationMs,
        limits,
        ...(exposition === undefined ? {} : { exposition }),
      });
      return ingested.error;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#stop.signal.aborted)
        this.#log('error', 'Scrape commit failed', { target: this.target.url, err: reason });
      return reason;
    }
  }
}
