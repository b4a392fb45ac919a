/** The original server, as a child process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import { quietPort } from './quiet-port.ts';
import type { ServerUnderTest } from './rig.ts';

const deadlineMs = 15_000;
const attempts = 3;

/** Rejects with a ChaosError that names the program if it does not start. */
export async function startReference(
  program: string,
  { proxyMetrics = false }: { readonly proxyMetrics?: boolean } = {},
): Promise<ServerUnderTest> {
  for (let attempt = 1; ; attempt++) {
    const port = await quietPort();
    const flags = ['-host', '127.0.0.1', '-port', String(port), ...(proxyMetrics ? ['-proxy-metrics'] : [])];
    const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit').catch(() => {});
    const url = `http://127.0.0.1:${port}`;
    const stop = async () => {
      child.kill('SIGKILL');
      await exited;
    };
    const failure = await ready(url, child);
    if (failure === undefined) return { url, stop };
    await stop();
    if (attempt === attempts || !failure.includes('address already in use')) {
      throw new ChaosError('CHAOS_TOXIPROXY_REFERENCE', `${program} did not start: ${failure}`);
    }
  }
}

/** Resolves when it answers, or with why it won't: without its port it logs an error and lives on, and another server may answer there. */
async function ready(url: string, child: ChildProcessByStdio<null, Readable, null>): Promise<string | undefined> {
  let listens = false;
  let failure: string | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"Starting Toxiproxy HTTP server"')) listens = true;
    if (line.startsWith('{"level":"error"')) failure ??= line;
  });
  child.once('error', ({ message }) => {
    failure ??= message;
  });
  child.once('exit', (code) => {
    failure ??= `it ended with ${code}`;
  });
  for (const deadline = performance.now() + deadlineMs; performance.now() < deadline; await sleep(20)) {
    const answers = listens && (await answersAt(url));
    if (failure !== undefined || answers) return failure;
  }
  return `no answer within ${deadlineMs} ms`;
}

async function answersAt(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/version`)).ok;
  } catch {
    return false;
  }
}
