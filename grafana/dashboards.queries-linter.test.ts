/** The usual rules of dashboard linters for queries: windows, jobs and instances, counters. */
import { expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { queriesOf } from './testing/queries.ts';
import { vocabularyOf } from './testing/vocabulary.ts';

const queries = Object.values(dashboards).flatMap(queriesOf);

test.each(queries)('$place: windows are Grafana’s', ({ expr, kind }) => {
  const windows = [...expr.matchAll(/\[([^\]:]+)(?::1s)?\]/g)].map(([, window]) => window);
  const allowed = ['$__rate_interval', '$__range'];
  expect(windows.filter((window) => !allowed.includes(window ?? ''))).toEqual([]);
  // Rates over time are of the step; over all that is shown only where one figure stands for it.
  if (kind === 'range') expect(expr).not.toMatch(/\b(rate|increase|irate|delta)\([^)]*\[\$__range\]/);
});

test.each(queries.filter(({ kind }) => kind === 'instant'))(
  '$place: a figure of now is of a minute',
  ({ expr, minStep }) => {
    // Without a least step the window is that of a pixel: a few seconds, and other ones in a wider panel.
    if (expr.includes('[$__rate_interval]')) expect(minStep).toBe('15s');
  },
);

test.each(queries)('$place: job and instance', ({ expr, kind }) => {
  for (const { metric, labels } of vocabularyOf(expr.replace(/^label_values\(/, '')).selectors) {
    // An alert has the labels of its rule only.
    if (metric === 'ALERTS') continue;
    expect(labels, metric).toContain('job');
    if (!metric.startsWith('chaos_') && kind !== 'variable') expect(labels, metric).toContain('instance');
  }
});

test.each(queries.filter(({ kind }) => kind !== 'variable'))(
  '$place: counters only as rates, increases, or last words',
  ({ expr }) => {
    const { selectors } = vocabularyOf(expr);
    for (const { metric } of selectors.filter((one) => /_(total|count|sum|bucket)$/.test(one.metric))) {
      // What the recorder of a run counts starts with the run: its totals are the figures.
      if (metric.startsWith('chaos_')) continue;
      expect(expr).toMatch(new RegExp(`(rate|increase)\\(${metric}\\{`));
    }
  },
);
