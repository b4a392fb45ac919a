import { describe, expect, it } from 'vitest';
import { type ExitReason, exitCodeOf } from './exit-codes.ts';

describe('exitCodeOf', () => {
  it.each<[ExitReason[], number]>([
    [['held'], 0],
    [['held', 'broken'], 1],
    [['broken', 'inconclusive'], 1],
    [['held', 'inconclusive'], 2],
    [['broken', 'invalid'], 3],
    [['broken', 'aborted'], 5],
    [['interrupted', 'held', 'invalid'], 130],
    [['interrupted', 'notUndone', 'held'], 4],
    [[], 2],
  ])('%j → %i', (reasons, code) => expect(exitCodeOf(reasons)).toBe(code));
});
