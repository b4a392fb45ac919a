import { describe, expect, it } from 'vitest';
import { saidBy, truthOf } from './operator-check.ts';

describe('what the check says', () => {
  it.each([
    ['{"status":"ok"}\n3\n', 'operational'],
    ['FAIL\n\n3\n', 'degraded'],
    ['FAIL\n\n0\n', 'operational'],
    ['{"status":"FAIL"}\n      2\n', 'operational'],
    ['sh: curl: not found\n', undefined],
    ['', undefined],
  ])('%j', (stdout, expected) => {
    expect(saidBy(stdout)).toBe(expected);
  });
});

describe('what was true', () => {
  const outages = [{ fromMs: 100, lastBadMs: 200, lastGoodMs: 90, endedMs: 220 }];
  const check = (startMs: number, endMs: number) => ({ startMs, endMs, said: undefined, detail: '' });

  it.each([
    [110, 190, 'degraded'],
    [50, 80, 'operational'],
    [230, 240, 'operational'],
    [80, 110, undefined],
    [190, 210, undefined],
    [205, 215, undefined],
    [50, 300, undefined],
  ])('from %d to %d', (startMs, endMs, expected) => {
    expect(truthOf(check(startMs, endMs), outages)).toBe(expected);
  });

  it('is neither while the node is on its way back from a fault that was healed', () => {
    expect(truthOf(check(110, 150), outages, [50, 160])).toBe('degraded');
    expect(truthOf(check(170, 190), outages, [50, 160])).toBeUndefined();
    expect(truthOf(check(230, 240), outages, [50, 160])).toBe('operational');
  });

  it('of an outage without end', () => {
    const open = [{ fromMs: 100, lastBadMs: 200, lastGoodMs: 90, endedMs: undefined }];
    expect(truthOf(check(150, 160), open)).toBe('degraded');
    expect(truthOf(check(300, 310), open)).toBeUndefined();
  });
});
