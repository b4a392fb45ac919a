import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Text, objectText, stringText } from './write.ts';

describe('stringText', () => {
  it('escapes what Go escapes', () => {
    expect(stringText('<&>\u2028\u2029\u0001\b\f\n"\\\u007fé😀')).toBe(
      '"\\u003c\\u0026\\u003e\\u2028\\u2029\\u0001\\b\\f\\n\\"\\\\\u007fé😀"',
    );
  });

  it('is JSON of the same string', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => JSON.parse(stringText(text)) === text));
  });
});

describe('objectText', () => {
  it('keeps the order given, of names that look like numbers too', () => {
    expect(
      objectText([
        ['b', '1'],
        ['10', '2'],
        ['__proto__', '3'],
      ]),
    ).toBe('{"b":1,"10":2,"__proto__":3}');
  });
});

describe('float32Text', () => {
  // Recorded from Toxiproxy 2.12.0, as toxicities.
  it.each([
    [0.1, '0.1'],
    [1, '1'],
    [1e-7, '1e-7'],
    [9.9999e-7, '9.9999e-7'],
    [0.000001, '0.000001'],
    [16_777_217, '16777216'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [3.4028235e38, '3.4028235e+38'],
    [1e-45, '1e-45'],
    [-0, '-0'],
    [0.30000001, '0.3'],
  ])('%s: %s', (given, text) => {
    expect(float32Text(Math.fround(given))).toBe(text);
  });

  it('gives back the same float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Math.fround(Number(float32Text(value))), value),
      ),
    );
  });
});
