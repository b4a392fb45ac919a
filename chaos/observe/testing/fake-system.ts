/** Three layers in miniature on loopback, speaking the protocols of a manifest, with links that a test can cut. For tests. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, NodeSpec } from '../../manifest.ts';
import type { Platform } from '../../platform/platform.ts';
import { Cut } from './cut.ts';
import { FakeSession } from './fake-session.ts';

export const token = 'a-token-of-tests';

const node = (title: string, port: number, speaks: NodeSpec['speaks']): NodeSpec => ({
  title,
  command: [],
  port,
  healthPath: '/health',
  readyPath: '/ready',
  metricsPath: '/metrics',
  env: {},
  pidFile: 'state/pid',
  speaks,
});

export const fakeManifest: Manifest = {
  name: 'fake',
  title: 'Three layers in miniature',
  sources: [],
  nodes: {
    session: node('session', 3018, ['http', 'openclaw-session/1']),
    gateway: node('gateway', 3019, ['http', 'openclaw-gateway/1']),
    runtime: node('runtime', 3020, ['http', 'openclaw-ledger/1']),
  },
  links: {
    'client-session': { from: 'client', to: 'session' },
    'client-gateway': { from: 'client', to: 'gateway' },
    'runtime-gateway': { from: 'runtime', to: 'gateway' },
  },
  skills: { local: { requires: [] }, poster: { requires: ['gateway'] } },
  effects: { node: 'runtime', file: 'effects/{skill}.ndjson' },
  operator: { home: 'runtime', ports: { 3018: 'session', 3019: 'gateway', 3020: 'runtime' } },
};

interface Row {
  sequence: number;
  id: string;
  skill: string;
  trigger: string;
  dueAt: number | null;
  attempt: number;
  state: string;
  outcome: string | null;
  startedAt: number;
  finishedAt: number | null;
}

export interface RuntimeMisbehaviour {
  /** Slots are not run at all, and not written down. */
  skips?: boolean;
  /** The ledger says succeeded, and nothing was done. */
  lies?: boolean;
  /** Every slot is done twice. */
  doubles?: boolean;
  /** Added to its own counter of successes. */
  counterOffset?: number;
}

