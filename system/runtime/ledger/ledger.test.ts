import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../layer/database.ts';
import { Ledger } from './ledger.ts';
import { migrations } from './ledger-schema.ts';
import { OutboxStore } from './outbox-store.ts';
import { Totals } from './totals.ts';

describe('the ledger', () => {
  let folder: string;
  let life: ReturnType<typeof open>;

  const open = () => {
    const registry = new Registry();
    const db = openDatabase(join(folder, 'runtime.sqlite'), migrations);
    const totals = new Totals(db, registry);
    const outbox = new OutboxStore(db, totals);
    return { registry, db, totals, outbox, ledger: new Ledger(db, outbox, totals) };
  };
  const reopen = () => {
    life.db.close();
    life = open();
  };
  const claim = (...dues: number[]) => {
    const slots = dues.map((dueAt) => ({ dueAt, fate: 'claimed' as const }));
    life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: dues.at(-1) ?? 0, slots, missed: 0 }], 10_000);
  };
  const metric = async (name: string, labels: Readonly<Record<string, string>>) => {
    const values = (await life.registry.getSingleMetric(name)?.get())?.values ?? [];
    return values.find((value) => Object.entries(labels).every(([key, label]) => value.labels[key] === label))?.value;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-ledger-'));
    life = open();
  });
  afterEach(() => {
    life.db.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps one row a slot, however often it is claimed', async () => {
    claim(1000, 2000);
    claim(1000, 2000, 3000);
    expect(life.ledger.changes(0, 100).map(({ id }) => id)).toEqual(['beat@1000', 'beat@2000', 'beat@3000']);
    expect(await metric('openclaw_skill_slots_total', { skill: 'beat', fate: 'claimed' })).toBe(3);
  });

  it('remembers up to when slots are accounted for', () => {
    claim(1000, 2000);
    reopen();
    expect(life.ledger.openAccount('beat', 'every: 1s', 9000)).toBe(2000);
    expect(life.ledger.openAccount('beat', 'every: 5s', 9000)).toBe(9000);
  });

  it('shows a row anew at each change, and never gives a number twice', () => {
    claim(1000, 2000);
    life.ledger.started('beat@1000', 1001);
    const seen = life.ledger.changes(0, 100);
    expect(seen.map(({ id, state }) => `${id} ${state}`)).toEqual(['beat@2000 claimed', 'beat@1000 running']);
    reopen();
    life.ledger.finished('beat@1000', 'succeeded', 1100, null);
    const news = life.ledger.changes(seen.at(-1)?.sequence ?? 0, 100);
    expect(news).toEqual([
      expect.objectContaining({
        id: 'beat@1000',
        state: 'finished',
        outcome: 'succeeded',
        startedAt: 1001,
        finishedAt: 1100,
      }),
    ]);
    expect(life.ledger.changes(0, 100, 'claimed')).toHaveLength(1);
    expect(life.ledger.changes(0, 1)).toHaveLength(1);
  });

  it('finishes a run once', async () => {
    claim(1000);
    life.ledger.started('beat@1000', 1001);
    life.ledger.finished('beat@1000', 'succeeded', 1100, null);
    life.ledger.finished('beat@1000', 'failed', 1200, 'late');
    expect(life.ledger.get('beat@1000')).toMatchObject({ outcome: 'succeeded', finishedAt: 1100 });
    expect(life.outbox.after(0, 10).map(({ state }) => state)).toEqual(['started', 'finished']);
  });

  it('runs an interrupted run again, in its old place', () => {
    claim(1000, 2000);
    life.ledger.started('beat@1000', 1001);
    life.ledger.again('beat@1000', 1500);
    expect(life.ledger.next('beat')).toMatchObject({ id: 'beat@1000', attempt: 2, state: 'claimed', startedAt: null });
  });

  it('lets slots and requests take turns, each oldest first', () => {
    for (const id of ['a', 'b', 'c']) {
      life.ledger.request({ id, kind: 'run', skill: 'beat', session: null, requestedAt: 500 });
    }
    claim(1000, 2000);
    const order: string[] = [];
    for (let run = life.ledger.next('beat'); run !== undefined; run = life.ledger.next('beat', run.trigger)) {
      order.push(run.id);
      life.ledger.started(run.id, 3000);
      life.ledger.finished(run.id, 'succeeded', 3100, null);
    }
    expect(order).toEqual(['beat@1000', 'a', 'beat@2000', 'b', 'c']);
  });

  it('takes a request once, and answers for one that it refuses', () => {
    const command = { id: 'c1', kind: 'run', skill: 'beat', session: null, requestedAt: 500 } as const;
    expect([life.ledger.request(command), life.ledger.request(command)]).toEqual([true, false]);
    expect(life.ledger.openRequests()).toBe(1);
    expect(life.ledger.refuse({ ...command, id: 'c2', skill: 'none' }, 'there is none', 600)).toBe(true);
    expect(life.ledger.refuse({ ...command, id: 'c2', skill: 'none' }, 'there is none', 600)).toBe(false);
    expect(life.outbox.after(0, 10)).toEqual([
      expect.objectContaining({
        id: 'c2',
        state: 'finished',
        outcome: 'failed',
        trigger: 'request',
        dueAt: null,
        finishedAt: 600,
      }),
    ]);
  });

  it('gives its counters back after a restart, whatever has been forgotten meanwhile', async () => {
    claim(1000, 2000);
    for (const id of ['beat@1000', 'beat@2000']) life.ledger.finished(id, 'succeeded', 3000, null);
    life.outbox.settle(life.outbox.after(0, 1).map(({ sequence }) => ({ sequence, result: 'delivered' })));
    life.totals.keepLink({ attempts: 7, issues: 2 });
    life.ledger.prune(3000 + 8 * 86_400_000);
    expect(life.ledger.changes(0, 10)).toEqual([]);
    reopen();
    expect(await metric('openclaw_skill_runs_total', { skill: 'beat', outcome: 'succeeded' })).toBe(2);
    expect(await metric('openclaw_skill_slots_total', { fate: 'claimed' })).toBe(2);
    expect(await metric('openclaw_outbox_deliveries_total', { result: 'delivered' })).toBe(1);
    expect(await metric('openclaw_skill_last_success_timestamp_seconds', { skill: 'beat' })).toBe(3);
    expect(life.totals.link()).toEqual({ attempts: 7, issues: 2 });
    expect(life.outbox.pending).toBe(1);
    // Nor is a report that still waits overwritten by the next one.
    claim(9000);
    life.ledger.started('beat@9000', 9001);
    expect(life.outbox.after(0, 10).map(({ id }) => id)).toEqual(['beat@2000', 'beat@9000']);
  });

  it('bounds the outbox: the oldest report is dropped, and counted', async () => {
    const report = {
      id: 'x',
      skill: 'beat',
      trigger: 'request',
      dueAt: null,
      attempt: 1,
      state: 'started',
      startedAt: 1,
    } as const;
    life.db.exec('BEGIN');
    for (let sequence = 1; sequence <= 10_001; sequence += 1) life.outbox.add({ ...report, sequence });
    life.db.exec('COMMIT');
    expect(life.outbox.pending).toBe(10_000);
    expect(life.outbox.after(0, 1)).toEqual([expect.objectContaining({ sequence: 2 })]);
    expect(await metric('openclaw_outbox_deliveries_total', { result: 'dropped' })).toBe(1);
  });
});
