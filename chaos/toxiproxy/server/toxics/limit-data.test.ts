import { describe, expect, it } from 'vitest';
import { proxied, toxic } from '../testing/proxied.ts';

describe('limit_data', () => {
  it('passes its bytes, and no more, then closes', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 5 })]);
    const { client, server } = await on.open();
    server.write('0123456789');
    expect(await client.ended).toBe('fin');
    expect(client.received.toString()).toBe('01234');
    expect(await server.ended).toMatch(/fin|rst/);
  });

  it('closes when the limit is reached exactly, over several chunks', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 6 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    client.write('012');
    await server.bytes(3);
    client.write('345');
    expect(await server.ended).toBe('fin');
    expect(server.received.toString()).toBe('012345');
  });

  it('of 0 closes at the first byte', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 0 })]);
    const { client, server } = await on.open();
    client.write('question');
    await server.bytes(8);
    server.write('x');
    expect(await client.ended).toBe('fin');
    expect(client.received).toHaveLength(0);
  });

  it('counts per connection, and goes on counting after an update', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 100 })]);
    const [one, other] = [await on.open(), await on.open()];
    one.server.write('0123');
    await one.client.bytes(4);
    await on.proxy.toxics.update('limit_data_downstream', { attributes: { bytes: 6 } });
    one.server.write('456789');
    other.server.write('abcdef');
    expect(await Promise.all([one.client.ended, other.client.ended])).toEqual(['fin', 'fin']);
    expect(one.client.received.toString()).toBe('012345');
    expect(other.client.received.toString()).toBe('abcdef');
  });

  it('lets what a toxic behind it holds arrive before the end', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 4 }), toxic('latency', { latency: 100 })]);
    const { client, server } = await on.open();
    server.write('0123456789');
    expect(await client.ended).toBe('fin');
    expect(client.received.toString()).toBe('0123');
  });
});
