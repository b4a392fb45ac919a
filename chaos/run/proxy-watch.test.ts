import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProxyWatch } from './proxy-watch.ts';

const proxy = (name: string) => ({ name, listen: ':1', upstream: 'x:1', enabled: true, toxics: [] });

describe('the watch over Toxiproxy', () => {
  let server: Server;
  let url: string;
  let proxies: Record<string, object>;
  let asked: number;
  let silent: boolean;

  beforeEach(async () => {
    proxies = { 'client-session': proxy('client-session'), 'observer-session': proxy('observer-session') };
    asked = 0;
    silent = false;
    server = createServer((_, response) => {
      asked++;
      if (silent) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(proxies));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('has nothing to say while it answers and every proxy is there', async () => {
    await using watch = new ProxyWatch(url, ['client-session', 'observer-session']);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(watch.problems).toEqual([]);
  });

  it('remembers that it was silent, although it answers again', async () => {
    await using watch = new ProxyWatch(url, ['client-session']);
    silent = true;
    await expect.poll(() => watch.problems, { timeout: 10_000 }).toEqual([expect.stringContaining('no answer within')]);
    silent = false;
    const before = asked;
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(before + 1);
    expect(watch.problems).toHaveLength(1);
  });

  it('names proxies that are gone, as after a restart', async () => {
    delete proxies['observer-session'];
    await using watch = new ProxyWatch(url, ['client-session', 'observer-session']);
    await expect.poll(() => watch.problems, { timeout: 10_000 }).toEqual(['the proxies observer-session are gone']);
  });

  it('says that nobody listens', async () => {
    server.close();
    server.closeAllConnections();
    await using watch = new ProxyWatch(url, []);
    await expect.poll(() => watch.problems.length, { timeout: 10_000 }).toBe(1);
  });
});
