import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import type { RunOutcome } from '../../layer/wire.ts';
import { openLedger } from './open-ledger.ts';

describe('the ledger', () => {
  let folder: string;
  let life: ReturnType<typeof open>;

  const open = () => {
    const registry = new Registry();
    const place = {
      file: join(folder, 'runtime.sqlite'),
      roots: [join(folder, 'runs')],
      status: join(folder, 'status'),
    } as const;
    return { registry, ...openLedger(place, { name: 'runtime', registry, log: createLogger('test', 'silent') }) };
  };
  const reopen = () => {
    life.close();
    life = open();
  };
  const claim = (...dues: number[]) => {
    const slots = dues.map((dueAt) => ({ dueAt, fate: 'claimed' as const }));
    life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: dues.at(-1) ?? 0, slots, missed: [] }], 10_000);
  };
  const end = (id: string, outcome: RunOutcome, at: number, attempt = 1) =>
    life.ledger.finished(id, { attempt, outcome, at, reason: null, exitCode: null, signal: null, output: null });
  const metric = async (name: string, labels: Readonly<Record<string, string>>) => {
    const values = (await life.registry.getSingleMetric(name)?.get())?.values ?? [];
    return values.find((value) => Object.entries(labels).every(([key, label]) => value.labels[key] === label))?.value;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-ledger-'));
    life = open();
  });
  afterEach(() => {
    life.close();
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
    end('beat@1000', 'succeeded', 1100);
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
    expect(life.ledger.changes(0, 100, { state: 'claimed' })).toHaveLength(1);
    expect(life.ledger.changes(0, 1)).toHaveLength(1);
  });

  it('finishes a run once', async () => {
    claim(1000);
    life.ledger.started('beat@1000', 1001);
    end('beat@1000', 'succeeded', 1100);
    end('beat@1000', 'failed', 1200);
    expect(life.ledger.get('beat@1000')).toMatchObject({ outcome: 'succeeded', finishedAt: 1100 });
    expect(life.outbox.after(0, 10).map(({ state }) => state)).toEqual(['started', 'finished']);
  });

  it('runs an interrupted run again, in its old place', () => {
    claim(1000, 2000);
    life.ledger.started('beat@1000', 1001);
    life.ledger.again('beat@1000', 1500, 1);
    expect(life.ledger.next('beat')).toMatchObject({ id: 'beat@1000', attempt: 2, state: 'claimed', startedAt: null });
  });

  it('lets slots and requests take turns, each oldest first', () => {
    for (const id of ['a', 'b', 'c']) {
      life.ledger.request({ id, skill: 'beat', requestedAt: 500 });
    }
    claim(1000, 2000);
    const order: string[] = [];
    for (let run = life.ledger.next('beat'); run !== undefined; run = life.ledger.next('beat', run.trigger)) {
      order.push(run.id);
      life.ledger.started(run.id, 3000);
      end(run.id, 'succeeded', 3100);
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

  it('gives its counters back after a restart', async () => {
    claim(1000, 2000);
    for (const id of ['beat@1000', 'beat@2000']) end(id, 'succeeded', 3000);
    life.outbox.settle(life.outbox.after(0, 1).map(({ sequence }) => ({ sequence, result: 'delivered' })));
    life.totals.keepLink({ attempts: 7, issues: 2 });
    reopen();
    expect(await metric('openclaw_skill_runs_total', { skill: 'beat', outcome: 'succeeded' })).toBeUndefined();
    life.totals.present(new Set(['beat']));
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

  describe('fences attempts', () => {
    const result = { reason: 'exit code 1', exitCode: 1, signal: null, output: 'boom' } as const;
    const retry = (attempt: number, now: number, notBefore: number) =>
      life.ledger.retry('beat@1000', { ...result, attempt, now, notBefore });

    it('so that a late original changes nothing of its retry', async () => {
      life.totals.present(new Set(['beat']));
      claim(1000);
      life.ledger.started('beat@1000', 1001);
      expect(retry(1, 1100, 5000)).toBe(true);
      expect(life.ledger.get('beat@1000')).toMatchObject({ attempt: 2, state: 'claimed', notBefore: 5000, ...result });
      expect([end('beat@1000', 'succeeded', 1200), retry(1, 1200, 1), life.ledger.again('beat@1000', 1200, 1)]).toEqual(
        [false, false, false],
      );
      expect(life.ledger.get('beat@1000')).toMatchObject({ attempt: 2, state: 'claimed', notBefore: 5000 });
      life.ledger.started('beat@1000', 5001);
      expect(end('beat@1000', 'succeeded', 5100, 2)).toBe(true);
      expect(end('beat@1000', 'failed', 5200, 2)).toBe(false);
      expect(life.ledger.get('beat@1000')).toMatchObject({
        outcome: 'succeeded',
        attempt: 2,
        exitCode: null,
        output: null,
      });
      expect(await metric('openclaw_skill_retries_total', { skill: 'beat' })).toBe(1);
      expect(await metric('openclaw_skill_runs_total', { skill: 'beat', outcome: 'succeeded' })).toBe(1);
    });

    it('and a retry waits for its time, unless the clock is set back', () => {
      claim(1000, 2000);
      life.ledger.started('beat@1000', 1001);
      retry(1, 10_000, 15_000);
      expect(life.ledger.next('beat', 'request', 14_999)?.id).toBe('beat@2000');
      expect(life.ledger.next('beat', 'request', 15_000)?.id).toBe('beat@1000');
      expect(life.ledger.next('beat', 'request', 9000)?.id).toBe('beat@1000');
      expect(life.ledger.nextNotBefore()).toBe(15_000);
      reopen();
      expect(life.ledger.nextNotBefore()).toBe(15_000);
      life.ledger.started('beat@1000', 15_001);
      expect(life.ledger.nextNotBefore()).toBeNull();
    });

    it('counts failures in a row across lives, until a success', () => {
      claim(1000, 2000, 3000);
      life.ledger.started('beat@1000', 1001);
      retry(1, 1100, 1200);
      end('beat@1000', 'failed', 1300, 2);
      end('beat@2000', 'timed-out', 2300);
      reopen();
      expect([life.totals.consecutiveFailures('beat'), life.totals.lastSuccessAt('beat')]).toEqual([3, null]);
      end('beat@3000', 'succeeded', 3300);
      expect([life.totals.consecutiveFailures('beat'), life.totals.lastSuccessAt('beat')]).toEqual([0, 3300]);
      expect(life.ledger.latest('beat')).toMatchObject({ id: 'beat@3000', outcome: 'succeeded' });
    });
  });

  it('cancels what has not begun, and remembers what is to end', () => {
    claim(1000, 2000);
    life.ledger.started('beat@1000', 1001);
    expect(life.ledger.cancel('beat@2000', 1500)).toBe('cancelled');
    expect(life.ledger.get('beat@2000')).toMatchObject({ state: 'finished', outcome: 'cancelled', finishedAt: 1500 });
    expect([life.ledger.cancel('beat@1000', 1500), life.ledger.cancel('none', 1500)]).toEqual(['running', 'unknown']);
    reopen();
    expect(life.ledger.get('beat@1000')).toMatchObject({ state: 'running', cancelRequested: true });
    // It died by itself meanwhile: it is not run again.
    life.ledger.again('beat@1000', 1600, 1);
    expect(life.ledger.get('beat@1000')).toMatchObject({ state: 'finished', outcome: 'cancelled' });
    expect(life.ledger.cancel('beat@1000', 1700)).toBe('finished');
    expect(life.outbox.after(0, 10).map((report) => 'outcome' in report && report.outcome)).toEqual([
      false,
      'cancelled',
      'cancelled',
    ]);
  });

  it('records slots that have no run, as ranges with their reason, and cancels for later ones', async () => {
    claim(1000);
    const missed = [{ firstDueAt: 2000, lastDueAt: 5000, slots: 4, reason: 'catch-up-window' }] as const;
    const slots = [{ dueAt: 6000, fate: 'caught-up', notBefore: 6500 }] as const;
    const due = { skill: 'beat', schedule: 'every: 1s', until: 6000, slots, missed, cancel: ['beat@1000'] };
    life.ledger.claim([due], 6001);
    expect(life.ledger.missed(0, 10)).toEqual([expect.objectContaining({ skill: 'beat', at: 6001, ...missed[0] })]);
    expect(life.ledger.missed(0, 10, 'other')).toEqual([]);
    expect(life.ledger.open('beat')).toEqual([
      expect.objectContaining({ id: 'beat@6000', notBefore: 6500, late: true }),
    ]);
    expect(life.ledger.get('beat@1000')).toMatchObject({ outcome: 'cancelled', reason: 'a later slot took its place' });
    reopen();
    life.totals.present(new Set(['beat']));
    expect(await metric('openclaw_skill_slots_total', { skill: 'beat', fate: 'missed' })).toBe(4);
    expect(await metric('openclaw_skill_slots_missed_total', { skill: 'beat', reason: 'catch-up-window' })).toBe(4);
    expect(await metric('openclaw_skill_slots_missed_total', { skill: 'beat', reason: 'overlap' })).toBeUndefined();
    expect(life.totals.missedOf('beat')).toEqual({ 'catch-up-window': 4 });
    expect(life.ledger.reserveSequence()).toBeGreaterThan(life.ledger.missed(0, 10).at(-1)?.sequence ?? 0);
  });

  it('keeps its name, and its rows a week, the newest of them for ever', async () => {
    const { holder } = life.ledger;
    life.ledger.write(() => {
      claim(...Array.from({ length: 1600 }, (_, index) => index + 1));
      for (let due = 2; due <= 1600; due += 1) end(`beat@${due}`, 'succeeded', 3000);
    });
    const ids = () => life.ledger.changes(0, 5000).map(({ id }) => id);
    await life.ledger.prune(3000 + 7 * 86_400_000);
    expect(ids()).toHaveLength(1600);
    await life.ledger.prune(3001 + 7 * 86_400_000);
    expect(ids()).toEqual(['beat@1', ...Array.from({ length: 1001 }, (_, index) => `beat@${600 + index}`)]);
    reopen();
    expect(life.ledger.holder).toBe(holder);
  });

  it('filters what it shows', () => {
    claim(1000, 2000);
    life.ledger.request({ id: 'r', skill: 'other', requestedAt: 1 });
    end('beat@1000', 'succeeded', 1100);
    const ids = (filter: object) => life.ledger.changes(0, 10, filter).map(({ id }) => id);
    expect(ids({ skill: 'beat' })).toEqual(['beat@2000', 'beat@1000']);
    expect(ids({ skill: 'beat', state: 'finished' })).toEqual(['beat@1000']);
    expect(ids({ state: 'finished' })).toEqual(['beat@1000']);
    expect(ids({ state: 'claimed' })).toEqual(['beat@2000', 'r']);
  });
});
