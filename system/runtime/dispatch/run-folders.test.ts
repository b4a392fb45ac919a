import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { Home } from '../runtime-process.fixture.ts';
import { RunFolders, spareFolder } from './run-folders.ts';

const limits = { timeoutMs: 1000, graceMs: 1000 };

describe('the folders of runs', () => {
  let home: Home;
  let state: ReturnType<typeof openLedgerInMemory>;
  let folders: RunFolders;

  beforeEach(() => {
    home = new Home();
    state = openLedgerInMemory({ registry: new Registry() });
    mkdirSync(join(home.path, 'runs'));
    folders = new RunFolders(join(home.path, 'runs'), join(home.path, 'spare'));
  });
  afterEach(() => {
    state.close();
    home[Symbol.dispose]();
  });

  const request = (id: string) => {
    state.ledger.request({ id, skill: 'asked', requestedAt: 1000 });
    return { id, attempt: 1 };
  };
  const take = (run: { id: string; attempt: number }) => {
    const folder = folders.of(run);
    folder.create(limits);
    writeFileSync(join(folder.path, 'process'), `${readFileSync('/proc/self/stat', 'utf8')}boot\n1.5\n`);
  };

  it('tell which runs have a process that the ledger may not know of', () => {
    take(request('taken'));
    take(request('../../../with a name that is none'));
    folders.of(request('begun')).create(limits);
    request('queued');
    take({ id: 'of an earlier ledger', attempt: 1 });
    request('running');
    state.ledger.started('running', 2000);
    expect(folders.unfinished(state.ledger).map(({ id }) => id)).toEqual([
      'running',
      '../../../with a name that is none',
      'taken',
    ]);
  });

  it('are trimmed to the newest, but for those of runs that are not finished', async () => {
    for (let i = 0; i < 230; i += 1) {
      const id = `r${i}`;
      folders.of({ id, attempt: 1 }).create(limits);
      utimesSync(join(home.path, 'runs', id), 1000 + i, 1000 + i);
    }
    request('r3');
    await folders.trim(state.ledger);
    const left = readdirSync(join(home.path, 'runs'));
    expect(left).toHaveLength(201);
    expect(left).toContain('r3');
    expect(left).toContain('r30');
    expect(left).not.toContain('r29');
  });

  it('say so when they cannot be written', () => {
    const folder = folders.of({ id: 'r', attempt: 1 });
    folder.create(limits);
    folders.used(folder);
    expect(folders.degraded()).toEqual([]);
    home.file('blocked', 'a file, so nothing can be made in it');
    const blocked = new RunFolders(join(home.path, 'blocked'), join(home.path, 'spare'));
    const elsewhere = blocked.of({ id: 'r', attempt: 1 });
    expect(elsewhere.create(limits)).toBe(true);
    blocked.used(elsewhere);
    expect(blocked.degraded()).toEqual([expect.stringContaining('/blocked (ENOTDIR')]);
  });

  it('have a spare place that only this user can have made', () => {
    const spare = spareFolder(home.path);
    expect(spare?.startsWith(tmpdir())).toBe(true);
    expect(spareFolder(home.path)).toBe(spare);
    const other = join(home.path, 'other');
    const taken = spareFolder(other);
    if (spare === undefined || taken === undefined) throw new Error('no spare folder');
    expect(basename(taken)).not.toBe(basename(spare));
    rmSync(taken, { recursive: true });
    symlinkSync(home.path, taken);
    try {
      expect(spareFolder(other)).toBeUndefined();
    } finally {
      rmSync(taken, { recursive: true });
      rmSync(spare, { recursive: true });
    }
    expect(existsSync(home.path)).toBe(true);
  });
});
