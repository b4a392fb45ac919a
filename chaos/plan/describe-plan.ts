/** A plan as lines that a person reads before anything is started: the timeline with its blast radius, and what must hold. */

import type { ExpectedAlert } from '../scenario.ts';
import type { Check } from './check.ts';
import { textOf } from './checks-alerts.ts';
import type { Plan, PlannedEntry } from './plan-shape.ts';
import { recoveryBudgetMs } from './plan-shape.ts';

export function describePlan(plan: Plan): readonly string[] {
  const { scenario, phasesMs } = plan;
  return [
    `${plan.scenarioName}: ${scenario.title}`,
    `  ${scenario.hypothesis}`,
    `  target ${plan.target}, platform ${plan.platform}, seed ${plan.seed}, ${plan.file}`,
    '',
    'Skills',
    ...Object.entries(scenario.skills).map(([name, skill]) => {
      const catchUp =
        skill.catchUpMs === undefined ? '' : `, deferred slots within ${inSeconds(skill.catchUpMs)} after the fault`;
      const requires = plan.topology.localSkills.includes(name)
        ? 'local'
        : `requires ${plan.manifest.skills[name]?.requires.join(', ')}`;
      return `  ${name} (${requires}): every ${skill.everySeconds} s, started within ${inSeconds(skill.latenessMs)}${catchUp}`;
    }),
    '',
    'Timeline (from the steady state)',
    `  ${at(0)}  steady for ${inSeconds(scenario.steadyState.forMs)}, reached within ${inSeconds(scenario.steadyState.withinMs)}`,
    ...plan.entries.flatMap(entryLines),
    `  ${at(phasesMs.before + phasesMs.during + phasesMs.after)}  end of observation (later if recovery takes longer, each at most ${inSeconds(recoveryBudgetMs)})`,
    ...alertLines(plan),
    '',
    'Must hold',
    ...titles(plan, 'objective'),
    '',
    'Else inconclusive',
    ...titles(plan, 'precondition'),
    ...titles(plan, 'health'),
    ...titles(plan, 'precision'),
  ];
}

function entryLines(entry: PlannedEntry): readonly string[] {
  const { kind, ...options } = entry.fault;
  const end =
    entry.healedBy === 'harness'
      ? `  ${at(entry.endMs)}  ${entry.name} is healed`
      : `  ${at(entry.endMs)}  ${entry.name} is over, the system heals itself`;
  const radius = [
    ...entry.targets.links.map((link) => `link ${link}`),
    ...entry.targets.nodes.map((node) => `node ${node}`),
    ...(entry.brokenSkills ?? []).map((skill) => `skill ${skill}`),
  ];
  return [
    `  ${at(entry.startMs)}  ${entry.name}: ${kind} ${JSON.stringify(options)}`,
    `           touches ${radius.join(', ') || 'nothing'}; keeps from their schedule: ${entry.deferredSkills.join(', ') || 'no skill'}`,
    `           expected: ${Object.entries(entry.expect)
      .map(([layer, condition]) => `${layer} ${condition}`)
      .join(', ')}`,
    ...(entry.alerts ?? []).map((alert) => `           pages: ${textOf(alert)} ${timesOf(alert)}`),
    end,
  ];
}

function timesOf({ withinMs, resolvesWithinMs }: ExpectedAlert): string {
  const resolves = resolvesWithinMs === undefined ? '' : `, over within ${inSeconds(resolvesWithinMs)} of the end`;
  return `within ${inSeconds(withinMs)}${resolves}`;
}

function alertLines({ topology, entries, scenario }: Plan): readonly string[] {
  const expected = new Set<string>(entries.flatMap(({ alerts = [] }) => alerts.map(({ alert }) => alert)));
  const silent = topology.alerts.filter((alert) => !expected.has(alert));
  const mayFire = scenario.alerts?.mayFire ?? [];
  return [
    ...(silent.length === 0 ? [] : [`  silent alerts: ${silent.join(', ')}`]),
    ...(mayFire.length === 0 ? [] : [`  may fire or not: ${mayFire.join(', ')}`]),
  ];
}

function titles({ checks }: Plan, kind: Check['kind']): readonly string[] {
  return checks.filter((check) => check.kind === kind).map(({ title }) => `  ${title}`);
}

function at(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}

function inSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
