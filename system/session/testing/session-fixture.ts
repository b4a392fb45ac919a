/** A session layer for tests, in this process or as a child of its own, on a free port, with a home that is removed afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import type { Limits } from '../limits.ts';
import { type SessionLayer, startSessionLayer } from '../session-layer.ts';
import { testToken, until } from './test-client.ts';

export interface StartOptions {
  readonly home?: string;
  readonly gatewayUrl?: string;
  readonly heartbeatMs?: number;
  readonly allowedOrigins?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly log?: Logger;
}

export interface StartedLayer extends AsyncDisposable, SessionLayer {
  readonly home: string;
  readonly registry: Registry;
}

/** A port that nobody listens on. */
const nowhere = 'http://127.0.0.1:1';

export async function startLayer(options: StartOptions = {}): Promise<StartedLayer> {
  const home = options.home ?? (await makeHome());
  const registry = new Registry();
  const config = {
    home,
    host: '127.0.0.1',
    port: 0,
    token: testToken,
    logLevel: 'silent' as const,
    heartbeatMs: options.heartbeatMs ?? 1000,
    gatewayUrl: options.gatewayUrl ?? nowhere,
    allowedOrigins: [...(options.allowedOrigins ?? [])],
  };
  const log = options.log ?? pino({ level: 'silent' });
  const layer = await startSessionLayer({
    config,
    version: '0.0.0',
    log,
    registry,
    ...(options.limits && { limits: options.limits }),
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= layer.close());
  const dispose = async () => {
    await close();
    if (options.home === undefined) await rm(home, { recursive: true });
  };
  return { port: layer.port, close, home, registry, [Symbol.asyncDispose]: dispose };
}

export const makeHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'openclaw-session-'));

export interface ChildLayer {
  readonly process: ChildProcess;
  /** From spawn to the first 200 of /ready. */
  readonly readyAfterMs: number;
}

/** `main.ts` in a process of its own; resolves when it is ready. */
export async function spawnLayer(
  home: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildLayer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      OPENCLAW_HOME: home,
      OPENCLAW_PORT: String(port),
      OPENCLAW_TOKEN: testToken,
      OPENCLAW_GATEWAY_URL: nowhere,
      ...env,
    },
  });
  await until(async () => {
    const ready = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    return ready?.status === 200;
  }, 'the child to be ready');
  return { process: child, readyAfterMs: performance.now() - startedAt };
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code;
}
