import { expect, it } from 'vitest';
import { Stagger } from './stagger.ts';

it('lets skills begin to catch up one after the other, and go on at their own pace', () => {
  let now = 0;
  const stagger = new Stagger(200, () => now);
  expect(stagger.waitMs('a')).toBe(0);
  stagger.started('a', true);
  expect([stagger.waitMs('a'), stagger.waitMs('b')]).toEqual([0, 200]);
  now = 150;
  stagger.started('a', true);
  expect(stagger.waitMs('b')).toBe(50);
  now = 200;
  expect(stagger.waitMs('b')).toBe(0);
  stagger.started('b', true);
  // It has caught up: the next time it falls behind it waits again.
  stagger.started('a', false);
  expect(stagger.waitMs('a')).toBe(200);
});
