/**
 * The dashboards on recorded data of a real run in which much broke: every query answers, and figures are those that one counts by hand.
 * To record anew: `node grafana/testing/record.ts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { evaluated, overTime, type Series } from './testing/evaluate.ts';
import { type DashboardQuery, labelValues, queriesOf } from './testing/queries.ts';
import { type RecordedSeries, unpackRecording } from './testing/recording.ts';
import { type Replay, replay } from './testing/replay.ts';

const recording = unpackRecording(readFileSync(join(import.meta.dirname, 'testing/recording.ndjson.gz')));

let played: Replay;
beforeAll(async () => {
  played = await replay(recording);
}, 60_000);
afterAll(() => played?.[Symbol.asyncDispose]());

const all = Object.values(dashboards).flatMap((dashboard) => {
  const variables = (dashboard.templating?.list ?? []).map(({ name }) => name);
  return queriesOf(dashboard).map((query) => ({ ...query, variables }));
});

/** Queries without data in the recording, and why that is right. */
const silent: Readonly<Record<string, string>> = {
  'OpenClaw / Skills, panel "Kept from running", B': 'the skills of the recording have a SKILL.md that can be used',
  'OpenClaw / Skills, panel "Skills", K': 'the same',
  'OpenClaw / Skills, panel "Skills", G': 'the skills of the recording do not ask to be tried again',
  'OpenClaw / Skills, panel "Failed runs and retries", B': 'the same',
};

const asking = all.filter(({ kind }) => kind !== 'variable');

