/**
 * One attempt of a run, from its process's start, or from where an earlier runtime left it, to its end.
 * The process belongs to itself: it is started in a session of its own under attempt.sh, holds no pipe to this process, and tells
 * its end by a file. So a runtime that finds an attempt taken goes on watching it, whoever started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptFolder } from './attempt-folder.ts';
import { isAlive, type ProcessIdentity, processesMarked } from './process-identity.ts';

export type AttemptEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly at: number }
  | { readonly kind: 'timed-out'; readonly at: number }
  /** It is gone and left no outcome; nothing of it runs any more. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'unstartable'; readonly reason: string; readonly at: number };

export interface Attempt {
  readonly folder: AttemptFolder;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The entries of `env` that only this attempt's processes have. */
  readonly marks: readonly string[];
  readonly timeoutMs: number;
  readonly bootId: string;
}

const wrapper = join(import.meta.dirname, 'attempt.sh');
const maxOutputBytes = 65_536;
const pollMs = 50;
/** What a command left running in its group may take to end after it. */
const leftoversMs = 300;
const graceMs = 5000;

/** Starts the attempt unless it has been taken before. The command may not have begun when this returns. */
export function startAttempt(attempt: Attempt): RunningAttempt {
  const { folder, command, cwd, env, bootId } = attempt;
  folder.create();
  if (folder.process() !== undefined) return new RunningAttempt(attempt, undefined);
  const child = spawn('/bin/sh', [wrapper, folder.path, String(maxOutputBytes), bootId, ...command], {
    cwd,
    env,
    detached: true,
    stdio: 'ignore',
  });
  return new RunningAttempt(attempt, child);
}

export class RunningAttempt {
  readonly #attempt: Attempt;
  readonly #since = Date.now();
  readonly #childEnded: Promise<void> | undefined;
  #childGone: boolean;
  #spawnError: string | undefined;

  constructor(attempt: Attempt, child: ChildProcess | undefined) {
    this.#attempt = attempt;
    this.#childGone = child === undefined;
    this.#childEnded =
      child &&
      new Promise((resolve) => {
        const gone = (error?: Error) => {
          this.#childGone = true;
          this.#spawnError = error?.message;
          resolve();
        };
        child.once('error', gone);
        child.once('exit', () => gone());
      });
  }

  /** Waits for the end. Rejects with the signal's reason when told to let go: the attempt itself goes on. */
  async end(signal: AbortSignal): Promise<AttemptEnd> {
    const { folder, timeoutMs } = this.#attempt;
    const since = folder.process()?.since ?? this.#since;
    while (this.#alive()) {
      if (folder.outcome() !== undefined) await this.#endLeftovers(signal);
      else if (folder.timedOut() || Date.now() >= since + timeoutMs) await this.#timeOut(signal);
      else await this.#pause(pollMs, signal);
    }
    const outcome = folder.outcome();
    if (folder.timedOut()) return { kind: 'timed-out', at: outcome?.at ?? Date.now() };
    if (outcome !== undefined) return { kind: 'exited', ...outcome };
    if (this.#spawnError !== undefined) return { kind: 'unstartable', reason: this.#spawnError, at: Date.now() };
    await this.#fence(signal);
    // The wrapper alone may have been killed, and the command have ended well before the fence came down.
    const late = folder.outcome();
    return late === undefined ? { kind: 'interrupted' } : { kind: 'exited', ...late };
  }

  #holder(): ProcessIdentity | undefined {
    const holder = this.#attempt.folder.process();
    return holder && isAlive(holder, this.#attempt.bootId) ? holder : undefined;
  }

  #alive(): boolean {
    return !this.#childGone || this.#holder() !== undefined;
  }

  async #endLeftovers(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + leftoversMs;
    while (this.#alive() && Date.now() < deadline) await this.#pause(pollMs, signal);
    this.#signalGroup('SIGKILL');
    if (this.#alive()) await this.#pause(pollMs, signal);
  }

  async #timeOut(signal: AbortSignal): Promise<void> {
    this.#attempt.folder.markTimedOut();
    this.#signalGroup('SIGTERM');
    const deadline = Date.now() + graceMs;
    while (this.#alive() && Date.now() < deadline) await this.#pause(pollMs, signal);
    this.#signalGroup('SIGKILL');
    await this.#fence(signal);
  }

  /** While the wrapper lives, its pid is the group's id and nobody else's. */
  #signalGroup(name: NodeJS.Signals): void {
    const holder = this.#holder();
    if (holder === undefined) return;
    try {
      process.kill(-holder.pid, name);
    } catch {
      // It ended between the look and the signal.
    }
  }

  /** Ends whatever still carries the attempt's marks and waits until all of it is gone: only then may there be another attempt. */
  async #fence(signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = processesMarked(this.#attempt.marks);
      if (left.length === 0) return;
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone already.
        }
      }
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Up to `ms`, less if the process that was started here ends. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#childGone) return sleep(ms, undefined, { signal });
    await Promise.race([this.#childEnded, sleep(ms, undefined, { signal })]);
  }
}
