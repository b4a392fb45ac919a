/** An attempt under way: waits for its end, and ends it at its timeout or when it is cancelled: TERM, grace, KILL, death confirmed. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptFolder, CommandEnd, Limits, Order } from './attempt-folder.ts';
import { bootSeconds, wallTimeOf } from './boot-clock.ts';
import { isAlive } from './process-identity.ts';
import { commandProcesses, kill, killMarked, processesMarked } from './process-marks.ts';

interface Ended {
  /** Of the command; both null if nobody knows. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Unix ms. */
  readonly at: number;
  /** How long the command took, by a clock that nobody sets. */
  readonly seconds: number;
}

export type AttemptEnd =
  | (Ended & { readonly kind: 'exited' })
  /** The runtime ended it, and nothing of it runs any more. */
  | (Ended & { readonly kind: Order })
  /** It is gone and left no end; nothing of it runs any more. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'unstartable'; readonly reason: string; readonly at: number };

export type Start =
  /** An earlier runtime started it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'wrapped' | 'bare'; readonly child: ChildProcess }
  | { readonly kind: 'failed'; readonly reason: string };

interface Watched {
  readonly folder: AttemptFolder;
  readonly marks: readonly string[];
  readonly limits: Limits;
  readonly bootId: string;
}

const pollMs = 50;
/** Between taking an attempt and saying who has it, a shell does nothing else. */
const takingMs = 5000;
/** What a command left running in its group may take to end after it. */
const leftoversMs = 300;
/** What the wrapper may take to tell the end of a command that has been killed. */
const lastWordsMs = 2000;

export class RunningAttempt {
  readonly #watched: Watched;
  readonly #watchedSince = performance.now();
  /** Of the process when the watch began: only a taken one has any. */
  readonly #ageMs: number;
  readonly #child: ChildProcess | undefined;
  #childGone: boolean;
  #bareEnd: CommandEnd | undefined;
  #spawnError: string | undefined;
  /** By an earlier runtime, which may not have come to do it. */
  readonly #orderedBefore: Order | undefined;
  #cancelled = false;
  #enforced: Order | undefined;
  /** Ends the pause that there is, if any. */
  #wake: () => void = () => {};

  constructor(watched: Watched, start: Start) {
    this.#watched = watched;
    const startedAt = watched.folder.process()?.startedAt;
    this.#ageMs = startedAt === undefined ? 0 : Math.max(0, bootSeconds() - startedAt) * 1000;
    this.#child = 'child' in start ? start.child : undefined;
    this.#childGone = this.#child === undefined;
    this.#orderedBefore = watched.folder.ordered();
    if (start.kind === 'failed') this.#spawnError = start.reason;
    if (this.#child !== undefined) this.#follow(this.#child, start.kind === 'bare');
  }

  /** Of the process that was started here; undefined: none was, or it could not be. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends it, unless its command has ended by now; {@link end} tells. */
  cancel(): void {
    this.#cancelled = true;
    this.#wake();
  }

  /** Waits for the end. Rejects with the signal's reason when told to let go: the attempt itself goes on. */
  async end(signal: AbortSignal): Promise<AttemptEnd> {
    const { marks } = this.#watched;
    while (this.#alive()) {
      if (this.#commandEnd() !== undefined) await this.#endLeftovers(signal);
      else {
        const order = this.#wanted();
        if (order === undefined) await this.#pause(pollMs, signal);
        else await this.#enforce(order, signal);
      }
    }
    const order = this.#enforced ?? this.#orderedBefore;
    const succeeded = order === undefined && this.#commandEnd()?.code === 0;
    // What did not succeed may be run again, so nothing of it may be left. And the wrapper alone may have been killed: then
    // its command may have ended well before the fence came down.
    if (!succeeded) await fence(marks, signal);
    return this.#conclude(order);
  }

  #wanted(): Order | undefined {
    if (this.#cancelled) return 'cancelled';
    return this.#orderedBefore ?? (this.#runningMs() >= this.#watched.limits.timeoutMs ? 'timed-out' : undefined);
  }

  #conclude(order: Order | undefined): AttemptEnd {
    const end = this.#commandEnd();
    if (order !== undefined) return { kind: order, ...this.#ended(end) };
    if (end !== undefined) return { kind: 'exited', ...this.#ended(end) };
    if (this.#spawnError !== undefined) return { kind: 'unstartable', reason: this.#spawnError, at: Date.now() };
    return { kind: 'interrupted' };
  }

  /** Without a word of the wrapper, it was killed with its command: nothing else makes it leave without one. */
  #ended(end: CommandEnd | undefined): Ended {
    const { folder, bootId } = this.#watched;
    const holder = folder.process();
    if (end === undefined) return { code: null, signal: 'SIGKILL', at: Date.now(), seconds: this.#runningMs() / 1000 };
    const { code, signal, at } = end;
    const seconds = holder === undefined ? this.#runningMs() / 1000 : Math.max(0, at - holder.startedAt);
    const thisBoot = holder === undefined || hostOf(holder.bootId) === hostOf(bootId);
    return { code, signal, at: thisBoot ? wallTimeOf(at) : Date.now(), seconds };
  }

  #follow(child: ChildProcess, bare: boolean): void {
    child.once('error', (error) => {
      this.#childGone = true;
      this.#spawnError = error.message;
      this.#wake();
    });
    child.once('exit', (code, signal) => {
      this.#childGone = true;
      if (bare) this.#bareEnd = { code, signal, at: bootSeconds() };
      this.#wake();
    });
  }

  #commandEnd(): CommandEnd | undefined {
    return this.#bareEnd ?? this.#watched.folder.end();
  }

  #runningMs(): number {
    return this.#ageMs + performance.now() - this.#watchedSince;
  }

  #alive(): boolean {
    return !this.#childGone || this.#holderPid() !== undefined || this.#isBeingTaken();
  }

