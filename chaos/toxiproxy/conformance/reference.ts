/** The original server, as a child process of the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerUnderTest } from './rig.ts';

const deadlineMs = 15_000;

export async function startReference(
  program: string,
  options: { readonly proxyMetrics: boolean },
): Promise<ServerUnderTest> {
  const port = await freePort();
  const flags = ['-host', '127.0.0.1', '-port', String(port), ...(options.proxyMetrics ? ['-proxy-metrics'] : [])];
  const child = spawn(program, flags, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  try {
    await Promise.race([
      ready(url),
      exited.then(([code]) => {
        throw new Error(`${program} ended with ${code} before it answered`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function ready(url: string): Promise<void> {
  const signal = AbortSignal.timeout(deadlineMs);
  for (;;) {
    const answered = await fetch(`${url}/version`, { signal }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(20, undefined, { signal });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
