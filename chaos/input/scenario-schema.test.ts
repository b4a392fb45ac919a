import { describe, expect, it } from 'vitest';
import { manifest, scenario } from '../verdict/verdict.fixture.ts';
import { problemLine } from './problem.ts';
import { validateScenario } from './scenario-schema.ts';

type Loose = Record<string, unknown>;

const file = 'scenarios/x.ts';
const [reset, outage, kill] = scenario.timeline as unknown as readonly [Loose, Loose, Loose];

function problemsOf(change: Loose, target = manifest): readonly string[] {
  return validateScenario({ ...scenario, ...change }, { file, manifest: target }).problems.map(problemLine);
}

function withEntry(entry: Loose): Loose {
  return { timeline: [{ ...outage, atMs: 5000, ...entry }] };
}

function withObjective(objective: Loose): Loose {
  return { objectives: [objective] };
}

describe('a scenario that fits its target', () => {
  it('is given back as it is', () => {
    expect(validateScenario(scenario, { file, manifest })).toEqual({ scenario, problems: [] });
  });
});

describe('faults that need something of the target', () => {
  const fragile = {
    ...manifest,
    skills: {
      ...manifest.skills,
      local: { requires: [], program: 'local.mjs' },
      other: { requires: [], program: 'x' },
    },
  };
  const broken = (skill: string, change: Loose = {}) => ({
    ...withEntry({ fault: { kind: 'break-skill', skill }, expect: { session: 'ok', gateway: 'ok', runtime: 'ok' } }),
    skills: {
      local: { everySeconds: 1, latenessMs: 1000, catchUpMs: 6000 },
      other: { everySeconds: 1, latenessMs: 1000, catchUpMs: 6000 },
    },
    ...change,
  });

  it('are sound where it is there', () => {
    expect(problemsOf(broken('other'), fragile)).toEqual([]);
  });

  it.each<[string, Loose, string]>([
    ['a skill that is not there', broken('othr'), 'skill: no skill "othr" in target "sample"; did you mean "other"?'],
    ['a program', broken('remote'), 'skill: "remote" has no program to break; give the skill `program`'],
    [
      'another skill for the user',
      broken('local'),
      'skill: the user asks for runs of "local"; break another skill, or name another `user.runSkill`',
    ],
    [
      'a skill that is scheduled',
      broken('other', { skills: { local: { everySeconds: 1, latenessMs: 1000 } } }),
      'skill: "other" is not scheduled here; there is "local"',
    ],
    [
      'another local skill',
      broken('other', { skills: { other: { everySeconds: 1, latenessMs: 1000, catchUpMs: 6000 } } }),
      'skill: no other local skill runs, that must go on all the same; schedule another one',
    ],
    [
      'disks',
      withEntry({ fault: { kind: 'disk-full', nodes: ['runtime'] } }),
      'nodes[0]: "runtime" has no small disks; give the node `smallDisks` in the manifest',
    ],
  ])('say so: %s', (_, change, problem) => {
    expect(problemsOf(change, fragile)).toContain(`${file}: timeline[0].fault.${problem}`);
  });

  it('need time to catch up with what they keep from its schedule', () => {
    const skills = {
      local: { everySeconds: 1, latenessMs: 1000 },
      other: { everySeconds: 1, latenessMs: 1000 },
    };
    expect(problemsOf(broken('other', { skills }), fragile)).toEqual([
      `${file}: skills.other.catchUpMs: missing: break-skill keeps "other" from its schedule; say how many ms after the fault its slots may be caught up`,
    ]);
  });
});

