import { describe, expect, it } from 'vitest';
import { LastWord } from './last-word.ts';

describe('the last word of a layer', () => {
  it('is none at first: a layer that was never heard is silent', () => {
    const word = new LastWord(5000);
    expect(word.silent(0)).toBe(true);
    expect(word.describe(0)).toEqual({ lastWordAt: null, ageSeconds: null });
  });

  it('holds for a while', () => {
    const word = new LastWord(5000);
    word.say(1000);
    expect(word.silent(6000)).toBe(false);
    expect(word.silent(6001)).toBe(true);
    expect(word.describe(3500).ageSeconds).toBe(2.5);
  });

  it('holds for as long as a request is open, and then for a while', () => {
    const word = new LastWord(5000);
    word.begin(0);
    expect(word.silent(20_000)).toBe(false);
    word.end(30_000);
    expect(word.silent(35_000)).toBe(false);
    expect(word.silent(35_001)).toBe(true);
  });

  it('counts how long it has been heard without a silence', () => {
    const word = new LastWord(5000);
    word.say(0);
    word.say(4000);
    expect(word.heardForMs(8000)).toBe(8000);
    expect(word.heardForMs(9001)).toBe(0);
    word.say(20_000);
    expect(word.heardForMs(20_500)).toBe(500);
  });
});
