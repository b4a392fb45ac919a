/** Whether a platform can play a scenario: some faults need of it what not every platform can do. Pure. */
import { faultOf } from '../faults/registry.ts';
import type { PlatformAbility, PlatformProvider } from '../platform/platform.ts';
import type { Scenario } from '../scenario.ts';

export interface Unplayable {
  /** Index of the timeline's entry. */
  readonly entry: number;
  /** What it needs, as the end of `needs …`. */
  readonly needs: string;
}

const needed: Readonly<Record<PlatformAbility, string>> = {
  'own-disks': 'a file system of its own, which only docker can give it',
};

/** The first entry that cannot be played; undefined if all can. */
export function unplayableOn(
  { abilities = [] }: Pick<PlatformProvider, 'abilities'>,
  { timeline }: Scenario,
): Unplayable | undefined {
  for (const [entry, { fault }] of timeline.entries()) {
    const { platformNeeds } = faultOf(fault);
    if (platformNeeds !== undefined && !abilities.includes(platformNeeds))
      return { entry, needs: needed[platformNeeds] };
  }
  return undefined;
}
