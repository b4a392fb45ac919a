/** What the ledger keeps of traces: over restarts, a lost file, and from one program's version to the next. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { migrations } from './ledger-schema.ts';
import { openLedger } from './open-ledger.ts';

const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const ended = { outcome: 'succeeded', at: 3000, reason: null, exitCode: 0, signal: null, output: null } as const;

describe('a ledger keeps', () => {
  let folder: string;
  let file: string;
  let life: ReturnType<typeof open>;
  const open = () => {
    const place = { file, roots: [join(folder, 'runs')], status: join(folder, 'status') } as const;
    return openLedger(place, { name: 'runtime', registry: new Registry(), log: createLogger('test', 'silent') });
  };
  const reopen = () => {
    life.close();
    life = open();
  };
  const claim = (dueAt: number, claimedIn?: string) => {
    const slots = [{ dueAt, fate: 'claimed' as const }];
    life.ledger.claim([{ skill: 'beat', schedule: 'every: 1s', until: dueAt, slots, missed: [] }], dueAt, claimedIn);
  };
  const reported = () => life.outbox.after(0, 10).map(({ traceparent }) => traceparent);
  const traceOf = (id: string) => {
    const { traceparent, claimedIn } = life.ledger.get(id) ?? {};
    return { traceparent, claimedIn };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-ledger-'));
    file = join(folder, 'runtime.sqlite');
    life = open();
  });
  afterEach(() => {
    life.close();
    rmSync(folder, { recursive: true });
  });

  it("a request's trace, for all its attempts; each attempt's reports are of its own span", () => {
    life.ledger.request({ id: 'r1', skill: 'asked', requestedAt: 1000, traceparent: from('a') });
    life.ledger.started('r1', 2000, from('b'));
    life.ledger.again('r1', 2500, 1);
    reopen();
    life.ledger.started('r1', 2600, from('c'));
    life.ledger.finished('r1', { ...ended, attempt: 2, traceparent: from('c') });
    expect(traceOf('r1')).toEqual({ traceparent: from('a'), claimedIn: null });
    expect(reported()).toEqual([from('b'), from('c'), from('c')]);
  });

  it("a slot's first span and the turn that claimed it; without tracing, nothing", () => {
    claim(1000, from('d'));
    claim(2000);
    expect(traceOf('beat@1000')).toEqual({ traceparent: null, claimedIn: from('d') });
    for (const id of ['beat@1000', 'beat@2000'])
      life.ledger.started(id, 2000, id === 'beat@1000' ? from('a') : undefined);
    life.ledger.again('beat@1000', 2500, 1);
    life.ledger.started('beat@1000', 2600, from('b'));
    reopen();
    expect(traceOf('beat@1000')).toEqual({ traceparent: from('a'), claimedIn: from('d') });
    expect(traceOf('beat@2000')).toEqual({ traceparent: null, claimedIn: null });
    expect(reported()).toEqual([from('a'), undefined, from('b')]);
  });

  it('the trace of a request that is refused, or cancelled before it begins, for its one report', () => {
    life.ledger.refuse({ id: 'r1', skill: 'none', requestedAt: 1, traceparent: from('a') }, 'there is none', 2);
    life.ledger.request({ id: 'r2', skill: 'asked', requestedAt: 1, traceparent: from('b') });
    life.ledger.cancel('r2', 3);
    expect(reported()).toEqual([from('a'), from('b')]);
  });

  it("a request's trace when its file is lost: it stands in the run's folder", () => {
    life.ledger.request({ id: 'r1', skill: 'asked', requestedAt: 1000, traceparent: from('a') });
    life.ledger.request({ id: 'r2', skill: 'asked', requestedAt: 1000 });
    life.close();
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    writeFileSync(file, 'garbage');
    life = open();
    expect(traceOf('r1')).toEqual({ traceparent: from('a'), claimedIn: null });
    expect(traceOf('r2')).toEqual({ traceparent: null, claimedIn: null });
  });

  it('the rows of an older program, which knew no traces', () => {
    life.close();
    rmSync(file);
    const old = new DatabaseSync(file);
    for (const migration of migrations.slice(0, 2)) old.exec(migration);
    old.exec(`PRAGMA user_version = 2;
      INSERT INTO runs (id, skill, trigger, due_at, queued_at, state, sequence) VALUES
        ('old', 'asked', 'request', NULL, 5, 'claimed', 1), ('beat@7', 'beat', 'schedule', 7, 7, 'claimed', 2)`);
    old.close();
    life = open();
    expect(life.degraded()).toEqual([]);
    for (const id of ['old', 'beat@7']) {
      expect(traceOf(id)).toEqual({ traceparent: null, claimedIn: null });
      life.ledger.started(id, 8, from('a'));
    }
    reopen();
    expect(traceOf('beat@7').traceparent).toBe(from('a'));
    expect(life.ledger.changes(0, 10).map((row) => Object.keys(row))).not.toContainEqual(
      expect.arrayContaining(['traceparent']),
    );
  });
});
