/** The servers under measurement, each a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../errors.ts';

const readyMs = 20_000;

export interface ProxyServer extends AsyncDisposable {
  readonly name: string;
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
}

export function embeddedServer(): Promise<ProxyServer> {
  const main = new URL('../toxiproxy/server/main.ts', import.meta.url).pathname;
  return start('ours', process.execPath, [main]);
}

export function realServer(program: string): Promise<ProxyServer> {
  return start('real', program, []);
}

async function start(name: string, command: string, args: readonly string[]): Promise<ProxyServer> {
  const port = await freePort();
  const child = spawn(command, [...args, '-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  let ended: string | undefined;
  const exited = once(child, 'exit').then(
    ([code]) => {
      ended = `it ended with ${code}`;
    },
    (error: Error) => {
      ended = error.message;
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const server: ProxyServer = {
    name,
    post: (path, body) => post(`${url}${path}`, body),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
  for (const deadline = performance.now() + readyMs; ended === undefined; await sleep(20)) {
    if (await answers(`${url}/version`)) return server;
    if (performance.now() > deadline) ended = `no answer within ${readyMs} ms`;
  }
  await server[Symbol.asyncDispose]();
  throw new ChaosError('CHAOS_BENCH', `${command} did not start: ${ended}`);
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new ChaosError('CHAOS_BENCH', `${url}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
