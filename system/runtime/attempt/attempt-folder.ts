/** What one attempt of a run leaves on disk, `state/runs/RUN/ATTEMPT/`: written by attempt.sh and the skill, read by any later runtime. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { folderName } from './folder-name.ts';
import { readHead, readOutput } from './output.ts';
import { identityFromStat, type ProcessIdentity } from './process-identity.ts';

/** What the attempt was started with; its SKILL.md may be another by the time a later runtime looks. */
export interface Limits {
  readonly timeoutMs: number;
  /** From TERM to KILL. */
  readonly graceMs: number;
}

/** How the command ended; `at` in seconds since boot. Of `code` and `signal` one is null. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: number;
}

/** Why the runtime ended it. */
export type Order = 'timed-out' | 'cancelled';

/** Noted in the folder at the attempt's start. */
export interface Beginning extends Limits {
  readonly run: string;
}

interface Holder extends ProcessIdentity {
  /** Seconds since boot. */
  readonly startedAt: number;
}

const orders: readonly Order[] = ['timed-out', 'cancelled'];
const maxStatusBytes = 4096;
const beginning = z.object({ run: z.string(), timeoutMs: z.number().positive(), graceMs: z.number().min(0) });

export class AttemptFolder {
  /** The same folder under each root, in order of preference: the disk of one may be full or read-only. */
  readonly #paths: readonly [string, ...string[]];
  readonly #run: string;
  #path: string;
  #problem: string | undefined;
  #process: Holder | undefined;
  #end: CommandEnd | undefined;

  /** `roots`: `state/runs`, then where attempts go that cannot be written there. */
  constructor(roots: readonly [string, ...string[]], run: string, attempt: number) {
    const inRoot = (root: string) => join(root, folderName(run), String(attempt));
    const [first, ...others] = roots;
    this.#paths = [inRoot(first), ...others.map(inRoot)];
    this.#path = this.#paths[0];
    this.#run = run;
  }

  get path(): string {
    return this.#path;
  }

  /** Where attempt.sh tells the end if it cannot be told here. */
  get spare(): string {
    return this.#paths.at(-1) ?? this.#path;
  }

  get statusPath(): string {
    return join(this.#path, 'status');
  }

  /** The command's own, empty at its start and gone after its end. */
  get scratch(): string {
    return join(this.#path, 'scratch');
  }

  /** In the first root that takes a file; false: none does. */
  create(limits: Limits): boolean {
    for (const path of this.#paths) {
      try {
        mkdirSync(join(path, 'scratch'), { recursive: true });
        // Not only for later: a full disk often still makes folders.
        writeFileSync(join(path, 'begin'), JSON.stringify({ run: this.#run, ...limits }));
        this.#path = path;
        return true;
      } catch (error) {
        // Full, or read-only: the next root.
        this.#problem ??= error instanceof Error ? error.message : String(error);
      }
    }
    return false;
  }

  /** Why it could not be made where it belongs. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What {@link create} was told; undefined if it cannot be read. */
  begin(): Beginning | undefined {
    return readBeginning(this.#path);
  }

  /** The process that has taken the attempt; undefined: none has, or it has not said so, and the command has not begun. */
  process(): Holder | undefined {
    if (this.#process !== undefined) return this.#process;
    for (const path of this.#paths) {
      const [stat = '', bootId = '', uptime = ''] = readHead(join(path, 'process'), 4096).split('\n');
      const identity = identityFromStat(stat, bootId);
      const startedAt = Number.parseFloat(uptime);
      if (identity === undefined || !Number.isFinite(startedAt)) continue;
      this.#path = path;
      this.#process = { ...identity, startedAt };
      return this.#process;
    }
    return undefined;
  }

  /** Some process has it, be it that it has not said yet which. */
  isTaken(): boolean {
    return this.#process !== undefined || this.#paths.some((path) => existsSync(join(path, 'process')));
  }

  /** Undefined while the command has not ended. */
  end(): CommandEnd | undefined {
    this.#end ??= this.#paths.flatMap(namesIn).map(parseEnd).find(Boolean);
    return this.#end;
  }

  /** Written down before the command is told to end, so that its death is not taken for a crash later. Best effort. */
  markOrdered(order: Order): void {
    for (const path of [this.#path, this.spare]) {
      try {
        mkdirSync(path, { recursive: true });
        writeFileSync(join(path, order), '');
        return;
      } catch {
        // This runtime knows it all the same.
      }
    }
  }

  ordered(): Order | undefined {
    const names = new Set(this.#paths.flatMap(namesIn));
    return orders.find((order) => names.has(order));
  }

  ownStatus(): string {
    return readHead(this.statusPath, maxStatusBytes);
  }

  /** The end of what the command printed: at most 2 KiB, for people. */
  output(): string {
    return readOutput(join(this.#path, 'output'), join(this.#path, 'output.tail'));
  }

  async removeScratch(): Promise<void> {
    // What cannot be removed now goes with the whole folder, later.
    await rm(this.scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Of the folder of any attempt. */
export function readBeginning(path: string): Beginning | undefined {
  try {
    return beginning.parse(JSON.parse(readFileSync(join(path, 'begin'), 'utf8')));
  } catch {
    return undefined;
  }
}

function parseEnd(name: string): CommandEnd | undefined {
  const [, how, digits, uptime] = /^ended\.(exit|signal)\.(\d{1,3})\.(\d+\.\d+)$/.exec(name) ?? [];
  if (how === undefined) return undefined;
  const code = Number(digits);
  const signal = how === 'signal' ? signalName(code - 128) : undefined;
  return { code: signal === undefined ? code : null, signal: signal ?? null, at: Number(uptime) };
}

function signalName(signal: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === signal)?.[0];
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
