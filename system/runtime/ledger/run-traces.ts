/** What `state/runs/` tells of runs without the ledger: each run's folder was made after its claim and before its process. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { traceparentPattern } from '../../layer/trace-context.ts';
import { AttemptFolder } from '../attempt/attempt-folder.ts';
import { folderName } from '../attempt/folder-name.ts';
import type { AttemptEnded } from './ledger-row.ts';

export type Roots = readonly [string, ...string[]];

export interface RunTrace {
  readonly id: string;
  readonly skill: string;
  /** Null: it was asked for. */
  readonly dueAt: number | null;
  readonly queuedAt: number;
  /** Of the command that asked for it. */
  readonly traceparent?: string | undefined;
  /** The newest that was begun; 0: none was. */
  readonly attempt: number;
  /** Unix ms of the folder's last change: when its newest attempt was begun, or when it was asked for. */
  readonly at: number;
}

/** How far the newest attempt got. `begun`: no process has taken it, or not yet. */
export type Progress =
  | { readonly state: 'begun' }
  | { readonly state: 'taken'; readonly startedAt: number }
  | { readonly state: 'ended'; readonly startedAt: number; readonly ended: AttemptEnded };

/** Folders that housekeeping leaves. */
export const keptRunFolders = 200;

const note = z.object({
  id: z.string(),
  skill: z.string(),
  requestedAt: z.number().int(),
  traceparent: z.string().regex(traceparentPattern).optional().catch(undefined),
});

/** Leaves a trace of a run that was asked for: its folder's name alone does not tell its skill. Best effort. */
export function noteRequest(roots: Roots, request: z.infer<typeof note>): void {
  for (const root of roots) {
    try {
      const folder = join(root, folderName(request.id));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'request'), JSON.stringify(request));
      return;
    } catch {
      // Full, or read-only: the next root.
    }
  }
}

/** The run was cancelled before it began. */
export function forgetRequest(roots: Roots, id: string): void {
  for (const root of roots) rmSync(join(root, folderName(id), 'request'), { force: true });
}

/** To be called before folders that were last changed up to `at` (Unix ms) are removed. Best effort. */
export function noteRemoval(root: string, at: number): void {
  try {
    writeFileSync(removalMark(root), String(Math.max(Math.ceil(at), removedUpTo(root) || 0)));
  } catch {
    // Then it is taken from how many folders are left.
  }
}

/** Since when (Unix ms) every run that was begun still has its folder. */
export function readHorizon(roots: Roots, traces: readonly RunTrace[]): number {
  const marks = roots.map(removedUpTo).filter((mark) => mark !== undefined);
  if (marks.length > 0 && marks.every(Number.isSafeInteger)) return Math.max(...marks);
  // A mark is torn or gone, or there never was one: with fewer than are left each time, none has been removed.
  const oldest = traces.map(({ at }) => at).sort((a, b) => b - a)[keptRunFolders - 1];
  return Math.max(oldest ?? Number.NEGATIVE_INFINITY, ...marks.filter(Number.isSafeInteger));
}

/** Of every run that has a folder, in any order. */
export function readTraces(roots: Roots): RunTrace[] {
  const names = new Set(roots.flatMap(namesIn));
  return [...names].flatMap((name) => {
    const folders = roots.map((root) => join(root, name));
    const identity = slotOf(name) ?? requestOf(folders);
    const times = folders.map((folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return identity === undefined ? [] : [{ ...identity, attempt: newestAttempt(folders), at: Math.max(...times) }];
  });
}

export function progressOf(roots: Roots, { id, attempt, at }: RunTrace): Progress {
  const folder = new AttemptFolder(roots, id, attempt);
  if (attempt === 0 || folder.process() === undefined) return { state: 'begun' };
  const startedAt = Math.round(timeOf(join(folder.path, 'process')) ?? at);
  const end = folder.end();
  if (end === undefined) return { state: 'taken', startedAt };
  const outcome = folder.ordered() ?? (end.code === 0 ? 'succeeded' : 'failed');
  const reason = outcome === 'failed' ? `it ended with ${end.signal ?? `exit code ${end.code}`}` : null;
  const endedAt = Math.max(startedAt, Math.round(timeOf(folder.path) ?? at));
  const result = { attempt, reason, exitCode: end.code, signal: end.signal, output: folder.output() };
  return { state: 'ended', startedAt, ended: { ...result, outcome, at: endedAt } };
}

function slotOf(name: string): Omit<RunTrace, 'attempt' | 'at'> | undefined {
  const [, skill, due] = /^([a-z0-9-]+)@(\d{1,15})$/.exec(name) ?? [];
  return skill === undefined ? undefined : { id: name, skill, dueAt: Number(due), queuedAt: Number(due) };
}

function requestOf(folders: readonly string[]): Omit<RunTrace, 'attempt' | 'at'> | undefined {
  for (const folder of folders) {
    try {
      const { id, skill, requestedAt, traceparent } = note.parse(JSON.parse(readText(join(folder, 'request'))));
      return { id, skill, dueAt: null, queuedAt: requestedAt, traceparent };
    } catch {
      // Not here, or torn.
    }
  }
  return undefined;
}

function newestAttempt(folders: readonly string[]): number {
  const attempts = folders.flatMap(namesIn).filter((name) => /^[1-9]\d{0,6}$/.test(name));
  return Math.max(0, ...attempts.map(Number));
}

/** NaN: it was noted, and cannot be read; undefined: it never was. */
function removedUpTo(root: string): number | undefined {
  return existsSync(removalMark(root)) ? Number.parseInt(readText(removalMark(root)), 10) : undefined;
}

function removalMark(root: string): string {
  return `${root}.removed`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function timeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
