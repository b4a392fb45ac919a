/** `state/runs/`: a folder for each run, and where attempts leave their files when that place cannot be written. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttemptFolder, readBeginning } from '../attempt/attempt-folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { keptRunFolders, noteRemoval } from '../ledger/run-traces.ts';

export class RunFolders {
  readonly roots: readonly [string, ...string[]];
  #problem: string | undefined;

  /** `main`: `state/runs`. `spare`: where to go when it cannot be written. */
  constructor(main: string, spare: string | undefined) {
    this.roots = spare === undefined ? [main] : [main, spare];
  }

  /** What is wrong since the newest attempt could not leave its files where they belong, for people. */
  degraded(): string[] {
    if (this.#problem === undefined) return [];
    return [
      `runs cannot leave their files in ${this.roots[0]} (${this.#problem}): they leave them in ${this.roots[1] ?? 'none'}`,
    ];
  }

  of({ id, attempt }: Pick<QueuedRun, 'id' | 'attempt'>): AttemptFolder {
    return new AttemptFolder(this.roots, id, attempt);
  }

  /** To be told of each folder that an attempt was started in. */
  used(folder: AttemptFolder): void {
    this.#problem = folder.problem;
  }

  /** Runs whose process an earlier runtime started, or may have: to be taken up before any other run starts. */
  unfinished(ledger: Pick<Ledger, 'get' | 'inState'>): QueuedRun[] {
    // Killed between the process's start and its record, a runtime leaves a run that is only claimed, but taken.
    const taken = this.#runs().flatMap((id) => {
      const run = ledger.get(id);
      return run?.state === 'claimed' && this.of(run).isTaken() ? [run] : [];
    });
    return [...ledger.inState('running'), ...taken];
  }

  /** Removes all but the newest folders; those of runs that are not finished stay. */
  async trim(ledger: Pick<Ledger, 'get'>): Promise<void> {
    const isOpen = (name: string) => {
      const run = ledger.get(name);
      return run !== undefined && run.state !== 'finished';
    };
    for (const root of this.roots) await trimFolder(root, isOpen);
  }

  /** Leaves no empty folder behind in the system's folder for temporary files. */
  close(): void {
    for (const spare of this.roots.slice(1)) {
      try {
        rmdirSync(spare);
      } catch {
        // Something is in it, for the next runtime.
      }
    }
  }

  /** Ids of the runs that have a folder. */
  #runs(): string[] {
    const names = this.roots.flatMap((root) => namesIn(root).map((name) => ({ root, name })));
    const ids = names.map(({ root, name }) => (isHash(name) ? (hashedRun(join(root, name)) ?? name) : name));
    return [...new Set(ids)];
  }
}

/** A folder of this user alone in the system's folder for temporary files; undefined if there can be none. */
export function spareFolder(home: string): string | undefined {
  // Not `userInfo`: in a container the user may have no name.
  const uid = process.getuid?.() ?? 0;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `openclaw-runs-${uid}-${name}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // Everybody can make folders there, and links.
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === uid ? path : undefined;
  } catch {
    return undefined;
  }
}

function isHash(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

/** Of a run whose id is no name for a folder; each of its attempts has noted it. */
function hashedRun(folder: string): string | undefined {
  for (const attempt of namesIn(folder)) {
    const run = readBeginning(join(folder, attempt))?.run;
    if (run !== undefined) return run;
  }
  return undefined;
}

async function trimFolder(root: string, isOpen: (name: string) => boolean): Promise<void> {
  const names = await readdir(root).catch(() => []);
  if (names.length <= keptRunFolders) return;
  const dated = names.map(async (name) => ({
    name,
    at: (await stat(join(root, name)).catch(() => undefined))?.mtimeMs ?? 0,
  }));
  const newestFirst = (await Promise.all(dated)).sort((a, b) => b.at - a.at);
  const old = newestFirst.slice(keptRunFolders).filter(({ name }) => !isOpen(name));
  if (old[0] !== undefined) noteRemoval(root, old[0].at);
  // A disk that takes no writes keeps them: they are no run's any more.
  for (const { name } of old) await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
