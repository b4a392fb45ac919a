/** The due times of a schedule: pure functions of Unix time, so that every runtime comes to the same slots. */

export interface Schedule {
  /** As written; another text is another schedule. At most 200 characters. */
  readonly text: string;
  /** First due time (Unix ms) after `afterMs`, or null if there is none. */
  next(afterMs: number): number | null;
  /** The due times in (afterMs, untilMs], or null if there are none. */
  between(afterMs: number, untilMs: number): DueRange | null;
  /** The longest time between two due times that follow each other; null if they come to an end. */
  longestGapMs(): number | null;
  /** True: a list of dates. One that is past when the schedule is first seen is still owed, as far as the skill catches up. */
  readonly finite: boolean;
}

export interface DueRange {
  readonly firstDueAt: number;
  readonly lastDueAt: number;
  readonly slots: number;
}
