import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from './atomic-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'openclaw-atomic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('shows readers whole contents only, under concurrent writers, and leaves nothing beside the file', async () => {
    const path = join(folder, 'status.txt');
    const contents = Array.from({ length: 10 }, (_, index) => String(index).repeat(200_000));
    await writeFileAtomic(path, '0'.repeat(200_000));
    const seen = new Set<string>();
    let writing = true;
    const reading = (async () => {
      while (writing) seen.add(await readFile(path, 'utf8'));
    })();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    }
    writing = false;
    await reading;
    expect([...seen].filter((text) => !contents.includes(text)).map((text) => text.length)).toEqual([]);
    expect(seen.size).toBeGreaterThan(1);
    expect(readdirSync(folder)).toEqual(['status.txt']);
  });

  it('fails without a trace when the folder is missing', async () => {
    await expect(writeFileAtomic(join(folder, 'none', 'x.txt'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual(['status.txt']);
  });
});
