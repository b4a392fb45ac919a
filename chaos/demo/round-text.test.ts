import pc from 'picocolors';
import { expect, it } from 'vitest';
import type { RoundResult } from './round-result.ts';
import { endLines, roundLines } from './round-text.ts';
import { emptyTally, tallied } from './tally.ts';

const plain = pc.createColors(false);
const held: RoundResult = {
  fault: 'kill-gateway',
  outcome: 'held',
  reasons: [],
  recoveries: [
    { layer: 'gateway', seconds: 0.314 },
    { layer: 'end to end', seconds: 0.62 },
  ],
  slots: { due: 41, missed: 0, late: 0 },
  messages: 87,
  lost: 0,
  doubled: 0,
};

it('says in a line what a round showed', () => {
  expect(roundLines(held, plain)).toEqual([
    'kill-gateway: HELD  recovered: gateway 0.31 s, end to end 0.62 s; 41 slots due, 0 missed; 87 messages, 0 lost',
  ]);
});

it('gives every reason of one that is not held', () => {
  const broken: RoundResult = {
    ...held,
    outcome: 'broken',
    reasons: ['health-report: 1 of 2 slots missed'],
    doubled: 1,
  };
  expect(roundLines({ ...broken, recoveries: [], slots: { due: 41, missed: 1, late: 2 } }, plain)).toEqual([
    'kill-gateway: BROKEN  41 slots due, 1 missed, 2 late; 87 messages, 0 lost, 1 twice',
    '  health-report: 1 of 2 slots missed',
  ]);
});

it('sums up, and says which exit code it is and why', () => {
  const tally = tallied(emptyTally, held);
  expect(endLines({ tally, stopped: true, notUndone: [] }, plain)).toEqual([
    'The demo is over',
    '  1 round (1 held), 1 fault, slowest recovery 0.62 s (end to end after kill-gateway)',
    '  41 slots due, 0 missed; 87 messages, 0 lost',
    '  exit code 0: every promise was kept, and every fault undone',
  ]);
  const cut = { ...emptyTally, cutShort: 1 };
  expect(endLines({ tally: cut, stopped: true, notUndone: ['hang: continue-process: no'] }, plain)).toEqual([
    'The demo is over',
    '  0 rounds (0 held; 1 more cut short), 0 faults',
    '  0 slots due, 0 missed; 0 messages, 0 lost',
    '  may still stand: hang: continue-process: no',
    '  exit code 4: a fault could not be undone: npm run chaos -- recover',
  ]);
});
