import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { alertNames, watchAlerts } from './firing-alerts.ts';

const alert = (state: string, labels: Record<string, string>) => ({ state, labels, annotations: {}, value: '1' });
const body = (...alerts: object[]) => ({ status: 'success', data: { alerts } });

it('names what fires, once each, by layer or skill', () => {
  const answer = body(
    alert('firing', { alertname: 'OpenclawSkillStale', skill: 'health-report', severity: 'page' }),
    alert('firing', { alertname: 'OpenclawLayerDown', layer: 'gateway', instance: 'a', severity: 'page' }),
    alert('firing', { alertname: 'OpenclawLayerDown', layer: 'gateway', instance: 'b', severity: 'page' }),
    alert('pending', { alertname: 'OpenclawRestartLoop', layer: 'gateway' }),
    alert('firing', { alertname: 'OpenclawNoData' }),
  );
  expect(alertNames(answer)).toEqual([
    'OpenclawLayerDown{layer="gateway"}',
    'OpenclawNoData',
    'OpenclawSkillStale{skill="health-report"}',
  ]);
});

it('says that it does not know while Prometheus does not answer, or answers something else, and goes on asking', async () => {
  const answers = ['nonsense', JSON.stringify({ data: {} }), JSON.stringify(body())];
  const server = createServer((_, response) => response.end(answers.shift() ?? JSON.stringify(body())));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = new AbortController();
  const told: (readonly string[] | undefined)[] = [];
  const tell = (firing: readonly string[] | undefined) => {
    told.push(firing);
    if (told.length === 3) stop.abort();
  };
  await watchAlerts(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, tell, stop.signal);
  server.close();
  expect(told).toEqual([undefined, undefined, []]);
});
