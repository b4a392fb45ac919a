import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';
import { pieces } from '../testing/stage-run.ts';
import { slicer } from './slicer.ts';

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

describe('slicer', () => {
  it('halves until no piece is over its size', () => {
    const cut = pieces(slicer, { average_size: 10, size_variation: 0, delay: 0 }, bytes.subarray(0, 72));
    expect(cut.map(({ length }) => length)).toEqual([9, 9, 9, 9, 9, 9, 9, 9]);
    expect(Buffer.concat(cut).equals(bytes.subarray(0, 72))).toBe(true);
  });

  it('varies the sizes', () => {
    const cut = pieces(slicer, { average_size: 40, size_variation: 20, delay: 0 }, bytes);
    const sizes = cut.map(({ length }) => length);
    expect(Buffer.concat(cut).equals(bytes)).toBe(true);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
    expect(new Set(sizes).size).toBeGreaterThan(3);
  });

  it('waits after each piece', async () => {
    await using on = await proxied([toxic('slicer', { average_size: 100, size_variation: 0, delay: 20_000 })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    server.write(bytes);
    expect((await client.bytes(1000)).equals(bytes)).toBe(true);
    // Sixteen pieces of 62 or 63 bytes, fifteen waits between them.
    expect(elapsed()).toBeGreaterThanOrEqual(300);
  });

  it('lets go of the rest in one piece when it is removed', async () => {
    await using on = await proxied([toxic('slicer', { average_size: 1, size_variation: 0, delay: 1_000_000 })]);
    const { client, server } = await on.open();
    server.write(bytes);
    await client.bytes(1);
    await on.proxy.toxics.remove('slicer_downstream');
    expect((await client.bytes(1000)).equals(bytes)).toBe(true);
  });

  it.each([
    { average_size: 0 },
    { average_size: -1 },
    { average_size: 5, size_variation: 6 },
    { average_size: 5, size_variation: -1 },
  ])('is refused with %o, which can crash the original', (attributes) =>
    expect(slicer.check?.({ ...slicer.defaults, ...attributes })).toMatch(/average_size|size_variation/),
  );
});
