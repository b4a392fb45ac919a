import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRuleFiles } from './rule-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
  for (const name of ['b.yml', 'a.yml', 'c.txt']) await writeFile(join(folder, name), `content of ${name}`);
});
afterEach(() => rm(folder, { recursive: true }));

it('reads what the globs fit, each file once, in order', async () => {
  const { files, empty } = await readRuleFiles([join(folder, '*.yml'), join(folder, 'b.yml'), join(folder, 'c.txt')]);
  expect(files).toEqual([
    { path: join(folder, 'a.yml'), content: 'content of a.yml' },
    { path: join(folder, 'b.yml'), content: 'content of b.yml' },
    { path: join(folder, 'c.txt'), content: 'content of c.txt' },
  ]);
  expect(empty).toEqual([]);
});

it('names the globs that nothing fits', async () => {
  const glob = join(folder, 'none-*.yml');
  expect(await readRuleFiles([glob])).toEqual({ files: [], empty: [glob] });
});

it('refuses what it cannot read, by name', async () => {
  await expect(readRuleFiles([folder])).rejects.toThrow(`${folder}: cannot be read: EISDIR`);
});
