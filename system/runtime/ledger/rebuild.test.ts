import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { openLedger } from './open-ledger.ts';
import { noteRemoval } from './run-traces.ts';
import { settle } from './settle.ts';

const start = 1_700_000_000_000;
const log = createLogger('test', 'silent');

describe('a ledger that lost its memory', () => {
  let home: string;
  let runs: string;
  let registry: Registry;
  let life: ReturnType<typeof open>;

  const open = () => {
    registry = new Registry();
    const place = { file: join(home, 'runtime.sqlite'), roots: [runs], status: join(home, 'status') } as const;
    return openLedger(place, { name: 'runtime', registry, log });
  };
  const at = (seconds: number) => start + seconds * 1000;
  const everySecond = {
    next: (after: number) => Math.floor(after / 1000) * 1000 + 1000,
    between: (after: number, until: number) => {
      const [first, last] = [Math.floor(after / 1000) * 1000 + 1000, Math.floor(until / 1000) * 1000];
      return first > last ? null : { firstDueAt: first, lastDueAt: last, slots: (last - first) / 1000 + 1 };
    },
  };
  const settleAll = () => settle(life.ledger, [{ name: 'beat', schedule: everySecond }], log, Date.now());
  const claim = (...seconds: number[]) => {
    const slots = seconds.map((second) => ({ dueAt: at(second), fate: 'claimed' as const }));
    const until = at(seconds.at(-1) ?? 0);
    life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until, slots, missed: [] }], until);
  };
  const slot = (second: number) => `beat@${at(second)}`;
  const end = (second: number) =>
    life.ledger.finished(slot(second), {
      attempt: 1,
      outcome: 'succeeded',
      at: at(second),
      reason: null,
      exitCode: 0,
      signal: null,
      output: null,
    });
  /** The folder of an attempt: begun, taken by a process, or ended with a code. */
  const folder = (id: string, attempt: number, second: number, progress: 'begun' | 'taken' | number = 0) => {
    const path = join(runs, id, String(attempt));
    mkdirSync(path, { recursive: true });
    if (progress !== 'begun') {
      writeFileSync(join(path, 'process'), `999999 (sh) S ${'0 '.repeat(18)}12345 0\nboot\n10.00\n`);
    }
    if (typeof progress === 'number') writeFileSync(join(path, `ended.exit.${progress}.11.00`), '');
    if (progress !== 'begun') utimesSync(join(path, 'process'), at(second) / 1000, at(second) / 1000);
    for (const touched of [path, join(runs, id)]) utimesSync(touched, at(second) / 1000, at(second) / 1000);
  };
  const lose = () => {
    life.close();
    rmSync(join(home, 'runtime.sqlite-wal'), { force: true });
    writeFileSync(join(home, 'runtime.sqlite'), 'no database '.repeat(1000));
    life = open();
  };
  const rows = () =>
    Object.fromEntries(
      life.ledger
        .changes(0, 1000)
        .map(({ id, state, outcome, attempt }) => [
          id.startsWith('beat@') ? (Number(id.slice(5)) - start) / 1000 : id,
          `${outcome ?? state} ${attempt}`,
        ]),
    );
  const metric = async (name: string, labels: Readonly<Record<string, string>>) =>
    (await registry.getSingleMetric(name)?.get())?.values.find((value) =>
      Object.entries(labels).every(([key, label]) => value.labels[key] === label),
    )?.value;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: at(20) });
    home = mkdtempSync(join(tmpdir(), 'openclaw-rebuild-'));
    runs = join(home, 'runs');
    mkdirSync(runs);
    life = open();
  });
  afterEach(() => {
    life.close();
    vi.useRealTimers();
    rmSync(home, { recursive: true, force: true });
  });

  it('is left alone when it has lost nothing', () => {
    claim(1, 2);
    folder(slot(1), 1, 1);
    end(1);
    folder(slot(2), 1, 2, 'taken');
    const before = life.ledger.changes(0, 10);
    life.close();
    life = open();
    expect(life.ledger.changes(0, 10)).toEqual(before);
    expect(life.degraded()).toEqual([]);
  });

  it('learns from their folders how runs ended, and which go on', async () => {
    folder(slot(1), 1, 1, 0);
    folder(slot(2), 1, 2, 3);
    folder(slot(3), 1, 3, 7);
    folder(slot(3), 2, 4, 0);
    writeFileSync(join(runs, slot(2), '1', 'output'), 'no such account\n');
    utimesSync(join(runs, slot(2), '1'), at(2) / 1000, at(2) / 1000);
    folder(slot(4), 1, 4, 'taken');
    folder(slot(5), 2, 5, 'begun');
    lose();
    expect(rows()).toEqual({
      1: 'succeeded 1',
      2: 'failed 1',
      3: 'succeeded 2',
      4: 'running 1',
      5: 'claimed 2',
    });
    expect(life.ledger.get(slot(2))).toMatchObject({ exitCode: 3, output: 'no such account', finishedAt: at(2) });
    expect(life.outbox.after(0, 10).map(({ id, state }) => `${id} ${state}`)).toEqual(
      [1, 2, 3].map((second) => `${slot(second)} finished`),
    );
    expect(await metric('openclaw_skill_runs_total', { outcome: 'succeeded' })).toBe(2);
    expect(life.degraded().join()).toMatch(/quarantine.*4 runs are back|quarantine.*5 runs are back/);
    // What has its folder is settled; what comes after is claimed as usual.
    expect(settleAll()).toBe(0);
    expect(life.ledger.openAccount('beat', 'every: 1s', at(20))).toBe(at(5));
  });

  it('runs no slot again whose folder may have been removed', async () => {
    writeFileSync(join(home, 'nothing'), '');
    mkdirSync(join(home, 'status'), { recursive: true });
    writeFileSync(join(home, 'status', 'beat.txt'), `status=succeeded,timestamp=x,run=${slot(2)}\n`);
    noteRemoval(runs, at(6));
    lose();
    expect(settleAll()).toBe(4);
    expect(rows()).toEqual({ 3: 'unknown 1', 4: 'unknown 1', 5: 'unknown 1', 6: 'unknown 1' });
    expect(await metric('openclaw_skill_slots_total', { fate: 'unknown' })).toBe(4);
    expect(life.ledger.openAccount('beat', 'every: 1s', at(20))).toBe(at(6));
    expect(life.degraded().join()).toMatch(/fate of 4 slots is unknown/);
    life.close();
    life = open();
    expect(life.degraded().join()).toMatch(/fate of 4 slots is unknown/);
    vi.setSystemTime(at(20 + 3601));
    expect(life.degraded()).toEqual([]);
    expect(settleAll()).toBe(0);
  });

  it('does not wait for schedules to know what is in doubt, nor forgets it until they are known', () => {
    folder(slot(1), 1, 1);
    folder(slot(4), 1, 4);
    lose();
    life.close();
    life = open();
    expect(life.ledger.doubts()).toEqual([{ skill: 'beat', from: at(1), until: at(4) }]);
    expect(settle(life.ledger, [{ name: 'other', schedule: everySecond }], log, at(20))).toBe(0);
    expect(settleAll()).toBe(2);
    expect(rows()).toEqual({ 1: 'succeeded 1', 4: 'succeeded 1', 2: 'unknown 1', 3: 'unknown 1' });
    expect(life.ledger.doubts()).toEqual([]);
  });

  it('records a long time in doubt as one range, and its end slot by slot', () => {
    folder(slot(-5000), 1, -5000);
    folder(slot(0), 1, 0);
    lose();
    expect(settleAll()).toBe(4999);
    const [range, ...others] = life.ledger.missed(0, 10);
    expect(others).toEqual([]);
    expect(range).toMatchObject({ reason: 'unknown', firstDueAt: at(-4999) });
    const unknown = life.ledger.changes(0, 10_000).filter(({ outcome }) => outcome === 'unknown');
    expect(unknown.length + (range?.slots ?? 0)).toBe(4999);
    expect(unknown.length).toBeGreaterThan(400);
    expect(life.totals.missedOf('beat')).toEqual({ unknown: range?.slots });
  });

  describe('or went back in time', () => {
    const goBackTo = (earlier: () => void, later: () => void) => {
      earlier();
      life.close();
      const saved = join(home, 'saved');
      const file = join(home, 'runtime.sqlite');
      copy(file, saved);
      life = open();
      later();
      life.close();
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      copy(saved, file);
      life = open();
    };

    it('is brought forward by the folders, and the slots between are not run again', () => {
      goBackTo(
        () => claim(1, 2, 3),
        () => {
          for (const second of [1, 2]) {
            folder(slot(second), 1, second);
            end(second);
          }
          claim(4, 5, 6);
          folder(slot(5), 1, 6, 'taken');
        },
      );
      expect(rows()).toEqual({ 1: 'claimed 1', 2: 'claimed 1', 3: 'claimed 1', 5: 'running 1' });
      expect(settleAll()).toBe(1);
      expect(rows()).toMatchObject({ 4: 'unknown 1', 5: 'running 1' });
      expect(life.ledger.openAccount('beat', 'every: 1s', at(20))).toBe(at(5));
      expect(life.degraded()).toHaveLength(1);
    });

    it('gives up what waited then, if its folder may be gone', () => {
      goBackTo(
        () => {
          claim(1, 2, 3, 4);
          life.ledger.started(slot(1), at(1));
        },
        () => {
          claim(7);
          folder(slot(7), 1, 7);
          noteRemoval(runs, at(3));
        },
      );
      expect(rows()).toMatchObject({
        1: 'unknown 1',
        2: 'unknown 1',
        3: 'unknown 1',
        4: 'claimed 1',
        7: 'succeeded 1',
      });
    });

    it('takes the attempt that its folder shows', () => {
      goBackTo(
        () => {
          claim(1);
          folder(slot(1), 1, 1);
          life.ledger.started(slot(1), at(1));
        },
        () => {
          life.ledger.again(slot(1), at(2), 1);
          folder(slot(1), 2, 2, 'taken');
        },
      );
      expect(rows()).toEqual({ 1: 'running 2' });
    });

    it('tells the gateway with numbers above all those it gave before', () => {
      let given = 0;
      goBackTo(
        () => claim(1),
        () => {
          claim(2, 3);
          folder(slot(2), 1, 2);
          given = life.ledger.reserveSequence();
        },
      );
      expect(life.ledger.reserveSequence()).toBeGreaterThan(given + 1000);
    });
  });

  it('knows the runs that were asked for, begun or not, but not those that were cancelled or refused', () => {
    for (const id of ['waiting', 'done', 'cancelled', 'odd/id']) {
      life.ledger.request({ id, skill: 'beat', requestedAt: at(1) });
    }
    life.ledger.refuse({ id: 'refused', skill: 'none', requestedAt: at(1) }, 'there is none', at(1));
    life.ledger.cancel('cancelled', at(2));
    folder('done', 1, 3);
    lose();
    expect(rows()).toEqual({ waiting: 'claimed 1', done: 'succeeded 1', 'odd/id': 'claimed 1' });
    expect(life.ledger.get('done')).toMatchObject({ skill: 'beat', trigger: 'request', dueAt: null, queuedAt: at(1) });
    expect(life.ledger.request({ id: 'done', skill: 'beat', requestedAt: at(1) })).toBe(false);
  });

  it('brings over what can still be read of the old file', async () => {
    const { holder } = life.ledger;
    life.totals.present(new Set(['beat']));
    life.ledger.write(() => {
      for (let second = -900; second <= 10; second += 1) claim(second);
      for (let second = -900; second <= 9; second += 1) end(second);
    });
    life.ledger.request({ id: 'asked', skill: 'beat', requestedAt: at(1) });
    life.close();
    rmSync(join(runs), { recursive: true });
    const file = join(home, 'runtime.sqlite');
    truncateSync(file, 4096 * 20);
    life = open();
    const known = Object.keys(rows()).length;
    expect(known).toBeGreaterThan(20);
    expect(life.degraded().join()).toMatch(/quarantine/);
    expect([life.ledger.holder === holder, life.ledger.accountedUntil('beat')]).toEqual([true, at(10)]);
    life.totals.present(new Set(['beat']));
    expect(await metric('openclaw_skill_slots_total', { skill: 'beat', fate: 'claimed' })).toBe(911);
  });
});

function copy(from: string, to: string): void {
  rmSync(to, { force: true });
  copyFileSync(from, to);
}
