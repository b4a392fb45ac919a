import { expect, it } from 'vitest';
import { Backlog } from './backlog.ts';

const mebibyte = 1024 * 1024;

/** Whether there is room, as of now. */
function hasRoom(backlog: Backlog): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(resolve, false));
  return Promise.race([backlog.room().then(() => true), later]);
}

it.each([
  ['scrapes', 120, 1],
  ['bytes', 4, 16 * mebibyte],
])('is full of %s, and has room again once the oldest is taken', async (_what, count, bytes) => {
  const backlog = new Backlog();
  const scrapes = Array.from({ length: count }, () => Promise.withResolvers<void>());
  for (const { promise } of scrapes) {
    expect(await hasRoom(backlog)).toBe(true);
    backlog.add(bytes, promise);
  }
  expect(await hasRoom(backlog)).toBe(false);
  const waiting = backlog.room();
  scrapes[0]?.resolve();
  await waiting;
  expect(await hasRoom(backlog)).toBe(true);
});

it('always takes one, however large', async () => {
  const backlog = new Backlog();
  expect(await hasRoom(backlog)).toBe(true);
  backlog.add(1024 * mebibyte, Promise.resolve());
  await backlog.room();
  expect(await hasRoom(backlog)).toBe(true);
});
