/** What the first screen says when layers die, when all is well, and when nothing is known: played to it second by second. */
import { afterEach, expect, test } from 'vitest';
import { colours } from './appearance/colours.ts';
import { dashboards } from './dashboards.ts';
import { evaluated } from './testing/evaluate.ts';
import { queriesOf } from './testing/queries.ts';
import type { RecordedTarget } from './testing/recording.ts';
import { type Replay, replay } from './testing/replay.ts';

let open: Replay | undefined;
afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

const seconds = 75;
const startMs = 1_800_000_000_000;

/** A layer scraped each second, from some second on without an answer. */
function layer(
  name: string,
  diesAt: number,
  own: Readonly<Record<string, (second: number) => number>> = {},
): RecordedTarget {
  const target = { job: 'openclaw', instance: `${name}:1`, layer: name };
  const times = Array.from({ length: seconds + 1 }, (_, second) => second);
  const series = (
    __name__: string,
    labels: Readonly<Record<string, string>>,
    value: (second: number) => number | null,
  ) => ({
    labels: { __name__, ...target, ...labels },
    values: times.map((second) => value(second)?.toString() ?? null),
  });
  return {
    target,
    timesMs: times.map((second) => startMs + second * 1_000),
    series: [
      series('up', {}, (second) => (second < diesAt ? 1 : 0)),
      series('openclaw_start_timestamp_seconds', {}, (second) => (second < diesAt ? 1_000 : null)),
      ...Object.entries(own).map(([fate, value]) =>
        series('openclaw_skill_slots_total', { skill: 'a', fate }, (second) =>
          second < diesAt ? value(second) : null,
        ),
      ),
    ],
  };
}

const never = Number.POSITIVE_INFINITY;
const allRun = { claimed: (second: number) => second, missed: () => 0 };
const alive = (name: string) => layer(name, never);

/** Name of each series → what one sees of it, `down, bad`; the panel of that title, as of the end. */
async function shown(title: string): Promise<Record<string, string>> {
  const query = queriesOf(dashboards.overview).find(({ panel }) => panel?.title === title);
  if (open === undefined || query?.panel === undefined) throw new Error(`nothing to ask: ${title}`);
  const { mappings = [], thresholds } = query.panel.fieldConfig?.defaults ?? {};
  const words = Object.assign({}, ...mappings.map(({ options }) => options));
  const found = await evaluated(open, query, { variables: ['instance', 'skill'] });
  return Object.fromEntries(
    found.map(({ metric, values }) => {
      const value = values.at(-1)?.[1] ?? Number.NaN;
      const step = thresholds?.steps.findLast((one) => (one.value ?? Number.NEGATIVE_INFINITY) <= value);
      const { text = `${Math.round(value * 100) / 100}`, color = step?.color } = words[value] ?? {};
      return [metric.layer ?? metric.fault ?? 'all', `${text}, ${meaning.get(color)}`];
    }),
  );
}

const meaning = new Map(Object.entries(colours).map(([name, colour]) => [colour as string, name]));

test('all is well: every slot got a run, every layer is up', async () => {
  open = await replay([alive('session'), alive('gateway'), layer('runtime', never, allRun)]);
  expect(await shown('Skills are running')).toEqual({ all: '1, good' });
  expect(await shown('Layers')).toEqual({ session: 'up, good', gateway: 'up, good', runtime: 'up, good' });
  expect(await shown('Last heard of')).toEqual({ session: '0, good', gateway: '0, good', runtime: '0, good' });
  expect(await shown('Alerts firing')).toEqual({});
  expect(await shown('Fault')).toEqual({});
});

test('the gateway is dead: skills run all the same, and one sees since when it is', async () => {
  open = await replay([alive('session'), layer('gateway', 56), layer('runtime', never, allRun)]);
  expect(await shown('Skills are running')).toEqual({ all: '1, good' });
  expect(await shown('Layers')).toEqual({ session: 'up, good', gateway: 'down, bad', runtime: 'up, good' });
  expect(await shown('Last heard of')).toEqual({ session: '0, good', gateway: '20, bad', runtime: '0, good' });
  expect(await shown('Alerts firing')).toEqual({ all: '1, bad' });
});

test('the runtime is dead: no skill runs, even though the last minute has slots that did', async () => {
  open = await replay([alive('session'), alive('gateway'), layer('runtime', 60, allRun)]);
  expect(await shown('Skills are running')).toEqual({ all: '0, bad' });
});

test('slots are missed: the share is of a minute, not of a pixel', async () => {
  // Ten slots missed, 40 seconds ago and before.
  const missed = {
    claimed: (second: number) => second,
    missed: (second: number) => Math.min(10, Math.max(0, second - 25)),
  };
  open = await replay([layer('runtime', never, missed)]);
  // 60 of 70 slots of that minute.
  expect(await shown('Skills are running')).toEqual({ all: '0.86, bad' });
});

test('no layer is scraped: no figure rather than a good one, and the alert that says so', async () => {
  const target = { job: 'another', instance: 'another:1' };
  const up = { labels: { __name__: 'up', ...target }, values: ['1', '1'] };
  open = await replay([{ target, timesMs: [startMs, startMs + seconds * 1_000], series: [up] }]);
  for (const title of ['Skills are running', 'Runs succeed', 'Layers', 'Last heard of', 'Fault']) {
    expect(await shown(title), title).toEqual({});
  }
  expect(await shown('Alerts firing')).toEqual({ all: '3, bad' });
});
