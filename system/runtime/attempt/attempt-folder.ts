/** What one attempt of a run leaves on disk, `state/runs/RUN/ATTEMPT/`: written by attempt.sh and the skill, read by any later runtime. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityFromStat, type ProcessIdentity } from './process-identity.ts';

const maxStatusBytes = 4096;

export class AttemptFolder {
  readonly path: string;

  constructor(runs: string, run: string, attempt: number) {
    this.path = join(runs, folderName(run), String(attempt));
  }

  create(): void {
    mkdirSync(this.path, { recursive: true });
  }

  /** The process that has taken the attempt, and since when; undefined: none has, the command never ran. */
  process(): (ProcessIdentity & { readonly since: number }) | undefined {
    const path = join(this.path, 'process');
    const [stat = '', bootId = ''] = readText(path).split('\n');
    const identity = identityFromStat(stat, bootId);
    return identity && { ...identity, since: Math.round(statSync(path).mtimeMs) };
  }

  /** The command's exit code and when it ended; undefined while it has not. */
  outcome(): { readonly code: number; readonly at: number } | undefined {
    const path = join(this.path, 'outcome');
    const text = readText(path).trim();
    if (!/^\d{1,3}$/.test(text)) return undefined;
    return { code: Number(text), at: Math.round(statSync(path).mtimeMs) };
  }

  /** Written before the command is told to end, so that its death is not taken for a crash later. */
  markTimedOut(): void {
    writeFileSync(join(this.path, 'timed-out'), '');
  }

  timedOut(): boolean {
    return statSync(join(this.path, 'timed-out'), { throwIfNoEntry: false }) !== undefined;
  }

  get statusPath(): string {
    return join(this.path, 'status');
  }

  ownStatus(): string {
    return readHead(this.statusPath, maxStatusBytes);
  }

  /** Last line that the command printed, for the reason of a failure. */
  lastWords(): string {
    const lines = readHead(join(this.path, 'output'), 65_536).trimEnd().split('\n');
    return (lines.at(-1) ?? '').slice(0, 300);
  }
}

/** Run ids come from outside too: one that is no plain name is hashed. */
export function folderName(run: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9@_-]{0,127}$/.test(run) ? run : createHash('sha256').update(run).digest('hex');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readHead(path: string, bytes: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(bytes, fstatSync(file).size));
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
