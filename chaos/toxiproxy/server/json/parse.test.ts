import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, type JsonValue, maxDepth, parseFirstJson } from './parse.ts';

const parse = (text: string) => plain(parseFirstJson(Buffer.from(text)));

/** Without places, as JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'number':
      return Number(value.text);
    case 'array':
      return value.items.map(plain);
    case 'object':
      return Object.fromEntries(value.members.map(([key, member]) => [key, plain(member)]));
    default:
      return value.value;
  }
}

/** Recorded from Toxiproxy 2.12.0. */
const refused: readonly [text: string, message: string][] = [
  ['', 'EOF'],
  [' \n', 'EOF'],
  ['{', 'unexpected EOF'],
  ['{"name":', 'unexpected EOF'],
  ['"abc', 'unexpected EOF'],
  ['nul', 'unexpected EOF'],
  ['-', 'unexpected EOF'],
  ['{"a":"\\u12', 'unexpected EOF'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ["{'a'}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['falsy', "invalid character 'y' in literal false (expecting 'e')"],
  ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1ee}', "invalid character 'e' in exponent of numeric literal"],
  ['{"a":1e+}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"a":"\x01"}', "invalid character '\\x01' in string literal"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
  ['\u0085', "invalid character 'Â' looking for beginning of value"],
  ['\\', "invalid character '\\\\' looking for beginning of value"],
  ['\x7f', "invalid character '\\x7f' looking for beginning of value"],
];

describe('parseFirstJson', () => {
  it.each(refused)('%j: %s', (text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'JsonError', message }));
  });

  it('tells where', () => {
    expect(() => parse('{\n "a": x}')).toThrow(expect.objectContaining({ at: 8 }));
  });

  it.each([
    ['{} junk', {}],
    ['5x', 5],
    ['nullx', null],
    ['"s"x', 's'],
    ['{}{', {}],
    [' [1 , 2 ]', [1, 2]],
  ])('takes the first value of %s', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it('keeps numbers as text and doubled keys in order', () => {
    const value = parseFirstJson(Buffer.from('{"a":1e2,"a":-0}'));
    const texts = value.kind === 'object' ? value.members.map(([key, { kind, ...rest }]) => [key, kind, rest]) : [];
    expect(texts).toEqual([
      ['a', 'number', { at: 5, text: '1e2' }],
      ['a', 'number', { at: 13, text: '-0' }],
    ]);
  });

  it('has an end of depth', () => {
    expect(() => parse('['.repeat(maxDepth + 1))).toThrow("invalid character '[' exceeded max depth");
    expect(() => parse('{"a":'.repeat(100_000))).toThrow("invalid character '{' exceeded max depth");
    expect(parse(`${'['.repeat(maxDepth)}${']'.repeat(maxDepth)}`)).toBeInstanceOf(Array);
  });

  it('takes halves of surrogate pairs and bytes that are no UTF-8 for U+FFFD', () => {
    expect(parse('"\\ud800 \\ud83d\\ude00"')).toBe('\ufffd \u{1f600}');
    expect(plain(parseFirstJson(Buffer.from('"\xff"', 'latin1')))).toBe('\ufffd');
  });

  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        expect(parse(JSON.stringify(value, null, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes all that JSON.parse takes, and throws nothing but JsonError', () => {
    const pieces = fc.constantFrom(...'{}[]:,"\\u0e-+.tfn 1a\n', 'true', 'false', 'null', '"a"', '"a":', '1.5e3');
    const bodies = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((list) => Buffer.from(list.join(''))),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const ours = outcome(() => plain(parseFirstJson(body)));
        const theirs = outcome(() => JSON.parse(body.toString()));
        if (ours.error !== undefined) expect(ours.error).toBeInstanceOf(JsonError);
        if (theirs.error === undefined) expect(ours).toEqual(theirs);
      }),
    );
  });
});

function outcome(task: () => unknown): { value?: unknown; error?: unknown } {
  try {
    return { value: task() };
  } catch (error) {
    return { error };
  }
}
