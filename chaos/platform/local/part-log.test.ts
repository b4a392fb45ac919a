import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundLog, endOfLog } from './part-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'part-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('endOfLog', () => {
  it('gives the end, whole if it is short, and nothing where there is no log', async () => {
    const file = join(folder, 'a.log');
    expect(await endOfLog(file, 10)).toBe('');
    await writeFile(file, 'one\ntwo\n');
    expect(await endOfLog(file, 100)).toBe('one\ntwo\n');
    expect(await endOfLog(file, 4)).toBe('two\n');
  });
});

describe('boundLog', () => {
  it('begins a log anew that is too long, and its writer goes on at the new end', async () => {
    const file = join(folder, 'a.log');
    await writeFile(file, 'x'.repeat(100));
    await boundLog(file, 100);
    expect(await endOfLog(file, 1_000)).toHaveLength(100);
    const log = openSync(file, 'a');
    const writer = spawn('/bin/sh', ['-c', 'echo before; read line; echo after'], { stdio: ['pipe', log, 'ignore'] });
    closeSync(log);
    while ((await endOfLog(file, 1_000)).length === 100);
    await boundLog(file, 100);
    writer.stdin?.end('\n');
    await once(writer, 'exit');
    expect(await endOfLog(file, 1_000)).toBe('after\n');
    await boundLog(join(folder, 'none.log'));
  });
});
