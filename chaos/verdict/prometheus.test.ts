import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askAll } from './ask.ts';
import { PrometheusClient } from './prometheus.ts';
import { heldEvidence, planOf } from './verdict.fixture.ts';

type Handler = (request: IncomingMessage, body: URLSearchParams, response: ServerResponse) => void;

let close: (() => void) | undefined;
afterEach(() => close?.());

async function serving(handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    handler(request, new URLSearchParams(body), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const success = (data: object) => JSON.stringify({ status: 'success', data });

describe('PrometheusClient', () => {
  it('asks for a moment, and gives the answer as it came', async () => {
    const result = [{ metric: { a: 'b' }, value: [1760000000.25, 'NaN'] }];
    const url = await serving((request, body, response) => {
      expect(request.url).toBe('/api/v1/query');
      expect(Object.fromEntries(body)).toEqual({ query: 'up', time: '1760000000.250', timeout: '10s' });
      response.end(success({ resultType: 'vector', result }));
    });
    expect(await new PrometheusClient(url).query('up', 1_760_000_000_250)).toEqual({
      status: 'success',
      resultType: 'vector',
      result,
    });
  });

  it('asks for a range', async () => {
    const url = await serving((request, body, response) => {
      expect(request.url).toBe('/api/v1/query_range');
      expect(Object.fromEntries(body)).toMatchObject({ start: '10.000', end: '20.000', step: '1' });
      response.end(success({ resultType: 'matrix', result: [] }));
    });
    expect(await new PrometheusClient(`${url}/`).queryRange('up', 10_000, 20_000, 1)).toMatchObject({
      resultType: 'matrix',
    });
  });

  it.each<[string, Handler, string]>([
    [
      'an error of Prometheus',
      (_, __, response) =>
        response.writeHead(400).end('{"status":"error","errorType":"bad_data","error":"parse error"}'),
      'parse error',
    ],
    [
      'a page of a proxy',
      (_, __, response) => response.writeHead(502).end('<html>'),
      'HTTP 502, and no answer of Prometheus: <html>',
    ],
    [
      'half an answer',
      (_, __, response) => response.end('{"status":"success","data":{"resultType":"vec'),
      'no answer of Prometheus',
    ],
    ['nothing', (_, __, response) => response.end(), 'no answer of Prometheus'],
    [
      'warnings',
      (_, __, response) =>
        response.end(
          JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] }, warnings: ['partial'] }),
        ),
      'with warnings: partial',
    ],
    ['a connection cut off', (request) => request.socket.destroy(), 'fetch failed'],
    ['silence', () => {}, 'no answer within 300 ms'],
    ['an answer that never ends', (_, __, response) => response.write('{'), 'no answer within 300 ms'],
  ])('says in its answer that it got %s', async (_, handler, error) => {
    const url = await serving(handler);
    expect(await new PrometheusClient(url, { deadlineMs: 300 }).query('up', 0)).toEqual({
      status: 'error',
      error: expect.stringContaining(error),
    });
  });

  it('is ready when Prometheus says so, and not when it does not', async () => {
    let status = 503;
    const url = await serving((_, __, response) => response.writeHead(status).end());
    const client = new PrometheusClient(url);
    expect(await client.ready()).toBe(false);
    status = 200;
    expect(await client.ready()).toBe(true);
    close?.();
    expect(await client.ready()).toBe(false);
  });
});

describe('askAll', () => {
  const plan = planOf();
  const window = heldEvidence(plan).observedWindow ?? { from: 0, to: 0 };

  it('asks every question of the plan once, those about a window over its whole seconds', async () => {
    const asked: string[] = [];
    const client = {
      query: async (query: string) => {
        asked.push(query);
        return { status: 'error', error: 'down' } as const;
      },
      queryRange: async (query: string, from: number, to: number) => {
        asked.push(`${query} ${from} ${to}`);
        return { status: 'success', resultType: 'matrix', result: [] } as const;
      },
    };
    const answers = await askAll(client, plan.checks, window, window.to + 1);
    expect(answers.map(({ checkId }) => checkId)).toEqual(plan.checks.map(({ id }) => id));
    expect(asked).toHaveLength(plan.checks.length);
    const [recorder] = answers;
    expect(recorder).toMatchObject({
      from: Math.ceil(window.from / 1000) * 1000,
      evaluatedAt: Math.floor(window.to / 1000) * 1000,
    });
    expect(answers.at(-1)).toMatchObject({ status: 'error', error: 'down', evaluatedAt: window.to + 1 });
  });
});
