import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Rule } from '../verdict/prometheus-rules.ts';
import { AlertWatch } from './alert-watch.ts';

const patient = { timeout: 10_000, interval: 20 };
const rule = {
  name: 'OpenclawLayerDown',
  type: 'alerting',
  health: 'ok',
  lastEvaluation: '2026-11-23T03:00:00Z',
  alerts: [{ labels: { layer: 'gateway' }, state: 'firing' }],
};

let health = 'ok';
let answers = true;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  if (!answers) request.destroy();
  const groups = [{ name: 'g', interval: 1, rules: [{ ...rule, health, lastError: health === 'ok' ? '' : 'no' }] }];
  response.end(JSON.stringify({ status: 'success', data: { groups } }));
});
let seen: (readonly Rule[])[];
let problems: string[];
let watch: AlertWatch;

beforeEach(async () => {
  [health, answers, seen, problems] = ['ok', true, [], []];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  watch = new AlertWatch({
    prometheusUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    saw: (rules) => seen.push(rules),
    onProblem: (detail) => problems.push(detail),
  });
});
afterEach(async () => {
  await watch[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('tells again and again what Prometheus says of its alerts', async () => {
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1), patient);
  expect(seen[0]).toMatchObject([{ name: 'OpenclawLayerDown', health: 'ok', firing: [{ layer: 'gateway' }] }]);
  expect(new Set(asked)).toEqual(new Set(['/api/v1/rules?type=alert']));
  expect(problems).toEqual([]);
});

it('takes no answer for an observation, says so once, and goes on', async () => {
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), patient);
  answers = false;
  const before = seen.length;
  await vi.waitFor(() => expect(problems).toHaveLength(1), patient);
  expect(problems[0]).toMatch(/does not tell of its alerts/);
  const silent = seen.length;
  expect(silent - before).toBeLessThanOrEqual(1);
  answers = true;
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(silent), patient);
  expect(problems).toHaveLength(1);
});

it('names an alert that cannot be evaluated', async () => {
  health = 'err';
  await vi.waitFor(() => expect(problems).toEqual(['the alert OpenclawLayerDown cannot be evaluated: no']), patient);
});

it('waits for what is to be seen, and not for ever', async () => {
  await watch.until(() => seen.length > 0);
  expect(seen.length).toBeGreaterThan(0);
  const startMs = performance.now();
  await watch.until(() => false);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(3_900);
});

it('asks nothing any more once it is over', async () => {
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), patient);
  await watch[Symbol.asyncDispose]();
  const before = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(seen).toHaveLength(before);
});
