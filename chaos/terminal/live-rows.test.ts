import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { frame } from './frame.fixture.ts';
import { frameLines } from './live-frame.ts';
import { gateLines } from './live-rows.ts';
import type { Frame } from './run-state.ts';

const plain = pc.createColors(false);
const vt = { columns: 80, rows: 24 };
const early: Frame = {
  ...frame,
  plan: { scenarioName: 'noop', target: 'resilient' },
  stage: 'starting',
  activity: 'waiting until every layer is ready',
  snapshot: undefined,
  faults: [],
  elapsedMs: 900,
};
const gate = { running: [frame, early], done: 1, planned: 6 };
const many = (count: number) => ({ running: Array.from({ length: count }, () => frame), done: 0, planned: count });

describe('the live part of a gate', () => {
  it('has two lines for each run, and says how many are left', () => {
    expect(gateLines(gate, vt, plain)).toEqual([
      '',
      'gateway-down   17.3 s  1-outage for 2.3 s',
      '  session ●●  gateway ✗✗  runtime ●  skills 5/6  user ●  shell degraded',
      'noop            0.9 s  waiting until every layer is ready',
      '',
      '1 of 6 done, 3 waiting',
    ]);
  });

  it('shows all of a run that goes on alone', () => {
    expect(gateLines({ running: [frame], done: 0, planned: 1 }, vt, plain)).toEqual(frameLines(frame, plain));
    const last = gateLines({ running: [frame], done: 5, planned: 6 }, vt, plain);
    expect(last).toEqual([...frameLines(frame, plain), '5 of 6 done']);
  });

  it('says how many are done while the next one starts', () => {
    expect(gateLines({ running: [], done: 1, planned: 2 }, vt, plain)).toEqual(['', '1 of 2 done, 1 waiting']);
  });

  it('has one line for each run where there is no room for two', () => {
    expect(gateLines(many(6), vt, plain)).toHaveLength(14);
    expect(gateLines(many(11), vt, plain)).toHaveLength(12);
    expect(gateLines(many(11), { columns: 120, rows: 40 }, plain)).toHaveLength(24);
  });

  it.each([
    [80, 24],
    [40, 8],
    [20, 3],
    [120, 40],
  ])('fits into %i columns and %i rows, in colour too', (columns, rows) => {
    const long = { ...early, activity: `pulling ${'registry.example/'.repeat(9)}image:tag` };
    for (const count of [1, 2, 6, 30]) {
      const running = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? long : frame));
      const lines = gateLines({ running, done: 3, planned: 40 }, { columns, rows }, pc.createColors(true));
      expect(lines.length).toBeLessThan(rows);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
    }
  });
});
