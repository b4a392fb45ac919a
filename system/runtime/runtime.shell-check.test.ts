/** The check that operators have in their shell, unmodified, against the system on its standard port (3019). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../layer/free-port.fixture.ts';

const script = `#!/bin/sh
api=$(curl -s http://localhost:3019/health || echo FAIL)
count=$(find ~/.openclaw/skills/status -name "*.txt" -mmin -60 | wc -l)
if [ "$api" = FAIL ] && [ "$count" -gt 0 ]; then
  echo "degraded: gateway down, skills running"
else
  echo operational
fi
`;
const patience = { timeout: 30_000 };

describe("the operator's shell check", { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'openclaw-operator-'));
  const check = join(home, 'check.sh');
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    await requirePort(3019);
    for (const program of ['curl', 'find', 'wc']) requireProgram(program);
    writeFileSync(check, script, { mode: 0o755 });
  });
  afterAll(async () => {
    for (const child of processes) await end(child, 'SIGTERM');
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  // As a user starts it: the home is ~/.openclaw, the gateway's port is the standard one.
  const start = (layer: 'gateway' | 'runtime', env: Readonly<Record<string, string>> = {}): ChildProcess => {
    const main = join(import.meta.dirname, '..', layer, 'main.ts');
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH, HOME: home, OPENCLAW_TOKEN: 'test-token', ...env },
    });
    processes.push(child);
    return child;
  };
  const says = () => {
    const { stdout } = spawnSync(check, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home } });
    return stdout.trim();
  };
  const gatewayUp = () =>
    fetch('http://127.0.0.1:3019/ready').then(
      ({ ok }) => ok,
      () => false,
    );

  it('says operational, degraded while the gateway is down and skills run, and operational again', async () => {
    // Nothing has run yet, so there is nothing that goes on without the gateway.
    expect(says()).toBe('operational');
    const gateway = start('gateway');
    start('runtime', {
      OPENCLAW_PORT: String(await freePort()),
      OPENCLAW_SCHEDULES: '{"daily-memory":"every: 500ms"}',
    });
    await expect.poll(gatewayUp, patience).toBe(true);
    const status = join(home, '.openclaw', 'skills', 'status', 'daily-memory.txt');
    await expect.poll(() => existsSync(status), patience).toBe(true);
    expect(says()).toBe('operational');

    await end(gateway, 'SIGKILL');
    expect(says()).toBe('degraded: gateway down, skills running');

    start('gateway');
    await expect.poll(gatewayUp, patience).toBe(true);
    expect(says()).toBe('operational');
  });
});

function requireProgram(program: string): void {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  if (error)
    throw new Error(`this test runs the check that operators use, which needs "${program}" on PATH: install it`);
}

async function requirePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    const taken = (cause: Error) =>
      reject(
        new Error(`port ${port} is in use: this test needs the gateway's standard port, stop what listens there`, {
          cause,
        }),
      );
    server.once('error', taken);
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
