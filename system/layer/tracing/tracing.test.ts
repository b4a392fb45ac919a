import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Collector } from './collector.fixture.ts';
import { startTracing } from './tracing.ts';

/** Much more than it takes: the machine may be busy. */
const timeout = 30_000;
vi.setConfig({ testTimeout: 2 * timeout });
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Says in the log when a file is loaded of OpenTelemetry beyond its API. */
const watchLoading = `data:text/javascript,import { writeFileSync } from 'node:fs'; import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) {
    if (/@opentelemetry.(sdk|exporter)/.test(url)) writeFileSync(1, '{"msg":"loads"}\\n');
    return next(url, context);
  } });`;

/** A layer that answers on SIGUSR2 by ending so many spans, and then says its counters. */
function start(env: Readonly<Record<string, string>>, spans = 10) {
  const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const source = `
    import { runLayer } from ${from('../lifecycle.ts')};
    import { inSpan } from ${from('../spans.ts')};
    const links = new Array(500).fill('00-${'1'.repeat(32)}-${'2'.repeat(16)}-01');
    await runLayer('session', async ({ log, registry }) => {
      const alive = setInterval(() => {}, 1000);
      process.on('SIGUSR2', () => {
        for (let n = 0; n < ${spans}; n += 1) inSpan('work', n === 0 ? { links } : {}, () => {
          if (n === 0) setTimeout(() => log.info('later'), 1);
          return { payload: n };
        });
      });
      process.on('SIGUSR1', async () => {
        const { values } = await registry.getSingleMetric('openclaw_spans_total').get();
        log.info({ counts: Object.fromEntries(values.map(({ labels, value }) => [labels.result, value])) }, 'counts');
      });
      return { close: async () => clearInterval(alive) };
    });`;
  const child = spawn(process.execPath, ['--import', watchLoading, '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const said = (message: string) => expect.poll(() => lines().map(({ msg }) => msg), { timeout }).toContain(message);
  /** Ends spans until they are traced. */
  const traced = () =>
    expect
      .poll(
        () => {
          child.kill('SIGUSR2');
          return lines().some(({ trace_id }) => trace_id !== undefined);
        },
        { timeout, interval: 100 },
      )
      .toBe(true);
  const counts = async () => {
    const before = lines().filter(({ msg }) => msg === 'counts').length;
    child.kill('SIGUSR1');
    await expect.poll(() => lines().filter(({ msg }) => msg === 'counts').length, { timeout }).toBeGreaterThan(before);
    return lines().findLast(({ msg }) => msg === 'counts').counts;
  };
  /** Ends spans until so much has come of them. */
  const work = async (until: (counts: Record<string, number>) => boolean) =>
    expect
      .poll(
        async () => {
          child.kill('SIGUSR2');
          return until(await counts());
        },
        { timeout, interval: 100 },
      )
      .toBe(true);
  const close = async () => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await exit;
    return { code, lines: lines(), errors };
  };
  return { said, traced, work, counts, close };
}

describe('without a collector', () => {
  it('nothing of the SDK is loaded, and the counters are 0', async () => {
    const layer = start({ OTEL_SERVICE_NAME: 'x', OTEL_BSP_SCHEDULE_DELAY: '20' });
    await layer.said('started');
    await layer.work(() => true);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await layer.counts()).toEqual({ exported: 0, failed: 0, dropped: 0 });
    const { code, lines, errors } = await layer.close();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(lines.map(({ msg }) => msg)).not.toContain('loads');
  });

  it('a variable that is not understood is a warning, and no more', async () => {
    const lines: { readonly level: number; readonly msg: string }[] = [];
    const tracing = startTracing({
      layer: 'session',
      version: '1',
      log: pino({}, { write: (line) => lines.push(JSON.parse(line)) }),
      registry: new Registry(),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    });
    await tracing.close();
    expect(lines).toMatchObject([{ level: 40, msg: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL ("grpc")') }]);
  });
});

describe('with a collector', () => {
  it('is loaded after the start, exports, counts, and flushes at the end', async () => {
    await using collector = await Collector.start();
    const env = { ...collector.environment, OTEL_BSP_SCHEDULE_DELAY: '3600000', OTEL_TRACES_SAMPLER: 'sometimes' };
    const layer = start({
      ...env,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_LOG_LEVEL: 'chatty',
    });
    await layer.said('started');
    await layer.traced();
    expect(collector.requests).toBe(0);
    const { code, lines, errors } = await layer.close();
    expect(code).toBe(0);
    expect(errors).toBe('');
    const messages = lines.map(({ msg }) => msg);
    expect(messages.indexOf('loads')).toBeGreaterThan(messages.indexOf('started'));
    expect(collector.named('work').length).toBeGreaterThanOrEqual(10);
    expect(collector.spans[0]?.resource).toMatchObject({
      'service.name': 'openclaw-session',
      'service.version': expect.any(String),
      'service.instance.id': expect.any(String),
      'deployment.environment.name': 'test',
    });
    expect(collector.named('work').some(({ links }) => links.length === 500)).toBe(true);
    expect(lines.filter(({ level }) => level === 40).map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^tracing: OTEL_LOG_LEVEL \("chatty"\) must be one of NONE, .*: WARN holds$/),
      expect.stringMatching(/^tracing: .*OTEL_TRACES_SAMPLER/),
    ]);
  });

  it('writes the ids of the active span into the log, also of what goes on later; the standard variables hold', async () => {
    await using collector = await Collector.start();
    const layer = start({ ...collector.environment, OTEL_SERVICE_NAME: 'mine', OTEL_LOG_LEVEL: 'debug' });
    await layer.said('started');
    await layer.traced();
    const { lines, errors } = await layer.close();
    const later = lines.filter(({ msg, trace_id }) => msg === 'later' && trace_id !== undefined).at(0);
    expect(collector.named('work')).toContainEqual(
      expect.objectContaining({ traceId: later.trace_id, spanId: later.span_id }),
    );
    expect(lines.find(({ msg }) => msg === 'started')).not.toHaveProperty('trace_id');
    expect(collector.spans[0]?.resource['service.name']).toBe('mine');
    // What OTEL_LOG_LEVEL makes the SDK say is JSON as well, else `lines` had thrown.
    expect(lines.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^tracing: .*items to be sent/));
    expect(errors).toBe('');
  });
});

