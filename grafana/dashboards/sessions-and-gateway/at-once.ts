/** What is seen in the first second, and each layer. */
import { current, increaseOver } from '../../../metrics/promql-live.ts';
import { fewSteps, noneSteps, plain, shareSteps } from '../../appearance/colours.ts';
import { degradedOrNot, reachableOrNot } from '../../appearance/states.ts';
import { unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask, column } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { table } from '../../panels/table.ts';
import { live, pendingSteps, shown } from './context.ts';

export const atOnce = [
  line(4, [
    stat({
      title: 'Clients connected',
      description: 'Open WebSocket connections that said hello.',
      unit: unitOf('openclaw_session_connections'),
      queries: [{ expr: current('openclaw_session_connections', live, {}, 'sum'), legend: 'connections' }],
      steps: plain,
      none: 'session layer not scraped',
    }),
    stat({
      ...about('sessionsResumedRatio'),
      queries: [{ expr: ask('sessionsResumedRatio', shown), legend: 'resumed' }],
      steps: shareSteps,
      none: 'nobody came back',
    }),
    stat({
      title: 'Messages under way',
      description: 'Messages of clients, safe in the session layer, that the gateway does not have yet.',
      unit: unitOf('openclaw_session_undelivered'),
      queries: [{ expr: current('openclaw_session_undelivered', live, {}, 'sum'), legend: 'messages' }],
      steps: pendingSteps,
      none: 'session layer not scraped',
    }),
    stat({
      title: 'Commands pending',
      description: 'Commands that the runtime has not acknowledged.',
      unit: unitOf('openclaw_gateway_commands_pending'),
      queries: [{ expr: current('openclaw_gateway_commands_pending', live, {}, 'sum'), legend: 'commands' }],
      steps: pendingSteps,
      none: 'gateway not scraped',
    }),
    stat({
      ...about('gatewayReachable'),
      title: 'Gateway, for',
      queries: [{ expr: ask('gatewayReachable', live), legend: '{{layer}}' }],
      steps: plain,
      states: reachableOrNot,
      none: 'not scraped',
    }),
    stat({
      ...about('gatewayConnectionIssues'),
      title: 'Connection issues',
      queries: [{ expr: ask('gatewayConnectionIssues', shown), legend: '{{layer}}' }],
      steps: fewSteps,
      decimals: 0,
      none: 'not scraped',
    }),
  ]),
];

export const perLayer = table({
  title: 'Layers',
  description: 'A row a layer: version, health, and what should not happen, in the time shown.',
  keys: { layer: 'Layer', version: 'Version' },
  columns: [
    { title: 'Build', expr: current('openclaw_build_info', { ...live, by: ['layer', 'version'] }), unit: 'none' },
    ...[
      column('layerRunningSeconds', live, { decimals: 0 }),
      column('layerStarts', shown, { title: 'Restarts' }),
      column('layerDegraded', live, { title: 'Says', states: degradedOrNot }),
      column('gatewayReachableRatio', shown, { title: 'Had the gateway', steps: shareSteps, decimals: 1 }),
      column('gatewayConnectionAttempts', shown, { title: 'Dialled', decimals: 0 }),
    ],
    {
      title: 'Tokens refused',
      expr: increaseOver('openclaw_auth_failures_total', { ...shown, by: ['layer'] }),
      unit: 'short',
      steps: fewSteps,
      decimals: 0,
    },
    {
      title: 'State put aside',
      expr: increaseOver('openclaw_state_quarantined_total', { ...shown, by: ['layer'] }),
      unit: 'short',
      steps: noneSteps,
      decimals: 0,
    },
  ],
  none: '–',
});
