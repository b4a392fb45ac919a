import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../layer/free-port.fixture.ts';
import type { Command, GatewayEvent } from '../layer/wire.ts';
import { makeHome, readEvents, report, skill, spawnGateway, TestClient, token } from './testing/test-gateway.ts';

const children: ChildProcess[] = [];
const home = makeHome();
afterEach(async () => {
  for (const child of children.splice(0)) {
    const running = child.exitCode === null && child.signalCode === null;
    if (running && child.kill('SIGKILL')) await once(child, 'exit');
  }
});
afterAll(() => home[Symbol.dispose]());

function spawn(env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawnGateway(env);
  children.push(child);
  return child;
}

async function exitOf(child: ChildProcess): Promise<{ code: number; errors: string }> {
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += chunk));
  const [code] = await once(child, 'close');
  return { code, errors };
}

async function untilReady(port: number): Promise<number> {
  const started = performance.now();
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/ready`).then(
      (response) => response.status,
      () => 0,
    );
  await expect.poll(ready, { timeout: 15_000, interval: 10 }).toBe(200);
  return performance.now() - started;
}

interface Acknowledged {
  /** Run by idempotency key. */
  readonly runs: Map<string, string>;
  /** The events that reports must have made. */
  readonly reports: Set<string>;
}

/** Three clients ask for runs and one reports, each until its first broken exchange. */
async function workUntilBroken(client: TestClient, life: number, told: Acknowledged): Promise<void> {
  const ask = async (worker: number) => {
    for (let index = 0; ; index += 1) {
      const key = `${life}-${worker}-${index}`;
      told.runs.set(key, (await client.ask(key)).id);
    }
  };
  const tell = async () => {
    for (let index = 0; ; index += 1) {
      const id = `s@${life}-${index}`;
      for (const state of ['started', 'finished'] as const) {
        const { body } = await client.call('POST', '/v1/reports', report(id, { state }));
        if (body.accepted) told.reports.add(`${id} run.${state}`);
      }
    }
  };
  await Promise.allSettled([ask(0), ask(1), ask(2), tell()]);
}

async function allEvents(client: TestClient, port: number): Promise<GatewayEvent[]> {
  const { newestEvent } = (await client.call('GET', '/health')).body;
  const events: GatewayEvent[] = [];
  for await (const event of readEvents(`http://127.0.0.1:${port}`, 0)) {
    events.push(event);
    if (event.id === newestEvent) break;
  }
  return events;
}

/** Pulls and acknowledges until nothing is left. */
async function takeCommands(client: TestClient): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const commands: Command[] = (await client.call('GET', '/v1/commands')).body.commands;
    if (commands.length === 0) return taken;
    for (const { id } of commands) {
      await client.call('POST', `/v1/commands/${id}/ack`);
      taken.push(id);
    }
  }
}

describe('the gateway process', () => {
  it('names a port in use and the variable to set, and exits with 78', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, errors } = await exitOf(
      spawn({ OPENCLAW_HOME: home.path, OPENCLAW_TOKEN: token, OPENCLAW_PORT: String(port) }),
    );
    taken.close();
    expect(code).toBe(78);
    expect(errors.trim()).toBe(
      `openclaw gateway: port ${port} on 127.0.0.1 is in use: stop the process that listens there, or set OPENCLAW_PORT to a free port`,
    );
  });

  it('lists everything that is wrong with its environment, and exits with 78', async () => {
    const { code, errors } = await exitOf(
      spawn({
        OPENCLAW_HOME: 'x',
        OPENCLAW_PORT: '3019a',
        OPENCLAW_HEARTBEAT_MS: '0',
        OPENCLAW_LOG_LEVEL: 'loud',
        OPENCLAW_TOKEN: 'a b',
      }),
    );
    expect(code).toBe(78);
    for (const variable of ['HOME', 'PORT', 'HEARTBEAT_MS', 'LOG_LEVEL', 'TOKEN'])
      expect(errors).toContain(`OPENCLAW_${variable} (`);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });

  it('stops on SIGTERM with 0, while a stream and a long poll are open', async () => {
    const port = await freePort();
    const child = spawn({ OPENCLAW_HOME: home.path, OPENCLAW_TOKEN: token, OPENCLAW_PORT: String(port) });
    await untilReady(port);
    const client = new TestClient(`http://127.0.0.1:${port}`);
    const stream = client.events(0, Number.POSITIVE_INFINITY);
    const pull = client.call('GET', '/v1/commands?waitMs=30000');
    const links = async () => (await client.call('GET', '/health')).body.links;
    await expect.poll(links).toMatchObject({ session: { eventStreams: 1 }, runtime: { openPulls: 1 } });
    const exit = exitOf(child);
    child.kill('SIGTERM');
    expect((await exit).code).toBe(0);
    expect(await stream).toEqual([]);
    expect((await pull).body).toEqual({ commands: [] });
  });

  it('keeps all that it acknowledged through SIGKILLs in the middle of requests and reports', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    const env = { OPENCLAW_HOME: home.path, OPENCLAW_TOKEN: token, OPENCLAW_PORT: String(port) };
    const client = new TestClient(`http://127.0.0.1:${port}`);
    const told: Acknowledged = { runs: new Map(), reports: new Set() };
    for (let life = 0; life < 4; life += 1) {
      const child = spawn(env);
      await untilReady(port);
      await client.call('PUT', '/v1/skills', { skills: [skill] });
      const dead = once(child, 'exit');
      const work = workUntilBroken(client, life, told);
      const enough = told.runs.size + told.reports.size + 40;
      await expect
        .poll(() => told.runs.size + told.reports.size, { timeout: 15_000, interval: 5 })
        .toBeGreaterThan(enough);
      child.kill('SIGKILL');
      await Promise.all([work, dead]);
    }

    spawn(env);
    await untilReady(port);
    const events = await allEvents(client, port);
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => (events[0]?.id ?? 0) + index));
    const happened = events.map((event) => `${event.run.id} ${event.type}`);
    expect(new Set(happened).size).toBe(happened.length);
    const ids = [...told.runs.values()];
    expect(happened).toEqual(expect.arrayContaining([...ids.map((id) => `${id} run.accepted`), ...told.reports]));
    expect(await takeCommands(client)).toEqual(expect.arrayContaining(ids));
    for (const [key, id] of told.runs) expect((await client.ask(key)).id).toBe(id);
  });

  it('is ready soon after it is started', async () => {
    const port = await freePort();
    const env = { OPENCLAW_HOME: home.path, OPENCLAW_TOKEN: token, OPENCLAW_PORT: String(port) };
    const tookMs: number[] = [];
    for (let life = 0; life < 3; life += 1) {
      const child = spawn(env);
      tookMs.push(await untilReady(port));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // The best of three, against a bound that a machine busy with other tests still keeps.
    expect(Math.min(...tookMs)).toBeLessThan(10_000);
  });
});
