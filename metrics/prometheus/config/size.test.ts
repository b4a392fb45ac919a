import { describe, expect, it } from 'vitest';
import { parseSize } from './size.ts';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['512B', 512],
    ['64KiB', 65_536],
    ['64KB', 65_536],
    ['1.5MiB', 1_572_864],
    ['10GB', 10_737_418_240],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '10', '10kB', '10iB', 'MB', '-1B', '1 MB', '1mb', '1MBB'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
