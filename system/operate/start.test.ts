/** The operator's commands as a person uses them, on a home and ports of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../layer/free-port.fixture.ts';
import { supervisedBy } from '../supervisor/marked-processes.ts';
import { layerNames, operated } from './addresses.ts';
import { checkHealth } from './health-check.ts';
import { healthReport } from './health-report.ts';
import { pidFileOf } from './start-config.ts';

const patience = { timeout: 30_000, interval: 100 };

interface Said {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('npm start, npm run health, npm run skill', { timeout: 90_000 }, () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  const begun: ChildProcess[] = [];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'openclaw-start-'));
    const [session, gateway, runtime] = await freePorts(3);
    env = {
      PATH: process.env.PATH,
      HOME: home,
      OPENCLAW_HOME: home,
      // What is compiled once is there for all the processes to come: half the time of this test is Node's.
      NODE_COMPILE_CACHE: join(home, 'run', 'compile-cache'),
      OPENCLAW_SESSION_PORT: String(session),
      OPENCLAW_GATEWAY_PORT: String(gateway),
      OPENCLAW_RUNTIME_PORT: String(runtime),
    };
  });
  afterEach(async () => {
    for (const child of begun.splice(0)) child.kill('SIGKILL');
    for (const pid of leftOver()) process.kill(pid, 'SIGKILL');
    await expect.poll(leftOver, patience).toEqual([]);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

  const begin = (program: string, ...args: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    begun.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const ended = once(child, 'close').then(([exitCode]): Said => ({ exitCode, stdout, stderr }));
    return { child, said: () => stdout, ended };
  };
  const run = (program: string, ...args: string[]): Promise<Said> => begin(program, ...args).ended;
  /** What `npm run health` says, without a process of its own each time. */
  const status = async () => (await checkHealth(operated(env))).status;
  const start = async () => {
    const system = begin('start.ts');
    await expect.poll(() => system.said(), patience).toContain('Ctrl-C stops everything');
    return system;
  };
  const leftOver = () => layerNames.flatMap((name) => supervisedBy(pidFileOf(home, name)));
  const pidOf = (name: 'gateway') => {
    const file = pidFileOf(home, name);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };

  it('run the system, tell how it is, run a skill, and end it', async () => {
    const system = await start();
    expect(system.said()).not.toContain('not ready');
    expect(system.said()).toContain(`ws://127.0.0.1:${env.OPENCLAW_SESSION_PORT}/ws `);
    await expect.poll(status, patience).toBe('operational');

    // A supervisor that is stopped cannot start its layer again.
    const supervisor = supervisedBy(pidFileOf(home, 'gateway')).find((pid) => pid !== pidOf('gateway')) ?? 0;
    process.kill(supervisor, 'SIGSTOP');
    process.kill(pidOf('gateway'), 'SIGKILL');
    const degraded = await run('health.ts', '--json');
    expect(degraded.exitCode).toBe(1);
    const { sentence, layers } = healthReport.parse(JSON.parse(degraded.stdout));
    expect(sentence).toMatch(/^Gateway down, .*: degraded$/);
    expect(layers.map(({ state }) => state)).toEqual([expect.anything(), 'down', expect.anything()]);
    process.kill(supervisor, 'SIGCONT');
    await expect.poll(status, patience).toBe('operational');

    const ran = await run('skill.ts', 'run', 'health-report');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toContain('succeeded');
    const [health, misspelt, again] = await Promise.all([
      run('health.ts'),
      run('skill.ts', 'run', 'health-reprot'),
      run('start.ts'),
    ]);
    expect(health).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/health-report +ok +succeeded/) });
    expect(misspelt).toMatchObject({
      exitCode: 3,
      stderr: 'openclaw: there is no skill "health-reprot": did you mean "health-report"?\n',
    });
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain(`runs already: pid ${system.child.pid}`);

    system.child.kill('SIGINT');
    const ended = await system.ended;
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain('Stopped.');
    expect(leftOver()).toEqual([]);
    expect(await status()).toBe('down');
  });

  it('leave nothing behind when start is killed, and take over a layer whose supervisor is', async () => {
    const system = await start();
    const before = pidOf('gateway');
    const supervisor = supervisedBy(pidFileOf(home, 'gateway')).find((pid) => pid !== before) ?? 0;
    process.kill(supervisor, 'SIGKILL');
    await expect.poll(() => pidOf('gateway') !== before && pidOf('gateway') > 0, patience).toBe(true);
    expect(leftOver()).not.toContain(before);

    system.child.kill('SIGKILL');
    await system.ended;
    await expect.poll(leftOver, patience).toEqual([]);
  });

  it('say whose port it is that they cannot have', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(env.OPENCLAW_GATEWAY_PORT), '127.0.0.1', () => resolve()));
    try {
      const { exitCode, stderr } = await run('start.ts');
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`port ${env.OPENCLAW_GATEWAY_PORT} (gateway) is in use by pid ${process.pid}`);
      expect(stderr).toContain('set OPENCLAW_GATEWAY_PORT to a free port');
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });
});
