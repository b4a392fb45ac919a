/**
 * `skills/status/NAME.txt`: how each skill last fared, for people and shell scripts; replaced atomically. Best effort: a disk that takes no
 * writes fails no skill, and what could not be written is written once it can be. Of each skill only the newest word waits.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../layer/atomic-file.ts';
import type { Logger } from '../../layer/logger.ts';
import type { RunOutcome } from '../../layer/wire.ts';
import { formatStatus, parseStatus, type StatusFields } from './status-line.ts';

/** Ours; a skill's own keys cannot take their place. */
const ourKeys = new Set(['status', 'timestamp', 'run', 'attempt', 'reason', 'problem', 'backoff_until']);
const retryMs = 5000;

export interface Status {
  /** `ready`: a problem is mended, and no run has followed yet. */
  readonly status: RunOutcome | 'deferred' | 'problem' | 'ready';
  readonly run?: string;
  readonly attempt?: string;
  readonly reason?: string;
  readonly problem?: string;
  /** ISO 8601: the skill failed again and again, and its schedule pauses until then. */
  readonly backoff_until?: string;
}

export class StatusFiles {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #retryMs: number;
  /** What each file says, or is to say. */
  readonly #fields = new Map<string, StatusFields>();
  readonly #unwritten = new Set<string>();
  readonly #writing = new Map<string, Promise<void>>();
  /** Skill → why its file could not be written. */
  readonly #troubles = new Map<string, string>();
  #retry: NodeJS.Timeout | undefined;

  constructor(folder: string, log: Logger, options: { readonly retryMs?: number } = {}) {
    this.#folder = folder;
    this.#log = log;
    this.#retryMs = options.retryMs ?? retryMs;
    removeLeftovers(folder);
  }

  /** `own` are the skill's keys; without them, those that the file has are kept. */
  write(skill: string, status: Status, at: number, own?: StatusFields): void {
    const { status: word, ...rest } = status;
    const theirs = Object.entries(own ?? this.#read(skill)).filter(([key]) => !ourKeys.has(key));
    const timestamp = new Date(at).toISOString();
    this.#fields.set(skill, { status: word, timestamp, ...rest, ...Object.fromEntries(theirs) });
    this.#unwritten.add(skill);
    this.#start(skill);
  }

  /** Written only if the file does not say so already: its time is when the problem came up. */
  writeProblem(skill: string, problem: string, at: number): void {
    const before = this.#read(skill);
    if (before.status === 'problem' && before.problem === problem) return;
    this.write(skill, { status: 'problem', problem }, at);
  }

  /** The skill can be used; written only if the file says otherwise. */
  clearProblem(skill: string, at: number): void {
    if (this.#read(skill).status === 'problem') this.write(skill, { status: 'ready' }, at);
  }

  /** Why what skills did last cannot be read from their files, for people. */
  degraded(): string[] {
    const [trouble] = this.#troubles.values();
    return trouble === undefined ? [] : [`status files cannot be written: ${trouble}`];
  }

  /** Resolves when everything asked for so far is on disk, or cannot be brought there now. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #read(skill: string): StatusFields {
    const known = this.#fields.get(skill);
    if (known !== undefined) return known;
    const fields = parseStatus(readText(this.#path(skill)));
    this.#fields.set(skill, fields);
    return fields;
  }

  #start(skill: string): void {
    if (this.#writing.has(skill)) return;
    const written = this.#writeNewest(skill).then((done) => {
      this.#writing.delete(skill);
      // One that came in after the last look.
      if (done && this.#unwritten.has(skill)) this.#start(skill);
    });
    this.#writing.set(skill, written);
  }

  /** False: it cannot be written now. */
  async #writeNewest(skill: string): Promise<boolean> {
    while (this.#unwritten.delete(skill)) {
      try {
        await writeFileAtomic(this.#path(skill), formatStatus(this.#read(skill)));
        this.#troubles.delete(skill);
      } catch (error) {
        this.#failed(skill, error as Error);
        return false;
      }
    }
    return true;
  }

  #failed(skill: string, error: Error): void {
    if (!this.#troubles.has(skill)) this.#log.warn({ err: error, skill }, 'status file not written');
    this.#troubles.set(skill, error.message);
    this.#unwritten.add(skill);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      for (const name of this.#unwritten) this.#start(name);
    }, this.#retryMs);
    this.#retry.unref();
  }

  #path(skill: string): string {
    return join(this.#folder, `${skill}.txt`);
  }
}

/** Of a runtime that was killed while it wrote. */
function removeLeftovers(folder: string): void {
  try {
    for (const name of readdirSync(folder)) if (/^\..+\.tmp$/.test(name)) rmSync(join(folder, name));
  } catch {
    // Read-only, or not there yet.
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
