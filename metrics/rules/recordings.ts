/**
 * Recording rules, named `level:metric:operations`. Runs a second are recorded once; what is wanted over hours and days is made of that, for a
 * range of days over the scraped counters, 1 s apart, is millions of samples for each skill.
 */

import { share } from '../service-sli.ts';
import { failedRunRate, runRate } from '../service-slis-skills.ts';
import { burnRates, type Window, windows } from './budget.ts';

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** How often budget rules are evaluated. */
export const recordingSeconds = 30;

const level = { window: '5m', by: ['job'] } as const;
const allRate = 'job:openclaw_skill_runs:rate5m';
const failedRate = 'job:openclaw_skill_runs_failed:rate5m';

/** Share of the runs in the window that failed, as recorded. */
export const failureRatio = (window: Window): string => `job:openclaw_skill_runs_failed:ratio_rate${window}`;

/** Runs in the window that failed, as recorded. */
export const failures = (window: Window): string => `job:openclaw_skill_runs_failed:increase${window}`;

const longWindows = [...new Set(Object.values(burnRates).flatMap((rates) => rates.map(({ long }) => long)))];

export const recordings: readonly Recording[] = [
  { record: allRate, expr: runRate(level) },
  { record: failedRate, expr: failedRunRate(level) },
  ...(Object.keys(windows) as Window[]).map((window) => ({ record: failureRatio(window), expr: ratioOver(window) })),
  ...longWindows.map((window) => ({
    record: failures(window),
    expr: `sum_over_time(${failedRate}[${window}]) * ${recordingSeconds}`,
  })),
];

/** Averages of rates, each weighed by its runs: the same as the rate over the window, but for its first minutes. */
function ratioOver(window: Window): string {
  if (window === level.window) return share(failedRate, allRate);
  return share(`avg_over_time(${failedRate}[${window}])`, `avg_over_time(${allRate}[${window}])`);
}