describe('names that do not exist', () => {
  it.each<[string, Loose, string]>([
    [
      'skill',
      { skills: { ...scenario.skills, lokal: { everySeconds: 1, latenessMs: 1 } } },
      'skills.lokal: no skill "lokal" in target "sample"; did you mean "local"?',
    ],
    [
      'skill of the user',
      { user: { runSkill: 'locl' } },
      'user.runSkill: no skill "locl" in target "sample"; did you mean "local"?',
    ],
    [
      'fault',
      withEntry({ fault: { kind: 'outtage', nodes: ['gateway'] } }),
      'timeline[0].fault.kind: no fault of kind "outtage"; did you mean "outage"?',
    ],
    [
      'node',
      withEntry({ fault: { kind: 'outage', nodes: ['gatway'] } }),
      'timeline[0].fault.nodes[0]: no node "gatway" in target "sample"; did you mean "gateway"?',
    ],
    [
      'link',
      withEntry({ fault: { kind: 'link-down', links: ['client-session', 'client-gatway'] } }),
      'timeline[0].fault.links[1]: no link "client-gatway" in target "sample"; did you mean "client-gateway"?',
    ],
    [
      'node in a group',
      withEntry({ fault: { kind: 'partition', groups: [['client'], ['sesion']], mode: 'refuse' } }),
      'timeline[0].fault.groups[1][0]: no node "sesion" in target "sample"; did you mean "session"?',
    ],
    [
      'layer',
      withEntry({ expect: { session: 'ok', gateway: 'failed', runtime: 'ok', gatway: 'ok' } }),
      'timeline[0].expect.gatway: no layer "gatway" in target "sample"; did you mean "gateway"?',
    ],
    [
      'condition',
      withEntry({ expect: { session: 'ok', gateway: 'fialed', runtime: 'ok' } }),
      'timeline[0].expect.gateway: "fialed" is none of them; did you mean "failed"?',
    ],
    [
      'SLI',
      withObjective({ sli: 'skillSucessRatio', phase: 'during', is: '==', threshold: 1 }),
      'objectives[0].sli: no SLI "skillSucessRatio"; did you mean "skillSuccessRatio"?',
    ],
    [
      'phase',
      withObjective({ sli: 'skillSuccessRatio', phase: 'durring', is: '==', threshold: 1 }),
      'objectives[0].phase: "durring" is none of them; did you mean "during"?',
    ],
    [
      'skill of an objective',
      withObjective({ sli: 'skillSlotsMissed', skill: 'remot', is: '==', threshold: 0 }),
      'objectives[0].skill: no skill "remot"; did you mean "remote"?',
    ],
    [
      'layer of an objective',
      withObjective({ sli: 'gatewayConnectionIssues', layer: 'runtme', is: '>=', threshold: 1 }),
      'objectives[0].layer: no layer "runtme"; did you mean "runtime"?',
    ],
    [
      'fault of an objective',
      withObjective({ sli: 'faultBlows', fault: '1-link-rest', is: '>=', threshold: 1 }),
      'objectives[0].fault: no fault "1-link-rest"; did you mean "1-link-reset"?',
    ],
    ['field', { settelMs: 9000 }, 'settelMs: unknown field; did you mean "settleMs"?'],
    ['field of an entry', withEntry({ formMs: 1 }), 'timeline[0].formMs: unknown field; did you mean "forMs"?'],
    [
      'option',
      withEntry({ fault: { kind: 'outage', node: ['gateway'] } }),
      'timeline[0].fault.node: unknown field; did you mean "nodes"?',
    ],
    [
      'comparison',
      withObjective({ sli: 'disagreements', is: '=', threshold: 0 }),
      'objectives[0].is: "=" is none of them; did you mean "=="?',
    ],
  ])('%s', (_, change, line) => {
    expect(problemsOf(change)).toContain(`${file}: ${line}`);
  });
});

