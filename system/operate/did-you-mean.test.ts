import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const names = ['daily-memory', 'health-report', 'tiktok-poster'];

describe('a name that there is not', () => {
  it.each([
    ['dayly-memory', 'did you mean "daily-memory"?'],
    ['health', 'did you mean "health-report"?'],
    ['HEALTH-REPRT', 'did you mean "health-report"?'],
    ['xyz', 'there are daily-memory, health-report, tiktok-poster'],
  ])('%s: %s', (given, said) => expect(didYouMean(given, names)).toBe(said));

  it('is one of none', () => expect(didYouMean('a', [])).toBe('there are none'));
});
