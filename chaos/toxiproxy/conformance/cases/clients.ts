/** Client libraries find their way: the one for Node, bare and as the harness wraps it. A server of its own, for reset. */

import { Toxiproxy } from 'toxiproxy-node-client';
import { expect } from 'vitest';
import { ToxiproxyClient } from '../../client.ts';
import { dial } from '../peer.ts';
import type { Cases } from '../rig.ts';

export const clients: Cases = {
  'toxiproxy-node-client: version, populate, toxics, update, reset, remove': async (rig) => {
    const upstream = await rig.upstream();
    const remote = new Toxiproxy(rig.api.url);
    expect(await remote.getVersion()).toContain('2.12.0');
    const input = { name: 'populated', listen: '127.0.0.1:0', upstream: upstream.address, enabled: true };
    const { populated } = await remote.populate([input] as never);
    expect(populated?.toJson()).toMatchObject({ ...input, listen: expect.stringMatching(/:[1-9]\d*$/) });
    const proxy = populated ?? expect.unreachable('it is in the answer');
    const toxic = await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 200, jitter: 0 },
    });
    const client = await rig.connect(proxy);
    const sent = client.write('hello');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(199);
    expect((await toxic.update({ ...toxic.toJson(), attributes: { latency: 0, jitter: 0 } })).attributes).toMatchObject(
      { latency: 0 },
    );
    expect((await proxy.getToxic('slow')).toJson()).toEqual({
      name: 'slow',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 0, jitter: 0 },
    });
    await remote.reset();
    await expect(proxy.getToxic('slow')).rejects.toThrow(/404/);
    expect(Object.keys(await remote.getAll())).toEqual(['populated']);
    await proxy.remove();
    expect(await remote.getAll()).toEqual({});
  },

  'the client of the harness: create, blackhole, disable and enable, reset': async (rig) => {
    const upstream = await rig.upstream();
    const remote = new ToxiproxyClient(rig.api.url);
    const created = await rig.proxy({ upstream: upstream.address });
    const { name } = created;
    await remote.createProxy({ name: 'another', listen: '127.0.0.1:0', upstream: 'x:1' });
    expect([...(await remote.proxyNames())].sort()).toEqual(['another', name].sort());
    await remote.blackhole(name, 'downstream', 'hole');
    expect(await remote.hasToxic(name, 'hole')).toBe(true);
    const client = await rig.connect(created);
    client.write('lost');
    await client.staysSilent(100);
    await remote.removeToxic(name, 'hole');
    await remote.removeToxic(name, 'hole');
    expect(await remote.hasToxic(name, 'hole')).toBe(false);
    expect((await client.ending()).how).toBe('fin');
    await remote.setEnabled(name, false);
    expect(await remote.isEnabled(name)).toBe(false);
    await expect(dial(created.listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await remote.setEnabled(name, true);
    const again = await rig.connect(created);
    again.write('hello');
    await again.receives(5);
    await remote.addToxic(name, { name: 'cut', type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } });
    const reset = await rig.connect(created);
    reset.write('lost');
    expect((await reset.ending()).how).toBe('rst');
    await expect(remote.isEnabled('unknown')).rejects.toMatchObject({ status: 404 });
  },
};
