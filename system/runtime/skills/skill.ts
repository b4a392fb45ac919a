/** A skill as its SKILL.md says it: what to run, when, and what becomes of slots that cannot run at their time. */
import type { Schedule } from '../schedule/schedule.ts';

export interface Skill {
  readonly name: string;
  readonly description: string;
  /** Null: the skill runs only when it is asked for. */
  readonly schedule: Schedule | null;
  /** False: it owes no slots, and none is made up for when it is enabled again; it can still be asked for. */
  readonly enabled: boolean;
  /** argv; a command written as one string is run by `/bin/sh -c`. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** From TERM to KILL. */
  readonly graceMs: number;
  readonly requires: readonly Requirement[];
  readonly overlap: OverlapPolicy;
  readonly catchUp: CatchUp;
  /** A slot starts at its due time and a part of this, the same part after a restart. */
  readonly jitterMs: number;
  readonly retries: Retries;
  /** Longest time between two successes of a skill that does what it should; null if it has no schedule that goes on. */
  readonly freshWithinMs: number | null;
}

export const requirements = ['gateway'] as const;
type Requirement = (typeof requirements)[number];

/**
 * What becomes of a slot that comes due while earlier ones are not finished. `skip`: it is missed. `buffer-one`: one waits, further ones
 * are missed. `buffer-all`: all wait. `cancel-other`: the earlier ones are cancelled.
 */
export const overlapPolicies = ['skip', 'buffer-one', 'buffer-all', 'cancel-other'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/** What becomes of slots that came due while nobody looked: all are run, the latest alone, or none. */
export const catchUpPolicies = ['all', 'latest', 'none'] as const;

export interface CatchUp {
  readonly policy: (typeof catchUpPolicies)[number];
  /** A slot that came due longer ago is missed whatever the policy. */
  readonly windowMs: number;
}

export interface Retries {
  /** After the first attempt; 0: none. */
  readonly max: number;
  /** Most that the first retry waits; each next one may wait double. */
  readonly backoffMs: number;
}
