/** Chaos runs: what the harness broke, what it saw, and how the runs came out. */
import { dashboard } from '../dashboard.ts';
import { alerts } from './chaos-runs/alerts.ts';
import { atOnce } from './chaos-runs/at-once.ts';
import { faults } from './chaos-runs/faults.ts';
import { harness } from './chaos-runs/harness.ts';
import { promises } from './chaos-runs/promises.ts';
import { uids } from './uids.ts';

export const chaosRuns = dashboard({
  uid: uids.chaosRuns,
  title: 'OpenClaw / Chaos runs',
  description:
    'What did the harness break, how long until all was well again, which alerts fired, and what is the verdict?',
  tags: ['chaos'],
  variables: ['instance', 'fault'],
  sections: [
    { lines: atOnce },
    { title: 'Faults and recovery', lines: faults },
    { title: 'Alerts', lines: alerts },
    { title: 'Promises', lines: promises },
    { title: 'The harness itself', lines: harness },
  ],
});
