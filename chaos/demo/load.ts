/** The gentle load of a demo, and the round of it as a scenario: skills on short schedules, a user, a few sessions beside it. Pure. */
import type { Manifest } from '../manifest.ts';
import { localSkillsOf } from '../plan/blast-radius.ts';
import { makePlan } from '../plan/plan.ts';
import type { PlannedEntry } from '../plan/plan-shape.ts';
import type { Scenario, SkillPlan } from '../scenario.ts';
import type { DrawnFault } from './fault-plan.ts';

/** Given to the skills in turn. */
const everySeconds = [1, 2, 5] as const;
/** So late a slot may be: after a fault the backlog of its skill comes first. */
const latenessMs = 3_000;
const catchUpMs = 15_000;
const crowd = { sessions: 4 };

export function demoSkills({ skills }: Manifest): Readonly<Record<string, SkillPlan>> {
  return Object.fromEntries(
    Object.keys(skills).map((skill, index) => [
      skill,
      { everySeconds: everySeconds[index % everySeconds.length] ?? 1, latenessMs, catchUpMs },
    ]),
  );
}

/** Without a fault nothing happens in its round. */
export function roundScenario(manifest: Manifest, drawn: DrawnFault | undefined): Scenario {
  const skills = demoSkills(manifest);
  const [runSkill] = localSkillsOf(manifest, Object.keys(skills));
  const { offer: { fault, expect } = {}, forMs = 0 } = drawn ?? {};
  return {
    title: 'Demo',
    hypothesis: 'Faults come now and then, and skills run on schedule all the while.',
    skills,
    steadyState: { forMs: 2_000, withinMs: 60_000 },
    user: { messagesPerSecond: 2, runEveryMs: 2_000, crowd, ...(runSkill !== undefined && { runSkill }) },
    timeline: fault && expect ? [{ atMs: 0, fault, expect, ...(forMs > 0 && { forMs }) }] : [],
    settleMs: 5_000,
    objectives: [],
  };
}

/** The fault as the conductor and the observation take it, by the name that it has in every round in which it comes. */
export function plannedEntry(manifest: Manifest, scenario: Scenario, { offer }: DrawnFault): PlannedEntry {
  const name = 'demo';
  const request = { scenario, scenarioName: name, file: name, manifest, platform: name, seed: 0 };
  const [entry] = makePlan(request).entries;
  if (entry === undefined) throw new RangeError('a round with a fault has an entry');
  return { ...entry, name: offer.name };
}
