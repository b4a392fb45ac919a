/** Every service SLI: that it asks only for what there is, and says what is true of a course that is known. */
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog, type MetricSpec } from './catalog.ts';
import { type Rig, rigForAll, startMs } from './prometheus/engine/fixture.ts';
import { type ServiceSliName, serviceSlis } from './service-slis.ts';

const names = Object.keys(serviceSlis) as ServiceSliName[];
const where = { instance: 'i.*', skill: 'a|b', layer: '.+' };

/** Metrics that a query names, and the labels that it matches them by. Those of Prometheus itself are not in the catalogue. */
function selectors(query: string): { metric: string; labels: string[] }[] {
  return [...query.matchAll(/([a-zA-Z_]+)\{([^}]*)\}/g)].map(([, metric = '', matchers = '']) => ({
    metric: metric.replace(/_(bucket|count|sum)$/, ''),
    labels: [...matchers.matchAll(/([a-z_]+)(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label),
  }));
}

const ofPrometheus: Readonly<Record<string, readonly string[]>> = {
  up: ['instance', 'layer'],
  ALERTS: ['alertname', 'alertstate', 'instance', 'layer', 'skill'],
};

describe.each(names)('%s', (name) => {
  const open = serviceSlis[name];

  it('has a sentence and a title, and asks by the window only', () => {
    expect(open.sentence).toMatch(/^\S.{15,}\.$/);
    expect(open.title).toMatch(/^[A-Z0-9].+[^.]$/);
    const windows = [...open.query({ window: '7m' }).matchAll(/\[([^\]:]+)[\]:]/g)].map(([, window]) => window);
    expect(windows.filter((window) => window !== '7m')).toEqual([]);
  });

  it('asks only for metrics of the catalogue, and matches only labels that they have', () => {
    const asked = selectors(open.query({ window: '5m', where }));
    expect(asked.length).toBeGreaterThan(0);
    for (const { metric, labels } of asked) {
      const spec = (catalog as Record<string, MetricSpec>)[metric];
      const own = ofPrometheus[metric] ?? [
        ...Object.keys(spec?.labels ?? {}),
        ...(metric.startsWith('chaos_') ? [] : ['instance', 'layer']),
      ];
      expect([...Object.keys(ofPrometheus), ...Object.keys(catalog)]).toContain(metric);
      expect([...own, 'job']).toEqual(expect.arrayContaining(labels));
      const fitting = Object.keys(where).filter((label) => spec !== undefined && own.includes(label));
      expect(labels).toEqual(expect.arrayContaining(fitting));
    }
  });
});

function fault(name: string, injected: number, healed: number): string {
  return [
    `chaos_fault_injection_timestamp_seconds{fault="${name}"} ${startMs / 1000 + injected}\n`,
    `chaos_fault_recovery_start_timestamp_seconds{fault="${name}",layer="gateway",vantage="user"} ${startMs / 1000 + healed}\n`,
  ].join('');
}

