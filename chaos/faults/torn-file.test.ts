import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tearFile, tears } from './torn-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torn-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function torn(bytes: Buffer, how: (typeof tears)[number]) {
  const path = join(folder, 'file');
  await writeFile(path, bytes, { mode: 0o640 });
  const { ino } = await stat(path);
  const result = await tearFile(path, how);
  const now = await stat(path);
  return { result, bytes: await readFile(path), sameFile: now.ino === ino, mode: now.mode & 0o777 };
}

const page = Buffer.alloc(8_192, 'page');

describe('a torn file', () => {
  it('is full of garbage, as long as before, and the same garbage each time', async () => {
    const first = await torn(page, 'garbage');
    expect(first.result).toEqual({ bytesBefore: 8_192, bytesAfter: 8_192, changed: true });
    expect(first.bytes.includes('page')).toBe(false);
    expect(first.bytes.equals((await torn(page, 'garbage')).bytes)).toBe(true);
  });

  it('ends in the middle of a page', async () => {
    const { result, bytes } = await torn(page, 'truncate');
    expect(result).toEqual({ bytesBefore: 8_192, bytesAfter: 4_097, changed: true });
    expect(bytes.equals(page.subarray(0, 4_097))).toBe(true);
  });

  it('is empty', async () => {
    expect((await torn(page, 'empty')).result).toEqual({ bytesBefore: 8_192, bytesAfter: 0, changed: true });
  });

  it.each(tears)('%s: stays the same file, of the same mode', async (how) => {
    expect(await torn(page, how)).toMatchObject({ sameFile: true, mode: 0o640 });
  });

  it.each(tears)('%s: a single byte does not survive; of nothing only garbage can be made', async (how) => {
    expect((await torn(Buffer.from('x'), how)).result?.changed).toBe(true);
    expect((await torn(Buffer.alloc(0), how)).result?.changed).toBe(how === 'garbage');
  });

  it('is none where there was none', async () => {
    expect(await tearFile(join(folder, 'nothing'), 'empty')).toBeUndefined();
  });
});
