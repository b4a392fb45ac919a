/** Traces through the runtime as a process: from the command to the skill's environment and the report, and through a real gateway. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../layer/free-port.fixture.ts';
import { type CollectedSpan, Collector } from '../layer/tracing/collector.fixture.ts';
import { FakeGateway } from './fake-gateway.fixture.ts';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';

const patience = { timeout: 25_000 };
const trace = (digit: string) => digit.repeat(32);
const from = (digit: string) => `00-${trace(digit)}-${digit.repeat(16)}-01`;
/** What the runtime is started in is not what skills are a part of. */
const inherited = { TRACEPARENT: from('9'), TRACESTATE: 'a=b', OTEL_RESOURCE_ATTRIBUTES: 'secret=hunter2' };
const dumpsEnv = 'env > "$OPENCLAW_HOME/env-$OPENCLAW_RUN"';
const asked = { schedule: undefined };

const contextOf = ({ traceId, spanId }: CollectedSpan) => `00-${traceId}-${spanId}-01`;

/** The gateway is another layer: nothing of it is imported. */
function startGateway(home: Home, port: number, env: Readonly<Record<string, string>>): AsyncDisposable {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'gateway', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      OPENCLAW_HOME: home.path,
      OPENCLAW_PORT: String(port),
      OPENCLAW_TOKEN: 'test-token',
      ...env,
    },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function envOf(home: Home, run: string): Record<string, string> {
  const entries = home.lines(`env-${run}`).map((line) => line.split(/=(.*)/s, 2) as [string, string]);
  return Object.fromEntries(entries);
}

describe('a runtime that traces nothing', { timeout: 40_000 }, () => {
  it('passes the trace of a command on to the skill and to the reports, and gives none to slots', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('asked', dumpsEnv, asked);
    home.skill('beat', dumpsEnv);
    await using gateway = await new FakeGateway().open();
    gateway.command('r1', 'asked', from('a'));
    gateway.command('r2', 'asked', 'nonsense');
    await using _runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url, ...inherited });
    for (const id of ['r1', 'r2'])
      await expect.poll(() => gateway.record(id), patience).toMatchObject({ outcome: 'succeeded' });
    expect(envOf(home, 'r1').TRACEPARENT).toBe(from('a'));
    expect(envOf(home, 'r2')).not.toHaveProperty('TRACEPARENT');
    const slot = () => gateway.reports.find(({ skill, state }) => skill === 'beat' && state === 'finished');
    await expect.poll(slot, patience).toBeDefined();
    const env = envOf(home, slot()?.id ?? '');
    expect(env.OPENCLAW_SKILL).toBe('beat');
    for (const name of Object.keys(env)) expect(name).not.toMatch(/^(OTEL_|TRACE)/);
    expect(gateway.reports.filter(({ id }) => id === 'r1').map(({ traceparent }) => traceparent)).toEqual([
      from('a'),
      from('a'),
    ]);
    expect(new Set(gateway.traceparents.get('/v1/reports'))).toEqual(new Set([from('a'), undefined]));
    expect(gateway.traceparents.get('/v1/commands/r1/ack')).toEqual([from('a')]);
  });
});