describe('of a course that is known', () => {
  const open = rigForAll();
  let rig: Rig;
  const end = 60;

  /** A run a second: every fourth fails, `b` never does, one in ten is cancelled. The session layer is down for 15 of 60 seconds. */
  beforeAll(async () => {
    rig = open();
    for (let second = 0; second <= end; second++) {
      const done = (each: number) => Math.floor(second / each);
      const runtime = `# TYPE openclaw_skill_start_lateness_seconds histogram
openclaw_skill_runs_total{skill="a",outcome="succeeded"} ${second - done(4)}
openclaw_skill_runs_total{skill="a",outcome="failed"} ${done(4)}
openclaw_skill_runs_total{skill="a",outcome="cancelled"} ${done(10)}
openclaw_skill_runs_total{skill="b",outcome="succeeded"} ${second}
openclaw_skill_runs_total{skill="idle",outcome="succeeded"} 7
openclaw_skill_slots_total{skill="a",fate="claimed"} ${second}
openclaw_skill_slots_total{skill="a",fate="deferred"} ${second}
openclaw_skill_slots_total{skill="a",fate="missed"} ${2 * second}
openclaw_skill_start_lateness_seconds_bucket{le="0.1"} ${second * 98}
openclaw_skill_start_lateness_seconds_bucket{le="0.5"} ${second * 100}
openclaw_skill_start_lateness_seconds_bucket{le="+Inf"} ${second * 100}
openclaw_skill_start_lateness_seconds_sum 0
openclaw_skill_start_lateness_seconds_count ${second * 100}
openclaw_gateway_reachable{layer="runtime"} ${second > 30 && second <= 45 ? 0 : 1}
openclaw_start_timestamp_seconds{layer="runtime"} ${second < 20 ? 5 : 6}
${second < 32 ? '' : `openclaw_gateway_lost_timestamp_seconds{layer="runtime"} ${startMs / 1000 + (second < 56 ? 31.25 : 55.5)}`}
${second < 46 ? '' : `openclaw_gateway_regained_timestamp_seconds{layer="runtime"} ${startMs / 1000 + (second < 58 ? 45.5 : 57.5)}`}
`;
      const session = `openclaw_session_resumes_total{recovered="true"} ${9 * second}\nopenclaw_session_resumes_total{recovered="false"} ${second}\n`;
      const target = (layer: string) => ({
        second,
        target: layer,
        labels: { job: 'openclaw', layer, instance: `${layer}:1` },
      });
      await rig.scrape(runtime, target('runtime'));
      await rig.scrape(second > 15 && second <= 30 ? undefined : session, target('session'));
      // The second fault costs the runtime nothing: what it lost and regained before is the doing of the first.
      const moments = [second < 31 ? '' : fault('1-cut', 30, 45), second < 55 ? '' : fault('2-reset', 46, 46)].join('');
      await rig.scrape(moments, { second, target: 'chaos', labels: { job: 'chaos', instance: 'recorder' } });
    }
  });

  const whole = { window: '60s' } as const;
  const rounded = async (name: ServiceSliName, context: object) => {
    const found = await rig.vector(serviceSlis[name].query({ ...whole, ...context }), end);
    return Object.fromEntries(
      Object.entries(found).map(([key, value]) => [key, Math.round(Number(value) * 100) / 100]),
    );
  };

  it.each([
    ['skillSuccessRatio', { by: ['skill'] }, { '{skill="a"}': 0.75, '{skill="b"}': 1 }],
    ['skillFailureRatio', {}, { '': 0.13 }],
    ['skillFailures', { where: { skill: 'a' } }, { '': 15 }],
    ['skillFailures', { where: { skill: 'b' } }, {}],
    ['skillUptimeRatio', { by: ['skill'] }, { '{skill="a"}': 0.5 }],
    ['slotLatenessSeconds', {}, { '': 0.3 }],
    ['slotLatenessMedianSeconds', {}, { '': 0.05 }],
    ['layerUp', {}, { '{layer="runtime"}': 1, '{layer="session"}': 1 }],
    ['layerAvailabilityRatio', {}, { '{layer="runtime"}': 1, '{layer="session"}': 0.75 }],
    ['layerAvailabilityRatio', { where: { layer: 'runtime' } }, { '{layer="runtime"}': 1 }],
    ['layerStarts', {}, { '{layer="runtime"}': 1 }],
    ['gatewayReachable', {}, { '{layer="runtime"}': 1 }],
    ['gatewayReachableRatio', {}, { '{layer="runtime"}': 0.75 }],
    ['sessionsResumedRatio', {}, { '': 0.9 }],
    ['detectSeconds', {}, { '{fault="1-cut",layer="runtime"}': 1.25 }],
    ['detectSeconds', { where: { layer: 'session' } }, {}],
    ['reconnectSeconds', {}, { '{fault="1-cut",layer="runtime"}': 0.5 }],
    ['reconnectSeconds', { where: { layer: 'session' } }, {}],
  ] as const)('%s %o', async (name, context, expected) => {
    expect(Object.values(await rounded(name, context))).toEqual(Object.values(expected));
    expect(Object.keys(await rounded(name, context))).toEqual(Object.keys(expected));
  });

  it.each(names)('%s is PromQL', async (name) => {
    for (const query of [serviceSlis[name].query(whole), serviceSlis[name].query({ ...whole, where, by: ['skill'] })]) {
      const answer = await rig.ask(query, end);
      expect(answer.ok ? '' : answer.error, query).toBe('');
    }
  });
});
