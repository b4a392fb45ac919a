import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../layer/database.ts';
import type { RunReport } from '../../layer/wire.ts';
import { LedgerFile } from './ledger-file.ts';
import { migrations } from './ledger-schema.ts';
import { OutboxStore } from './outbox-store.ts';
import { Totals } from './totals.ts';

const most = 10_000;
let file: LedgerFile;
let registry: Registry;
let outbox: OutboxStore;

beforeEach(() => {
  registry = new Registry();
  file = new LedgerFile(openDatabase(':memory:', migrations));
  outbox = new OutboxStore(file, new Totals(file, registry));
});
afterEach(() => file.close());

const run = (sequence: number) =>
  ({ id: `r${sequence}`, skill: 'beat', trigger: 'request', dueAt: null, attempt: 1, startedAt: 1, sequence }) as const;
const started = (sequence: number): RunReport => ({ ...run(sequence), state: 'started' });
const failed = (sequence: number): RunReport => ({
  ...run(sequence),
  state: 'finished',
  outcome: 'failed',
  finishedAt: 2,
  reason: 'exit code 1',
  output: 'boom',
});
const add = (from: number, to: number, report: (sequence: number) => RunReport) =>
  file.write(() => {
    for (let sequence = from; sequence <= to; sequence += 1) outbox.add(report(sequence));
  });
const total = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
  (await registry.getSingleMetric(name)?.get())?.values.find((value) =>
    Object.entries(labels).every(([key, label]) => value.labels[key] === label),
  )?.value;

describe('a full outbox', () => {
  it('drops the oldest starts first, then the oldest reasons and outputs, and no outcome ever', async () => {
    add(1, 100, started);
    add(101, most + 100, failed);
    expect(outbox.pending).toBe(most);
    expect(outbox.after(0, 1)).toEqual([failed(101)]);
    expect(await total('openclaw_outbox_deliveries_total', { result: 'dropped' })).toBe(100);
    expect(await total('openclaw_outbox_detail_dropped_total')).toBe(0);
    add(most + 101, most + 150, failed);
    expect(outbox.pending).toBe(most + 50);
    const [first, ...others] = outbox.after(0, 51);
    const { reason: _reason, output: _output, ...bare } = failed(101) as RunReport & { state: 'finished' };
    expect([first, others.at(-1)]).toEqual([bare, failed(151)]);
    expect(await total('openclaw_outbox_detail_dropped_total')).toBe(50);
    // The newest detail is kept at the cost of the oldest.
    expect(outbox.after(most + 149, 1)).toEqual([failed(most + 150)]);
    const again = new OutboxStore(file, new Totals(file, new Registry()));
    expect(again.pending).toBe(most + 50);
  });

  it('takes any number of plain successes, which have no detail', async () => {
    const succeeded = (sequence: number): RunReport => ({
      ...run(sequence),
      state: 'finished',
      outcome: 'succeeded',
      finishedAt: 2,
    });
    add(1, most + 500, succeeded);
    expect(outbox.pending).toBe(most + 500);
    expect(await total('openclaw_outbox_deliveries_total', { result: 'dropped' })).toBe(0);
    outbox.settle([{ sequence: 1, result: 'delivered' }]);
    expect([outbox.pending, outbox.after(0, 1)]).toEqual([most + 499, [succeeded(2)]]);
  });

  it('counts as it was when a write comes to nothing', () => {
    add(1, 3, failed);
    expect(() =>
      file.write(() => {
        outbox.add(started(4));
        outbox.settle([{ sequence: 1, result: 'delivered' }]);
        throw new RangeError('ours');
      }),
    ).toThrow(RangeError);
    expect([outbox.pending, outbox.after(0, 10).length]).toEqual([3, 3]);
  });
});
