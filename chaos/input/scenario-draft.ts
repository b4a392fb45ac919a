/** A scenario in the course of its validation: what the later parts need to know of the earlier ones, as far as those are sound. */
import type { FaultSpec } from '../faults/registry.ts';
import type { Manifest } from '../manifest.ts';
import type { SkillPlan, UserLoad } from '../scenario.ts';

export interface Draft {
  readonly manifest: Manifest;
  readonly skills: Readonly<Record<string, SkillPlan>>;
  readonly user: UserLoad | undefined;
  readonly settleMs: number | undefined;
  readonly operatorCheck: boolean;
}

export interface DraftEntry {
  readonly index: number;
  /** `1-link-reset`; known as soon as the kind is. */
  readonly name: string | undefined;
  readonly atMs: number | undefined;
  readonly forMs: number | undefined;
  readonly fault: FaultSpec | undefined;
}
