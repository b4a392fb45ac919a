import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../layer/database.ts';
import { smallDisk } from '../../layer/small-disk.fixture.ts';
import { Ballast } from './ballast.ts';
import { Ledger } from './ledger.ts';
import { LedgerFile, type LedgerFileOptions } from './ledger-file.ts';
import { migrations } from './ledger-schema.ts';
import { OutboxStore } from './outbox-store.ts';
import { Totals } from './totals.ts';

const report = {
  id: 'r',
  skill: 'beat',
  trigger: 'request',
  dueAt: null,
  attempt: 1,
  startedAt: 1,
  state: 'started',
} as const;

describe('a ledger on a disk that takes no writes', () => {
  let folder: string;
  let troubles: (string | null)[];
  let life: ReturnType<typeof open>;

  const open = (options: LedgerFileOptions = {}) => {
    const registry = new Registry();
    const db = openDatabase(join(folder, 'runtime.sqlite'), migrations);
    const onDisk = (trouble: string | null) => troubles.push(trouble);
    const file = new LedgerFile(db, { onDisk, retryMs: 3_600_000, ...options });
    const totals = new Totals(file, registry);
    const outbox = new OutboxStore(file, totals);
    return { registry, db, file, totals, outbox, ledger: new Ledger(file, outbox, totals) };
  };
  const claim = (...dues: number[]) => {
    const slots = dues.map((dueAt) => ({ dueAt, fate: 'claimed' as const }));
    life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: dues.at(-1) ?? 0, slots, missed: [] }], 10_000);
  };
  const end = (id: string, output: string | null = null) =>
    life.ledger.finished(id, {
      attempt: 1,
      outcome: 'succeeded',
      at: 9000,
      reason: null,
      exitCode: 0,
      signal: null,
      output,
    });
  const ids = () => life.ledger.changes(0, 10_000).map(({ id, state }) => `${id} ${state}`);
  const pages = () => Number(life.db.prepare('PRAGMA main.page_count').get()?.page_count);
  const fillDisk = () => life.db.exec(`PRAGMA main.max_page_count = ${pages()}`);
  const clearDisk = () => life.db.exec('PRAGMA main.max_page_count = 1000000');
  /** Writes until it is too much for the disk. */
  const untilFull = (from: number) => {
    let due = from;
    for (; life.file.trouble === null && due < from + 500; due += 1) {
      claim(due);
      end(`beat@${due}`, 'x'.repeat(2000));
    }
    return due;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-ledger-file-'));
    troubles = [];
    life = open();
  });
  afterEach(() => {
    life.file.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on in memory with all that it knows, and brings it to the disk later', async () => {
    claim(1, 2, 3);
    life.ledger.started('beat@1', 5);
    fillDisk();
    const next = untilFull(10);
    expect(troubles).toEqual([expect.stringMatching(/full/)]);
    expect(life.ledger.next('beat')?.id).toBe('beat@2');
    expect(end('beat@1')).toBe(true);
    claim(next, 2);
    life.ledger.request({ id: 'asked', skill: 'beat', requestedAt: 1 });
    const known = ids().sort();
    const { pending } = life.outbox;
    expect([life.file.tryDisk(), life.file.trouble]).toEqual([false, expect.any(String)]);
    clearDisk();
    expect([life.file.tryDisk(), life.file.trouble, troubles.at(-1)]).toEqual([true, null, null]);
    expect(ids().sort()).toEqual(known);
    life.file.close();
    life = open();
    expect(ids().sort()).toEqual(known);
    expect(life.ledger.openAccount('beat', 'every: 1s', 1)).toBe(2);
    expect(life.outbox.pending).toBe(pending);
    life.totals.present(new Set(['beat']));
    const slots = (await life.registry.getSingleMetric('openclaw_skill_slots_total')?.get())?.values ?? [];
    expect(slots.find(({ labels }) => labels.fate === 'claimed')?.value).toBe(known.length - 1);
  });

  it('counts nothing twice although it did it twice', async () => {
    fillDisk();
    let times = 0;
    life.file.write(() => {
      times += 1;
      life.totals.retry('beat');
      life.outbox.add({ ...report, sequence: 1 });
      life.db.exec("INSERT INTO facts VALUES ('much', hex(zeroblob(100000)))");
    });
    expect([times, life.file.trouble]).toEqual([2, expect.any(String)]);
    const retries = (await life.registry.getSingleMetric('openclaw_skill_retries_total')?.get())?.values ?? [];
    expect([retries.map(({ value }) => value), life.outbox.pending]).toEqual([[1], 1]);
  });

  it('does not take again, in memory, what only the disk remembers', () => {
    for (let due = 1; due <= 30; due += 1) claim(due);
    for (let due = 1; due <= 30; due += 1) end(`beat@${due}`);
    fillDisk();
    untilFull(100);
    life.db.exec("DELETE FROM temp.runs WHERE id = 'beat@7'");
    claim(7);
    expect(life.ledger.get('beat@7')).toBeUndefined();
    expect(life.ledger.inState('claimed')).toEqual([]);
  });

  it('gives up its ballast first', () => {
    life.file.close();
    let ballast = true;
    const drop = () => {
      const had = ballast;
      ballast = false;
      if (had) clearDisk();
      return had;
    };
    life = open({ ballast: { load: () => undefined, drop } });
    fillDisk();
    for (let due = 1; ballast && due < 500; due += 1) claim(due);
    expect([ballast, life.file.trouble, troubles]).toEqual([false, null, []]);
    expect(ids().length).toBeGreaterThan(1);
  });

  it('lets other errors through, and changes nothing then', () => {
    expect(() =>
      life.file.write(() => {
        claim(1);
        throw new RangeError('ours');
      }),
    ).toThrow(RangeError);
    expect([ids(), life.outbox.pending, life.file.trouble]).toEqual([[], 0, null]);
  });

  it('works on a disk that is really full, and when it has room again', ({ skip }) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    using mounted = smallDisk(disk);
    if (mounted === undefined) return skip('no file system can be mounted here');
    try {
      life.file.close();
      const inner = folder;
      folder = disk;
      life = open();
      claim(1);
      fillUp(join(disk, 'junk'));
      const next = untilFull(10);
      expect(troubles.at(-1)).toMatch(/full|disk/);
      claim(next);
      end(`beat@${next}`);
      const known = ids().sort();
      rmSync(join(disk, 'junk'));
      expect(life.file.tryDisk()).toBe(true);
      life.file.close();
      life = open();
      expect(ids().sort()).toEqual(known);
      folder = inner;
    } finally {
      life.file.close();
    }
  });
});

function fillUp(path: string): void {
  try {
    for (;;) writeFileSync(path, 'x'.repeat(4096), { flag: 'a' });
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

describe('the ballast', () => {
  it('is real, made once, and dropped once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-ballast-'));
    const ballast = new Ballast(join(folder, 'reserve'));
    expect(ballast.drop()).toBe(false);
    ballast.load();
    ballast.load();
    const { size, blocks } = statSync(join(folder, 'reserve'));
    expect([size, blocks * 512]).toEqual([2_097_152, expect.any(Number)]);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    expect([ballast.drop(), ballast.drop(), existsSync(join(folder, 'reserve'))]).toEqual([true, false, false]);
    rmSync(folder, { recursive: true });
  });
});
