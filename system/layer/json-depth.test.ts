import { expect, it } from 'vitest';
import { isTooDeep, maxJsonDepth } from './json-depth.ts';

const lists = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const objects = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

it.each<[string, unknown, boolean]>([
  ['a number', 1, false],
  ['null', null, false],
  ['lists as deep as may be', lists(maxJsonDepth), false],
  ['lists one deeper', lists(maxJsonDepth + 1), true],
  ['objects as deep as may be', objects(maxJsonDepth), false],
  ['objects one deeper', objects(maxJsonDepth + 1), true],
  ['a deep one behind many that are not', [1, {}, 'x', [], lists(maxJsonDepth)], true],
  ['a hundred thousand', lists(100_000), true],
])('%s', (_, value, deep) => {
  expect(isTooDeep(value)).toBe(deep);
});
