import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Metrics } from './metrics.ts';
import { TcpProxy } from './proxy.ts';
import { call, jsonCall, started } from './server.fixture.ts';

describe('/metrics', () => {
  it('counts bytes of each direction, when the connection has ended', async () => {
    const echo = createServer((socket) => socket.pipe(socket));
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void echo.close());
    const upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const { url } = await started({ proxyMetrics: true });
    const { body } = await jsonCall(url, 'POST', '/proxies', { name: 'a"\\b', listen: '127.0.0.1:0', upstream });

    const client = connect(Number(body.listen.split(':')[1]), '127.0.0.1');
    client.write('hello');
    await once(client, 'data');
    expect((await call(url, 'GET', '/metrics')).body).not.toContain('toxiproxy');
    client.end();
    const labels = (direction: string) =>
      `{direction="${direction}",listener="${body.listen}",proxy="a\\"\\\\b",upstream="${upstream}"} 5\n`;
    await expect
      .poll(async () => (await call(url, 'GET', '/metrics')).body, { timeout: 10_000 })
      .toContain(`toxiproxy_proxy_sent_bytes_total${labels('downstream')}`);
    const { body: text, type } = await call(url, 'PURGE', '/metrics');
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=underscores');
    for (const name of ['received', 'sent']) {
      expect(text).toContain(`# TYPE toxiproxy_proxy_${name}_bytes_total counter\n`);
      for (const way of ['upstream', 'downstream']) {
        expect(text).toContain(`toxiproxy_proxy_${name}_bytes_total${labels(way)}`);
      }
    }
  });

  it('shows the process if that is asked for', async () => {
    const { url } = await started({ runtimeMetrics: true });
    const { body } = await call(url, 'GET', '/metrics');
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).not.toContain('toxiproxy_proxy');
  });
});

describe('Metrics', () => {
  it('stops at a number of label sets', async () => {
    const metrics = new Metrics({ proxyMetrics: true, runtimeMetrics: false });
    for (let i = 0; i < 5001; i += 1) {
      const proxy = new TcpProxy({ name: `p${i}`, listen: 'l', upstream: 'u', random: Math.random });
      metrics.count(proxy, { direction: 'upstream', received: 1, sent: 1 });
    }
    const text = await metrics.text();
    expect(text).toContain('proxy="p4999"');
    expect(text).not.toContain('proxy="p5000"');
  });
});
