import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayLink, GatewayUnreachable, type LinkCounts } from './gateway-link.ts';
import { LinkBackoff } from './link-backoff.ts';
import { createLogger } from './logger.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) stop(server);
});

async function listen(answer: RequestListener, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function link(port: number, more: { initialCounts?: LinkCounts; onCounts?: (counts: LinkCounts) => void } = {}) {
  const registry = new Registry();
  const log = createLogger('test', 'silent');
  const made = new GatewayLink({
    baseUrl: `http://127.0.0.1:${port}`,
    token: () => 'secret',
    layer: 'test',
    registry,
    log,
    ...more,
  });
  return { link: made, registry };
}

const ok: RequestListener = (request, response) => {
  request
    .resume()
    .on('end', () => response.end(JSON.stringify({ auth: request.headers.authorization, method: request.method })));
};
const get = { timeoutMs: 2000 };

describe('GatewayLink', () => {
  it('sends the token, gives status and body, and counts one attempt however many requests', async () => {
    const { link: to } = link((await listen(ok)).port);
    expect(await to.request('PUT', '/v1/x', { ...get, body: { a: 1 } })).toEqual({
      status: 200,
      body: { auth: 'Bearer secret', method: 'PUT' },
    });
    await Promise.all([1, 2, 3].map(() => to.request('GET', '/', get)));
    expect(to.counts).toEqual({ attempts: 1, issues: 0 });
    expect(to.reachable).toBe(true);
  });

  it('takes a 500 as an answer', async () => {
    const { link: to } = link((await listen((_request, response) => response.writeHead(500).end())).port);
    expect(await to.request('GET', '/', get)).toEqual({ status: 500, body: null });
    expect(to.reachable).toBe(true);
  });

  it('says what to mend while the gateway refuses the token', async () => {
    let status = 401;
    const { link: to } = link((await listen((_request, response) => response.writeHead(status).end())).port);
    expect(to.degraded()).toEqual([]);
    await to.request('GET', '/', get);
    expect([to.reachable, to.degraded()]).toEqual([true, [expect.stringMatching(/OPENCLAW_TOKEN.*OPENCLAW_HOME/)]]);
    status = 200;
    await to.request('GET', '/', get);
    expect(to.degraded()).toEqual([]);
  });

  it('counts one issue for an outage in which many requests fail, tells listeners, and comes back', async () => {
    const { server, port } = await listen(ok);
    const totals: LinkCounts[] = [];
    const { link: to, registry } = link(port, {
      initialCounts: { attempts: 10, issues: 4 },
      onCounts: (counts) => totals.push(counts),
    });
    const changes: boolean[] = [];
    to.onChange((reachable) => changes.push(reachable));
    await to.request('GET', '/', get);
    expect(await registry.metrics()).not.toMatch(/_(lost|regained)_timestamp_seconds\{/);
    const stoppedAt = Date.now() / 1000;
    stop(server);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => to.request('GET', '/', get)));
    expect(
      outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof GatewayUnreachable),
    ).toBe(true);
    expect(to.counts.issues).toBe(5);
    await listen(ok, port);
    await vi.waitFor(() => to.request('GET', '/', get), { timeout: 10_000, interval: 20 });
    expect(changes).toEqual([true, false, true]);
    expect(totals.at(-1)).toEqual(to.counts);
    const metrics = await registry.metrics();
    const at = (what: string) => Number(metrics.match(`gateway_${what}_timestamp_seconds{layer="test"} (.*)`)?.[1]);
    expect(at('lost')).toBeGreaterThanOrEqual(stoppedAt);
    expect(at('regained')).toBeGreaterThanOrEqual(at('lost'));
    expect(metrics).toContain('openclaw_gateway_connection_issues_total{layer="test"} 5');
    expect(metrics).toContain(`openclaw_gateway_connection_attempts_total{layer="test"} ${to.counts.attempts}`);
    expect(metrics).toContain('openclaw_gateway_reachable{layer="test"} 1');
  });

  it('lets one caller dial an unreachable gateway and spaces the dials', async () => {
    const { server, port } = await listen(ok);
    stop(server);
    const { link: to } = link(port);
    const until = performance.now() + 1000;
    let calls = 0;
    while (performance.now() < until) {
      calls += 4;
      await Promise.allSettled(Array.from({ length: 4 }, () => to.request('GET', '/', get)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(to.counts.issues).toBe(0);
    expect(to.counts.attempts).toBeGreaterThan(1);
    // At least 100 ms lie between two dials.
    expect(to.counts.attempts).toBeLessThanOrEqual(11);
    expect(calls).toBeGreaterThan(to.counts.attempts);
  });

  it('dials when told to in any case, counts it, and learns from it', async () => {
    const { server, port } = await listen(ok);
    stop(server);
    const { link: to } = link(port);
    const anyway = { ...get, ungated: true };
    for (let n = 0; n < 5; n += 1) {
      await expect(to.request('GET', '/', anyway)).rejects.toMatchObject({ dialled: true });
    }
    expect(to.counts).toEqual({ attempts: 5, issues: 0 });
    await listen(ok, port);
    expect(await to.request('GET', '/', anyway)).toMatchObject({ status: 200 });
    expect([to.reachable, to.counts.attempts]).toEqual([true, 6]);
  });

  it('dials when told to even while somebody else does', async () => {
    const { port } = await listen((request, response) => (request.url === '/slow' ? undefined : ok(request, response)));
    const { link: to } = link(port);
    const slow = to.request('GET', '/slow', { timeoutMs: 300 }).catch(String);
    await expect(to.request('GET', '/', get)).rejects.toMatchObject({ dialled: false });
    expect(await to.request('GET', '/', { ...get, ungated: true })).toMatchObject({ status: 200 });
    await slow;
    // That dial was begun before the gateway was found: it is no evidence any more.
    expect([to.reachable, to.counts]).toEqual([true, { attempts: 2, issues: 0 }]);
  });

  it('times out on a gateway that accepts and says nothing', async () => {
    const { link: to } = link((await listen(() => {})).port);
    await expect(to.request('GET', '/', { timeoutMs: 50 })).rejects.toMatchObject({
      dialled: true,
      message: expect.stringContaining('50 ms'),
    });
    expect(to.reachable).toBe(false);
  });

  it('wakes who waits to dial when the gateway is back, and on abort', async () => {
    const { server, port } = await listen(ok);
    stop(server);
    const { link: to } = link(port);
    await expect(to.request('GET', '/', get)).rejects.toThrow(GatewayUnreachable);
    await expect(to.request('GET', '/', get)).rejects.toMatchObject({ dialled: false });
    await to.whenDialable();
    await expect(to.request('GET', '/', get)).rejects.toMatchObject({ dialled: true });
    const stopped = new AbortController();
    const waiting = to.whenDialable(stopped.signal);
    stopped.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('takes an abort of the caller as no evidence, and frees the gate', async () => {
    const { port } = await listen((request, response) => (request.url === '/slow' ? undefined : ok(request, response)));
    const { link: to } = link(port);
    const given = new AbortController();
    const slow = to.request('GET', '/slow', { ...get, signal: given.signal });
    given.abort(new Error('enough'));
    await expect(slow).rejects.toThrow('enough');
    expect((await to.request('GET', '/', get)).status).toBe(200);
    expect(to.counts.issues).toBe(0);
  });

  it('streams, and a lost stream is evidence only until the gateway was found again', async () => {
    const { port } = await listen((_request, response) => response.write('id: 1\n\n'));
    const { link: to } = link(port);
    const { status, body, lost } = await to.stream('/v1/events', get);
    const reader = body.getReader();
    expect([status, new TextDecoder().decode((await reader.read()).value)]).toEqual([200, 'id: 1\n\n']);
    lost(new Error('broken'));
    expect([to.reachable, to.counts.issues]).toEqual([false, 1]);
    to.succeeded();
    lost(new Error('broken'));
    expect([to.reachable, to.counts.issues]).toEqual([true, 1]);
    await reader.cancel();
  });

  it('refuses an answer that is no JSON', async () => {
    const { link: to } = link((await listen((_request, response) => response.end('<html>'))).port);
    await expect(to.request('GET', '/', get)).rejects.toThrow(/JSON/);
  });
});

describe('LinkBackoff', () => {
  it('stays between 100 ms and 1 s, grows, and starts over', () => {
    const backoff = new LinkBackoff();
    const delays = Array.from({ length: 3000 }, () => backoff.next());
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...delays)).toBe(1000);
    expect(delays.slice(100).every((delay) => delay === 1000)).toBe(true);
    backoff.reset();
    expect(backoff.next()).toBeLessThan(1000);
  });
});
