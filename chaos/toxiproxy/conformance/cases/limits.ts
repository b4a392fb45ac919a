/** limit_data: how much passes, whose bytes are counted, and that the connection ends then. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Cases, ToxicInput } from '../rig.ts';

const limit = (bytes: number): ToxicInput => ({ type: 'limit_data', attributes: { bytes } });

export const limits: Cases = {
  'limit_data passes so many bytes, then ends the connection': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [limit(1_000)] });
    const data = randomBytes(3_000);
    server.write(data);
    expect((await client.ending()).how).toBe('fin');
    expect(data.subarray(0, 1_000).equals(client.bytes)).toBe(true);
    await server.ending();
  },

  'limit_data ends the connection on the very last byte that it passes': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [limit(10)] });
    server.write('01234');
    await client.receives(5);
    await client.staysSilent(100);
    server.write('56789');
    expect((await client.ending()).how).toBe('fin');
    expect(client.text).toBe('0123456789');
  },

  'limit_data counts each connection and each stream apart': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    await rig.toxic(proxy, { ...limit(100), stream: 'upstream' });
    await rig.toxic(proxy, limit(8));
    for (const text of ['01234', 'abcde']) {
      const client = await rig.connect(proxy);
      client.write(text);
      await client.receives(5);
      client.write(text);
      await client.ending();
      expect(client.text).toBe(text + text.slice(0, 3));
      expect((await upstream.accepted()).text).toBe(text + text);
    }
  },

  'limit_data 0 passes nothing, and ends the connection at the first data only': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [limit(0)] });
    await client.staysSilent(200);
    client.write('hello');
    expect((await client.ending()).how).toBe('fin');
    expect(client.text).toBe('');
  },

  'limit_data that is raised goes on from what was passed': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, limit(10));
    server.write('01234567');
    await client.receives(8);
    await rig.patch(path, { attributes: { bytes: 12 } });
    server.write('89abcdef');
    await client.ending();
    expect(client.text).toBe('0123456789ab');
  },

  'limit_data that is lowered below what was passed ends the connection at the next data': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, limit(10));
    server.write('01234567');
    await client.receives(8);
    await rig.patch(path, { attributes: { bytes: 3 } });
    await client.staysSilent(100);
    server.write('89');
    await client.ending();
    expect(client.text).toBe('01234567');
  },

  'limit_data counts from when it is added': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    server.write('before');
    await client.receives(6);
    await rig.toxic(proxy, limit(3));
    server.write('after');
    await client.ending();
    expect(client.text).toBe('beforeaft');
  },
};