/** What stands and fires only while something is broken: the end of the recording may be a quiet moment. */
const momentary = /ALERTS\{|chaos_fault_active\{/;

test.each(asking)('$place shows data', async (query) => {
  const ask = momentary.test(query.expr) ? overTime : evaluated;
  const found = await ask(played, query, query);
  expect(found.length > 0).toBe(silent[query.place] === undefined);
});

test.each(asking.filter(({ legend = '' }) => legend.includes('{{')))(
  '$place: what its legend names is there',
  async (query) => {
    const named = [...(query.legend ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    const found = await overTime(played, query, query);
    const labels = new Set(found.flatMap(({ metric }) => Object.keys(metric)));
    if (silent[query.place] === undefined) expect(named.filter((label) => !labels.has(label))).toEqual([]);
    // One name a series: else two of them look like one.
    const names = found.map(({ metric }) =>
      (query.legend ?? '').replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ''),
    );
    if (query.kind !== 'annotation') expect(new Set(names).size).toBe(names.length);
  },
);

test.each(all.filter(({ kind }) => kind === 'variable'))('$place offers choices', async ({ expr }) => {
  const { selector = '', label = '' } = labelValues(expr) ?? {};
  const { startMs, endMs } = played;
  const answer = await played.engine.labelValues(label, { matchers: [selector], startMs, endMs, limit: 0 });
  expect(answer.ok && JSON.parse(answer.data)).not.toEqual([]);
});

test('a choice of one skill leaves one skill', async () => {
  const query = queryAt('OpenClaw / Skills, panel "Skill success", A', 'range');
  const found = await overTime(played, query, { variables: query.variables, choices: { skill: 'health-report' } });
  expect(found.map(({ metric }) => metric.skill)).toEqual(['health-report']);
});

describe('the right value', () => {
  test('availability of each layer: scrapes that were answered, of all', async () => {
    const shown = await valuesOf(column('OpenClaw / Overview', 'The failure table, live', 'Availability'));
    const counted = raw('up').flatMap(({ labels: { layer }, values }): [string, number][] => {
      if (layer === undefined) return [];
      return [[layer, values.filter((value) => value === '1').length / values.length]];
    });
    expect(counted).toHaveLength(3);
    for (const [layer, share] of counted) expect(shown.get(layer), layer).toBeCloseTo(share, 2);
  });

  test('recovery after each fault: when it was good again, less the end of the fault', async () => {
    const shown = await valuesOf(
      column('OpenClaw / Chaos runs', 'Recovery', 'Recovered after'),
      'fault',
      'layer',
      'vantage',
    );
    const starts = new Map(
      raw('chaos_fault_recovery_start_timestamp_seconds').map(({ labels, values }) => [viewOf(labels), last(values)]),
    );
    const counted = raw('chaos_fault_recovered_timestamp_seconds').map(({ labels, values }): [string, number] => [
      viewOf(labels),
      last(values) - (starts.get(viewOf(labels)) ?? Number.NaN),
    ]);
    expect(counted.length).toBeGreaterThan(4);
    expect(shown.size).toBe(counted.length);
    for (const [view, seconds] of counted) expect(shown.get(view), view).toBeCloseTo(seconds, 3);
  });

  test('success of each skill: what its counters rose by', async () => {
    const shown = await valuesOf(column('OpenClaw / Skills', 'Skills', 'Success'), 'skill');
    for (const skill of ['daily-memory', 'health-report', 'tiktok-poster']) {
      const of = raw('openclaw_skill_runs_total').filter(({ labels }) => labels.skill === skill);
      const risen = (outcomes: (outcome: string) => boolean) =>
        of.filter(({ labels }) => outcomes(labels.outcome ?? '')).reduce((sum, { values }) => sum + rise(values), 0);
      const share = risen((outcome) => outcome === 'succeeded') / risen((outcome) => outcome !== 'cancelled');
      // Prometheus extrapolates to the ends of the window.
      expect(shown.get(skill), skill).toBeCloseTo(share, 1);
    }
    expect(shown.get('health-report')).toBeLessThan(1);
    expect(shown.get('daily-memory')).toBe(1);
  });

  test('faults are marked while they stand, and not else', async () => {
    const mark = all.find(({ place }) => place === 'OpenClaw / Overview, annotation "Faults"');
    const found = mark && (await overTime(played, mark, mark));
    for (const { labels, values } of raw('chaos_fault_active')) {
      const scrapes = recording.find(({ target }) => target.job === 'chaos')?.timesMs ?? [];
      const stood = scrapes.filter((_, index) => values[index] === '1');
      const marked =
        found?.find(({ metric }) => metric.fault === labels.fault)?.values.map(([time]) => time * 1_000) ?? [];
      expect(stood.length, labels.fault).toBeGreaterThan(0);
      // The marks are a second apart, scrapes are not.
      expect(Math.min(...marked)).toBeGreaterThanOrEqual(Math.min(...stood));
      expect(Math.max(...marked) - Math.max(...stood)).toBeLessThan(1_000);
      expect(Math.abs(marked.length - (Math.max(...stood) - Math.min(...stood)) / 1_000)).toBeLessThan(2);
    }
  });

  test('slots due, by skill and phase: the last word of the recorder', async () => {
    const shown = await valuesOf(column('OpenClaw / Chaos runs', 'Slots of the schedules', 'Due'), 'skill', 'phase');
    const counted = raw('chaos_schedule_slots_due_total').map(({ labels, values }) => [
      `${labels.skill} ${labels.phase}`,
      last(values),
    ]);
    expect([...shown].sort()).toEqual(counted.sort());
  });
});

function queryAt(place: string, kind: DashboardQuery['kind']): (typeof all)[number] {
  const found = all.find((query) => query.place === place && query.kind === kind);
  if (found === undefined) throw new Error(`no query at ${place}`);
  return found;
}

/** The query behind a column of a table. */
function column(dashboard: string, panel: string, title: string): (typeof all)[number] {
  const found = all.find((query) => {
    if (!query.place.startsWith(`${dashboard}, panel "${panel}", `)) return false;
    const names = query.panel?.transformations?.find(({ id }) => id === 'organize')?.options.renameByName;
    return names[`Value #${query.place.at(-1)}`] === title;
  });
  if (found === undefined) throw new Error(`${dashboard}, ${panel}: no column ${title}`);
  return found;
}

/** As shown at the end, by the values of these labels. */
async function valuesOf(query: (typeof all)[number], ...labels: string[]): Promise<Map<string, number>> {
  const keys = labels.length === 0 ? ['layer'] : labels;
  const found: Series[] = await evaluated(played, query, query);
  return new Map(
    found.map(({ metric, values }) => [keys.map((key) => metric[key]).join(' '), values.at(-1)?.[1] ?? Number.NaN]),
  );
}

function raw(name: string): RecordedSeries[] {
  return recording.flatMap(({ series }) => series.filter(({ labels }) => labels.__name__ === name));
}

function viewOf({ fault, layer, vantage }: Readonly<Record<string, string>>): string {
  return `${fault} ${layer} ${vantage}`;
}

function last(values: readonly (string | null)[]): number {
  return Number(values.findLast((value) => value !== null));
}

/** From the first to the last word of a counter that never goes back. */
function rise(values: readonly (string | null)[]): number {
  return last(values) - Number(values.find((value) => value !== null));
}
