/**
 * Opens the runtime's memory: ledger, outbox and counters, which are one database and share its transactions. Whatever state the file is
 * in: what cannot be used is put aside and made anew from what is left; on a disk that takes no writes it is kept in memory.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { instrument } from '../../../metrics/instrument.ts';
import { DatabaseError, openDatabase } from '../../layer/database.ts';
import type { LayerContext } from '../../layer/lifecycle.ts';
import { type Quarantine, quarantinesOf, reportQuarantines } from '../../layer/quarantine.ts';
import { isOutOfDisk } from '../../layer/sqlite-error.ts';
import { parseStatus } from '../status/status-line.ts';
import { Ballast } from './ballast.ts';
import { Ledger } from './ledger.ts';
import { LedgerFile, type LedgerFileOptions } from './ledger-file.ts';
import { migrations } from './ledger-schema.ts';
import { saveTo } from './memory-tables.ts';
import { OutboxStore } from './outbox-store.ts';
import { rebuild } from './rebuild.ts';
import { type Roots, readHorizon, readTraces } from './run-traces.ts';
import { salvage } from './salvage.ts';
import { Totals } from './totals.ts';

export interface LedgerPlace {
  /** The database's file. */
  readonly file: string;
  /** Where runs leave their folders. */
  readonly roots: Roots;
  /** The folder of the status files. */
  readonly status: string;
}

export interface LedgerState {
  readonly ledger: Ledger;
  readonly outbox: OutboxStore;
  readonly totals: Totals;
  /** What is less well than it should be, for people. */
  degraded(): string[];
  close(): void;
}

/** The fact that says of which files that were put aside nothing is to be brought over any more. */
const broughtOver = 'brought-over';

type Context = Pick<LayerContext, 'name' | 'registry' | 'log'>;

export function openLedger(place: LedgerPlace, context: Context): LedgerState {
  const { log, registry } = context;
  const quarantines = reportQuarantines(context, place.file);
  const ballast = new Ballast(`${place.file}.reserve`);
  const inMemory = instrument(registry, 'openclaw_ledger_in_memory');
  inMemory.set(0);
  const onDisk = (trouble: string | null) => {
    inMemory.set(trouble === null ? 0 : 1);
    if (trouble === null) log.info('the ledger is on disk again');
    else log.error({ trouble }, 'the disk takes no writes: the ledger is kept in memory');
  };
  const { db, old, lost, ...detached } = openFile(place.file, quarantines.onQuarantine, ballast);
  const file = new LedgerFile(db, { ballast, onDisk, ...detached });
  const salvaged = old === undefined ? 0 : salvage(old, db, Date.now());
  const state = readState(file, context, place.roots);
  repair(state.ledger, place, lost, salvaged, context);
  return {
    ...state,
    degraded: () => [
      ...(file.trouble === null ? [] : [`the ledger is kept in memory, the disk takes no writes: ${file.trouble}`]),
      ...quarantines.degraded(),
      ...state.ledger.losses(Date.now()),
    ],
    close: () => file.close(),
  };
}

/** For tests of what has to do with no disk. */
export function openLedgerInMemory({ registry }: Pick<Context, 'registry'>): Omit<LedgerState, 'degraded'> {
  const file = new LedgerFile(openDatabase(':memory:', migrations));
  return { ...readState(file, { registry }), close: () => file.close() };
}

function readState(file: LedgerFile, { registry }: Pick<Context, 'registry'>, roots?: Roots) {
  const totals = new Totals(file, registry);
  const outbox = new OutboxStore(file, totals);
  return { totals, outbox, ledger: new Ledger(file, outbox, totals, roots) };
}

interface Opened extends Pick<LedgerFileOptions, 'detached'> {
  readonly db: DatabaseSync;
  /** What it takes the place of, as far as that can be read. */
  readonly old?: string;
  /** Not all of it may have come over. */
  readonly lost: boolean;
}

function openFile(path: string, onQuarantine: (quarantined: Quarantine) => void, ballast: Ballast): Opened {
  let old: string | undefined;
  const open = (): DatabaseSync =>
    openDatabase(path, migrations, {
      onQuarantine: (quarantined) => {
        old = quarantined.movedTo;
        onQuarantine(quarantined);
      },
    });
  for (;;) {
    try {
      const db = open();
      old ??= notBroughtOver(db, path);
      return { db, lost: old !== undefined, ...(old !== undefined && { old }) };
    } catch (error) {
      const left = existsSync(path) ? path : newestAside(path);
      // A home that has never been written to is one to be mended.
      if (!isOutOfDisk(causeOf(error)) || left === undefined) throw error;
      if (!ballast.drop()) return openDetached(path, left, String((causeOf(error) as Error).message));
    }
  }
}

/** What was put aside, by a runtime that was killed before it had made the ledger anew from it. */
function notBroughtOver(db: DatabaseSync, path: string): string | undefined {
  const aside = newestAside(path);
  const done = db.prepare('SELECT value FROM facts WHERE name = ?').get(broughtOver)?.value ?? '';
  return aside !== undefined && whenAside(aside) > String(done) ? aside : undefined;
}

/** Of the database, or of its log. */
function newestAside(path: string): string | undefined {
  const aside = [path, `${path}-wal`].flatMap(quarantinesOf);
  return aside.sort((a, b) => (whenAside(a) < whenAside(b) ? -1 : 1)).at(-1);
}

function whenAside(path: string): string {
  return path.slice(path.lastIndexOf('.quarantine-'));
}

/** The ledger in memory, with what the file holds; once that can be written, this process ends, for the next one to use it. */
function openDetached(path: string, left: string, trouble: string): Opened {
  const save = (db: DatabaseSync) => {
    try {
      openDatabase(path, migrations).close();
    } catch (error) {
      throw causeOf(error);
    }
    saveTo(db, path);
  };
  const onSaved = () => {
    setImmediate(() => {
      throw new DatabaseError(path, 'takes writes again: the runtime starts anew on it');
    });
  };
  // The newest changes may be in a log that cannot be read without writing.
  const lost = left !== path || (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  return { db: openDatabase(':memory:', migrations), old: left, lost, detached: { trouble, save, onSaved } };
}

function causeOf(error: unknown): unknown {
  return error instanceof DatabaseError ? error.cause : error;
}

function repair(ledger: Ledger, place: LedgerPlace, lost: boolean, salvaged: number, { log }: Context): void {
  const { roots, status } = place;
  const traces = readTraces(roots);
  const remains = { roots, traces, horizon: readHorizon(roots, traces), lastRuns: lastRunsIn(status), lost };
  const rebuilt = rebuild(ledger, remains, Date.now());
  const aside = newestAside(place.file);
  if (aside !== undefined) ledger.remember(broughtOver, whenAside(aside));
  if (rebuilt === undefined) return;
  log.error({ salvaged, ...rebuilt }, 'the ledger has lost some of its memory: rebuilt from what is left');
  const text = `the ledger lost some of its memory: ${rebuilt.restored} runs are back from their folders, the fate of ${rebuilt.unknown} is unknown`;
  ledger.noteLoss(text, Date.now());
}

/** Skill → the latest slot that its status file names. */
function lastRunsIn(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of namesIn(folder)) {
    const skill = /^(.+)\.txt$/.exec(name)?.[1];
    if (skill === undefined) continue;
    const { run = '' } = parseStatus(readText(join(folder, name)));
    const dueAt = run.startsWith(`${skill}@`) ? Number(run.slice(skill.length + 1)) : Number.NaN;
    if (Number.isSafeInteger(dueAt)) found.set(skill, dueAt);
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
