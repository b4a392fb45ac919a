import pc from 'picocolors';
import { expect, it } from 'vitest';
import { frame } from '../terminal/frame.fixture.ts';
import { type Picture, pictureLines } from './frame.ts';
import type { RoundResult } from './round-result.ts';
import { emptyTally } from './tally.ts';

const plain = pc.createColors(false);
const wide = { columns: 200, rows: 50 };
const round: RoundResult = {
  fault: 'kill-gateway',
  outcome: 'held',
  reasons: [],
  recoveries: [{ layer: 'gateway', seconds: 0.31 }],
  slots: { due: 41, missed: 0, late: 0 },
  messages: 87,
  lost: 0,
  doubled: 0,
};
const picture: Picture = {
  frame: { ...frame, faults: [] },
  tally: {
    ...emptyTally,
    rounds: { held: 3, broken: 1, inconclusive: 0 },
    slots: { due: 41, missed: 2, late: 0 },
    messages: 87,
  },
  nextInMs: 11_200,
  latest: [round],
  firing: ['OpenclawLayerDown{layer="gateway"}'],
};

it('shows layers, the next fault, what was kept, alerts and the latest recoveries', () => {
  const text = pictureLines(picture, wide, plain).join('\n');
  expect(text).toContain('demo on resilient: next fault in 12 s'.replace('demo', frame.plan.scenarioName));
  expect(text).toMatch(/gateway +✗ user/);
  expect(text).toMatch(/rounds +3 held, 1 broken/);
  expect(text).toMatch(/kept +41 slots due, 2 missed; 87 messages, 0 lost/);
  expect(text).toMatch(/alerts +OpenclawLayerDown\{layer="gateway"\}/);
  expect(text).toMatch(/kill-gateway: gateway 0\.31 s, held/);
});

it('tells no alerts from no answer', () => {
  expect(pictureLines({ ...picture, firing: [] }, wide, plain).join('\n')).toMatch(/alerts +none firing/);
  expect(pictureLines({ ...picture, firing: undefined }, wide, plain).join('\n')).toMatch(
    /alerts +Prometheus does not say/,
  );
});

it('shows the fault that stands instead of the next one', () => {
  const standing = { ...picture, frame, nextInMs: undefined };
  const text = pictureLines(standing, wide, plain).join('\n');
  expect(text).toContain('1-outage for 2.3 s');
  expect(text).not.toContain('next fault');
});

it('fits on any screen', () => {
  const lines = pictureLines(picture, { columns: 30, rows: 6 }, plain);
  expect(lines.length).toBe(5);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
});