export class FakeSystem implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), 'chaos-fake-'));
  readonly runtime: RuntimeMisbehaviour = {};
  readonly rows: Row[] = [];
  readonly cuts: Record<string, Cut> = {};
  readonly runsByKey = new Map<string, string>();
  /** Answers nothing but health. */
  isMute = false;
  shellSays = async (): Promise<string> => '{"status":"ok"}\n3\n';
  readonly #servers = new Map<string, Server>();
  readonly #timers: NodeJS.Timeout[] = [];
  session!: FakeSession;

  static async start(skills: readonly string[] = ['local']): Promise<FakeSystem> {
    const system = new FakeSystem();
    mkdirSync(join(system.home, 'effects'));
    const sessionServer = await system.#serve('session');
    system.session = new FakeSession(sessionServer, () => system.isMute);
    await system.#serve('gateway');
    await system.#serve('runtime');
    for (const [link, { to }] of Object.entries(fakeManifest.links)) {
      system.cuts[link] = await Cut.to(() => system.port(to));
    }
    for (const name of Object.keys(fakeManifest.nodes)) {
      system.cuts[`observer-${name}`] = await Cut.to(() => system.port(name));
    }
    for (const skill of skills) system.#schedule(skill, 1000);
    return system;
  }

  port(name: string): number {
    const server = this.#servers.get(name);
    if (server === undefined) throw new RangeError(`no node ${name}`);
    return (server.address() as AddressInfo).port;
  }

  cut(name: string): Cut {
    const cut = this.cuts[name];
    if (cut === undefined) throw new RangeError(`no link ${name}`);
    return cut;
  }

  get platform(): Platform {
    const parts: Pick<Platform, 'linkAddress' | 'observerAddress' | 'home' | 'shell'> = {
      linkAddress: (link) => this.cut(link).address,
      observerAddress: (name) => this.cut(`observer-${name}`).address,
      home: () => this.home,
      shell: async () => ({ stdout: await this.shellSays(), exitCode: 0 }),
    };
    return parts as Platform;
  }

  async #serve(name: string): Promise<Server> {
    const server = createServer((request, response) => void this.#handle(name, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.set(name, server);
    return server;
  }

  async #handle(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const json = (status: number, body: unknown) => {
      const text = JSON.stringify(body);
      response
        .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text);
    };
    for await (const _ of request);
    if (url.pathname === '/health') return json(200, { status: 'ok', layer: name });
    if (this.isMute) return json(503, { title: 'mute' });
    if (url.pathname === '/metrics') return void response.end(this.#metrics());
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { title: 'unauthorized' });
    if (url.pathname === '/v1/skills') return json(200, { skills: [{ name: 'local' }] });
    if (url.pathname === '/v1/ledger') return json(200, this.#ledger(url.searchParams));
    const skill = /^\/v1\/skills\/([\w-]+)\/runs$/.exec(url.pathname)?.[1];
    if (skill === undefined) return json(404, { title: 'not found' });
    return json(202, { run: { id: this.#accept(String(request.headers['idempotency-key']), skill), skill } });
  }

  #accept(key: string, skill: string): string {
    const known = this.runsByKey.get(key);
    if (known !== undefined) return known;
    const run = `asked-${this.runsByKey.size + 1}`;
    this.runsByKey.set(key, run);
    this.#timers.push(setTimeout(() => this.execute(skill, run, null), 30));
    return run;
  }

  #ledger(query: URLSearchParams): { runs: Row[]; next: number } {
    const since = Number(query.get('since'));
    const state = query.get('state');
    const runs = this.rows
      .filter((row) => row.sequence > since && (state === null || row.state === state))
      .slice(0, Number(query.get('limit')));
    return { runs, next: runs.at(-1)?.sequence ?? since };
  }

  #metrics(): string {
    const counts = new Map<string, number>();
    for (const { skill, outcome } of this.rows) {
      if (outcome === 'succeeded') counts.set(skill, (counts.get(skill) ?? 0) + 1);
    }
    const lines = [...counts].map(
      ([skill, count]) =>
        `openclaw_skill_runs_total{skill="${skill}",outcome="succeeded"} ${count + (this.runtime.counterOffset ?? 0)}`,
    );
    return `${lines.join('\n')}\n`;
  }

  #schedule(skill: string, everyMs: number): void {
    const next = Math.ceil(Date.now() / everyMs) * everyMs;
    const fire = (dueMs: number) => {
      if (!this.runtime.skips) this.execute(skill, `${skill}@${dueMs}`, dueMs);
      this.#timers.push(setTimeout(() => fire(dueMs + everyMs), Math.max(1, dueMs + everyMs - Date.now() + 2)));
    };
    this.#timers.push(setTimeout(() => fire(next), next - Date.now() + 2));
  }

  /** One run, at once: its effect, its row, its event. */
  execute(skill: string, run: string, dueAt: number | null): void {
    const at = Date.now();
    const effect = { run, slot: dueAt, attempt: 1, startedAt: at, finishedAt: at };
    const file = join(this.home, 'effects', `${skill}.ndjson`);
    const times = this.runtime.lies ? 0 : this.runtime.doubles ? 2 : 1;
    for (let n = 0; n < times; n++) appendFileSync(file, `${JSON.stringify(effect)}\n`);
    const trigger = dueAt === null ? 'request' : 'schedule';
    const finished = { state: 'finished', outcome: 'succeeded', startedAt: at, finishedAt: at };
    this.rows.push({ sequence: this.rows.length + 1, id: run, skill, trigger, dueAt, attempt: 1, ...finished });
    this.session.publish(`event-${this.rows.length}`, {
      type: 'run.finished',
      run: { id: run, skill, trigger, dueAt, attempt: 1, outcome: 'succeeded' },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const cut of Object.values(this.cuts)) await cut[Symbol.asyncDispose]();
    this.session.close();
    for (const server of this.#servers.values()) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    for (const timer of this.#timers) clearTimeout(timer);
    rmSync(this.home, { recursive: true, force: true });
  }
}