describe('values that make no sense', () => {
  it.each<[string, Loose, string]>([
    [
      'a threshold that is no number',
      withObjective({ sli: 'disagreements', is: '==', threshold: '0' }),
      'objectives[0].threshold: "0" won\'t do; give a number',
    ],
    [
      'a threshold that is NaN',
      withObjective({ sli: 'disagreements', is: '==', threshold: Number.NaN }),
      "objectives[0].threshold: NaN won't do; give a number",
    ],
    [
      'an infinite threshold',
      withObjective({ sli: 'disagreements', is: '<=', threshold: Number.POSITIVE_INFINITY }),
      "objectives[0].threshold: Infinity won't do; give a number",
    ],
    [
      'a percentage for a ratio',
      withObjective({ sli: 'skillSuccessRatio', phase: 'during', is: '>=', threshold: 99 }),
      'objectives[0].threshold: 99 can never be the value of skillSuccessRatio; give ratio from 0 to 1',
    ],
    ['a settling time that is too short', { settleMs: 4999 }, "settleMs: 4999 won't do; give at least 5000"],
    ['a time before the start', withEntry({ atMs: -1 }), "timeline[0].atMs: -1 won't do; give at least 0"],
    ['half a millisecond', withEntry({ atMs: 5000.5 }), "timeline[0].atMs: 5000.5 won't do; give a whole number"],
    [
      'no lateness',
      { skills: { local: { everySeconds: 1 } }, objectives: [] },
      'skills.local.latenessMs: missing; give a number',
    ],
    [
      'no expectation for a layer',
      withEntry({ expect: { gateway: 'failed', runtime: 'ok' } }),
      'timeline[0].expect.session: missing; say what "session" must look like: ok, failed, paused, interrupted',
    ],
    ['no title', { title: '  ' }, 'title: "" won\'t do; give at least 1 character(s)'],
    [
      'a skill that requires, and none that does not',
      { skills: { remote: { everySeconds: 1, latenessMs: 1, catchUpMs: 1 } } },
      'skills: every skill requires another layer; add a local one: without it there is nothing that must go on',
    ],
    [
      'a missing duration',
      withEntry({ forMs: undefined }),
      'timeline[0].forMs: missing: outage stands until it is ended; say for how many ms',
    ],
    [
      'a duration of what is over at once',
      { timeline: [{ ...kill, atMs: 5000, fault: { kind: 'crash', nodes: ['gateway'] } }] },
      'timeline[0].forMs: this crash is over once injected; leave it out',
    ],
    [
      'a repetition that does not repeat',
      { timeline: [{ ...reset, fault: { kind: 'link-reset', links: ['client-session'], everyMs: 3000 } }] },
      'timeline[0].fault.everyMs: only one blow fits into 4000 ms; give at most 2000',
    ],
    [
      'a repeated name',
      withEntry({ fault: { kind: 'outage', nodes: ['gateway', 'gateway'] } }),
      'timeline[0].fault.nodes: ["gateway","gateway"] won\'t do; names something twice',
    ],
  ])('%s', (_, change, line) => {
    expect(problemsOf(change)).toContain(`${file}: ${line}`);
  });
});

