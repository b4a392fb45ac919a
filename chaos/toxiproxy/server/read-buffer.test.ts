import { expect, it } from 'vitest';
import { readInto } from './read-buffer.ts';

/** Reads through a way that refers to what it takes, or doesn't. */
function reads({ keeps, isIdle }: { keeps: boolean; isIdle: boolean }) {
  const taken: Buffer[] = [];
  const { buffer: memory, callback } = readInto(() => ({ keeps, isIdle, take: (chunk) => taken.push(chunk) }));
  const buffer = memory as () => Buffer;
  const read = (text: string) => {
    buffer().write(text);
    callback(text.length, buffer());
  };
  return { taken, buffer, read };
}

const large = 'x'.repeat(60_000);

it('reads into the same memory again when nothing refers to it', () => {
  const { taken, buffer, read } = reads({ keeps: false, isIdle: true });
  const first = buffer();
  for (const text of ['a', large]) read(text);
  expect(buffer()).toBe(first);
  expect(taken.map(({ buffer: memory }) => memory)).toEqual([first.buffer, first.buffer]);
});

it('leaves the memory to what was taken, when that is still referred to', () => {
  const { taken, buffer, read } = reads({ keeps: true, isIdle: false });
  const first = buffer();
  read(large);
  expect(buffer()).not.toBe(first);
  read('overwrites nothing');
  expect(taken[0]?.toString()).toBe(large);
});

it('copies a little, so that it does not hold on to much', () => {
  const { taken, buffer, read } = reads({ keeps: true, isIdle: false });
  const first = buffer();
  for (const text of ['a', 'b']) read(text);
  expect(buffer()).toBe(first);
  expect(taken.map(String)).toEqual(['a', 'b']);
  expect(taken.map(({ buffer: memory }) => memory)).not.toContain(first.buffer);
});

it('drops what is read before there is a way', () => {
  const { callback } = readInto(() => undefined);
  expect(callback(5, Buffer.alloc(0))).toBe(true);
});
