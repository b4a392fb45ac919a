import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRequestPath, textOf } from './request-path.ts';

describe('readRequestPath', () => {
  it.each([
    ['/version', ['version']],
    ['/version?a=%zz', ['version']],
    ['/ver%73ion', ['version']],
    ['/proxies/', ['proxies', '']],
    ['/proxies/a%2Fb', ['proxies', 'a', 'b']],
    ['/proxies/%C3%A9', ['proxies', '\u00c3\u00a9']],
    ['http://host:1/version', ['version']],
  ])('%s', (target, segments) => {
    expect(readRequestPath(target)).toEqual({ kind: 'path', segments });
  });

  // Recorded from Toxiproxy 2.12.0.
  it.each([
    ['//proxies', '/proxies'],
    ['/./version?a=1?b=2', '/version?a=1?b=2'],
    ['/version/..', '/'],
    ['/version/.', '/version'],
    ['/%2e%2e/version', '/version'],
    ['//a//b/', '/a/b/'],
    ["//version//!*'();:@&=+$,[]{}|", '/version/%21%2A%27%28%29;:@&=+$,%5B%5D%7B%7D%7C'],
    ['http://h', 'http://h/'],
  ])('%s is redirected to %s', (target, location) => {
    expect(readRequestPath(target)).toEqual({ kind: 'redirect', location });
  });

  it.each(['/%zz', '/%', 'version', '', '*'])('%s is malformed', (target) => {
    expect(readRequestPath(target)).toEqual({ kind: 'malformed' });
  });

  it('leads by at most one redirect to a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/.%2eEaf?') }), (target) => {
        const first = readRequestPath(`/${target}`);
        if (first.kind === 'redirect') expect(readRequestPath(first.location).kind).toBe('path');
      }),
    );
  });
});

describe('textOf', () => {
  it('is the text, or undefined for what is no UTF-8', () => {
    expect(textOf('\u00c3\u00a9')).toBe('é');
    expect(textOf('\u00ff')).toBeUndefined();
    expect(textOf('\u00ef\u00bf\u00bd')).toBe('\ufffd');
  });
});
