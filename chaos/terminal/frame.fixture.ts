/** For tests: a run in the middle of its first fault. */
import type { Snapshot } from '../observe/snapshot.ts';
import type { Frame } from './run-state.ts';

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
  alerts: [],
};
export const frame: Frame = {
  plan: { scenarioName: 'gateway-down', target: 'resilient' },
  stage: 'timeline',
  activity: '',
  snapshot,
  faults: [{ fault: '1-outage', forMs: 2340 }],
  elapsedMs: 17_250,
};
