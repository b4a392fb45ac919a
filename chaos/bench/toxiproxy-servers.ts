/** The servers under measurement, each a process of its own. */
import { ChaosError } from '../errors.ts';
import { startReference } from '../toxiproxy/conformance/reference.ts';
import { ServerProcess } from '../toxiproxy/server/testing/server-process.ts';

export interface ProxyServer extends AsyncDisposable {
  readonly name: string;
  /** Of its API. */
  readonly url: string;
}

export async function embeddedServer(): Promise<ProxyServer> {
  const server = new ServerProcess();
  return { name: 'ours', url: await server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export async function realServer(program: string): Promise<ProxyServer> {
  const { url, stop } = await startReference(program);
  return { name: 'real', url, [Symbol.asyncDispose]: stop };
}

/** A proxy on that server; resolves with its port. */
export async function proxyOn(
  { url }: ProxyServer,
  { name, upstreamPort, toxics }: { name: string; upstreamPort: number; toxics: readonly unknown[] },
): Promise<number> {
  const upstream = `127.0.0.1:${upstreamPort}`;
  const { listen } = await post(`${url}/proxies`, { name, listen: '127.0.0.1:0', upstream });
  for (const toxic of toxics) await post(`${url}/proxies/${name}/toxics`, toxic);
  return Number(String(listen).split(':').at(-1));
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new ChaosError('CHAOS_BENCH', `${url}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
