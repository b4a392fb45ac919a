import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ToxiproxyCallError, ToxiproxyClient } from './client.ts';

// What the real server does with these calls is shown by the contract suite of platforms; here it does not answer, or says no.
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serverThat(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('ToxiproxyClient', () => {
  it('gives up on a server that does not answer, and says on what', async () => {
    const client = new ToxiproxyClient(await serverThat(() => {}), 100);
    const error = await client.setEnabled('a', false).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToxiproxyCallError);
    expect(error).toMatchObject({
      code: 'CHAOS_TOXIPROXY',
      message: 'Toxiproxy: get proxy a: no answer within 100 ms',
    });
  });

  it('gives the status of a refusal', async () => {
    const url = await serverThat((_, response) =>
      response.writeHead(409).end('{"error":"proxy already exists","status":409}'),
    );
    const creation = new ToxiproxyClient(url).createProxy({ name: 'a', listen: '127.0.0.1:0', upstream: 'b:1' });
    await expect(creation).rejects.toMatchObject({ status: 409 });
  });

  it('takes a missing toxic for removed, a missing proxy or a broken server for an error', async () => {
    const proxy = JSON.stringify({ name: 'a', listen: 'x:1', upstream: 'y:1', enabled: true, toxics: [] });
    const url = await serverThat((request, response) => {
      if (request.url === '/proxies/a') response.end(proxy);
      else response.writeHead(request.url?.startsWith('/proxies/a/') ? 404 : 500).end('{}');
    });
    const client = new ToxiproxyClient(url);
    await expect(client.removeToxic('a', 'gone')).resolves.toBeUndefined();
    expect(await client.hasToxic('a', 'gone')).toBe(false);
    await expect(client.removeToxic('b', 'gone')).rejects.toMatchObject({ status: 500 });
  });

  it('says that nobody is there', async () => {
    const url = await serverThat(() => {});
    server?.close();
    await expect(new ToxiproxyClient(url).version()).rejects.toThrow(/Toxiproxy: version: /);
  });
});
