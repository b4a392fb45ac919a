import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../observe/snapshot.ts';
import { type Frame, frameLines } from './live-frame.ts';

const skill = { last: 'in-time', due: 3, executed: 3, inTime: 3 } as const;
const snapshot: Snapshot = {
  atMs: 0,
  phase: 'during',
  layers: {
    session: { user: 'ok', observer: 'ok' },
    gateway: { user: 'bad', observer: 'bad' },
    runtime: { observer: 'ok' },
  },
  skills: { 'daily-memory': skill, 'health-report': { ...skill, last: 'missed', inTime: 2 } },
  user: { connected: true, disconnects: 0, sent: 9, acknowledged: 8, received: 70, runsAccepted: 2, roundTrips: 2 },
  operatorSaid: 'degraded',
};
const frame: Frame = {
  plan: { scenarioName: 'gateway-down', target: 'resilient' },
  stage: 'timeline',
  activity: '',
  snapshot,
  faults: [{ fault: '1-outage', forMs: 2340 }],
  elapsedMs: 17_250,
};

describe('a frame of the live view', () => {
  it('has a line a layer, the faults that stand, the skills, the user and the shell', () => {
    expect(frameLines(frame, 80, pc.createColors(false))).toEqual([
      '',
      '  17.3 s  gateway-down on resilient: steady; the timeline begins',
      '  1-outage for 2.3 s',
      '  session  ● user   ● observer',
      '  gateway  ✗ user   ✗ observer',
      '  runtime           ● observer',
      '  skills   daily-memory 3/3  health-report 2/3',
      '  user     connected, 8/9 acked, 70 received, 2 round trips',
      '  shell    degraded',
    ]);
  });

  it.each([80, 40, 20])('fits into %i columns, in colour too', (columns) => {
    const long = { ...frame, activity: `pulling ${'registry.example/'.repeat(9)}image:tag` };
    for (const line of frameLines(long, columns, pc.createColors(true))) {
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
    }
  });

  it('shows no layers before they are watched, nor while they are taken away', () => {
    const early = frameLines(
      { ...frame, stage: 'starting', snapshot: undefined, faults: [] },
      80,
      pc.createColors(false),
    );
    const late = frameLines({ ...frame, stage: 'removing', faults: [] }, 80, pc.createColors(false));
    expect([early.length, late.length]).toEqual([2, 2]);
  });
});
