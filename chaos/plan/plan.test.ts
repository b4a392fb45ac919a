import { describe, expect, it } from 'vitest';
import { slis } from '../../metrics/slis.ts';
import type { NodeSpec } from '../manifest.ts';
import { manifest, planOf, scenario } from '../verdict/verdict.fixture.ts';
import { describePlan } from './describe-plan.ts';

const plan = planOf();

describe('makePlan', () => {
  it('gives the same plan for the same input, byte for byte', () => {
    expect(JSON.stringify(planOf())).toBe(JSON.stringify(plan));
  });

  it('is plain data that survives a journey through JSON', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('is frozen to the last leaf, and does not hold on to what it was made from', () => {
    const own = structuredClone(scenario);
    const made = planOf({ scenario: own });
    (own.skills as Record<string, unknown>).local = 'changed';
    expect(made.scenario.skills.local).toEqual(scenario.skills.local);
    expect(() => Object.assign(made.checks[0]?.sane ?? {}, { min: 5 })).toThrow(TypeError);
    expect(() => (made.entries as unknown[]).push(1)).toThrow(TypeError);
  });

  it('names the entries, and knows when each starts, ends and stops being observed', () => {
    expect(
      plan.entries.map(({ name, startMs, endMs, observeUntilMs }) => ({ name, startMs, endMs, observeUntilMs })),
    ).toEqual([
      { name: '1-link-reset', startMs: 4000, endMs: 8000, observeUntilMs: 15_000 },
      { name: '2-outage', startMs: 15_000, endMs: 20_000, observeUntilMs: 30_000 },
      { name: '3-kill', startMs: 30_000, endMs: 35_000, observeUntilMs: 43_000 },
    ]);
    expect(plan.phasesMs).toEqual({ before: 4000, during: 31_000, after: 8000 });
  });

  it('tells the blast radius of each entry', () => {
    expect(
      plan.entries.map(({ targets, deferredSkills, healedBy }) => ({ targets, deferredSkills, healedBy })),
    ).toEqual([
      { targets: { links: ['client-session'], nodes: [] }, deferredSkills: [], healedBy: 'harness' },
      { targets: { links: [], nodes: ['gateway'] }, deferredSkills: ['remote'], healedBy: 'harness' },
      { targets: { links: [], nodes: ['gateway'] }, deferredSkills: ['remote'], healedBy: 'system' },
    ]);
  });

  describe('with a skill that is broken', () => {
    const programs = { local: { requires: [], program: 'local.mjs' }, other: { requires: [] } };
    const made = planOf({
      manifest: { ...manifest, skills: { ...manifest.skills, ...programs } },
      scenario: {
        ...scenario,
        skills: { ...scenario.skills, other: { everySeconds: 1, latenessMs: 1000 } },
        timeline: [
          {
            atMs: 4000,
            forMs: 9000,
            fault: { kind: 'break-skill', skill: 'local' },
            expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
          },
        ],
      },
    });
    const objectives = made.checks.filter(({ kind }) => kind === 'objective').map(({ title }) => title);

    it('names it, and keeps it from its schedule', () => {
      expect(made.entries[0]).toMatchObject({
        brokenSkills: ['local'],
        deferredSkills: ['local'],
        healedBy: 'harness',
      });
      expect(describePlan(made).join('\n')).toContain('touches skill local; keeps from their schedule: local');
    });

    it('asks of it only once it is mended, and that it never ran twice', () => {
      expect(objectives).toEqual(
        expect.arrayContaining([
          'skill success ratio (during, other) = 1',
          'skill success ratio (during, remote) = 1',
          'skill success ratio (after) = 1',
          'skill uptime ratio (after) = 1',
          'skill slots missed (other) = 0',
          'skill slots missed (after) = 0',
          'skill slots doubled = 0',
        ]),
      );
      expect(objectives.filter((title) => /\((during|during, local|local)\)|slots missed =/.test(title))).toEqual([]);
    });
  });

  it('says who remembers nothing, and by how much a clock is ahead', () => {
    const expected = { session: 'ok', gateway: 'ok', runtime: 'ok' } as const;
    const clock = { offset: 'a', applied: 'b', env: {} };
    const runtime = { ...(manifest.nodes.runtime as NodeSpec), state: ['x'], clock };
    const { entries } = planOf({
      manifest: { ...manifest, nodes: { ...manifest.nodes, runtime } },
      scenario: {
        ...scenario,
        timeline: [
          { atMs: 4000, fault: { kind: 'torn-state', nodes: ['runtime'], how: 'empty' }, expect: expected },
          { atMs: 9000, forMs: 4000, fault: { kind: 'clock-jump', nodes: ['runtime'], byMs: -3000 }, expect: expected },
        ],
      },
    });
    expect(entries).toMatchObject([
      { forgetfulNodes: ['runtime'], healedBy: 'system', deferredSkills: ['local', 'remote'] },
      { clockOffsetMs: -3000, healedBy: 'harness', deferredSkills: ['local', 'remote'] },
    ]);
    expect(entries[0]).not.toHaveProperty('clockOffsetMs');
  });

  it('leaves skills on schedule whose node goes on running', () => {
    const runtime = { ...(manifest.nodes.runtime as NodeSpec), smallDisks: [{ path: 'state', megabytes: 1 }] };
    const { entries } = planOf({
      manifest: { ...manifest, nodes: { ...manifest.nodes, runtime } },
      scenario: {
        ...scenario,
        timeline: [{ atMs: 4000, forMs: 4000, fault: { kind: 'disk-full', nodes: ['runtime'] }, expect: {} }],
      },
    });
    expect(entries[0]).toMatchObject({ targets: { nodes: ['runtime'] }, deferredSkills: [] });
  });

  it('judges a layer as the user sees it, where the user sees it', () => {
    const timeline = [
      {
        atMs: 5000,
        forMs: 5000,
        fault: { kind: 'kill', nodes: ['runtime'], everyMs: 700 },
        expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
      },
    ] as const;
    const [entry] = planOf({ scenario: { ...scenario, timeline } }).entries;
    expect(entry?.affected).toEqual([
      { layer: 'runtime', vantage: 'observer', condition: 'paused', mustShow: true },
      { layer: 'end-to-end', vantage: 'user', condition: 'paused', mustShow: false },
    ]);
    expect(plan.entries[1]?.affected[0]).toMatchObject({ layer: 'gateway', vantage: 'user' });
  });

  it('looks back further than the run can take', () => {
    expect(plan.rangeSeconds * 1000).toBeGreaterThan(30_000 + 35_000 + 3 * 30_000 + 8000);
  });
});

describe('the checks of a plan', () => {
  const titles = plan.checks.map(({ title }) => title);

  it('have ids of their own', () => {
    expect(new Set(plan.checks.map(({ id }) => id)).size).toBe(plan.checks.length);
  });

  it('leave nothing to be filled in, and expect at least one series each', () => {
    for (const { query, series } of plan.checks) {
      expect(query).not.toMatch(/\$|undefined|\{\{|vector\(0\)/);
      expect(series.length).toBeGreaterThan(0);
    }
  });

  it('say what each layer must look like, and that it recovers in time, alone and end to end', () => {
    expect(titles).toEqual(
      expect.arrayContaining([
        'session interrupted by blows (1-link-reset) = 1',
        'gateway good probes while failed (2-outage, user) = 0',
        'gateway recovery (3-kill, user) ≤ 30 s',
        'end-to-end recovery (2-outage, user) ≤ 30 s',
        'runtime outages (3-kill, observer) = 0',
        'runtime availability ratio (during, observer) = 1',
        'skill success ratio (during) = 1',
        'messages lost = 0',
        'operator check agreement ratio = 1',
      ]),
    );
  });

  it('do not ask a layer that is to fail for availability', () => {
    expect(titles.filter((title) => title.startsWith('gateway availability'))).toEqual([]);
  });

  it('require exposure of every local skill where something is down, and of no other', () => {
    const exposed = plan.checks.filter(({ id }) => id.startsWith('precondition/skillSlotsExposed'));
    expect(exposed.map(({ title }) => title)).toEqual([
      'skill slots exposed (local) ≥ 3',
      'skill slots exposed (2-outage, local) ≥ 3',
      'skill slots exposed (3-kill, local) ≥ 3',
    ]);
  });

  it('give way to what the scenario says of the same figure', () => {
    const own = { sli: 'skillUptimeRatio', phase: 'during', is: '>=', threshold: 0.5 } as const;
    const uptimes = planOf({ scenario: { ...scenario, objectives: [own] } }).checks.filter(({ id }) =>
      id.startsWith('objective/skillUptimeRatio/during'),
    );
    expect(uptimes.map(({ title }) => title)).toEqual(['skill uptime ratio (during) ≥ 0.5']);
  });

  it('leave out what nobody was promised', () => {
    const { user: _, ...alone } = scenario;
    const { checks } = planOf({ scenario: alone as typeof scenario });
    expect(checks.filter(({ category }) => category === 'durability')).toEqual([]);
    expect(checks.filter(({ id }) => id.includes('end-to-end'))).toEqual([]);
  });

  it('together make use of every SLI but those that only scenarios ask for', () => {
    const alert = { alert: 'OpenclawRestartLoop', withinMs: 5_000, resolvesWithinMs: 5_000 } as const;
    const timeline = scenario.timeline.map((entry) => ({ ...entry, alerts: [alert] }));
    const { checks } = planOf({ scenario: { ...scenario, timeline } });
    const used = new Set(checks.map(({ id }) => id.split('/')[1]));
    const unused = Object.keys(slis).filter((name) => !used.has(name));
    expect(unused.sort()).toEqual([
      'crowdBackSeconds',
      'detectSeconds',
      'firstSuccessSeconds',
      'gatewayConnectionAttempts',
      'heartbeatTimeouts',
      'layerSaidDegraded',
      'layerStillDegraded',
      'outageSeconds',
      'reconnectSeconds',
      'sessionsResumed',
      'sessionsResumedRatio',
      'skillLatenessGrowthSeconds',
      'skillLatenessMaxSeconds',
    ]);
  });
});

describe('describePlan', () => {
  it('prints timeline, blast radius and what must hold', () => {
    const lines = describePlan(plan).join('\n');
    expect(lines).toContain('15.0 s  2-outage: outage {"nodes":["gateway"]}');
    expect(lines).toContain('touches node gateway; keeps from their schedule: remote');
    expect(lines).toContain('expected: session ok, gateway failed, runtime ok');
    expect(lines).toContain('20.0 s  2-outage is healed');
    expect(lines).toContain('35.0 s  3-kill is over, the system heals itself');
    expect(lines).toContain(`target ${manifest.name}, platform docker, seed 7`);
    expect(lines).toContain('  skill uptime ratio (during) = 1');
  });
});
