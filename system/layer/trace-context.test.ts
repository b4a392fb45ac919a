import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('a traceparent', () => {
  it.each(['01', '00', '03', 'ff'])('is the same text again, with flags %s', (flags) => {
    const text = `00-${trace}-${span}-${flags}`;
    const parsed = parseTraceparent(text);
    expect(parsed).toEqual({ traceId: trace, spanId: span, traceFlags: Number.parseInt(flags, 16), isRemote: true });
    expect(parsed && formatTraceparent(parsed)).toBe(text);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an empty text', ''],
    ['another version', `01-${trace}-${span}-01`],
    ['the forbidden version', `ff-${trace}-${span}-01`],
    ['no flags', `00-${trace}-${span}`],
    ['more members', `00-${trace}-${span}-01-more`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['a trace that is too short', `00-${trace.slice(1)}-${span}-01`],
    ['a span that is too long', `00-${trace}-${span}0-01`],
    ['upper case', `00-${trace.toUpperCase()}-${span}-01`],
    ['no hexadecimal', `00-${trace.replace('0', 'g')}-${span}-01`],
    ['spaces around it', ` 00-${trace}-${span}-01 `],
    ['a line break at its end', `00-${trace}-${span}-01\n`],
    ['10 kB', `00-${trace}-${span}-01${'0'.repeat(10_000)}`],
    ['two of them', `00-${trace}-${span}-01,00-${trace}-${span}-01`],
  ])('is none where there is %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});
