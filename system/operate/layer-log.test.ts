import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LayerLog } from './layer-log.ts';

describe('a log of a layer', () => {
  let folder: string;
  let lines: string[];
  let log: LayerLog;
  const open = (maxBytes?: number) => new LayerLog(folder, 'gateway', (line) => lines.push(line), maxBytes);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-log-'));
    lines = [];
  });
  afterEach(() => {
    log[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  it('is followed line by line, however it is written', () => {
    log = open();
    writeSync(log.fd, 'one\ntw');
    log.follow();
    expect(lines).toEqual(['one']);
    writeSync(log.fd, Buffer.from('o ü\nthree\n').subarray(0, 3));
    log.follow();
    writeSync(log.fd, Buffer.from('o ü\nthree\n').subarray(3));
    log.follow();
    expect(lines).toEqual(['one', 'two ü', 'three']);
  });

  it('tells nothing of what stood in it before', () => {
    appendFileSync(join(folder, 'gateway.log'), 'old\n');
    log = open();
    writeSync(log.fd, 'new\n');
    log.follow();
    expect(lines).toEqual(['new']);
    expect(readFileSync(log.path, 'utf8')).toBe('old\nnew\n');
  });

  it('is cut when it is over its size, and what was cut is kept once', () => {
    log = open(100);
    const written = Array.from({ length: 50 }, (_, at) => `line ${at}`);
    for (const line of written) {
      writeSync(log.fd, `${line}\n`);
      log.follow();
    }
    expect(lines).toEqual(written);
    const kept = readFileSync(`${log.path}.1`, 'utf8') + readFileSync(log.path, 'utf8');
    expect(written.join('\n').endsWith(kept.trimEnd())).toBe(true);
    expect(Buffer.byteLength(kept)).toBeLessThan(220);
    expect(existsSync(`${log.path}.2`)).toBe(false);
  });

  it('is cut even where no copy can be made', () => {
    log = open(10);
    mkdirSync(`${log.path}.1`);
    writeSync(log.fd, 'a line too long\n');
    log.follow();
    expect([lines, readFileSync(log.path, 'utf8')]).toEqual([['a line too long'], '']);
  });

  it('is followed from its start when somebody else has cut it', () => {
    log = open();
    writeSync(log.fd, 'a long line before\n');
    log.follow();
    truncateSync(log.path, 0);
    writeSync(log.fd, 'after\n');
    log.follow();
    expect(lines.at(-1)).toBe('after');
  });
});
