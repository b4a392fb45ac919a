import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { type ConfigFolder, configFolder } from './testing/config-folder.ts';
import { exposing, type HttpTarget, httpTarget, rawTarget, type TargetServer } from './testing/target-server.ts';

const patient = { timeout: 20_000, interval: 50 };

interface Answer {
  readonly status: string;
  readonly data: { readonly resultType: string; readonly result: Result[] };
  readonly errorType?: string;
  readonly error?: string;
}

interface Result {
  readonly metric: Record<string, string>;
  readonly value: [number, string];
}

async function ask(url: string, path: string, params: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(params) });
  return (await response.json()) as Answer;
}

/** Values of an instant query by instance, or by the label named. */
async function values(url: string, query: string, by = 'instance'): Promise<Record<string, string>> {
  const { data, error } = await ask(url, 'query', { query });
  if (error !== undefined) throw new Error(error);
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric[by] ?? '', value[1]]));
}

async function get(
  url: string,
  path: string,
): Promise<{ readonly data: unknown; readonly body: string; readonly status: number }> {
  const response = await fetch(`${url}${path}`);
  const body = await response.text();
  return { status: response.status, body, data: path.startsWith('/api') ? JSON.parse(body).data : undefined };
}

async function errorOf(url: string, address: string): Promise<string> {
  const { data } = await get(url, '/api/v1/targets?state=active&scrapePool=bad');
  const { activeTargets } = data as {
    activeTargets: { labels: { instance: string }; lastError: string; health: string }[];
  };
  const target = activeTargets.find(({ labels }) => labels.instance === address);
  return target?.health === 'down' ? target.lastError : '';
}

