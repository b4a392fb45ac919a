import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { Labels } from '../../metrics/sli.ts';
import type { ExpectedAlert } from '../scenario.ts';
import type { Rule } from '../verdict/prometheus-rules.ts';
import { AlertBook, type AlertChange } from './alert-book.ts';
import { Publisher } from './publisher.ts';

const alert = 'OpenclawGatewayUnreachable';
const other = 'OpenclawLayerDown';
const runtime = { layer: 'runtime' } as const;
const session = { layer: 'session' } as const;
const page: ExpectedAlert = { alert, withinMs: 8_000, resolvesWithinMs: 5_000 };

/** Seconds since its start are the only time that this run knows. */
class Run {
  readonly registry = new Registry();
  readonly changes: AlertChange[] = [];
  readonly book: AlertBook;

  constructor(...faults: readonly ExpectedAlert[][]) {
    const entries = faults.map((alerts, index) => ({ name: `${index + 1}-outage`, forMs: 10_000, alerts }));
    this.book = new AlertBook([alert, other], entries, new Publisher(this.registry));
    this.book.begin(0);
  }

  /** Evaluated once a second, from one second to another. */
  evaluated(fromSecond: number, toSecond: number, ...firing: readonly Labels[]): this {
    for (let second = fromSecond; second <= toSecond; second++) this.saw(second, firing);
    return this;
  }

  saw(second: number, firing: readonly Labels[], spoilt: Partial<Rule> = {}): void {
    const rule = { name: alert, health: 'ok', lastError: '', evaluatedMs: second * 1000, ...spoilt } as const;
    const full = firing.map((labels) => ({ alertname: alert, severity: 'page', ...labels }));
    this.changes.push(
      ...this.book.saw([
        { ...rule, firing: full },
        { ...rule, name: other, firing: [] },
      ]),
    );
  }

  injected(fault: number, second: number): this {
    this.book.injected(`${fault}-outage`, second * 1000);
    return this;
  }

