import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatStatus, parseOwnKeys, parseStatus } from './status-line.ts';

describe('the status line', () => {
  it('is key=value,key=value on one line', () => {
    expect(formatStatus({ status: 'succeeded', posts: '4', account: 'en' })).toBe(
      'status=succeeded,posts=4,account=en\n',
    );
  });

  it('escapes what would end a value or the line', () => {
    expect(formatStatus({ reason: 'a,b=c%\r\nd' })).toBe('reason=a%2Cb%3Dc%25%0D%0Ad\n');
  });

  it('gives back any value, and stays one line', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), fc.string({ unit: 'grapheme' })),
        (fields) => {
          const line = formatStatus(fields);
          expect(line.slice(0, -1)).not.toMatch(/[\n\r\u2028\u2029]/);
          expect(parseStatus(line)).toEqual({ ...fields });
        },
      ),
      { examples: [[{ a: ' ' }], [{ a: '', b: 'x\t\n' }]] },
    );
  });

  it('survives a torn or foreign line', () => {
    expect(parseStatus('')).toEqual({});
    expect(parseStatus('status=ok,timest')).toEqual({ status: 'ok' });
    expect(parseStatus('a=%zz,=x,B=1')).toEqual({ a: '%zz' });
  });
});

describe("a skill's own keys", () => {
  it('are its key=value lines; the value is everything after the first =', () => {
    expect(parseOwnKeys('posts=4\naccount=e=n,x\n\nno line\nBad=1\n=2\nlast_run=now\r\n')).toEqual({
      posts: '4',
      account: 'e=n,x',
      last_run: 'now',
    });
  });

  it('are bounded', () => {
    const many = Array.from({ length: 50 }, (_, i) => `k${i}=${'v'.repeat(1000)}`).join('\n');
    const keys = parseOwnKeys(many);
    expect(Object.keys(keys)).toHaveLength(20);
    expect(keys.k0).toHaveLength(512);
  });
});