describe('targets of every kind, side by side', () => {
  let folder: ConfigFolder;
  let prometheus: Prometheus;
  let good: HttpTarget;
  let vanishing: HttpTarget;
  let slow: HttpTarget;
  let endless: HttpTarget;
  let garbage: HttpTarget;
  let reset: TargetServer;

  beforeAll(async () => {
    let scrapes = 0;
    good = await httpTarget((request, response) => {
      scrapes++;
      exposing(`# TYPE hits counter\nhits_total{code="2\\"0\\\\0",job="own"} ${scrapes}\nodd NaN\nlarge +Inf\n`)(
        request,
        response,
      );
    });
    vanishing = await httpTarget(exposing('here 1\nthere 2\n'));
    slow = await httpTarget(() => {});
    endless = await httpTarget((_request, response) => {
      response.setHeader('content-type', 'text/plain');
      const write = (): boolean => !response.destroyed && response.write('x'.repeat(65_536), () => setImmediate(write));
      write();
    });
    garbage = await httpTarget(exposing('this is { no exposition\n'));
    reset = await rawTarget((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const others = [slow, endless, garbage, reset].map(({ address }) => `'${address}'`).join(', ');
    folder = await configFolder(
      [
        'global: {scrape_interval: 500ms, evaluation_interval: 200ms, body_size_limit: 1MB}',
        'rule_files: ["*.rules.yml"]',
        'scrape_configs:',
        `- {job_name: good, static_configs: [{targets: ['${good.address}', '${vanishing.address}'], labels: {layer: x}}]}`,
        `- {job_name: bad, static_configs: [{targets: [${others}, '127.0.0.1:1']}]}`,
        `- {job_name: honest, honor_labels: true, static_configs: [{targets: ['${good.address}']}]}`,
      ].join('\n'),
    );
    await folder.write(
      'a.rules.yml',
      [
        'groups:',
        '- name: g',
        '  rules:',
        '  - {record: "job:up:sum", expr: "sum by (job) (up)"}',
        '  - {alert: Gone, expr: "absent(here)", labels: {severity: page}, annotations: {summary: "{{ $value }}"}}',
      ].join('\n'),
    );
    prometheus = await startPrometheus({ configFile: folder.configFile });
  });

  afterAll(async () => {
    await prometheus?.stop();
    for (const each of [good, vanishing, slow, endless, garbage, reset, folder]) await each?.[Symbol.asyncDispose]();
  });

  it('tells for each whether it is up, and of those that are not why', async () => {
    const down = '0';
    await expect
      .poll(() => values(prometheus.url, 'max by (instance) (up)'), patient)
      .toEqual({
        [good.address]: '1',
        [vanishing.address]: '1',
        [slow.address]: down,
        [endless.address]: down,
        [garbage.address]: down,
        [reset.address]: down,
        '127.0.0.1:1': down,
      });
    // One after the other: on a busy machine any target may now and then be too late instead.
    for (const [address, error] of [
      [slow.address, /^Get "http:.*\/metrics": context deadline exceeded$/],
      [endless.address, /^body size limit exceeded$/],
      [garbage.address, /expected|unexpected|invalid/],
      [reset.address, /connection reset by peer$/],
      ['127.0.0.1:1', /connection refused$/],
    ] as const) {
      await expect.poll(() => errorOf(prometheus.url, address), patient).toMatch(error);
    }
    // And all the time this is a server that is well.
    expect((await get(prometheus.url, '/-/healthy')).status).toBe(200);
  });

  it('takes samples as they are exposed, labels of the target with them or as `honor_labels` has it', async () => {
    await expect.poll(() => values(prometheus.url, 'hits_total', 'job'), patient).toHaveProperty('own');
    const { data } = await ask(prometheus.url, 'query', { query: 'hits_total' });
    const labels = data.result.map(({ metric }) => metric);
    const common = { __name__: 'hits_total', code: '2"0\\0', instance: good.address };
    expect(labels).toEqual(
      expect.arrayContaining([
        { ...common, exported_job: 'own', job: 'good', layer: 'x' },
        { ...common, job: 'own' },
      ]),
    );
    expect(await values(prometheus.url, '{__name__=~"odd|large", job="good"}', '__name__')).toEqual({
      odd: 'NaN',
      large: '+Inf',
    });
  });

  it('forgets a series that vanished, at once, and the target that fails', async () => {
    await expect.poll(() => values(prometheus.url, 'there'), patient).toEqual({ [vanishing.address]: '2' });
    vanishing.handler = exposing('here 1\n');
    await expect.poll(() => values(prometheus.url, 'there'), patient).toEqual({});
    expect(await values(prometheus.url, 'here')).toEqual({ [vanishing.address]: '1' });
    vanishing.handler = (_request, response) => response.writeHead(500).end();
    await expect.poll(() => values(prometheus.url, 'here'), patient).toEqual({});
    expect((await values(prometheus.url, 'up'))[vanishing.address]).toBe('0');
  });

  it('evaluates rules: records, and an alert that fires and is resolved', async () => {
    const alerts = async (): Promise<unknown> => (await get(prometheus.url, '/api/v1/alerts')).data;
    await expect
      .poll(() => values(prometheus.url, 'job:up:sum', 'job'), patient)
      .toMatchObject({ honest: '1', bad: '0' });
    vanishing.handler = (_request, response) => response.writeHead(500).end();
    await expect
      .poll(alerts, patient)
      .toMatchObject({ alerts: [{ state: 'firing', labels: { alertname: 'Gone', severity: 'page' } }] });
    vanishing.handler = exposing('here 1\nthere 2\n');
    await expect.poll(alerts, patient).toEqual({ alerts: [] });
    const { data } = await get(prometheus.url, '/api/v1/rules?type=record');
    expect(data).toMatchObject({
      groups: [{ name: 'g', interval: 0.2, rules: [{ name: 'job:up:sum', health: 'ok' }] }],
    });
  });

  it('stamps rules with evenly spaced times', async () => {
    await expect
      .poll(() => values(prometheus.url, 'count_over_time(job:up:sum{job="good"}[1m]) > bool 5', 'job'), patient)
      .toEqual({ good: '1' });
    const { data } = await ask(prometheus.url, 'query', { query: 'job:up:sum{job="good"}[1m]' });
    const times =
      (data.result as unknown as { values: [number, string][] }[])[0]?.values.map(([time]) =>
        Math.round(time * 1000),
      ) ?? [];
    const phases = new Set(times.map((time) => time % 200));
    expect(phases.size).toBe(1);
  });

  it('answers the rest of the API', async () => {
    const { url } = prometheus;
    const now = String(Date.now() / 1000);
    const range = await ask(url, 'query_range', { query: 'vector(1)', start: '0', end: '10', step: '5s' });
    expect(range.data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [0, '1'],
            [5, '1'],
            [10, '1'],
          ],
        },
      ],
    });
    expect(await ask(url, 'series', { 'match[]': 'up{job="honest"}' })).toMatchObject({
      data: [{ __name__: 'up', job: 'honest', instance: good.address }],
    });
    expect((await ask(url, 'labels', { 'match[]': 'up', end: now })).data).toEqual([
      '__name__',
      'instance',
      'job',
      'layer',
    ]);
    expect((await get(url, '/api/v1/label/job/values')).data).toEqual(
      expect.arrayContaining(['bad', 'good', 'honest']),
    );
    expect((await get(url, '/api/v1/scrape_pools')).data).toEqual({ scrapePools: ['bad', 'good', 'honest'] });
    expect((await get(url, '/api/v1/status/buildinfo')).data).toMatchObject({ version: expect.stringMatching(/^3\./) });
    expect(await get(url, '/-/ready')).toMatchObject({ status: 200, body: 'Prometheus Server is Ready.\n' });
    expect((await get(url, '/metrics')).body).toMatch(/^prometheus_tsdb_head_series [1-9]/m);
    expect((await fetch(`${url}/-/reload`, { method: 'POST' })).status).toBe(403);
  });

  it('refuses bad requests in the words of Prometheus', async () => {
    const { url } = prometheus;
    expect(await ask(url, 'query', { query: 'sum(up' })).toMatchObject({
      errorType: 'bad_data',
      error: 'invalid parameter "query": 1:7: parse error: unclosed left parenthesis',
    });
    expect(await ask(url, 'query_range', { query: 'up', start: '0', end: '11001', step: '1' })).toMatchObject({
      error:
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    });
    expect(await ask(url, 'query_range', { query: 'up', start: '2', end: '1', step: '1' })).toMatchObject({
      error: 'invalid parameter "end": end timestamp must not be before start time',
    });
    expect(await ask(url, 'series')).toMatchObject({ error: 'no match[] parameter provided' });
  });
});

