/** Overview: the failure table, live. Are skills running; which layer is down, and since when? */
import { dashboard } from '../dashboard.ts';
import { line } from '../layout.ts';
import { atOnce } from './overview/at-once.ts';
import { overTime } from './overview/over-time.ts';
import { alertTable, failureTable } from './overview/tables.ts';
import { uids } from './uids.ts';

export const overview = dashboard({
  uid: uids.overview,
  title: 'OpenClaw / Overview',
  description: 'Are skills running? Which layer is down, since when, and what has it done to the others?',
  tags: ['overview'],
  variables: ['instance', 'skill'],
  sections: [
    { lines: atOnce },
    { title: 'Layers', lines: [line(7, [failureTable, alertTable], [16, 8])] },
    { title: 'Over time', lines: overTime },
  ],
});
