/** reset_peer: RST for connections that open while it is there, FIN for those that were open, at the first chunk or FIN. */
import { expect } from 'vitest';
import type { Cases, ToxicInput } from '../rig.ts';

const resetPeer = (timeout: number, stream: 'upstream' | 'downstream' = 'downstream'): ToxicInput => ({
  type: 'reset_peer',
  stream,
  attributes: { timeout },
});

export const resets: Cases = {
  'reset_peer resets both ends at the first data, and lets none through': async (rig) => {
    const { client, server } = await rig.pair({ echo: true, toxics: [resetPeer(0)] });
    client.write('hello');
    expect((await client.ending()).how).toBe('rst');
    expect(client.text).toBe('');
    expect((await server.ending()).how).toBe('rst');
    expect(server.text).toBe('hello');
  },

  'reset_peer upstream resets at the first data of the client': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [resetPeer(0, 'upstream')] });
    client.write('hello');
    expect((await client.ending()).how).toBe('rst');
    expect((await server.ending()).how).toBe('rst');
    expect(server.text).toBe('');
  },

  'reset_peer waits for its time after the first data': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [resetPeer(300)] });
    await client.staysSilent(100);
    const sent = server.write('hello');
    const ending = await client.ending();
    expect(ending.how).toBe('rst');
    expect(ending.at - sent).toBeGreaterThanOrEqual(299);
  },

  'reset_peer leaves a connection alone that says nothing': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [resetPeer(0)] });
    await client.staysSilent(300);
  },

  'reset_peer makes an RST of a FIN': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [resetPeer(200)] });
    const said = server.end();
    const ending = await client.ending();
    expect(ending.how).toBe('rst');
    expect(ending.at - said).toBeGreaterThanOrEqual(199);
  },

  'reset_peer that comes to an open connection ends it with FIN': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    await rig.toxic(proxy, resetPeer(0));
    server.write('hello');
    expect((await client.ending()).how).toBe('fin');
    expect(client.text).toBe('');
    await server.ending();
  },

  'reset_peer that was removed before any data leaves a connection that works': async (rig) => {
    const { proxy, client } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const path = await rig.toxic(proxy, resetPeer(0));
    await rig.remove(path);
    client.write('hello');
    await client.receives(5);
  },

  'reset_peer of toxicity 0 lets data through, and still makes an RST of every close': async (rig) => {
    const { client, server } = await rig.pair({ echo: true, toxics: [{ ...resetPeer(0), toxicity: 0 }] });
    client.write('hello');
    await client.receives(5);
    server.end();
    expect((await client.ending()).how).toBe('rst');
  },

  'disabling the proxy resets the connections that opened under reset_peer': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [resetPeer(0, 'upstream')] });
    await rig.patch(`/proxies/${proxy.name}`, { enabled: false });
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['rst', 'rst']);
  },

  'a connection that opened under reset_peer ends with RST even when it is removed': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [resetPeer(0)] });
    await rig.remove(`/proxies/${proxy.name}/toxics/reset_peer_downstream`);
    server.write('hello');
    await client.receives(5);
    server.end();
    expect((await client.ending()).how).toBe('rst');
  },
};
