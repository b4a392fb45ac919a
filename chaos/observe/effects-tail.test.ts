import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EffectsTail, readEffects } from './effects-tail.ts';

let folder: string;
let file: string;
const line = (slot: number) =>
  `${JSON.stringify({ run: `s@${slot}`, slot, attempt: 1, startedAt: slot, finishedAt: slot + 5 })}\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'effects-'));
  file = join(folder, 's.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads what was added since, and waits for the end of a torn line', async () => {
  const tail = new EffectsTail(file);
  expect(await tail.advance()).toEqual([]);
  appendFileSync(file, line(1000) + line(2000).slice(0, 20));
  expect((await tail.advance()).map(({ slot }) => slot)).toEqual([1000]);
  appendFileSync(file, line(2000).slice(20));
  expect((await tail.advance()).map(({ slot }) => slot)).toEqual([2000]);
  expect(tail.effects).toHaveLength(2);
  expect(tail.malformed).toBe(0);
});

it('counts complete lines that are no effect', async () => {
  appendFileSync(file, `${line(1000)}garbage\n{"run":1}\n${line(2000)}`);
  expect(await readEffects(file)).toMatchObject({ malformed: 2, effects: [{ slot: 1000 }, { slot: 2000 }] });
});

it('reads a large file whole, multi-byte characters cut at any place included', async () => {
  const many = Array.from({ length: 5000 }, (_, n) => line(n).replace('s@', 'sä€@'));
  appendFileSync(file, many.join(''));
  const { effects, malformed } = await readEffects(file);
  expect([effects.length, malformed]).toEqual([5000, 0]);
  expect(effects.every(({ run }) => run.startsWith('sä€@'))).toBe(true);
});

it('does not take a file that cannot be read for an empty one', async () => {
  await expect(readEffects(folder)).rejects.toThrow();
});