describe('parts that do not fit each other', () => {
  it.each<[string, Loose, string]>([
    [
      'entries that overlap',
      {
        timeline: [
          { ...outage, atMs: 4000 },
          { ...outage, atMs: 13_999 },
        ],
      },
      'timeline[1].atMs: overlaps entry 1, which ends at 9000 ms and is observed for 5000 ms more; give at least 14000',
    ],
    [
      'a first entry that leaves no before',
      withEntry({ atMs: 3999 }),
      'timeline[0].atMs: too early: the phase before must hold 2 slots of each skill; give at least 4000',
    ],
    [
      '"failed" where the system heals itself',
      { timeline: [{ ...kill, expect: { session: 'ok', gateway: 'failed', runtime: 'ok' } }] },
      'timeline[0].expect.gateway: "failed" is until heal, but the system must heal a kill itself; say "paused"',
    ],
    [
      '"paused" where the harness heals',
      withEntry({ expect: { session: 'ok', gateway: 'paused', runtime: 'ok' } }),
      'timeline[0].expect.gateway: "paused" is back without help, but it is the harness that ends an outage; say "failed" or "interrupted"',
    ],
    [
      '"paused" where nobody asks for runs that could be lost',
      { timeline: [kill], user: {} },
      'timeline[0].expect.gateway: "paused" is back with all that "gateway" had promised, and nobody was promised anything; add `user` with `runSkill`',
    ],
    [
      '"interrupted" without blows',
      withEntry({ expect: { session: 'interrupted', gateway: 'failed', runtime: 'ok' } }),
      'timeline[0].expect.session: "interrupted" is at each blow, but outage deals none; say "failed", or take a fault with `everyMs`',
    ],
    [
      'a layer that fails where nobody can see it',
      {
        timeline: [
          {
            ...outage,
            fault: { kind: 'link-down', links: ['runtime-gateway'] },
            expect: { session: 'ok', gateway: 'ok', runtime: 'failed' },
          },
        ],
      },
      'timeline[0].expect.runtime: "runtime" is seen on a path that carries no fault, and link-down does not touch it; say "ok"',
    ],
    [
      'too short for three slots',
      withEntry({ forMs: 2999 }),
      'timeline[0].forMs: fewer than 3 slots of "local" can be due in 2999 ms; give at least 3000, or run the skill more often',
    ],
    [
      'a deferred skill without a time to catch up',
      { skills: { ...scenario.skills, remote: { everySeconds: 2, latenessMs: 1000 } } },
      'skills.remote.catchUpMs: missing: outage keeps "remote" from its schedule; say how many ms after the fault its slots may be caught up',
    ],
    [
      'an end before deferred slots had their time',
      { settleMs: 7999 },
      'settleMs: observation would end before "remote" had its time; give at least 8000',
    ],
    [
      'a vantage that a layer has not',
      withObjective({
        sli: 'layerAvailabilityRatio',
        layer: 'runtime',
        vantage: 'user',
        phase: 'during',
        is: '==',
        threshold: 1,
      }),
      'objectives[0].vantage: "runtime" is not seen from "user"; there is "observer"',
    ],
    [
      'connections of a layer that dials nobody',
      withObjective({ sli: 'gatewayConnectionAttempts', layer: 'gateway', is: '<=', threshold: 9 }),
      'objectives[0].layer: "gateway" dials nobody; name a layer that dials the gateway',
    ],
    [
      'promises to nobody',
      { user: undefined, objectives: [{ sli: 'durableLost', what: 'message', is: '==', threshold: 0 }] },
      'objectives[0].sli: there is no user to whom anything was acknowledged; give `user`',
    ],
    [
      'end to end without a request',
      {
        user: {},
        objectives: [
          {
            sli: 'recoverySeconds',
            fault: '1-link-reset',
            layer: 'end-to-end',
            vantage: 'user',
            is: '<=',
            threshold: 9,
          },
        ],
      },
      'objectives[0].layer: nothing is asked for end to end; give `user.runSkill`',
    ],
    [
      "the operator's check, not run",
      { operatorCheck: false, objectives: [{ sli: 'operatorCheckAgreementRatio', is: '==', threshold: 1 }] },
      "objectives[0].sli: the operator's check is not run; give `operatorCheck: true`",
    ],
  ])('%s', (_, change, line) => {
    expect(problemsOf(change)).toContain(`${file}: ${line}`);
  });

  it('an SLI whose protocol nobody speaks', () => {
    const { runtime, ...others } = manifest.nodes;
    const silent = { ...manifest, nodes: { ...others, runtime: { ...runtime, speaks: ['http'] } } } as typeof manifest;
    const change = withObjective({ sli: 'disagreements', is: '==', threshold: 0 });
    expect(problemsOf(change, silent)).toEqual([
      `${file}: objectives[0].sli: no node of "sample" speaks openclaw-ledger/1, which disagreements needs; leave it out for this target`,
    ]);
  });

  it("an operator's check without an operator", () => {
    const { operator: _, ...lonely } = manifest;
    expect(problemsOf({}, lonely)).toEqual([
      `${file}: operatorCheck: the target "sample" has no operator's view; leave it out, or add \`operator\` to the manifest`,
    ]);
  });
});

describe('several problems', () => {
  it('are all told at once, however the parts hang together', () => {
    const problems = problemsOf({
      title: 7,
      settleMs: 10,
      skills: { locl: { everySeconds: 0.5, latenessMs: 1 } },
      timeline: [{ atMs: 'soon', forMs: 1, fault: { kind: 'outage', nodes: ['x'] }, expect: {} }],
      objectives: [{ sli: 'nope', is: '==', threshold: 'x' }],
    });
    for (const field of [
      'title',
      'settleMs',
      'skills.locl',
      'skills.locl.everySeconds',
      'timeline[0].atMs',
      'timeline[0].fault.nodes[0]',
      'timeline[0].expect.session',
      'objectives[0].sli',
      'objectives[0].threshold',
    ]) {
      expect(problems.some((line) => line.startsWith(`${file}: ${field}: `))).toBe(true);
    }
  });

  it.each([
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { timeline: {} },
    { timeline: [null], objectives: [null] },
    { skills: [] },
  ])('%j is no scenario, and says so instead of throwing', (raw) => {
    const { scenario: valid, problems } = validateScenario(raw, { file, manifest });
    expect(valid).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });

  it('of a noop that is said to fail something there is none: it is how a fault that does nothing is shown to be found out', () => {
    expect(problemsOf(withEntry({ fault: { kind: 'noop' } }))).toEqual([]);
  });
});
