/** slow_close and timeout: when and how they end a connection. */
import { expect } from 'vitest';
import type { Cases, ToxicInput } from '../rig.ts';

const slowClose = (delay: number): ToxicInput => ({ type: 'slow_close', attributes: { delay } });
const timeout = (ms: number): ToxicInput => ({ type: 'timeout', attributes: { timeout: ms } });

export const endings: Cases = {
  'slow_close delays FIN, not data': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slowClose(1_500)] });
    server.write('data');
    const said = server.end();
    const [came, ending] = await Promise.all([client.receives(4), client.ending()]);
    expect(ending.how).toBe('fin');
    expect(ending.at - said).toBeGreaterThanOrEqual(1_499);
    expect(ending.at - came).toBeGreaterThanOrEqual(1_000);
  },

  'slow_close downstream does not delay the FIN of a client': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slowClose(10_000)] });
    const said = client.end();
    const ending = await server.ending();
    expect(ending.how).toBe('fin');
    expect(ending.at - said).toBeLessThan(9_000);
  },

  'slow_close that is removed while it waits lets FIN go': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, slowClose(14_000));
    const said = server.end();
    await client.staysSilent(200);
    await rig.remove(path);
    const ending = await client.ending();
    expect(ending.how).toBe('fin');
    expect(ending.at - said).toBeLessThan(13_000);
  },

  'slow_close that is changed while it waits waits anew': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, slowClose(14_000));
    server.end();
    await client.staysSilent(100);
    const changed = performance.now();
    await rig.patch(path, { attributes: { delay: 300 } });
    const ending = await client.ending();
    expect(ending.how).toBe('fin');
    expect(ending.at - changed).toBeGreaterThanOrEqual(299);
    expect(ending.at - changed).toBeLessThan(13_000);
  },

  'timeout discards data, and ends the connection when its time is over': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const added = performance.now();
    await rig.toxic(proxy, timeout(400));
    const sent = server.write('lost');
    const ending = await client.ending();
    expect(ending.how).toBe('fin');
    expect(ending.at - Math.min(added, sent)).toBeGreaterThanOrEqual(399);
    expect(client.text).toBe('');
    await server.ending();
  },

  'timeout ends a connection that says nothing': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    await rig.toxic(proxy, timeout(300));
    const opened = performance.now();
    const client = await rig.connect(proxy);
    expect((await client.ending()).at - opened).toBeGreaterThanOrEqual(299);
  },

  'timeout starts again with each chunk': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [timeout(2_000)] });
    let last = 0;
    for (let pings = 0; pings < 12; pings++) {
      last = server.write('ping');
      await client.staysSilent(200);
    }
    expect((await client.ending()).at - last).toBeGreaterThanOrEqual(1_999);
    expect(client.text).toBe('');
  },

  'timeout 0 discards data and never ends the connection': async (rig) => {
    const { client, server } = await rig.pair({ echo: true, toxics: [timeout(0)] });
    client.write('lost');
    await server.receives(4);
    await client.staysSilent(400);
  },

  'timeout lets FIN through at once': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [timeout(10_000)] });
    const said = server.end();
    const ending = await client.ending();
    expect(ending.how).toBe('fin');
    expect(ending.at - said).toBeLessThan(9_000);
  },

  'timeout that is removed ends the connection, and new ones are free of it': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: true });
    const path = await rig.toxic(proxy, timeout(0));
    client.write('lost');
    await client.staysSilent(100);
    await rig.remove(path);
    expect((await client.ending()).how).toBe('fin');
    await server.ending();
    expect(client.text).toBe('');
    const next = await rig.connect(proxy);
    next.write('hello');
    await next.receives(5);
  },

  'timeout that is removed ends even the connections that chance spared': async (rig) => {
    const { proxy, client } = await rig.pair({ echo: true });
    const path = await rig.toxic(proxy, { ...timeout(0), toxicity: 0 });
    client.write('hello');
    await client.receives(5);
    await rig.remove(path);
    expect((await client.ending()).how).toBe('fin');
  },

  'timeout that gets a shorter time ends the connection': async (rig) => {
    const { proxy, client } = await rig.pair({ echo: true });
    const path = await rig.toxic(proxy, timeout(0));
    await client.staysSilent(100);
    const changed = performance.now();
    await rig.patch(path, { attributes: { timeout: 200 } });
    expect((await client.ending()).at - changed).toBeGreaterThanOrEqual(199);
  },
};
