/** `skills/status/NAME.txt`: how each skill last fared, for people and shell scripts; replaced atomically, one write at a time a skill. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../layer/atomic-file.ts';
import type { Logger } from '../../layer/logger.ts';
import { formatStatus, parseStatus, type StatusFields } from './status-line.ts';

/** Ours; a skill's own keys cannot take their place. */
const ourKeys = new Set(['status', 'timestamp', 'run', 'attempt', 'reason', 'problem']);

export interface Status {
  /** `ready`: a problem is mended, and no run has followed yet. */
  readonly status: 'succeeded' | 'failed' | 'timed-out' | 'interrupted' | 'deferred' | 'problem' | 'ready';
  readonly run?: string;
  readonly attempt?: string;
  readonly reason?: string;
  readonly problem?: string;
}

export class StatusFiles {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #writing = new Map<string, Promise<void>>();

  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
  }

  /** `own` are the skill's keys; without them, those that the file has are kept. */
  write(skill: string, status: Status, at: number, own?: StatusFields): void {
    this.#queue(skill, () => this.#write(skill, status, at, own));
  }

  /** Written only if the file does not say so already: its time is when the problem came up. */
  writeProblem(skill: string, problem: string, at: number): void {
    this.#queue(skill, async () => {
      const before = await this.#read(skill);
      if (before.status === 'problem' && before.problem === problem) return;
      await this.#write(skill, { status: 'problem', problem }, at, undefined);
    });
  }

  /** The skill can be used; written only if the file says otherwise. */
  clearProblem(skill: string, at: number): void {
    this.#queue(skill, async () => {
      const before = await this.#read(skill);
      if (before.status === 'problem') await this.#write(skill, { status: 'ready' }, at, undefined);
    });
  }

  /** Resolves when everything asked for so far is on disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #queue(skill: string, write: () => Promise<void>): void {
    const before = this.#writing.get(skill) ?? Promise.resolve();
    const written = before.then(write).catch((error: unknown) => {
      // A status that cannot be written never changes a run.
      this.#log.warn({ err: error, skill }, 'status file not written');
    });
    this.#writing.set(skill, written);
    void written.then(() => {
      if (this.#writing.get(skill) === written) this.#writing.delete(skill);
    });
  }

  async #write(skill: string, status: Status, at: number, own: StatusFields | undefined): Promise<void> {
    const { status: word, ...rest } = status;
    const theirs = Object.entries(own ?? (await this.#read(skill))).filter(([key]) => !ourKeys.has(key));
    const fields = { status: word, timestamp: new Date(at).toISOString(), ...rest, ...Object.fromEntries(theirs) };
    await writeFileAtomic(join(this.#folder, `${skill}.txt`), formatStatus(fields));
  }

  async #read(skill: string): Promise<Record<string, string>> {
    return parseStatus(await readFile(join(this.#folder, `${skill}.txt`), 'utf8').catch(() => ''));
  }
}
