/** Every query parses, in Prometheus's own parser, and speaks the catalogue's words only. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../metrics/prometheus/engine/engine.ts';
import { dashboards } from './dashboards.ts';
import { interpolated } from './testing/interpolate.ts';
import { labelValues, queriesOf } from './testing/queries.ts';
import { replay } from './testing/replay.ts';
import { labelsOf, vocabularyOf } from './testing/vocabulary.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await replay([]));
}, 60_000);
afterAll(() => engine?.[Symbol.asyncDispose]());

const all = Object.values(dashboards).flatMap((dashboard) => {
  const variables = (dashboard.templating?.list ?? []).map(({ name }) => name);
  return queriesOf(dashboard).map((query) => ({ ...query, variables }));
});

test('there are queries', () => expect(all.length).toBeGreaterThan(100));

test.each(all)('$place parses', async ({ expr, kind, variables, minStep }) => {
  const asked = kind === 'variable' ? labelValues(expr)?.selector : expr;
  const query = interpolated(asked ?? '', variables, { rangeSeconds: 900, stepSeconds: 1, minStep });
  expect(await engine.query({ query, timeMs: 0, timeoutMs: 10_000 })).toMatchObject({ ok: true });
});

test.each(all)('$place: metrics and labels of the catalogue', ({ expr, kind }) => {
  const values = kind === 'variable' ? labelValues(expr) : undefined;
  const { selectors, groupings, strays } = vocabularyOf(values?.selector ?? expr);
  expect(strays).toEqual([]);
  expect(selectors).not.toEqual([]);
  const known = new Set<string>();
  for (const { metric, labels } of selectors) {
    const own = labelsOf(metric);
    expect(own, metric).toBeDefined();
    expect(
      labels.filter((label) => !own?.includes(label)),
      metric,
    ).toEqual([]);
    for (const label of own ?? []) known.add(label);
  }
  const named = [...groupings, ...(values ? [values.label] : [])];
  expect(named.filter((label) => !known.has(label))).toEqual([]);
});

describe('what the tests read queries with', () => {
  test('a stray name, an unknown metric and an unknown label are seen', () => {
    expect(
      vocabularyOf('sum by (a) (rate(x_total{job="y",b=~"c d{}"}[$__rate_interval])) / (time() - plain > 0)'),
    ).toEqual({
      selectors: [{ metric: 'x_total', labels: ['job', 'b'] }],
      groupings: ['a'],
      strays: ['plain'],
    });
    expect(labelsOf('x_total')).toBeUndefined();
    expect(labelsOf('openclaw_outbox_pending')).toEqual(['job', 'instance', 'layer']);
    // A histogram has no series of its own name.
    expect(labelsOf('http_server_request_duration_seconds')).toBeUndefined();
  });

  test('Grafana’s intervals: four scrapes at least, and the step with one scrape', () => {
    const window = (stepSeconds: number, minStep?: string) =>
      interpolated('[$__rate_interval]', [], { rangeSeconds: 900, stepSeconds, minStep });
    expect([window(1), window(60), window(1, '15s')]).toEqual(['[4s]', '[61s]', '[60s]']);
    expect(() => interpolated('$nobody', ['skill'], { rangeSeconds: 1, stepSeconds: 1 })).toThrow(/no variable/);
  });
});
