/** Asks the run's Prometheus, all the way, what its alerts do. An answer that does not come is no observation, and delays nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Rule } from '../verdict/prometheus-rules.ts';
import { rulesOf } from '../verdict/prometheus-rules.ts';
import { nowMs } from './clock.ts';

const pollMs = 500;
const answerWithinMs = 2_000;
/** At the end: for the evaluation after it. */
const lastLookWithinMs = 4_000;

export interface AlertWatchOptions {
  readonly prometheusUrl: string;
  readonly saw: (rules: readonly Rule[]) => void;
  /** Why there is nothing to see: each reason once. */
  readonly onProblem: (detail: string) => void;
}

export class AlertWatch implements AsyncDisposable {
  readonly #options: AlertWatchOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  readonly #problems = new Set<string>();

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    this.#done = this.#watch();
  }

  /** Resolves when `seen` says so, and in any case after some seconds. */
  async until(seen: () => boolean): Promise<void> {
    const deadlineMs = nowMs() + lastLookWithinMs;
    while (!seen() && nowMs() < deadlineMs && !this.#stop.signal.aborted) await delay(pollMs / 5);
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const answer = await rulesOf(this.#options.prometheusUrl, answerWithinMs, 'alert');
      if (this.#stop.signal.aborted) return;
      if ('problem' in answer) this.#problem(`Prometheus does not tell of its alerts: ${answer.problem}`);
      else this.#tell(answer.groups.flatMap(({ rules }) => rules));
      await delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #tell(rules: readonly Rule[]): void {
    for (const { name, health, lastError } of rules) {
      if (health === 'err') this.#problem(`the alert ${name} cannot be evaluated: ${lastError}`);
    }
    this.#options.saw(rules);
  }

  #problem(detail: string): void {
    if (this.#problems.has(detail)) return;
    this.#problems.add(detail);
    this.#options.onProblem(detail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}
