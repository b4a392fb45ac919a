import { describe, expect, it, onTestFinished } from 'vitest';
import { Proxies } from './proxies.ts';
import type { TcpProxy } from './proxy.ts';
import type { ProxyInput } from './proxy-body.ts';

function open(): Proxies {
  const proxies = new Proxies({
    defaultHost: '127.0.0.1',
    maxProxies: 10,
    maxConnectionsPerProxy: 10,
    randomFor: () => () => 0,
    onState: () => {},
    onClosed: () => {},
  });
  onTestFinished(() => proxies.stop());
  return proxies;
}

const input: ProxyInput = { name: 'a', listen: '127.0.0.1:0', upstream: 'u:1', enabled: true };

/** Takes the turn of `a` until it is called. */
function heldTurn(proxies: Proxies): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  void proxies.change('a', () => promise);
  return resolve;
}

/** Until all that can go on has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Proxies', () => {
  it('gives a name once, to whoever asks first', async () => {
    const proxies = open();
    const outcomes = await Promise.allSettled([proxies.create(input), proxies.create(input)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(proxies.list()).toHaveLength(1);
  });

  it('lets nothing act on a proxy after its removal', async () => {
    const proxies = open();
    const proxy = await proxies.create(input);
    const release = heldTurn(proxies);
    const removal = proxies.remove('a');
    await settle();
    const late = proxies.change('a', () => proxies.update(proxy, input));
    release();
    await removal;
    await expect(late).rejects.toThrow('proxy not found');
    expect(proxy.enabled).toBe(false);
  });

  it('lets a change that waited for a replacement act on the new one', async () => {
    const proxies = open();
    await proxies.create(input);
    const release = heldTurn(proxies);
    const replacement = proxies.populate([{ ...input, upstream: 'other:1' }], []);
    await settle();
    const upstream = proxies.change('a', async (proxy) => proxy.upstream);
    release();
    await replacement;
    expect(await upstream).toBe('other:1');
  });

  it('does not mistake a proxy made anew for the one that was removed', async () => {
    const proxies = open();
    await proxies.create(input);
    const release = heldTurn(proxies);
    const removal = proxies.remove('a');
    const creation = proxies.create({ ...input, enabled: false });
    await settle();
    const late = Array.from({ length: 100 }, () => proxies.change('a', async () => 'acted'));
    const outcomes = Promise.allSettled(late);
    release();
    await Promise.all([removal, creation]);
    expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  it('leaves a proxy that was to be replaced stopped, if the new one cannot start', async () => {
    const proxies = open();
    const proxy = await proxies.create(input);
    const done: TcpProxy[] = [];
    await expect(proxies.populate([{ ...input, listen: '192.0.2.1:1' }], done)).rejects.toThrow('bind: ');
    expect([done, proxies.list(), proxy.enabled]).toEqual([[], [proxy], false]);
  });

  it('stops what is being made when it stops, and makes nothing after', async () => {
    const proxies = open();
    const made: TcpProxy[] = [];
    const populated = proxies.populate([input, { ...input, name: 'b' }], made);
    await proxies.stop();
    await expect(populated).rejects.toThrow('the server is stopping');
    expect([proxies.list(), made.map(({ name, enabled }) => [name, enabled])]).toEqual([[], [['a', false]]]);
  });

  it('stops all, whatever was asked for before that had to wait', async () => {
    const proxies = open();
    const all = [await proxies.create(input), await proxies.create({ ...input, name: 'b' })];
    const release = heldTurn(proxies);
    const removal = proxies.remove('a');
    const stopped = proxies.stop();
    const late = proxies.change('b', async (proxy) => {
      await proxy.stop();
      await proxy.start();
    });
    release();
    await Promise.all([removal, stopped, late]);
    await expect(proxies.remove('b')).rejects.toThrow('proxy not found');
    expect(all.map(({ enabled }) => enabled)).toEqual([false, false]);
  });
});