describe('limits', () => {
  it('of samples ends a query with an error, and the server goes on', async () => {
    await using folder = await configFolder('');
    await using prometheus = await startPrometheus({
      configFile: folder.configFile,
      limits: { maxQuerySamples: 1000 },
    });
    const many = { query: 'vector(1)', start: '0', end: '5000', step: '1' };
    expect(await ask(prometheus.url, 'query_range', many)).toMatchObject({
      errorType: 'execution',
      error: 'query processing would load too many samples into memory in query execution',
    });
    expect(await ask(prometheus.url, 'query', { query: '1', time: '5' })).toMatchObject({ data: { result: [5, '1'] } });
  });

  it('of time ends a query with an error; scrapes go on while it waits for its turn', async () => {
    await using target = await httpTarget(exposing('a 1\n'));
    await using folder = await configFolder(
      `scrape_configs: [{job_name: a, scrape_interval: 200ms, static_configs: [{targets: ['${target.address}']}]}]`,
    );
    await using prometheus = await startPrometheus({ configFile: folder.configFile, queryTimeoutMs: 200 });
    const long = { query: 'sum_over_time(vector(1)[1h:1s])', start: '0', end: '10000', step: '1' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(prometheus.url, 'query_range', long)));
    for (const { errorType, error } of answers) {
      expect(errorType).toBe('timeout');
      expect(error).toMatch(/^query timed out in (expression evaluation|query execution|query queue)$/);
    }
    await expect.poll(() => values(prometheus.url, 'a', 'job'), patient).toEqual({ a: '1' });
  });

  it('of retention: old samples are forgotten', async () => {
    let asked = 0;
    await using target = await httpTarget((request, response) => {
      asked++;
      exposing('a 1\n')(request, response);
    });
    await using folder = await configFolder(
      `scrape_configs: [{job_name: a, scrape_interval: 100ms, static_configs: [{targets: ['${target.address}']}]}]`,
    );
    await using prometheus = await startPrometheus({ configFile: folder.configFile, retentionMs: 500 });
    const forgotten = async () => asked - Number((await values(prometheus.url, 'count_over_time(up[1h])', 'job')).a);
    await expect.poll(forgotten, patient).toBeGreaterThan(10);
  });
});

