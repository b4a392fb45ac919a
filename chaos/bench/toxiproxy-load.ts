/** The process that generates the load: started, told what to measure, and asked for its results. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { ChaosError } from '../errors.ts';

export interface Target {
  readonly name: string;
  /** On loopback. */
  readonly port: number;
}

export interface Result {
  readonly name: string;
  /** Of each round trip of one byte, in ms. */
  readonly roundTripsMs: readonly number[];
  /** Of each round: MB/s (1 MB = 10^6 bytes) of one stream, from and to the far end. */
  readonly downloads: readonly number[];
  readonly uploads: readonly number[];
  /** Of each round: connections a second, one after the other, each with one byte there and back. */
  readonly connections: readonly number[];
}

/** What the process is told. */
export interface Order {
  readonly targets: readonly Target[];
  readonly rounds: number;
  /** No round begins later than this, on a machine that has much else to do. */
  readonly budgetMs: number;
}

interface Load extends AsyncDisposable {
  /** Where the far end listens that every target leads to. */
  readonly port: number;
  measure(order: Order): Promise<readonly Result[]>;
}

export async function startLoad(): Promise<Load> {
  const child = fork(new URL('./toxiproxy-load-process.ts', import.meta.url).pathname);
  const port = await answer<number>(child);
  return {
    port,
    async measure(order) {
      child.send(order);
      return await answer<readonly Result[]>(child);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new ChaosError('CHAOS_BENCH', `the load generator ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message as T;
}
