import { expect, it } from 'vitest';
import { labelNameOf } from './label-name.ts';

it.each([
  ['job', 'job'],
  ['a%20b', 'a b'],
  ['U__a_20_b', 'a b'],
  ['U______name____', '__name__'],
  ['U__caf_e9_', 'café'],
  ['U__a_zz_b', 'U__a_zz_b'],
  ['U__a_', 'U__a_'],
])('reads %s as %s', (part, name) => {
  expect(labelNameOf(part)).toBe(name);
});

it('refuses what is no UTF-8', () => {
  expect(() => labelNameOf('%FF')).toThrow('invalid label name: "\\xff"');
});
