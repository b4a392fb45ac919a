import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser.ts';

const text =
  ':\n\nid: 1\nevent: run.started\ndata: {"a":1}\n\n: beat\r\n\r\ndata: x\r\ndata:  y\r\rdata\n\nevent: empty\n\nretry: 5\ndata: last\n\n';
const messages = [
  { type: 'run.started', data: '{"a":1}' },
  { type: 'message', data: 'x\n y' },
  { type: 'message', data: '' },
  { type: 'message', data: 'last' },
];

describe('SseParser', () => {
  it('reads the same messages however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 20 }), (cuts) => {
        const parser = new SseParser();
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(messages);
      }),
    );
  });

  it('says nothing of a message that is not complete', () => {
    expect(new SseParser().push('data: x\n')).toEqual([]);
  });

  it('refuses a line and a message without end', () => {
    const mebibyte = 'x'.repeat(1024 * 1024);
    expect(() => new SseParser().push(`${mebibyte}x`)).toThrow(/longer than/);
    const parser = new SseParser();
    parser.push(`data: ${mebibyte.slice(10)}\n`);
    expect(() => parser.push(`data: ${mebibyte.slice(10)}\n`)).toThrow(/longer than/);
  });
});
