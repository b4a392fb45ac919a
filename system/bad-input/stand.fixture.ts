/** The three layers as processes of their own, on one home, for everything that should not be sent to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../layer/free-port.fixture.ts';

export const layers = ['session', 'gateway', 'runtime'] as const;
export type Layer = (typeof layers)[number];

export const token = 'a-test-token';
const readyWithinMs = 20_000;
/** The layers are started thirty times: each compiles what the first has not. */
const compileCache = join(tmpdir(), `openclaw-bad-input-compiled-${process.getuid?.() ?? 0}`);

function mainOf(layer: Layer): string {
  return join(import.meta.dirname, '..', layer, 'main.ts');
}

/** `tmp` beside the home: what a layer leaves there goes too. */
export class Home implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'openclaw-bad-input-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Nothing of this process's own `OPENCLAW_` variables. */
export function start(
  layer: Layer,
  env: Readonly<Record<string, string>>,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [mainOf(layer)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, OPENCLAW_LOG_LEVEL: 'silent', ...env },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  return { child, ended };
}

export class RunningLayer implements AsyncDisposable {
  readonly port: number;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  private constructor(port: number, child: ChildProcess, ended: Promise<Ended>) {
    this.port = port;
    this.child = child;
    this.ended = ended;
  }

  /** Resolves when it is ready; throws with what it wrote if it is not. */
  static async start(layer: Layer, home: string, env: Readonly<Record<string, string>> = {}): Promise<RunningLayer> {
    const port = await freePort();
    const own = { HOME: home, OPENCLAW_HOME: home, OPENCLAW_PORT: String(port), OPENCLAW_INSTALL_SAMPLES: 'false' };
    const { child, ended } = start(layer, { ...own, OPENCLAW_TOKEN: token, ...env });
    const running = new RunningLayer(port, child, ended);
    const deadline = performance.now() + readyWithinMs;
    while (!(await running.#isReady())) {
      const over = child.exitCode !== null || performance.now() > deadline;
      if (over) {
        child.kill('SIGKILL');
        throw new Error(`${layer} did not become ready: ${(await ended).stderr}`);
      }
      await delay(50);
    }
    return running;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/ready`).catch(() => undefined);
    return answer?.status === 200;
  }
}