describe('stop', () => {
  it('does not wait for a query of minutes, though scrapes wait for it', async () => {
    let asked = 0;
    await using target = await httpTarget((request, response) => {
      asked++;
      exposing('a 1\n')(request, response);
    });
    await using folder = await configFolder(
      `scrape_configs: [{job_name: a, scrape_interval: 100ms, static_configs: [{targets: ['${target.address}']}]}]`,
    );
    const prometheus = await startPrometheus({ configFile: folder.configFile });
    // Some 6 s of computing each.
    const query = Array.from({ length: 20 }, () => 'sum_over_time((vector(time())*2)[1d:1s])').join(' + ');
    const minutes = { query, start: '0', end: '10000', step: '1' };
    const answer = ask(prometheus.url, 'query_range', minutes).catch((error: unknown) => error);
    const before = asked;
    await expect.poll(() => asked - before, patient).toBeGreaterThan(5);
    await prometheus.stop();
    expect(await answer).toBeInstanceOf(TypeError);
  });

  it('finishes the answers under way, or ends their connections: it never answers with its own end', async () => {
    await using folder = await configFolder('');
    const prometheus = await startPrometheus({ configFile: folder.configFile });
    const { port } = new URL(prometheus.url);
    const client = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    let answer = '';
    client.on('data', (text) => (answer += text)).on('error', () => {});
    const closed = once(client, 'close');
    const head = 'POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    client.write(`${head}Content-Length: 7\r\nExpect: 100-continue\r\n\r\n`);
    await expect.poll(() => answer, patient).toMatch(/^HTTP\/1.1 100/);
    const stopped = prometheus.stop();
    client.write('query=1');
    await Promise.all([stopped, closed]);
    expect(answer).not.toMatch(/^HTTP\/1.1 [45]/m);
  });
});

describe('reload', () => {
  it('takes a new configuration, ends what is gone, keeps what stays; a wrong one changes nothing', async () => {
    await using stays = await httpTarget(exposing('a 1\n'));
    await using goes = await httpTarget(exposing('b 1\n'));
    const configured = (...targets: HttpTarget[]): string =>
      `scrape_configs: [{job_name: a, scrape_interval: 100ms, static_configs: [{targets: [${targets.map(({ address }) => `'${address}'`).join(', ')}]}]}]`;
    await using folder = await configFolder(configured(stays, goes));
    await using prometheus = await startPrometheus({ configFile: folder.configFile, lifecycle: true });
    const both = { [stays.address]: '1', [goes.address]: '1' };
    await expect.poll(() => values(prometheus.url, 'up'), patient).toEqual(both);

    await folder.write('prometheus.yml', 'scrape_confgs: []');
    const refused = await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
    expect([refused.status, await refused.text()]).toEqual([
      500,
      expect.stringMatching(/failed to reload config: .*:1:1: scrape_confgs/),
    ]);
    await folder.write('prometheus.yml', `rule_files: [bad.yml]\n${configured()}`);
    await folder.write('bad.yml', 'groups:\n- name: g\n  rules:\n  - {record: x, expr: "sum("}\n');
    await expect(prometheus.reload()).rejects.toThrow(/bad\.yml/);
    expect(await values(prometheus.url, 'up')).toEqual(both);

    await folder.write('prometheus.yml', configured(stays));
    expect((await fetch(`${prometheus.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await expect.poll(() => values(prometheus.url, '{__name__=~"up|b"}'), patient).toEqual({ [stays.address]: '1' });
    expect(stays.connections()).toBe(1);
  });
});
