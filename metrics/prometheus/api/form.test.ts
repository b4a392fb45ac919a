import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Form } from './form.ts';

describe('Form', () => {
  it('decodes, keeps all values, and puts the body before the URL', () => {
    const form = new Form('query=a+b%2Bc%C3%A9&match[]=x', 'query=later&match%5B%5D=y&flag&empty=');
    expect(form.get('query')).toBe('a b+cé');
    expect(form.all('match[]')).toEqual(['x', 'y']);
    expect([form.get('flag'), form.get('empty'), form.get('absent')]).toEqual(['', '', '']);
    form.check();
  });

  it.each([
    ['a=1&b=%zz&c=3', 'error parsing form values: invalid URL escape "%zz"'],
    ['a=1&b=%f&c=3', 'error parsing form values: invalid URL escape "%f"'],
    ['a=1&b=2;d=4&c=3', 'error parsing form values: invalid semicolon separator in query'],
  ])('leaves out what cannot be read of %s, and can say so', (text, message) => {
    const form = new Form(text);
    expect([form.get('a'), form.get('b'), form.get('c')]).toEqual(['1', '', '3']);
    expect(() => form.check()).toThrow(message);
  });

  it('reads whatever URLSearchParams writes', () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })));
    fc.assert(
      fc.property(pairs, (entries) => {
        const params = new URLSearchParams(entries);
        const form = new Form(params.toString());
        form.check();
        for (const name of params.keys()) expect(form.all(name)).toEqual(params.getAll(name));
      }),
    );
  });
});
