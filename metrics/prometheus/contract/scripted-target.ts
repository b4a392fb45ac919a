/** An HTTP server that plays the scripts to one Prometheus: each path is a target of its own. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ScriptName, scripts } from './scripts.ts';

export interface ScriptedTarget extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  alarm: number;
  /** Headers of the last request for a path, with its query: `plain`, `plain?a=b`. */
  askedWith(path: string): IncomingHttpHeaders | undefined;
}

export async function startScriptedTarget(scene: { baseMs: number; history: string }): Promise<ScriptedTarget> {
  const turns = new Map<string, number>();
  const headers = new Map<string, IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1).replace(/\?.*/, '');
    if (!isScript(name)) {
      response.writeHead(404).end();
      return;
    }
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    headers.set((request.url ?? '').slice(1), request.headers);
    scripts[name](response, { ...scene, turn, alarm: target.alarm });
  });
  const target: ScriptedTarget = {
    address: '',
    alarm: 0,
    askedWith: (path) => headers.get(path),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(target, { address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function isScript(name: string): name is ScriptName {
  return Object.hasOwn(scripts, name);
}
