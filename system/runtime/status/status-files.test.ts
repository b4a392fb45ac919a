import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { StatusFiles } from './status-files.ts';
import { parseStatus } from './status-line.ts';

const log = createLogger('test', 'silent');
let folder: string;
let files: StatusFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-status-'));
  files = new StatusFiles(folder, log, { retryMs: 20 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (skill: string) => parseStatus(readFileSync(join(folder, `${skill}.txt`), 'utf8'));

describe('status files', () => {
  it('say how the skill last fared, and keep its own keys until it gives others', async () => {
    files.write('beat', { status: 'succeeded', run: 'beat@1' }, 1000, { posts: '4', status: 'mine' });
    files.write('beat', { status: 'failed', run: 'beat@2', reason: 'exit code 1' }, 2000);
    await files.settled();
    const expected = { status: 'failed', timestamp: '1970-01-01T00:00:02.000Z', run: 'beat@2', reason: 'exit code 1' };
    expect(read('beat')).toEqual({ ...expected, posts: '4' });
    const next = new StatusFiles(folder, log);
    next.write('beat', { status: 'deferred' }, 3000);
    await next.settled();
    expect(read('beat')).toEqual({ status: 'deferred', timestamp: '1970-01-01T00:00:03.000Z', posts: '4' });
  });

  it('tell of a problem when it comes up and when it is mended, not in between', async () => {
    files.writeProblem('beat', 'no schedule', 1000);
    files.writeProblem('beat', 'no schedule', 2000);
    await files.settled();
    expect(read('beat')).toMatchObject({ status: 'problem', timestamp: '1970-01-01T00:00:01.000Z' });
    files.clearProblem('beat', 3000);
    files.clearProblem('beat', 4000);
    await files.settled();
    expect(read('beat')).toEqual({ status: 'ready', timestamp: '1970-01-01T00:00:03.000Z' });
  });

  it('have the newest word of many at last, and nothing beside them', async () => {
    for (let time = 1; time <= 1000; time += 1) files.write('beat', { status: 'succeeded', run: `beat@${time}` }, time);
    await files.settled();
    expect(read('beat').run).toBe('beat@1000');
    expect(readdirSync(folder)).toEqual(['beat.txt']);
  });

  it('fail nobody when they cannot be written, say so, and are written once they can be', async () => {
    const away = `${folder}-away`;
    renameSync(folder, away);
    writeFileSync(folder, 'in the way');
    files.write('beat', { status: 'succeeded', run: 'beat@1' }, 1000);
    files.write('other', { status: 'failed', run: 'other@1' }, 1000);
    await files.settled();
    expect(files.degraded()).toEqual([expect.stringMatching(/status files cannot be written: ENOTDIR/)]);
    files.write('beat', { status: 'succeeded', run: 'beat@2' }, 2000);
    rmSync(folder);
    renameSync(away, folder);
    await vi.waitFor(() => expect([read('beat').run, read('other').run]).toEqual(['beat@2', 'other@1']), 10_000);
    await files.settled();
    expect(files.degraded()).toEqual([]);
  });

  it('survive what a killed runtime, or anybody else, left there', async () => {
    writeFileSync(join(folder, '.beat.txt.123.1.tmp'), 'half');
    writeFileSync(join(folder, 'beat.txt'), Buffer.from([0xff, 0x00, 0x2c, 0x3d]));
    mkdirSync(join(folder, 'other.txt'));
    const next = new StatusFiles(folder, log);
    next.write('beat', { status: 'succeeded' }, 1000);
    next.write('other', { status: 'succeeded' }, 1000);
    await next.settled();
    expect(read('beat')).toEqual({ status: 'succeeded', timestamp: '1970-01-01T00:00:01.000Z' });
    expect(readdirSync(folder).sort()).toEqual(['beat.txt', 'other.txt']);
    expect(next.degraded()).toEqual([expect.stringContaining('EISDIR')]);
  });
});
