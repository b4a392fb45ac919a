import { expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { loadManifest } from '../input/load.ts';
import { validateScenario } from '../input/scenario-schema.ts';
import type { Manifest } from '../manifest.ts';
import { menuOf } from './fault-menu.ts';
import { demoSkills, plannedEntry, roundScenario } from './load.ts';

const { loaded } = await loadManifest('resilient', root);
const manifest = loaded as Manifest;

it('schedules every skill of the target, each within 5 s', () => {
  const skills = demoSkills(manifest);
  expect(Object.keys(skills)).toEqual(Object.keys(manifest.skills));
  for (const { everySeconds } of Object.values(skills)) expect([1, 2, 5]).toContain(everySeconds);
});

it.each(menuOf(manifest))('plans the round of $name under that name, as a scenario without a problem', (offer) => {
  const drawn = { offer, gapMs: 20_000, forMs: offer.lasts ? 3_000 : 0 };
  const scenario = roundScenario(manifest, drawn);
  // A scenario asks for more time and for objectives: a round has its own.
  const timeline = scenario.timeline.map((entry) => ({
    ...entry,
    atMs: 30_000,
    ...(offer.lasts && { forMs: 30_000 }),
  }));
  const complete = {
    ...scenario,
    timeline,
    settleMs: 30_000,
    objectives: [{ sli: 'durableLost', what: 'message', is: '==', threshold: 0 }],
  };
  expect(validateScenario(complete, { file: 'round', manifest }).problems.map(({ problem }) => problem)).toEqual([]);
  const entry = plannedEntry(manifest, scenario, drawn);
  expect(entry).toMatchObject({ name: offer.name, forMs: drawn.forMs, fault: offer.fault });
});

it('has no fault in a round that is to have none', () => {
  expect(roundScenario(manifest, undefined).timeline).toEqual([]);
});
