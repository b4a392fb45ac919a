import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { type ConfigFolder, configFolder } from './testing/config-folder.ts';

let folder: ConfigFolder;
let prometheus: Prometheus;
beforeAll(async () => {
  folder = await configFolder('');
  prometheus = await startPrometheus({
    configFile: folder.configFile,
    limits: { maxQuerySamples: 100_000 },
    queryTimeoutMs: 1000,
  });
});
afterAll(async () => {
  await prometheus?.stop();
  await folder?.[Symbol.asyncDispose]();
});

const anything = fc.string({ unit: 'grapheme', maxLength: 40 });
const fragments = fc.constantFrom(
  'up',
  'sum',
  'rate',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '=',
  '=~',
  '"',
  '5m',
  ':',
  ' by ',
  '1',
  '-',
  'NaN',
  '@',
  'offset ',
  ',',
  '.*',
);
const query = fc.oneof(
  anything,
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
);
const time = fc.oneof(
  anything,
  fc.constantFrom('0', '1e300', 'NaN', '-Inf', '2026-01-01T00:00:00Z', '5', '1m', '0.0001'),
);
const name = fc.constantFrom(
  'query',
  'match[]',
  'time',
  'start',
  'end',
  'step',
  'timeout',
  'limit',
  'lookback_delta',
  'type',
);
const params = fc.array(fc.tuple(name, fc.oneof(query, time)), { maxLength: 6 });
const endpoint = fc.oneof(
  fc.constantFrom('query', 'query_range', 'series', 'labels', 'rules', 'alerts', 'targets', 'label/job/values'),
  anything.map((text) => `label/${encodeURIComponent(text)}/values`),
);

it('answers whatever it is asked in the form of the API, and goes on', async () => {
  await fc.assert(
    fc.asyncProperty(endpoint, params, fc.constantFrom('GET', 'POST'), async (path, pairs, method) => {
      const form = new URLSearchParams(pairs);
      const url = `${prometheus.url}/api/v1/${path}`;
      const response = await (method === 'GET' ? fetch(`${url}?${form}`) : fetch(url, { method, body: form }));
      const body = await response.text();
      if (response.headers.get('content-type') === 'application/json') {
        const { status, errorType, error } = JSON.parse(body);
        expect(status).toBe(response.ok ? 'success' : 'error');
        if (!response.ok) expect([typeof errorType, typeof error]).toEqual(['string', 'string']);
        // A client alone can never make it our fault.
        expect(response.status, `${body}`).not.toBe(500);
      } else {
        expect([404, 405]).toContain(response.status);
      }
    }),
    { numRuns: 200 },
  );
  expect((await fetch(`${prometheus.url}/-/healthy`)).status).toBe(200);
}, 60_000);