  /** A shell that an earlier runtime started has it, and is about to say so. */
  #isBeingTaken(): boolean {
    const { folder, marks } = this.#watched;
    if (folder.process() !== undefined || performance.now() - this.#watchedSince > takingMs) return false;
    return folder.isTaken() && processesMarked(marks).length > 0;
  }

  #holderPid(): number | undefined {
    const holder = this.#watched.folder.process();
    return holder !== undefined && isAlive(holder, this.#watched.bootId) ? holder.pid : undefined;
  }

  async #endLeftovers(signal: AbortSignal): Promise<void> {
    await this.#gone(leftoversMs, signal);
    await this.#kill(signal);
  }

  async #enforce(order: Order, signal: AbortSignal): Promise<void> {
    const { folder, limits } = this.#watched;
    folder.markOrdered(order);
    this.#enforced = order;
    this.#signalGroup('SIGTERM');
    await this.#gone(limits.graceMs, signal);
    await this.#kill(signal);
  }

  /** The command first, so that the wrapper can tell how it ended and keep what it printed; then the whole group. */
  async #kill(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + lastWordsMs;
    while (this.#alive() && performance.now() < deadline) {
      commandProcesses(this.#watched.marks).forEach(kill);
      await this.#gone(pollMs, signal);
    }
    this.#signalGroup('SIGKILL');
    await this.#gone(pollMs, signal);
  }

  /** While the leader of the group lives, its pid is the group's id and nobody else's. */
  #signalGroup(name: NodeJS.Signals): void {
    const leader = this.#childGone ? this.#holderPid() : this.#child?.pid;
    if (leader === undefined) return;
    try {
      process.kill(-leader, name);
    } catch {
      // It ended between the look and the signal.
    }
  }

  /** Waits until it is gone, for at most `ms`. */
  async #gone(ms: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + ms;
    while (this.#alive() && performance.now() < deadline) {
      await this.#pause(Math.min(pollMs, deadline - performance.now()), signal);
    }
  }

  /** Up to `ms`, less if the process that was started here ends, or if it is cancelled. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Not a race with promises that live as long as the run: each of them would remember every pause.
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    const letGo = () => resolve();
    signal.addEventListener('abort', letGo, { once: true });
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', letGo);
    signal.throwIfAborted();
  }
}

/** Ends whatever carries the marks and waits until all of it is gone: only then may there be another attempt. */
async function fence(marks: readonly string[], signal: AbortSignal): Promise<void> {
  while (killMarked(marks) > 0) await sleep(pollMs, undefined, { signal });
}

/** `/proc/uptime` counts from the boot of the host, also in a container that is started again. */
function hostOf(bootId: string): string {
  return bootId.split('/', 1)[0] ?? '';
}