describe('a collector that is no good', () => {
  const bounds = { OTEL_BSP_MAX_QUEUE_SIZE: '50', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' };
  const warning = 'the collector does not take spans: what is traced may be lost';

  /** Spans end a thousand at a time: those of which nothing has become. */
  const held = ({ exported = 0, failed = 0, dropped = 0 }) => (1000 - ((exported + failed + dropped) % 1000)) % 1000;
  const complaints = (lines: readonly { readonly level: number; readonly msg: string }[]) =>
    lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);

  it('by never answering: spans are dropped, what is held is bounded, and the end is not held up', async () => {
    await using collector = await Collector.start();
    collector.answer = 'silent';
    const layer = start({ ...collector.environment, ...bounds }, 1000);
    await layer.said('started');
    await layer.work(({ dropped = 0 }) => dropped > 5000);
    const counts = await layer.counts();
    expect(counts).toMatchObject({ exported: 0, failed: 0 });
    expect(held(counts)).toBe(50);
    const { code, lines } = await layer.close();
    // The layer ends itself with another code where its close takes 8 s.
    expect({ code, complaints: complaints(lines) }).toEqual({ code: 0, complaints: [] });
  });

  it('by answering 500: spans are counted as failed; that it began and that it ended is told once each', async () => {
    await using collector = await Collector.start();
    collector.answer = 500;
    const layer = start({ ...collector.environment, ...bounds }, 1000);
    await layer.said('started');
    await layer.work(({ failed = 0 }) => failed > 50);
    expect(held(await layer.counts())).toBeLessThanOrEqual(50);
    collector.answer = 200;
    await layer.work(({ exported = 0 }) => exported > 0);
    const { code, lines } = await layer.close();
    expect({ code, complaints: complaints(lines) }).toEqual({ code: 0, complaints: [warning] });
    expect(lines.filter(({ msg }) => msg === 'the collector takes spans again')).toHaveLength(1);
  });

  it('by hanging up: spans are counted as failed, and nothing is unhandled', async () => {
    const layer = start({ ...(await hangingUp()), ...bounds, OTEL_EXPORTER_OTLP_TIMEOUT: '50' }, 1000);
    await layer.said('started');
    await layer.work(({ failed = 0 }) => failed > 50);
    const { code, lines } = await layer.close();
    expect({ code, complaints: complaints(lines) }).toEqual({ code: 0, complaints: [warning] });
  });
});

/** The environment of a layer whose collector accepts connections and closes them at the first byte. */
async function hangingUp(): Promise<Readonly<Record<string, string>>> {
  const server = createServer((socket) => socket.on('data', () => socket.destroy()).on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  };
}
