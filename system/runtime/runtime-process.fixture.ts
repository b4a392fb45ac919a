/** A real runtime process on a home of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../layer/free-port.fixture.ts';
import { kill, processesMarked } from './attempt/process-marks.ts';
import { spareFolder } from './dispatch/run-folders.ts';
import type { LedgerRow } from './ledger/ledger-row.ts';

const token = 'test-token';
const main = join(import.meta.dirname, 'main.ts');

export interface Health {
  readonly status: string;
  readonly degraded: readonly string[];
  readonly skills: readonly { readonly name: string; readonly problem?: string; readonly deferred?: number }[];
  readonly links: { readonly gateway: { readonly reachable: boolean } };
  readonly outboxPending: number;
}

/** A folder that is gone after the test, with every process that works on it. */
export class Home implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'openclaw-runtime-'));

  [Symbol.dispose](): void {
    processesMarked([`OPENCLAW_HOME=${this.path}`]).forEach(kill);
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    const spare = spareFolder(this.path);
    if (spare !== undefined) rmSync(spare, { recursive: true, force: true });
  }

  /** `command` is run by the shell. */
  skill(name: string, command: string, more: Readonly<Record<string, unknown>> = {}): void {
    const metadata = { openclaw: { schedule: 'every: 1s', command, timeout: '20s', ...more } };
    this.file(
      `skills/${name}/SKILL.md`,
      `---\n${JSON.stringify({ name, description: 'A test skill.', metadata })}\n---\n`,
    );
  }

  file(path: string, text: string): void {
    mkdirSync(join(this.path, path, '..'), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  /** Lines of a file; none if there is no such file. */
  lines(path: string): string[] {
    try {
      return readFileSync(join(this.path, path), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }
}

export class RuntimeProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #url: string;
  readonly #ended: Promise<unknown>;

  constructor(home: Home, port: number, env: Readonly<Record<string, string>>) {
    this.#url = `http://127.0.0.1:${port}`;
    // Not a pipe: nobody may be reading.
    const log = openSync(join(home.path, 'runtime.log'), 'a');
    this.child = spawn(process.execPath, [main], {
      stdio: ['ignore', log, 'inherit'],
      env: {
        ...process.env,
        HOME: home.path,
        OPENCLAW_HOME: home.path,
        OPENCLAW_PORT: String(port),
        OPENCLAW_TOKEN: token,
        OPENCLAW_INSTALL_SAMPLES: 'false',
        // Nobody listens there.
        OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:9',
        ...env,
      },
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  static async start(home: Home, env: Readonly<Record<string, string>> = {}): Promise<RuntimeProcess> {
    const runtime = new RuntimeProcess(home, await freePort(), env);
    await runtime.ready();
    return runtime;
  }

  async ready(): Promise<void> {
    const giveUpAt = performance.now() + 15_000;
    while (performance.now() < giveUpAt) {
      if (await this.#isReady()) return;
      await sleep(25);
    }
    throw new Error('the runtime did not become ready');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<unknown> {
    this.child.kill('SIGTERM');
    return this.#ended;
  }

  async health(): Promise<Health> {
    return (await (await this.#get('/health')).json()) as Health;
  }

  async metrics(): Promise<string> {
    return (await this.#get('/metrics')).text();
  }

  async ledger(state?: string): Promise<LedgerRow[]> {
    // A row that changes between two pages comes again.
    const rows = new Map<string, LedgerRow>();
    for (let since = 0; ; ) {
      const response = await this.#get(`/v1/ledger?since=${since}&limit=1000${state ? `&state=${state}` : ''}`);
      const page = (await response.json()) as { runs: LedgerRow[]; next: number };
      for (const row of page.runs) rows.set(row.id, row);
      if (page.runs.length === 0) return [...rows.values()];
      since = page.next;
    }
  }

  async get(path: string): Promise<unknown> {
    return (await this.#get(path)).json();
  }

  #isReady(): Promise<boolean> {
    return this.#get('/ready').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  }
}
