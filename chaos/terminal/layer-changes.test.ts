import { expect, it } from 'vitest';
import type { LiveState, Snapshot } from '../observe/snapshot.ts';
import { layerChanges } from './layer-changes.ts';

function states(...all: readonly LiveState[]): string[][] {
  const changes = layerChanges();
  return all.map((user) =>
    changes({
      atMs: 0,
      phase: undefined,
      layers: { gateway: { user } },
      skills: {},
      user: undefined,
      operatorSaid: undefined,
      alerts: [],
    } satisfies Snapshot),
  );
}

const seen = 'gateway as the user sees it';

it('says "answers" at first, "answers again" only after it did not', () => {
  expect(states('unknown', 'ok', 'ok', 'bad', 'bad', 'ok')).toEqual([
    [],
    [`${seen}: answers`],
    [],
    [`${seen}: does not answer`],
    [],
    [`${seen}: answers again`],
  ]);
});

it('does not complain of a layer that has yet to come', () => {
  expect(states('bad', 'unknown', 'bad', 'ok').flat()).toEqual([`${seen}: answers`]);
});

it('takes a moment without knowledge for no change', () => {
  expect(states('ok', 'unknown', 'ok', 'unknown', 'bad').flat()).toEqual([
    `${seen}: answers`,
    `${seen}: does not answer`,
  ]);
});
