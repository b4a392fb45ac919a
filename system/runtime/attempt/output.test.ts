import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, readOutput } from './output.ts';

const numRuns = Number(process.env.FC_RUNS ?? 200);

describe('what a command printed', () => {
  it('is made printable, whatever bytes it was', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      fc.string({ unit: 'binary', maxLength: 3000 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const text = printable(given);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
      }),
      { numRuns },
    );
  });

  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['a\r\nb\rc\n\n', 'a\nb\nc'],
    ['null\0 and bell\u0007', 'null and bell'],
    ['\tindented', '\tindented'],
  ])('%j is shown as %j', (given, shown) => {
    expect(printable(Buffer.from(given))).toBe(shown);
  });

  it('is cut at its beginning, between two characters', () => {
    const text = printable(Buffer.from(`x${'ä'.repeat(3000)}`));
    expect(text).toBe('ä'.repeat(1024));
  });

  it('is the end of both files in a row', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-output-'));
    const [head, tail] = [join(folder, 'head'), join(folder, 'tail')];
    try {
      expect(readOutput(head, tail)).toBe('');
      writeFileSync(head, `${'a'.repeat(5000)}b`);
      expect(readOutput(head, tail)).toBe(`${'a'.repeat(2047)}b`);
      writeFileSync(tail, 'c');
      expect(readOutput(head, tail)).toBe(`${'a'.repeat(2046)}bc`);
      writeFileSync(tail, 'd'.repeat(9000));
      expect(readOutput(head, tail)).toBe('d'.repeat(2048));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
