import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { quarantine } from '../../layer/quarantine.ts';
import { smallDisk } from '../../layer/small-disk.fixture.ts';
import type { QueuedRun } from './ledger-row.ts';
import { type LedgerState, openLedger } from './open-ledger.ts';
import { noteRemoval } from './run-traces.ts';
import { settle } from './settle.ts';

/** Nothing here is about what survives a power cut: no disk need be waited for. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const start = 1_700_000_000_000;
const log = createLogger('test', 'silent');
const everySecond = {
  next: (after: number) => Math.floor(after / 1000) * 1000 + 1000,
  between: (after: number, until: number) => {
    const [first, last] = [Math.floor(after / 1000) * 1000 + 1000, Math.floor(until / 1000) * 1000];
    return first > last ? null : { firstDueAt: first, lastDueAt: last, slots: (last - first) / 1000 + 1 };
  },
};

/** A runtime reduced to the order of what it does: claim, folder, process, outcome, record; killed between any two. */
class TinyRuntime {
  readonly home = mkdtempSync(join(memory, 'openclaw-torn-'));
  readonly file = join(this.home, 'runtime.sqlite');
  readonly runs = join(this.home, 'runs');
  /** Slot → how often a process was started for it. */
  readonly started = new Map<string, number>();
  #life: LedgerState | undefined;
  #now = start;

