/**
 * One node on this machine: its supervisor and all that comes of it. The supervisor stands for a container's first process: when it
 * ends, however it ends, everything else of the node is killed, and the node starts again as Docker's restart policy would have it.
 * That policy lives in the harness: a node that goes down after the harness was killed stays down.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import type { ProcessIdentity } from '../platform.ts';
import { killAllOf, signalExactly } from './exact-signal.ts';
import { type LocalRun, type StartedPart, startPart } from './part.ts';
import { isSameProcess, partOf, processOf, rowOf } from './process-table.ts';
import { RestartPolicy } from './restart-policy.ts';

/** What a node gets to finish in before it is killed. */
const graceMs = 10_000;
const pollMs = 20;

export interface LocalNodeOptions {
  readonly name: string;
  readonly run: LocalRun;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the file that names the supervised process. */
  readonly pidFile: string;
  /** Told why the node could not be started. */
  readonly onUnstartable: (reason: string) => void;
}

export class LocalNode {
  readonly #options: LocalNodeOptions;
  #life: StartedPart | undefined;
  #policy = new RestartPolicy();
  #wanted = false;
  #restarts = 0;
  #failure: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One thing at a time: nothing may be started while what was before is still being killed. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: LocalNodeOptions) {
    this.#options = options;
  }

  /** How often the whole node has come back by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Why it could not be brought back: the harness's own failure, of which the node's absence must not be taken for the system's. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  raise(): Promise<void> {
    this.#want();
    return this.#inTurn(() => this.#startIfDown());
  }

  hold(): Promise<void> {
    this.#rest();
    return this.#inTurn(() => this.#killAll());
  }

  crash(): Promise<void> {
    return this.#inTurn(() => this.#killAll());
  }

  /** SIGTERM to the supervisor alone, as a container's first process gets it; time to finish; and up again. */
  restart(): Promise<void> {
    this.#want();
    return this.#inTurn(async () => {
      const identity = this.#alive();
      const deadline = performance.now() + graceMs;
      if (identity !== undefined) signalExactly(identity, 'SIGTERM');
      // Whoever wants it down meanwhile has the last word.
      while (this.#wanted && this.#alive() !== undefined && performance.now() < deadline) await sleep(pollMs);
      await this.#killAll();
      await this.#startIfDown();
    });
  }

  /** Names the present life: undefined while the supervisor does not run. */
  incarnation(): string | undefined {
    const identity = this.#alive();
    return identity && `pid ${identity.pid}, started at tick ${identity.startTicks}`;
  }

  /** What the pid file names, if it belongs to this node: the file outlives a crash, and its pid may be somebody else's by now. */
  async process(): Promise<ProcessIdentity | undefined> {
    const { run, name, pidFile } = this.#options;
    const pid = Number.parseInt(await textOf(pidFile), 10);
    const row = pid > 0 ? rowOf(pid) : undefined;
    if (row === undefined || partOf(row, run) !== name) return undefined;
    return { pid, startTicks: row.startTicks, state: row.state };
  }

  /** Throws `CHAOS_SIGNAL` unless it was delivered. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const identity = await this.process();
    if (identity !== undefined && signalExactly(identity, signal)) return;
    const { name, pidFile } = this.#options;
    throw new ChaosError('CHAOS_SIGNAL', `${signal} was not delivered: ${pidFile} names no process of ${name}`);
  }

  /** Throws `CHAOS_SIGNAL` unless it was delivered. */
  async signalSupervisor(signal: NodeJS.Signals): Promise<void> {
    const identity = this.#life?.identity;
    if (identity !== undefined && signalExactly(identity, signal)) return;
    throw new ChaosError(
      'CHAOS_SIGNAL',
      `${signal} was not delivered: the supervisor of ${this.#options.name} does not run`,
    );
  }

  /** Asked for, it starts at once, and its restart policy begins anew. */
  #want(): void {
    this.#wanted = true;
    this.#policy = new RestartPolicy();
  }

  /** Never starts again by itself; what runs goes on running. */
  #rest(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
  }

  /** Ends the care for this node; killing what runs is the caller's. */
  async abandon(): Promise<void> {
    this.#rest();
    await this.#queue;
  }

  async #startIfDown(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#wanted || this.#alive() !== undefined) return;
    await this.#killAll();
    const { name, run, argv, cwd, env } = this.#options;
    const startedMs = performance.now();
    const life = startPart(run, { part: name, argv, cwd, env });
    const isFirst = this.#life === undefined;
    this.#life = life;
    life.child.once('exit', () => this.#ended(life, startedMs));
    life.child.once('error', (error) => {
      if (life.child.pid !== undefined) return;
      if (!isFirst) this.#failed(error);
      this.#options.onUnstartable(error.message);
      this.#ended(life, startedMs);
    });
  }

  #ended(life: StartedPart, startedMs: number): void {
    const livedMs = performance.now() - startedMs;
    this.#inTurn(async () => {
      if (this.#life !== life) return;
      await this.#killAll();
      if (this.#wanted) this.#timer = setTimeout(() => this.#comeBack(), this.#policy.delayAfter(livedMs));
    }).catch((error: Error) => this.#failed(error));
  }

  #comeBack(): void {
    this.#restarts++;
    this.#inTurn(() => this.#startIfDown()).catch((error: Error) => this.#failed(error));
  }

  #failed(error: Error): void {
    const { name } = this.#options;
    this.#failure ??= new ChaosError('CHAOS_START', `${name} could not be brought back: ${error.message}`, {
      cause: error,
    });
  }

  async #killAll(): Promise<void> {
    const { run, name } = this.#options;
    const identity = this.#life?.identity;
    await killAllOf({ ...run, started: identity ? [{ part: name, ...identity }] : [] }, name);
  }

  #alive(): ProcessIdentity | undefined {
    const identity = this.#life?.identity;
    return identity && isSameProcess(processOf(identity.pid), identity) ? identity : undefined;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
