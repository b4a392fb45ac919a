/** Validates a scenario against a manifest, as a whole: every problem with its field and its mend, before anything is started. */

import type { Manifest } from '../manifest.ts';
import { localSkillsOf } from '../plan/blast-radius.ts';
import type { Scenario, SkillPlan, UserLoad } from '../scenario.ts';
import { didYouMean } from './did-you-mean.ts';
import { InputProblems, shown } from './input-problems.ts';
import type { Problem } from './problem.ts';
import { checkAlerts } from './scenario-alerts.ts';
import type { Draft } from './scenario-draft.ts';
import { checkObjectives } from './scenario-objectives.ts';
import { shapes } from './scenario-shape.ts';
import { checkTimeline } from './scenario-timeline.ts';

export interface Validated {
  /** Present if and only if there is no problem. */
  readonly scenario?: Scenario;
  readonly problems: readonly Problem[];
}

export function validateScenario(
  raw: unknown,
  { file, manifest }: { readonly file: string; readonly manifest: Manifest },
): Validated {
  const problems = new InputProblems(file);
  const fields = Object.keys(shapes.scenario.shape);
  if (typeof raw !== 'object' || raw === null) {
    problems.add([], `${shown(raw)} is not a scenario`, 'export default { … } satisfies Scenario');
    return { problems: problems.found };
  }
  problems.parse(shapes.scenario, raw, [], fields);
  const parts = raw as Readonly<Record<string, unknown>>;
  problems.parse(shapes.steadyState, parts.steadyState, ['steadyState'], Object.keys(shapes.steadyState.shape));
  const draft: Draft = {
    manifest,
    skills: checkSkills(parts.skills, manifest, problems),
    user: checkUser(parts.user, manifest, problems),
    settleMs: typeof parts.settleMs === 'number' ? parts.settleMs : undefined,
    operatorCheck: parts.operatorCheck === true,
  };
  if (draft.operatorCheck && manifest.operator === undefined) {
    problems.add(
      ['operatorCheck'],
      `the target "${manifest.name}" has no operator's view`,
      'leave it out, or add `operator` to the manifest',
    );
  }
  const entries = checkTimeline(parts.timeline, draft, problems);
  checkAlerts(parts.alerts, parts.timeline, draft, entries, problems);
  checkObjectives(parts.objectives, draft, entries, problems);
  if (problems.found.length > 0) return { problems: problems.found };
  return { scenario: raw as Scenario, problems: [] };
}

function checkSkills(raw: unknown, manifest: Manifest, problems: InputProblems): Readonly<Record<string, SkillPlan>> {
  if (typeof raw !== 'object' || raw === null) return {};
  const known = Object.keys(manifest.skills);
  const sound: Record<string, SkillPlan> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (!Object.hasOwn(manifest.skills, name)) {
      problems.add(['skills', name], `no skill "${name}" in target "${manifest.name}"`, didYouMean(name, known));
    }
    const plan = problems.parse(shapes.skill, value, ['skills', name], Object.keys(shapes.skill.shape));
    if (plan !== undefined && Object.hasOwn(manifest.skills, name)) sound[name] = plan as SkillPlan;
  }
  const allSound = Object.keys(raw).length > 0 && Object.keys(sound).length === Object.keys(raw).length;
  if (allSound && localSkillsOf(manifest, Object.keys(sound)).length === 0) {
    problems.add(
      ['skills'],
      'every skill requires another layer',
      'add a local one: without it there is nothing that must go on',
    );
  }
  return sound;
}

function checkUser(raw: unknown, manifest: Manifest, problems: InputProblems): UserLoad | undefined {
  if (raw === undefined) return undefined;
  const user = problems.parse(shapes.user, raw, ['user'], Object.keys(shapes.user.shape));
  const skill = (raw as { readonly runSkill?: unknown } | null)?.runSkill;
  if (typeof skill === 'string' && skill !== '' && !Object.hasOwn(manifest.skills, skill)) {
    problems.add(
      ['user', 'runSkill'],
      `no skill "${skill}" in target "${manifest.name}"`,
      didYouMean(skill, Object.keys(manifest.skills)),
    );
  }
  return user as UserLoad | undefined;
}
