import { describe, expect, it } from 'vitest';
import type { Topology } from './fault.ts';
import { type FaultKind, type FaultSpec, faultOf, faults } from './registry.ts';

const topology: Topology = {
  nodes: ['session', 'gateway', 'runtime'],
  links: {
    'client-session': { from: 'client', to: 'session' },
    'client-gateway': { from: 'client', to: 'gateway' },
    'session-gateway': { from: 'session', to: 'gateway' },
    'runtime-gateway': { from: 'runtime', to: 'gateway' },
  },
  healthPaths: {},
  fragile: {
    session: {},
    gateway: { state: ['state/gateway.db'] },
    runtime: {
      state: ['state/runtime.sqlite'],
      smallDisks: [{ path: 'state', megabytes: 1 }],
      clock: { offset: 'run/offset', applied: 'run/applied', env: {} },
    },
  },
  programs: { reporter: { node: 'runtime', file: 'skills/reporter/run.mjs' } },
};

const good = {
  'link-down': { kind: 'link-down', links: ['client-session'] },
  'link-reset': { kind: 'link-reset', links: ['client-session'], everyMs: 1_000 },
  'link-blackhole': { kind: 'link-blackhole', links: ['client-session'] },
  latency: { kind: 'latency', links: ['runtime-gateway'], latencyMs: 2_000, jitterMs: 10 },
  partition: {
    kind: 'partition',
    groups: [
      ['client', 'runtime'],
      ['session', 'gateway'],
    ],
    mode: 'blackhole',
  },
  kill: { kind: 'kill', nodes: ['session', 'gateway'], everyMs: 3_000, whileSkillRuns: true },
  crash: { kind: 'crash', nodes: ['runtime'] },
  stop: { kind: 'stop', nodes: ['session'] },
  outage: { kind: 'outage', nodes: ['gateway'] },
  hang: { kind: 'hang', nodes: ['gateway'] },
  'torn-state': { kind: 'torn-state', nodes: ['runtime'], how: 'garbage', file: 'state/runtime.sqlite' },
  'disk-full': { kind: 'disk-full', nodes: ['runtime'] },
  'clock-jump': { kind: 'clock-jump', nodes: ['runtime'], byMs: -4_000 },
  'break-skill': { kind: 'break-skill', skill: 'reporter' },
  noop: { kind: 'noop', healedBy: 'system' },
} as const satisfies { [K in FaultKind]: FaultSpec & { kind: K } };

describe('faults', () => {
  it.each(Object.values(good))('$kind takes its own options and nothing else', (spec) => {
    const { schema } = faultOf(spec);
    expect(schema.parse(spec)).toEqual(spec);
    expect(schema.safeParse({ ...spec, colour: 'red' }).success).toBe(false);
  });

  it.each([
    { kind: 'link-down', links: [] },
    { kind: 'link-down', links: ['a', 'a'] },
    { kind: 'link-reset', links: ['a'] },
    { kind: 'link-reset', links: ['a'], everyMs: 10 },
    { kind: 'latency', links: ['a'], latencyMs: 10, jitterMs: 10 },
    { kind: 'latency', links: ['a'], latencyMs: '10' },
    { kind: 'partition', groups: [['a']], mode: 'refuse' },
    { kind: 'partition', groups: [['a'], ['a', 'b']], mode: 'refuse' },
    { kind: 'partition', groups: [['a'], ['b']] },
    { kind: 'kill', nodes: ['a'], everyMs: Number.NaN },
    { kind: 'torn-state', nodes: ['a'], how: 'singed' },
    { kind: 'clock-jump', nodes: ['a'], byMs: 0 },
    { kind: 'clock-jump', nodes: ['a'], byMs: 999 },
    { kind: 'break-skill', skill: '' },
  ])('refuses $kind with bad options: %j', (spec) => {
    expect(faults[spec.kind as FaultKind].schema.safeParse(spec).success).toBe(false);
  });

  it('cuts exactly the links between groups', () => {
    const cut = (groups: string[][]) =>
      faults.partition.targets({ kind: 'partition', groups, mode: 'refuse' }, topology).links;
    expect(
      cut([
        ['client', 'runtime'],
        ['session', 'gateway'],
      ]),
    ).toEqual(['client-session', 'client-gateway', 'runtime-gateway']);
    expect(cut([['runtime'], ['gateway']])).toEqual(['runtime-gateway']);
    expect(cut([['client'], ['runtime']])).toEqual([]);
  });

  it.each([
    [{ kind: 'torn-state', nodes: ['gateway', 'session'], how: 'empty' }, 'session', 'declares no files of state'],
    [{ kind: 'torn-state', nodes: ['runtime'], how: 'empty', file: 'x' }, 'x', 'keeps no state in it'],
    [{ kind: 'disk-full', nodes: ['runtime', 'gateway'] }, 'gateway', 'has no small disks'],
    [{ kind: 'clock-jump', nodes: ['gateway'], byMs: 5_000 }, 'gateway', 'cannot be shifted'],
    [{ kind: 'break-skill', skill: 'poster' }, 'poster', 'has no program to break'],
  ] as const satisfies readonly [FaultSpec, string, string][])(
    '%j misses what the target lacks',
    (spec, name, problem) => {
      const lacking = faultOf(spec).lacking?.(spec, topology);
      expect(lacking).toMatchObject({ name, problem: expect.stringContaining(problem) });
    },
  );

  it('misses nothing where all is there', () => {
    for (const spec of Object.values(good)) expect(faultOf(spec).lacking?.(spec, topology)).toBeUndefined();
  });

  it('says who heals and how long it stands', () => {
    const lasting = Object.values(good).filter((spec) => faultOf(spec).duration(spec) === 'lasting');
    expect(lasting.map(({ kind }) => kind)).toEqual([
      'link-down',
      'link-reset',
      'link-blackhole',
      'latency',
      'partition',
      'kill',
      'outage',
      'hang',
      'disk-full',
      'clock-jump',
      'break-skill',
    ]);
    expect(faults.kill.duration({ kind: 'kill', nodes: ['a'] })).toBe('momentary');
    const byItself = Object.values(good).filter((spec) => faultOf(spec).healedBy(spec) === 'system');
    expect(byItself.map(({ kind }) => kind)).toEqual(['kill', 'crash', 'stop', 'torn-state', 'noop']);
  });
});
