/** The shell check that operators of such systems run by hand, run about once a second, word for word; and what was true meanwhile. */
import type { OperatorState } from '../../metrics/vocabulary.ts';
import type { Platform } from '../platform/platform.ts';
import { nowMs } from './clock.ts';
import type { Outage } from './streaks.ts';

const script = `curl -s http://localhost:3019/health || echo FAIL
echo
find ~/.openclaw/skills/status -name "*.txt" -mmin -60 | wc -l
`;
const everyMs = 1000;
/** The check has no timeout of its own: against a hanging gateway it says nothing until that answers again. */
const patienceMs = 60_000;
const maxChecks = 5000;

export interface OperatorCheck {
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined if the check itself could not be run or did not end. */
  readonly said: OperatorState | undefined;
  readonly detail: string;
}

export class OperatorChecks {
  readonly checks: OperatorCheck[] = [];
  readonly #platform: Pick<Platform, 'shell'>;
  readonly #onCheck: (check: OperatorCheck) => void;
  readonly #stop = Promise.withResolvers<void>();
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(platform: Pick<Platform, 'shell'>, onCheck: (check: OperatorCheck) => void) {
    this.#platform = platform;
    this.#onCheck = onCheck;
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.checks.length < maxChecks) {
      const startMs = nowMs();
      const check = await this.#once(startMs);
      if (this.#stopped) return;
      this.checks.push(check);
      this.#onCheck(check);
      const pause = setTimeout(() => next.resolve(), Math.max(50, startMs + everyMs - nowMs()));
      const next = Promise.withResolvers<void>();
      await Promise.race([next.promise, this.#stop.promise]);
      clearTimeout(pause);
    }
  }

  async #once(startMs: number): Promise<OperatorCheck> {
    try {
      const { stdout, exitCode } = await this.#platform.shell(script, patienceMs);
      const said = exitCode === 0 ? saidBy(stdout) : undefined;
      return { startMs, endMs: nowMs(), said, detail: stdout.trim().slice(-200) };
    } catch (error) {
      return { startMs, endMs: nowMs(), said: undefined, detail: (error as Error).message };
    }
  }

  /** A check that is under way is given up after a while: it may hang as long as what it looks at. */
  async stop(graceMs: number): Promise<void> {
    await Promise.race([
      (async () => {
        this.#stop.resolve();
        this.#stopped = true;
        await this.#done;
      })(),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
  }
}

/** FAIL with a count above 0 means degraded, anything else operational. Undefined if that is not what the script prints. */
export function saidBy(stdout: string): OperatorState | undefined {
  const lines = stdout.trim().split('\n');
  const count = Number(lines.at(-1)?.trim() || Number.NaN);
  if (!Number.isInteger(count)) return undefined;
  return lines.some((line) => line.trim() === 'FAIL') && count > 0 ? 'degraded' : 'operational';
}

/**
 * What was true for the whole of a check, going by the outages of the node that it asks: degraded if it lies between the first bad
 * probe and the last one before the fault was healed, operational if it keeps clear of the good probes around an outage. Undefined
 * where it straddles an edge, and while the node is on its way back: then either answer is right.
 */
export function truthOf(
  { startMs, endMs }: OperatorCheck,
  outages: readonly Outage[],
  healsMs: readonly number[] = [],
): OperatorState | undefined {
  for (const { fromMs, lastBadMs, lastGoodMs, endedMs = Number.POSITIVE_INFINITY } of outages) {
    const downUntilMs = Math.min(lastBadMs, ...healsMs.filter((healMs) => healMs > fromMs));
    if (fromMs <= startMs && endMs <= downUntilMs) return 'degraded';
    if (startMs < endedMs && lastGoodMs < endMs) return undefined;
  }
  return 'operational';
}
