import { expect, it } from 'vitest';
import { manifest, scenario } from '../verdict/verdict.fixture.ts';
import { problemLine } from './problem.ts';
import { validateScenario } from './scenario-schema.ts';

type Loose = Record<string, unknown>;

const page = { alert: 'OpenclawGatewayUnreachable', withinMs: 8_000 };

function problemsOf(alerts: unknown, own: Loose = {}, entry: Loose = {}): readonly string[] {
  const outage = { atMs: 5_000, forMs: 9_000, fault: { kind: 'outage', nodes: ['gateway'] } };
  const timeline = [{ ...scenario.timeline[1], ...outage, alerts, ...entry }];
  const { problems } = validateScenario({ ...scenario, timeline, ...own }, { file: 's.ts', manifest });
  return problems.map(problemLine);
}

it('takes alerts that can fire while the fault lasts', () => {
  const labels = { layer: ['session', 'runtime'] };
  const all = [
    { ...page, labels, resolvesWithinMs: 5_000 },
    { alert: 'OpenclawRestartLoop', withinMs: 9_000 },
  ];
  expect(problemsOf(all, { alerts: { silent: 'all-others', mayFire: ['OpenclawLayerDown'] } })).toEqual([]);
  expect(problemsOf(undefined, { alerts: { silent: ['OpenclawLayerDown'] } })).toEqual([]);
});

const at = 's.ts: timeline[0].alerts[0]';

it('sees a fault for no longer than until the next one', () => {
  const [first, second] = [scenario.timeline[1], { ...scenario.timeline[1], atMs: 17_000, forMs: 3_000 }];
  const outage = { ...first, atMs: 5_000, forMs: 6_000, alerts: [{ ...page, withinMs: 13_000 }] };
  expect(problemsOf(undefined, { timeline: [outage, second] })).toEqual([
    `${at}.withinMs: the fault is observed for 12000 ms only; give at most 12000, or make the fault longer`,
  ]);
});

it.each<[string, unknown, string]>([
  [
    'an unknown alert',
    [{ ...page, alert: 'OpenclawGatewayUnreachible' }],
    `${at}.alert: no alert "OpenclawGatewayUnreachible"; did you mean "OpenclawGatewayUnreachable"?`,
  ],
  [
    'one that looks at hours',
    [{ ...page, alert: 'OpenclawSkillSuccessBudgetBurnFast' }],
    `${at}.alert: no run can judge "OpenclawSkillSuccessBudgetBurnFast": it looks at windows of up to 21600 s, and a run lasts seconds; leave it out: the rules' own tests judge it`,
  ],
  [
    'one that is to fire sooner than it can',
    [{ ...page, withinMs: 4_000 }],
    `${at}.withinMs: "OpenclawGatewayUnreachable" fires only what lasts 5000 ms; give at least 5000`,
  ],
  [
    'one that takes longer than the fault',
    [{ alert: 'OpenclawLayerDown', withinMs: 12_000 }],
    's.ts: timeline[0].forMs: "OpenclawLayerDown" fires only for what lasts 10000 ms, which this fault does not; give at least 10000, or leave the alert out',
  ],
  [
    'one that nobody would see any more',
    [{ ...page, withinMs: 18_000 }],
    `${at}.withinMs: the fault is observed for 17000 ms only; give at most 17000, or make the fault longer`,
  ],
  [
    'one that is to be over before it fired',
    [{ ...page, withinMs: 14_000, resolvesWithinMs: 1_000 }],
    `${at}.resolvesWithinMs: it would have to be over before it must have fired; give at least 5000`,
  ],
  [
    'a label that it does not have',
    [{ ...page, labels: { skill: ['local'] } }],
    `${at}.labels.skill: "OpenclawGatewayUnreachable" has no label "skill"; there is "layer"`,
  ],
  [
    'a layer that is not there',
    [{ ...page, labels: { layer: ['runtime', 'sesion'] } }],
    `${at}.labels.layer[1]: no layer "sesion"; did you mean "session"?`,
  ],
  [
    'the same twice',
    [page, page],
    's.ts: timeline[0].alerts[1].alert: "OpenclawGatewayUnreachable" stands here twice; say all of it in one place',
  ],
  ['an unknown field', [{ ...page, within: 3 }], `${at}.within: unknown field; did you mean "withinMs"?`],
  ['no list', 'all', 's.ts: timeline[0].alerts: "all" won\'t do; give an array'],
])('refuses %s', (_, alerts, problem) => {
  expect(problemsOf(alerts)).toEqual([problem]);
});

it.each<[string, unknown, string]>([
  [
    'what an entry expects',
    { silent: ['OpenclawLayerDown', page.alert] },
    's.ts: alerts.silent[1]: an entry of the timeline expects "OpenclawGatewayUnreachable"; leave it out here, or there',
  ],
  [
    'an unknown name',
    { silent: 'all-others', mayFire: ['OpenclawLayerDow'] },
    's.ts: alerts.mayFire[0]: no alert "OpenclawLayerDow"; did you mean "OpenclawLayerDown"?',
  ],
  [
    'exceptions from nothing',
    { silent: ['OpenclawLayerDown'], mayFire: ['OpenclawRestartLoop'] },
    's.ts: alerts.mayFire: what is not listed as silent may fire anyway; leave it out',
  ],
])('refuses as silent %s', (_, alerts, problem) => {
  expect(problemsOf([page], { alerts })).toEqual([problem]);
});

it('refuses an objective about alerts, which the timeline speaks of', () => {
  const objectives = [{ sli: 'alertUnexpectedSeconds', is: '==', threshold: 0 }];
  expect(problemsOf([page], { objectives })).toEqual([
    "s.ts: objectives[0].sli: alerts are judged by what the timeline says of them; give the entry's `alerts`",
  ]);
});
