/** The failure table, and what fires. */
import { fewSteps, shareSteps } from '../../appearance/colours.ts';
import { degradedOrNot, firingOrNot, reachableOrNot, upOrDown } from '../../appearance/states.ts';
import { column } from '../../panels/figures.ts';
import { table } from '../../panels/table.ts';
import { uids } from '../uids.ts';
import { live, recoverySteps, shown } from './context.ts';

export const failureTable = table({
  title: 'The failure table, live',
  description:
    'A row a layer: what it is like now, and what has become of it in the time shown. `end-to-end` is the whole way of a user: run request, skill run, event. Skills must go on running while session or gateway is bad.',
  keys: { layer: 'Layer' },
  columns: [
    column('layerUp', live, { title: 'Now', states: upOrDown }),
    column('layerAvailabilityRatio', shown, { title: 'Availability', steps: shareSteps, decimals: 2 }),
    column('layerRunningSeconds', live, { decimals: 0 }),
    column('layerStarts', shown, { title: 'Restarts' }),
    column('layerDegraded', live, { title: 'Says', states: degradedOrNot }),
    column('gatewayReachable', live, { title: 'Gateway', states: reachableOrNot }),
    column('gatewayConnectionIssues', shown, { title: 'Connection issues', steps: fewSteps, decimals: 0 }),
    column('slowestRecoverySeconds', shown, { steps: recoverySteps, decimals: 2 }),
  ],
  more: { uid: uids.sessionsAndGateway, variable: 'layer' },
  none: '–',
});

export const alertTable = table({
  title: 'What fires',
  description: 'Alerts that fire now, with what each is about. What to do is in the annotations of its rule.',
  keys: { alertname: 'Alert', severity: 'Severity', layer: 'Layer', skill: 'Skill' },
  columns: [column('alertsFiring', live, { title: 'State', states: firingOrNot })],
  none: 'nothing fires',
});
