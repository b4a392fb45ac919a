import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putBack, replaceKeeping } from './kept-file.ts';

const own = Buffer.from([0, 255, 10, 13, 0x80]);
let folder: string;
let file: string;
let backup: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
  file = join(folder, 'run.mjs');
  backup = join(folder, '.backup');
  await writeFile(file, own);
  // Wider than what this process gives to a new file.
  await chmod(file, 0o776);
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file that is replaced', () => {
  it('is the other one, with its own mode', async () => {
    await replaceKeeping(file, 'broken', backup);
    expect(await readFile(file, 'utf8')).toBe('broken');
    expect((await stat(file)).mode & 0o777).toBe(0o776);
  });

  it('is put back byte for byte, and nothing else is left', async () => {
    await replaceKeeping(file, 'broken', backup);
    await putBack(backup, file);
    await putBack(backup, file);
    expect(await readFile(file)).toEqual(own);
    expect((await stat(file)).mode & 0o777).toBe(0o776);
    expect(await readdir(folder)).toEqual(['run.mjs']);
  });

  it('is left alone where it was never replaced', async () => {
    await putBack(backup, file);
    expect(await readFile(file)).toEqual(own);
  });
});
