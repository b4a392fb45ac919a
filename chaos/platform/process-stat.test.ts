import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseProcessStat } from './process-stat.ts';

const rest = 'S 7 10 10 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 11 0 987654 1000 200';

describe('parseProcessStat', () => {
  it('takes pid, state, parent and start time, whatever the process is called', () => {
    for (const name of ['node', 'a b', 'x) S 1 (y', ')', '']) {
      expect(parseProcessStat(`42 (${name}) ${rest}\n`)).toEqual({
        pid: 42,
        state: 'S',
        parent: 7,
        startTicks: 987654,
      });
    }
  });

  it('knows this very process', () => {
    const me = parseProcessStat(readFileSync('/proc/self/stat', 'utf8'));
    expect(me).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(me?.startTicks).toBeGreaterThan(0);
  });

  it.each(['', 'none', '42', '42 (node', '42 (node) S 1 2', 'x (node) S'])('takes %j for no process', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});