  boot(): void {
    mkdirSync(this.runs, { recursive: true });
    const place = { file: this.file, roots: [this.runs], status: join(this.home, 'status') } as const;
    this.#life = openLedger(place, { name: 'runtime', registry: new Registry(), log });
    const { ledger } = this.#life;
    settle(ledger, [{ name: 'beat', schedule: everySecond }], log, this.#now);
    for (const run of ledger.inState('running')) this.#run(run, 3);
  }

  /** `steps`: how far the newest run gets before the process is killed, if it is. */
  second(steps: number): void {
    this.#now += 1000;
    vi.setSystemTime(this.#now);
    const { ledger } = this.state;
    const until = ledger.openAccount('beat', 'every: 1s', start);
    const due: { dueAt: number; fate: 'caught-up' }[] = [];
    for (let dueAt = everySecond.next(until); dueAt <= this.#now; dueAt += 1000) due.push({ dueAt, fate: 'caught-up' });
    ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: this.#now, slots: due, missed: [] }], this.#now);
    if (steps === 0) return;
    for (let run = ledger.next('beat'); run !== undefined; run = steps < 3 ? undefined : ledger.next('beat')) {
      this.#run(run, steps);
    }
  }

  /** As SIGKILL leaves it: nothing is closed in order. */
  kill(): void {
    const files = ['', '-wal'].filter((suffix) => existsSync(this.file + suffix));
    const contents = files.map((suffix) => [suffix, readFileSync(this.file + suffix)] as const);
    this.state.close();
    for (const [suffix, content] of contents) writeFileSync(this.file + suffix, content);
  }

  /** Housekeeping of the folders, that leaves few. */
  trim(keep: number): void {
    const dated = readdirSync(this.runs).map((name) => ({ name, at: statSync(join(this.runs, name)).mtimeMs }));
    const old = dated.sort((a, b) => b.at - a.at).slice(keep);
    if (old.length === 0) return;
    noteRemoval(this.runs, Math.max(...old.map(({ at }) => at)));
    for (const { name } of old) rmSync(join(this.runs, name), { recursive: true });
  }

  get state(): LedgerState {
    if (this.#life === undefined) throw new Error('not booted');
    return this.#life;
  }

  remove(): void {
    this.#life?.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  #run({ id, attempt }: QueuedRun, steps: number): void {
    const { ledger } = this.state;
    const folder = join(this.runs, id, String(attempt));
    mkdirSync(folder, { recursive: true });
    this.#touch(id, folder);
    if (steps === 1) return;
    if (!existsSync(join(folder, 'process'))) {
      this.started.set(id, (this.started.get(id) ?? 0) + 1);
      writeFileSync(join(folder, 'process'), `999999 (sh) S ${'0 '.repeat(18)}12345 0\nboot\n10.00\n`);
      ledger.started(id, this.#now);
    }
    // The process outlives the runtime, so that it ends in any case.
    writeFileSync(join(folder, 'ended.exit.0.11.00'), '');
    this.#touch(id, folder);
    if (steps === 2) return;
    ledger.finished(id, {
      attempt,
      outcome: 'succeeded',
      at: this.#now,
      reason: null,
      exitCode: 0,
      signal: null,
      output: null,
    });
  }

  #touch(id: string, folder: string): void {
    for (const path of [folder, join(this.runs, id)]) utimesSync(path, this.#now / 1000, this.#now / 1000);
  }
}

describe('whatever becomes of the file', () => {
  let tiny: TinyRuntime;

  afterEach(() => {
    tiny.remove();
    vi.useRealTimers();
  });

  const damage = fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({
      kind: fc.constant('overwrite' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 5000 }),
    }),
    fc.record({ kind: fc.constant('truncate' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.constant({ kind: 'remove' } as const),
    // A start that had put it aside, and was killed before it did anything else.
    fc.constant({ kind: 'aside' } as const),
  );
  const life = fc.record({
    seconds: fc.integer({ min: 1, max: 12 }),
    steps: fc.integer({ min: 0, max: 3 }),
    keep: fc.option(fc.integer({ min: 1, max: 8 })),
    database: damage,
    wal: damage,
  });

  function apply(path: string, how: typeof damage extends fc.Arbitrary<infer Damage> ? Damage : never): void {
    if (how.kind === 'none' || !existsSync(path)) return;
    if (how.kind === 'remove') {
      rmSync(path);
      return;
    }
    if (how.kind === 'aside') {
      quarantine(path, 'it was damaged', ['-wal', '-shm']);
      return;
    }
    const content = readFileSync(path);
    const at = Math.floor(how.share * content.length);
    if (how.kind === 'overwrite') content.set(how.bytes.subarray(0, content.length - at), at);
    writeFileSync(path, how.kind === 'truncate' ? content.subarray(0, at) : content);
  }

  it('it boots, starts no slot twice, and knows of each slot what became of it, or that it does not know', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
        vi.useFakeTimers({ toFake: ['Date'], now: start });
        tiny = new TinyRuntime();
        try {
          tiny.boot();
          for (const { seconds, steps, keep, database, wal } of lives) {
            for (let second = 1; second <= seconds; second += 1) tiny.second(second === seconds ? steps : 3);
            if (keep !== null) tiny.trim(keep);
            tiny.kill();
            apply(tiny.file, database);
            apply(`${tiny.file}-wal`, wal);
            tiny.boot();
          }
          tiny.second(3);
          const doubled = [...tiny.started].filter(([, times]) => times > 1);
          expect(doubled).toEqual([]);
          const open = (['deferred', 'claimed', 'running'] as const).flatMap((state) =>
            tiny.state.ledger.inState(state),
          );
          expect(open.map(({ id, state, attempt }) => `${id} ${state} ${attempt}`)).toEqual([]);
          const lastDue = start + 1000 * (lives.reduce((sum, { seconds }) => sum + seconds, 0) + 1);
          const unknown = tiny.state.ledger.missed(0, 100);
          for (let due = start + 1000; due <= lastDue; due += 1000) {
            const id = `beat@${due}`;
            const known = tiny.started.has(id) || tiny.state.ledger.get(id)?.outcome === 'unknown';
            const inRange = unknown.some(({ firstDueAt, lastDueAt }) => firstDueAt <= due && due <= lastDueAt);
            expect(known || inRange, `${id} is lost in silence`).toBe(true);
          }
        } finally {
          tiny.remove();
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('killed in the middle of a start that makes the ledger anew', () => {
  it('it brings over what was put aside at the next one, and only then', () => {
    const home = mkdtempSync(join(memory, 'openclaw-aside-'));
    const place = { file: join(home, 'runtime.sqlite'), roots: [join(home, 'runs')], status: home } as const;
    const open = () => openLedger(place, { name: 'runtime', registry: new Registry(), log });
    const request = { id: 'asked-for', skill: 'beat', requestedAt: Date.now() };
    const first = open();
    first.ledger.request(request);
    const { holder } = first.ledger;
    first.close();

    quarantine(place.file, 'it was damaged', ['-wal', '-shm']);
    const second = open();
    expect([second.ledger.holder, second.ledger.get('asked-for')?.state]).toEqual([holder, 'claimed']);
    expect(second.degraded().join()).toMatch(/lost some of its memory/);
    second.ledger.cancel('asked-for', Date.now());
    second.close();

    using db = new DatabaseSync(place.file);
    db.exec("DELETE FROM facts WHERE name = 'loss'; DELETE FROM runs");
    const third = open();
    expect([third.ledger.get('asked-for'), third.degraded()]).toEqual([undefined, []]);
    third.close();
    db.close();
    rmSync(home, { recursive: true });
  });
});

describe('on a disk that takes no writes from the start', () => {
  it('the ledger is kept in memory with what the file holds, and saved to it once that is possible', ({ skip }) => {
    const disk = mkdtempSync(join(tmpdir(), 'openclaw-full-'));
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-full-runs-'));
    {
      using mounted = smallDisk(disk);
      if (mounted === undefined) return skip('no file system can be mounted here');
      const open = () => {
        const place = { file: join(disk, 'runtime.sqlite'), roots: [folder], status: join(disk, 'status') } as const;
        return openLedger(place, { name: 'runtime', registry: new Registry(), log });
      };
      const claim = (life: LedgerState, dueAt: number) => {
        const slots = [{ dueAt, fate: 'claimed' as const }];
        life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: dueAt, slots, missed: [] }], dueAt);
      };
      const ids = (life: LedgerState) => life.ledger.inState('claimed').map(({ id }) => id);
      const before = open();
      claim(before, start);
      before.close();
      mounted.allowWrites(false);
      const life = open();
      expect(life.degraded()).toEqual([expect.stringMatching(/kept in memory/)]);
      expect(ids(life)).toEqual([`beat@${start}`]);
      claim(life, start + 1000);
      mounted.allowWrites(true);
      life.close();
      const after = open();
      expect(ids(after)).toEqual([`beat@${start}`, `beat@${start + 1000}`]);
      expect(after.degraded().join()).not.toMatch(/kept in memory/);
      after.close();
    }
    for (const path of [disk, folder]) rmSync(path, { recursive: true });
  });
});
