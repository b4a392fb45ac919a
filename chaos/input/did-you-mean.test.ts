import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const names = ['websocket-drop', 'network-partition', 'gateway-down'];

describe('didYouMean', () => {
  it.each([
    ['websocket-dorp', 'websocket-drop'],
    ['netwrok-partition', 'network-partition'],
    ['Gateway-Down', 'gateway-down'],
    ['gateway', 'gateway-down'],
    ['network-partitions', 'network-partition'],
  ])('finds what %s was to be', (given, meant) => {
    expect(didYouMean(given, names)).toBe(`did you mean "${meant}"?`);
  });

  it('lists what there is where nothing is near', () => {
    expect(didYouMean('xyz', ['a-name', 'b-name'])).toBe('there are "a-name", "b-name"');
    expect(didYouMean('xyz', ['a-name'])).toBe('there is "a-name"');
    expect(didYouMean('xyz', [])).toBe('there is none to choose from');
  });
});
