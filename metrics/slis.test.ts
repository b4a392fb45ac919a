import { describe, expect, it } from 'vitest';
import { catalog, type MetricSpec } from './catalog.ts';
import { type SliName, sliOf, slis } from './slis.ts';

const topology = {
  layers: { session: ['user', 'observer'], runtime: ['observer'] },
  skills: ['a', 'b'],
  localSkills: ['a'],
  faults: ['1-outage', '2-kill'],
  healedFaults: ['1-outage'],
  alerts: ['OpenclawLayerDown', 'OpenclawSkillStale'],
} as const;

const params = {
  phase: 'during',
  skill: 'a',
  layer: 'session',
  vantage: 'user',
  fault: '1-outage',
  what: 'message',
  truth: 'degraded',
  alert: 'OpenclawLayerDown',
} as const;

const names = Object.keys(slis) as SliName[];

/** Those of the parameters above that the SLI knows. */
function paramsFor(name: SliName): object {
  const known = Object.keys(slis[name].params.shape);
  return Object.fromEntries(Object.entries(params).filter(([key]) => known.includes(key)));
}

/** The SLIs differ in their parameters; here they are called with whatever fits. */
function asked(name: SliName, given: object): { query: string; series: readonly object[]; title: string } {
  const sli = sliOf(name) as unknown as {
    query(params: object, context: object): string;
    series(params: object, topology: object): readonly object[];
    title(params: object): string;
  };
  return {
    query: sli.query(given, { rangeSeconds: 300 }),
    series: sli.series(given, topology),
    title: sli.title(given),
  };
}

/** `name{label="…",label!="…"}` as often as it occurs. */
function selectors(query: string): { metric: string; labels: string[] }[] {
  return [...query.matchAll(/([a-z_]+)\{([^}]*)\}/g)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [...matchers.matchAll(/([a-z_]+)!?=/g)].map(([, label = '']) => label),
  }));
}

describe.each(names)('%s', (name) => {
  const { query, series, title } = asked(name, paramsFor(name));

  it('asks only for metrics and labels of the catalogue, and says where they come from', () => {
    expect(selectors(query).length).toBeGreaterThan(0);
    for (const { metric, labels } of selectors(query)) {
      const spec = (catalog as Record<string, MetricSpec>)[metric];
      expect(Object.keys(catalog)).toContain(metric);
      expect(labels).toContain('job');
      expect([...Object.keys(spec?.labels ?? {}), 'job']).toEqual(expect.arrayContaining(labels));
    }
  });

  it('looks back over the whole run, and invents nothing', () => {
    expect(query.match(/(last|max)_over_time\(/g)?.length).toBe(selectors(query).length);
    expect(query.match(/\[300s\]/g)?.length).toBe(selectors(query).length);
    expect(query).not.toMatch(/vector|absent|or |increase|rate\(|bool/);
  });

  it('expects at least one series, each once', () => {
    expect(series.length).toBeGreaterThan(0);
    expect(new Set(series.map((labels) => JSON.stringify(labels))).size).toBe(series.length);
  });

  it('has a title, a sentence, sane bounds, and takes no parameter it does not know', () => {
    expect(title).not.toMatch(/undefined|\[object/);
    expect(slis[name].sentence).toMatch(/\.$/);
    expect(slis[name].sane.min).toBeLessThan(slis[name].sane.max);
    expect(slis[name].params.safeParse({ ...paramsFor(name), nonsense: 1 }).success).toBe(false);
  });
});

describe('optional parameters', () => {
  it('left out, ask for one series of each skill', () => {
    expect(asked('skillSlotsMissed', {}).series).toEqual([{ skill: 'a' }, { skill: 'b' }]);
    expect(asked('skillSlotsMissed', {}).title).toBe('skill slots missed');
    expect(asked('skillSlotsMissed', {}).query).not.toContain('skill=');
  });

  it('given, ask for that one', () => {
    expect(asked('skillSlotsMissed', { skill: 'a' }).series).toEqual([{ skill: 'a' }]);
    expect(asked('skillSlotsMissed', { skill: 'a' }).query).toContain('skill="a"');
  });

  it('are quoted as PromQL wants it', () => {
    expect(asked('skillSlotsMissed', { skill: 'a"b\\c\nd' }).query).toContain(String.raw`skill="a\"b\\c\nd"`);
  });
});