describe('a trace', { timeout: 60_000 }, () => {
  const spansIn = (collector: Collector, digit: string) =>
    collector.spans.filter(({ traceId }) => traceId === trace(digit));
  /** Until both layers trace: they begin a little after they are ready. */
  const traced = (collector: Collector, ...services: string[]) =>
    expect
      .poll(() => new Set(collector.spans.map(({ resource }) => resource['service.name'])), patience)
      .toEqual(new Set(services.map((service) => `openclaw-${service}`)));
  /** A runtime traces a little after it is ready, and tells of what came before with the next run: so runs are asked for until then. */
  const askedUntil = async (holds: () => boolean, gateway: FakeGateway) => {
    const id = randomUUID();
    for (let run = 0; !holds(); run += 1) {
      expect(run, 'runs asked for in vain').toBeLessThan(50);
      gateway.command(`${id}-${run}`, 'flaky');
      await delay(500);
    }
  };
  /** Name → the name of what it is a part of. */
  const parents = (spans: readonly CollectedSpan[]) =>
    spans
      .map(({ name, parentSpanId }) => {
        const parent = spans.find(({ spanId }) => spanId === parentSpanId);
        return `${name} < ${parent?.name ?? (parentSpanId ? 'outside' : 'nothing')}`;
      })
      .sort();
  const throughRuntime = [
    'POST /v1/commands/:id/ack < POST /v1/commands/:id/ack',
    'POST /v1/commands/:id/ack < process command',
    'POST /v1/reports < POST /v1/reports',
    'POST /v1/reports < POST /v1/reports',
    'POST /v1/reports < run asked',
    'POST /v1/reports < run asked',
    'run asked < process command',
    'start process < run asked',
  ];

  it('goes from a request or a message through gateway and runtime to the skill and to the event', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('asked', dumpsEnv, asked);
    home.skill('beat', dumpsEnv);
    await using collector = await Collector.start();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await using _gateway = startGateway(home, port, collector.environment);
    const env = { OPENCLAW_GATEWAY_URL: url, ...inherited, ...collector.environment };
    await using _runtime = await RuntimeProcess.start(home, env);
    await traced(collector, 'gateway', 'runtime');

    const post = async (path: string, body: unknown, headers = {}) => {
      const authorization = 'Bearer test-token';
      const type = { 'content-type': 'application/json' };
      const options = { method: 'POST', headers: { authorization, ...type, ...headers }, body: JSON.stringify(body) };
      return (await (await fetch(`${url}${path}`, options)).json()) as { run: { id: string } };
    };
    const { run } = await post('/v1/skills/asked/runs', {}, { 'idempotency-key': 'k', traceparent: from('a') });
    const body = { type: 'run', skill: 'asked' };
    const message = { session: 's', epoch: 'e', offset: 1, at: 1, id: 'm', body, traceparent: from('b') };
    await post('/v1/messages', { messages: [message] });
    for (const [digit, begin] of [
      ['a', ['POST /v1/skills/:name/runs < outside', 'process command < POST /v1/skills/:name/runs']],
      ['b', ['process command < process message', 'process message < outside']],
    ] as const) {
      const wanted = [...throughRuntime, ...begin].sort();
      await expect.poll(() => parents(spansIn(collector, digit)), patience).toEqual(wanted);
    }

    const spans = spansIn(collector, 'a');
    const [ran] = spans.filter(({ name }) => name === 'run asked') as [CollectedSpan];
    expect(ran.attributes).toMatchObject({
      'openclaw.run.id': run.id,
      'openclaw.skill.name': 'asked',
      'openclaw.run.trigger': 'request',
      'openclaw.run.outcome': 'succeeded',
    });
    expect(ran.status.code ?? 0).toBe(0);
    expect(envOf(home, run.id).TRACEPARENT).toBe(contextOf(ran));
    expect(Object.keys(envOf(home, run.id)).filter((name) => /^(OTEL_|TRACESTATE)/.test(name))).toEqual([]);
    const [started] = spans.filter(({ name }) => name === 'start process') as [CollectedSpan];
    expect(started.attributes).toMatchObject({ 'process.executable.name': 'sh', 'process.pid': expect.anything() });
    const answer = await fetch(`${url}/v1/events`, { headers: { authorization: 'Bearer test-token' } });
    const taken = spans.filter(({ name, kind }) => name === 'POST /v1/reports' && kind === 2).map(contextOf);
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (taken.every((traceparent) => text.includes(`"traceparent":"${traceparent}"`))) break;
    }

    const slots = collector.named('run beat');
    const turns = collector.named('claim slots');
    const [slot] = slots.filter(({ links }) => turns.some(({ spanId }) => links[0]?.spanId === spanId));
    expect(slot?.parentSpanId ?? '').toBe('');
    expect(turns.map(({ traceId }) => traceId)).not.toContain(slot?.traceId);
    expect(envOf(home, String(slot?.attributes['openclaw.run.id'])).TRACEPARENT).toBe(contextOf(slot as CollectedSpan));
  });

  it('goes on after a restart of the runtime, and through attempts that fail or are interrupted', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('slow', `${dumpsEnv}; until [ -e "$OPENCLAW_HOME/go" ]; do sleep 0.05; done`, asked);
    home.skill('flaky', '[ "$OPENCLAW_ATTEMPT" = 2 ]', { ...asked, retries: { max: 1, backoff: '10ms' } });
    await using collector = await Collector.start();
    await using gateway = await new FakeGateway().open();
    const env = { OPENCLAW_GATEWAY_URL: gateway.url, ...collector.environment };
    const one = await RuntimeProcess.start(home, env);
    await askedUntil(() => collector.named('run flaky').length > 0, gateway);
    gateway.command('r1', 'slow', from('a'));
    gateway.command('r2', 'flaky', from('b'));
    await expect.poll(() => envOf(home, 'r1').TRACEPARENT, patience).toMatch(trace('a'));
    await expect
      .poll(() => spansIn(collector, 'b').filter(({ name }) => name === 'run flaky'), patience)
      .toHaveLength(2);
    const [failed, succeeded] = spansIn(collector, 'b')
      .filter(({ name }) => name === 'run flaky')
      .sort((a, b) => Number(a.attributes['openclaw.run.attempt']) - Number(b.attributes['openclaw.run.attempt']));
    expect([failed?.status.code, succeeded?.status.code ?? 0]).toEqual([2, 0]);
    expect(failed?.attributes['openclaw.run.outcome']).toBe('failed');
    expect(failed?.parentSpanId).toBe(succeeded?.parentSpanId);
    expect(home.lines('runtime.log').map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ msg: 'to be tried again', run: 'r2', trace_id: trace('b'), span_id: failed?.spanId }),
    );
    await expect.poll(() => spansIn(collector, 'a').map(({ name }) => name), patience).toContain('process command');
    await one.kill();

    await using _two = await RuntimeProcess.start(home, env);
    home.file('go', '');
    await expect.poll(() => gateway.record('r1'), patience).toMatchObject({ outcome: 'succeeded' });
    await askedUntil(() => spansIn(collector, 'a').some(({ name }) => name === 'run slow'), gateway);
    const [command] = spansIn(collector, 'a').filter(({ name }) => name === 'process command');
    const [ran] = spansIn(collector, 'a').filter(({ name }) => name === 'run slow');
    expect(ran?.parentSpanId).toBe(command?.spanId);
    expect(ran?.attributes).toMatchObject({ 'openclaw.run.taken_up': true, 'openclaw.run.outcome': 'succeeded' });
    for (const { traceparent } of gateway.reports.filter(({ id }) => id === 'r1'))
      expect(traceparent).toContain(trace('a'));
  });
});
