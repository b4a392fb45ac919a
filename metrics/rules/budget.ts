/**
 * The objective of the system, and how fast its error budget may burn: multi-window, multi-burn-rate alerts as in Google's Site
 * Reliability Workbook, chapter 5. Everything about the budget is named here, once.
 */

/** Share of skill runs that succeed, over 30 days. */
export const objective = 0.999;

/** `1 - 0.999` as people write it. */
export const errorBudget = Number((1 - objective).toPrecision(3));

export interface BurnRate {
  /** Over how long budget must have burnt, and over how long it must still be burning: the alert ends soon after the trouble. */
  readonly long: Window;
  readonly short: Window;
  /** Times as fast as would use up the budget in exactly 30 days. */
  readonly factor: number;
}

/** Lengths, in PromQL's words, and in seconds. */
export const windows = { '5m': 300, '30m': 1_800, '1h': 3_600, '6h': 21_600, '3d': 259_200 } as const;
export type Window = keyof typeof windows;

/** 2 % of the budget in an hour, 5 % in six, 10 % in three days. */
export const burnRates = {
  fast: [
    { long: '1h', short: '5m', factor: 14.4 },
    { long: '6h', short: '30m', factor: 6 },
  ],
  slow: [{ long: '3d', short: '6h', factor: 1 }],
} as const satisfies Record<string, readonly BurnRate[]>;

/** Fewer failures than this in the long window are no trend: where a skill runs once an hour, one is far more than 0.1 %. */
export const leastFailures = 3;