  /** Metric (and labels) → value. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const all: Record<string, number> = {};
    for (const { name, values } of await this.registry.getMetricsAsJSON()) {
      for (const { labels, value } of values) {
        const about = [labels.fault, labels.alert === alert ? undefined : labels.alert].filter(
          (it) => it !== undefined,
        );
        all[[name.replace(/^chaos_/, ''), ...about].join(' ')] = value;
      }
    }
    return all;
  }
}

it('knows from when to when an alert fired for its fault', async () => {
  const run = new Run([page])
    .evaluated(0, 5)
    .injected(1, 5.5)
    .evaluated(6, 12)
    .evaluated(13, 16, runtime)
    .evaluated(17, 20);
  expect(await run.metrics()).toMatchObject({
    'fault_alert_fired 1-outage': 1,
    'fault_alert_fired_timestamp_seconds 1-outage': 13,
    'fault_alert_resolved_timestamp_seconds 1-outage': 17,
    'fault_alert_unresolved 1-outage': 0,
    alert_observed_seconds_total: 20,
    alert_firing_seconds_total: 5,
    alert_unexpected_seconds_total: 0,
    'alert_firing_seconds_total OpenclawLayerDown': 0,
  });
  expect(run.changes).toEqual([
    { alert, labels: runtime, what: 'fires', atMs: 13_000 },
    { alert, labels: runtime, what: 'resolved', atMs: 17_000 },
  ]);
});

it('says nothing of a fault before it is injected, and of no time that did not come', async () => {
  const before = await new Run([page]).evaluated(0, 5).metrics();
  expect(Object.keys(before).filter((name) => name.startsWith('fault_'))).toEqual([]);
  const silent = await new Run([page]).evaluated(0, 5).injected(1, 5.5).evaluated(6, 20).metrics();
  expect(silent).toMatchObject({ 'fault_alert_fired 1-outage': 0, 'fault_alert_unresolved 1-outage': 0 });
  expect(Object.keys(silent).filter((name) => name.includes('timestamp'))).toEqual([]);
});

it('takes what fired already for a false alarm, and for no sign of the fault', async () => {
  const run = new Run([page]).evaluated(0, 2).evaluated(3, 5, runtime).injected(1, 5.5).evaluated(6, 20, runtime);
  expect(await run.metrics()).toMatchObject({
    'fault_alert_fired 1-outage': 0,
    'fault_alert_unresolved 1-outage': 1,
    alert_unexpected_seconds_total: 4,
  });
  run.evaluated(21, 22).evaluated(23, 24, runtime);
  expect(await run.metrics()).toMatchObject({ 'fault_alert_fired_timestamp_seconds 1-outage': 23 });
});

it('passes over an evaluation of before the fault that is heard of after it', async () => {
  const run = new Run([page]).evaluated(0, 4).injected(1, 5.5).evaluated(5, 8, runtime);
  expect(await run.metrics()).toMatchObject({ 'fault_alert_fired 1-outage': 0, alert_unexpected_seconds_total: 2 });
});

it('waits for the last of the labels, and does not expect others', async () => {
  const both = { ...page, labels: { layer: ['session', 'runtime'] } };
  const run = new Run([both]).injected(1, 0).evaluated(0, 3).evaluated(4, 5, session);
  expect((await run.metrics())['fault_alert_fired 1-outage']).toBe(0);
  run.evaluated(6, 7, session, runtime);
  expect((await run.metrics())['fault_alert_fired_timestamp_seconds 1-outage']).toBe(6);
  run.evaluated(8, 9, session).evaluated(10, 10).evaluated(11, 13, { layer: 'gateway' });
  expect(await run.metrics()).toMatchObject({
    'fault_alert_resolved_timestamp_seconds 1-outage': 10,
    alert_unexpected_seconds_total: 3,
  });
});

it('counts a second for what fired at a single evaluation', async () => {
  const run = new Run().evaluated(0, 3).evaluated(4, 4, runtime);
  expect((await run.metrics()).alert_unexpected_seconds_total).toBe(1);
});

it('does not know what was between two evaluations that are far apart, nor what an unhealthy rule does', async () => {
  const gap = new Run().evaluated(0, 4).evaluated(10, 12);
  expect((await gap.metrics()).alert_observed_seconds_total).toBe(6);
  const old = new Run().evaluated(0, 4);
  for (let second = 5; second < 12; second++) old.saw(4, []);
  expect((await old.metrics()).alert_observed_seconds_total).toBe(4);
  const ill = new Run().evaluated(0, 4);
  for (let second = 5; second < 12; second++) ill.saw(second, [], { health: 'err' });
  expect((await ill.metrics()).alert_observed_seconds_total).toBe(4);
  const gone = new Run().evaluated(0, 4);
  expect(gone.book.saw([])).toEqual([]);
});

it('knows of an alert with two rules as much as both of them tell', async () => {
  const run = new Run();
  const rule = { name: alert, health: 'ok', lastError: '', firing: [] } as const;
  for (const second of [0, 1, 2, 3]) {
    const late = { ...rule, evaluatedMs: Math.min(second, 1) * 1000 };
    run.book.saw([{ ...rule, evaluatedMs: second * 1000, firing: [runtime] }, late]);
  }
  expect((await run.metrics()).alert_observed_seconds_total).toBe(1);
});

it('leaves a fault alone once the next one is injected', async () => {
  const run = new Run([page], [page]).evaluated(0, 1).injected(1, 1.5).evaluated(2, 4, runtime).evaluated(5, 9);
  run.injected(2, 9.5).evaluated(10, 12).evaluated(13, 14, runtime).evaluated(15, 16);
  expect(await run.metrics()).toMatchObject({
    'fault_alert_fired_timestamp_seconds 1-outage': 2,
    'fault_alert_resolved_timestamp_seconds 1-outage': 5,
    'fault_alert_fired_timestamp_seconds 2-outage': 13,
    'fault_alert_resolved_timestamp_seconds 2-outage': 15,
  });
});

it('holds nothing against the plan before the run begins and after it ends', async () => {
  const run = new Run();
  run.book.end(5_000);
  run.evaluated(-5, -1, runtime).evaluated(0, 5).evaluated(6, 10, runtime);
  expect(await run.metrics()).toMatchObject({ alert_observed_seconds_total: 5, alert_unexpected_seconds_total: 0 });
});

it('does not count for the run what was seen before it, nor for the fault what comes after the run', async () => {
  const early = new Run();
  early.book.end(9_500);
  early.evaluated(-3, -1, runtime).evaluated(0, 9).evaluated(10, 12, runtime);
  expect(await early.metrics()).toMatchObject({ alert_firing_seconds_total: 0, alert_unexpected_seconds_total: 0 });
  const late = new Run([page]).injected(1, 0).evaluated(0, 5).evaluated(6, 8, runtime).evaluated(9, 12);
  late.book.end(12_500);
  late.evaluated(13, 20, runtime);
  expect(await late.metrics()).toMatchObject({
    'fault_alert_unresolved 1-outage': 0,
    'fault_alert_resolved_timestamp_seconds 1-outage': 9,
  });
});

it('is silent since the last alert, and only as long as it is told so', () => {
  const { book } = new Run().evaluated(0, 3, runtime).evaluated(4, 9);
  expect(book.silentForMs(9_500)).toBe(5_500);
  expect(book.silentForMs(13_000)).toBe(0);
  expect(new Run().evaluated(0, 3, runtime).book.silentForMs(3_500)).toBe(0);
  expect(new Run().book.silentForMs(3_500)).toBe(0);
});

it('knows the end once every judged alert was evaluated after it', () => {
  const { book } = new Run().evaluated(0, 5);
  expect([book.seenUntil(5_000), book.seenUntil(5_500)]).toEqual([true, false]);
  book.saw([{ name: alert, health: 'ok', lastError: '', evaluatedMs: 6_000, firing: [] }]);
  expect(book.seenUntil(5_500)).toBe(false);
});

it('is settled when all has fired and resolved, or has had its time', () => {
  const settled = (run: Run, second: number) => run.book.settled('1-outage', second * 1000);
  const fired = new Run([page]).injected(1, 0).evaluated(0, 5).evaluated(6, 8, runtime);
  expect(settled(fired, 8)).toBe(false);
  expect(settled(fired, 16)).toBe(false);
  expect(settled(fired, 18)).toBe(true);
  expect(settled(fired.evaluated(9, 9), 9)).toBe(true);
  const silent = new Run([page]).injected(1, 0).evaluated(0, 7);
  expect(settled(silent, 7)).toBe(false);
  expect(settled(silent, 11)).toBe(true);
  expect(settled(new Run([page]), 0)).toBe(true);
});
