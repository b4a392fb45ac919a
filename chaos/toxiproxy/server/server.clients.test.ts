import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type ICreateProxyBody, Toxiproxy } from 'toxiproxy-node-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ToxiproxyClient } from '../client.ts';
import { started } from './server.fixture.ts';

async function echoAddress(): Promise<string> {
  const server = createServer((socket) => socket.pipe(socket).on('error', () => {}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What comes back of one byte, or how the connection ends. */
async function roundTrip(address: string): Promise<string> {
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  const outcome = Promise.race([
    once(socket, 'data').then(([data]) => `echo ${data}`),
    once(socket, 'close').then(() => 'closed'),
  ]);
  socket.write('x');
  return await outcome.catch((error: NodeJS.ErrnoException) => error.code ?? '').finally(() => socket.destroy());
}

describe('toxiproxy-node-client', () => {
  it('does all that it can do', async () => {
    const { url } = await started();
    const client = new Toxiproxy(url);
    expect(JSON.parse(await client.getVersion())).toEqual({ version: '2.12.0' });
    const upstream = await echoAddress();
    const proxy = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream } as ICreateProxyBody);
    expect(await roundTrip(proxy.listen)).toBe('echo x');

    const toxic = await proxy.addToxic({
      name: 't',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 150, jitter: 0 },
    });
    const begin = performance.now();
    expect(await roundTrip(proxy.listen)).toBe('echo x');
    expect(performance.now() - begin).toBeGreaterThan(145);
    expect((await proxy.getToxic('t')).toJson()).toEqual(toxic.toJson());
    await toxic.remove();
    await expect(proxy.getToxic('t')).rejects.toThrow('status code 404');

    const disabled = await proxy.update({ enabled: false, listen: proxy.listen, upstream });
    expect(disabled.enabled).toBe(false);
    expect(await roundTrip(proxy.listen)).toBe('ECONNREFUSED');
    await client.reset();
    expect((await client.get('a')).enabled).toBe(true);
    const populated = await client.populate([{ name: 'b', listen: '127.0.0.1:0', upstream }]);
    expect(Object.keys(populated)).toEqual(['b']);
    expect(Object.keys(await client.getAll())).toEqual(['a', 'b']);
    await proxy.remove();
    await expect(client.get('a')).rejects.toThrow('status code 404');
  });
});

describe("the harness's client", () => {
  it('cuts, slows, silences and resets a link, and heals it', async () => {
    const { url } = await started();
    const client = new ToxiproxyClient(url);
    expect(JSON.parse(await client.version())).toEqual({ version: '2.12.0' });
    await client.createProxy({ name: 'link', listen: '127.0.0.1:0', upstream: await echoAddress() });
    expect(await client.proxyNames()).toEqual(['link']);
    const { listen } = (await new Toxiproxy(url).getAll()).link ?? { listen: '' };

    await client.setEnabled('link', false);
    expect([await client.isEnabled('link'), await roundTrip(listen)]).toEqual([false, 'ECONNREFUSED']);
    await client.setEnabled('link', true);
    expect([await client.isEnabled('link'), await roundTrip(listen)]).toEqual([true, 'echo x']);

    await client.addToxic('link', { name: 'r', type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } });
    expect(await roundTrip(listen)).toBe('ECONNRESET');
    await client.removeToxic('link', 'r');
    await client.blackhole('link', 'downstream', 'silence');
    expect(await client.hasToxic('link', 'silence')).toBe(true);
    const silent = roundTrip(listen);
    const quiet = new Promise((resolve) => setTimeout(() => resolve('silence'), 300));
    expect(await Promise.race([silent, quiet])).toBe('silence');
    await client.removeToxic('link', 'silence');
    await client.removeToxic('link', 'silence');
    expect([await silent, await roundTrip(listen)]).toEqual(['closed', 'echo x']);
  });
});
