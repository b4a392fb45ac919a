/** Three HTTP servers in the place of the layers: each path answers what the test says, and remembers how it was asked. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type LayerName, layerNames, type Operated } from './addresses.ts';

/** `silent`: never answers. */
export type FakeAnswer = { readonly status?: number; readonly body: unknown } | 'silent';

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export class FakeLayers implements AsyncDisposable {
  /** `gateway /v1/status` → answer; without one it is 404. Change it as you like. */
  readonly answers = new Map<string, FakeAnswer | ((heard: Heard) => FakeAnswer)>();
  readonly heard: Heard[] = [];
  readonly #servers = new Map<LayerName, Server>();
  readonly #ports = new Map<LayerName, number>();

  static async start(): Promise<FakeLayers> {
    const layers = new FakeLayers();
    for (const name of layerNames) {
      await layers.#listen(name);
      layers.say(name, '/health', { status: 'ok', layer: name, version: '1', uptimeSeconds: 5, links: {} });
      layers.say(name, '/ready', { ready: true, layer: name });
    }
    layers.say('gateway', '/v1/status', { layers: { session: { state: 'ok' }, runtime: { state: 'ok' } } });
    layers.say('runtime', '/v1/skills', { skills: [] });
    return layers;
  }

  say(name: LayerName, path: string, body: unknown, status = 200): void {
    this.answers.set(`${name} ${path}`, { body, status });
  }

  operated(home = '/nowhere'): Operated {
    const at = (name: LayerName) => `http://127.0.0.1:${this.#ports.get(name)}`;
    return {
      home,
      token: 'test-token',
      startedAt: null,
      urls: { session: at('session'), gateway: at('gateway'), runtime: at('runtime') },
    };
  }

  async stop(name: LayerName): Promise<void> {
    const server = this.#servers.get(name);
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    this.#servers.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(layerNames.map((name) => this.stop(name)));
  }

  async #listen(name: LayerName): Promise<void> {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      const heard = { method: request.method ?? '', path, headers: request.headers };
      this.heard.push(heard);
      const answer = this.answers.get(`${name} ${path.split('?')[0]}`) ?? { status: 404, body: { detail: 'no route' } };
      const given = typeof answer === 'function' ? answer(heard) : answer;
      if (given === 'silent') return;
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(given.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    this.#ports.set(name, typeof address === 'object' && address !== null ? address.port : 0);
    this.#servers.set(name, server);
  }
}
