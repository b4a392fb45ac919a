/** Proofs about nodes: which process and which life of a node was seen before the fault, and what is there now. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform, ProcessIdentity } from '../platform/platform.ts';
import { all, type Proof } from './fault.ts';

const pollMs = 50;

type Look = ProcessIdentity | undefined;

interface Seen {
  readonly process: Look;
  readonly incarnation: string | undefined;
}

export class NodeWatch {
  readonly #platform: Platform;
  readonly #before = new Map<string, Seen>();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Takes what runs now; waits up to `withinMs` for a process to be there at all. */
  async remember(nodes: readonly string[], withinMs: number): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => {
        const process = await poll(withinMs, () => this.#platform.process(node), isAlive);
        this.#before.set(node, { process, incarnation: await this.#platform.incarnation(node) });
      }),
    );
  }

  /** Was a process there when it was to be remembered? */
  hasProcess(node: string): boolean {
    return isAlive(this.#before.get(node)?.process);
  }

  /** The remembered process of each node is gone: none there, a zombie, or one with another start time. */
  proveProcessGone(nodes: readonly string[], withinMs: number): Promise<Proof> {
    return this.#proveProcess(nodes, withinMs, (now, was) => !isAlive(now) || !isSame(now, was));
  }

  /** The same, but waits for the next process if one comes in time. That none came is for the verdict to judge: the kill took effect. */
  proveProcessReplaced(nodes: readonly string[], withinMs: number): Promise<Proof> {
    return this.#proveProcess(nodes, withinMs, (now, was) => isAlive(now) && !isSame(now, was));
  }

  #proveProcess(
    nodes: readonly string[],
    withinMs: number,
    isEnough: (now: Look, was: ProcessIdentity) => boolean,
  ): Promise<Proof> {
    return this.#proveEach(nodes, async (node, { process: was }) => {
      if (was === undefined) return { proved: false, evidence: `${node} had no process before the fault` };
      const now = await poll(
        withinMs,
        () => this.#platform.process(node),
        (it) => isEnough(it, was),
      );
      const gone = !isAlive(now) || !isSame(now, was);
      return { proved: gone, evidence: `${node}: ${name(was)} ${gone ? `is gone, now ${name(now)}` : 'still runs'}` };
    });
  }

  /** The remembered life of each node has ended: it is down, or lives another one. */
  proveNodeGone(nodes: readonly string[], withinMs: number): Promise<Proof> {
    return this.#proveEach(nodes, async (node, before) => {
      const was = before.incarnation;
      if (was === undefined) return { proved: false, evidence: `${node} was down before the fault` };
      const now = await poll(
        withinMs,
        () => this.#platform.incarnation(node),
        (it) => it !== was,
      );
      return { proved: now !== was, evidence: `${node}: before ${was}, now ${now ?? 'down'}` };
    });
  }

  /** Each node was up before and is down now. */
  proveDown(nodes: readonly string[]): Promise<Proof> {
    return this.#proveEach(nodes, async (node, { incarnation }) => {
      const now = await this.#platform.incarnation(node);
      const evidence = `${node}: before ${incarnation ?? 'down'}, now ${now ?? 'down'}`;
      return { proved: incarnation !== undefined && now === undefined, evidence };
    });
  }

  /** The remembered process of each node is stopped (state T). */
  proveStopped(nodes: readonly string[], withinMs: number): Promise<Proof> {
    return this.#proveEach(nodes, async (node, { process: was }) => {
      const now = await poll(
        withinMs,
        () => this.#platform.process(node),
        (it) => it?.state === 'T',
      );
      const stopped = was !== undefined && isSame(now, was) && was.state !== 'T' && now?.state === 'T';
      return { proved: stopped, evidence: `${node}: before ${name(was)}, now ${name(now)}` };
    });
  }

  async #proveEach(nodes: readonly string[], one: (node: string, before: Seen) => Promise<Proof>): Promise<Proof> {
    const nothing: Seen = { process: undefined, incarnation: undefined };
    const proofs = await Promise.all(nodes.map((node) => one(node, this.#before.get(node) ?? nothing)));
    return all(proofs);
  }
}

function isAlive(process: ProcessIdentity | undefined): process is ProcessIdentity {
  return process !== undefined && process.state !== 'Z' && process.state !== 'X';
}

function isSame(a: ProcessIdentity | undefined, b: ProcessIdentity): boolean {
  return a?.pid === b.pid && a.startTicks === b.startTicks;
}

function name(process: ProcessIdentity | undefined): string {
  return process ? `pid ${process.pid} (started at tick ${process.startTicks}, state ${process.state})` : 'no process';
}

/** Looks until `done` or until the time is up; the last look either way. */
export async function poll<T>(withinMs: number, look: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (done(value) || performance.now() >= deadline) return value;
    await sleep(pollMs);
  }
}
