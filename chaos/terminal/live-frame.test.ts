import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { frame } from './frame.fixture.ts';
import { frameLines } from './live-frame.ts';

describe('a frame of the live view', () => {
  it('has a line a layer, the faults that stand, the skills, the user and the shell', () => {
    expect(frameLines(frame, pc.createColors(false))).toEqual([
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

  it('tells which alerts fire', () => {
    const snapshot = frame.snapshot && { ...frame.snapshot, alerts: ['OpenclawLayerDown {layer=gateway}'] };
    const lines = frameLines({ ...frame, snapshot }, pc.createColors(false));
    expect(lines.at(-1)).toBe('  alerts   OpenclawLayerDown {layer=gateway}');
  });

  it('shows no layers before they are watched, nor while they are taken away', () => {
    const early = frameLines({ ...frame, stage: 'starting', snapshot: undefined, faults: [] }, pc.createColors(false));
    const late = frameLines({ ...frame, stage: 'removing', faults: [] }, pc.createColors(false));
    expect([early.length, late.length]).toEqual([2, 2]);
  });
});
