/** The same over time, and how to read it. */
import { current } from '../../../metrics/promql-live.ts';
import { unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { stateTimeline } from '../../panels/state-timeline.ts';
import { text } from '../../panels/text.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { live, minStep } from './context.ts';

export const overTime = [
  line(8, [
    stateTimeline({
      title: 'Who was up',
      description:
        'Each layer by its scrapes; below, whether the gateway answered those that dial it. A gap: not scraped.',
      queries: [
        { expr: ask('layerUp', live), legend: '{{layer}}' },
        { expr: ask('gatewayReachable', live), legend: 'gateway, for {{layer}}' },
      ],
      states: { 0: ['down', 'bad'], 1: ['up', 'good'] },
      none: 'not scraped',
    }),
    stateTimeline({
      title: 'Faults and alerts',
      description: 'What the harness broke, and which alerts fired for it.',
      queries: [
        { expr: ask('faultActive', live), legend: '{{fault}}' },
        { expr: ask('alertsFiring', { window: '$__rate_interval', by: ['alertname'] }), legend: '{{alertname}}' },
      ],
      states: { 0: ['none', 'neutral'], 1: ['active', 'bad'] },
      none: 'no fault, no alert',
    }),
  ]),
  line(8, [
    timeSeries({
      ...about('skillUptimeRatio'),
      title: 'Skill uptime and success',
      description: 'Share of the slots that got a run, and share of the runs that succeeded, in windows of a minute.',
      queries: [
        { expr: ask('skillUptimeRatio', live), legend: 'uptime', minStep },
        { expr: ask('skillSuccessRatio', live), legend: 'success', minStep },
      ],
      max: 1,
    }),
    timeSeries({
      ...about('slotLatenessSeconds'),
      title: 'Slot lateness',
      queries: [
        { expr: ask('slotLatenessSeconds', live), legend: '99 %', minStep },
        { expr: ask('slotLatenessMedianSeconds', live), legend: 'median', minStep },
      ],
    }),
    timeSeries({
      ...about('gatewayConnectionIssues'),
      queries: [{ expr: ask('gatewayConnectionIssues', live), legend: '{{layer}}', minStep: '5s' }],
      byLayer: true,
    }),
  ]),
  line(8, [
    timeSeries({
      title: 'What waits',
      description:
        'Kept safe until the other side is back: messages of clients for the gateway, reports of the runtime for the gateway, slots for what their skill requires. Must go down again after each fault.',
      unit: unitOf('openclaw_outbox_pending'),
      queries: [
        { expr: current('openclaw_session_undelivered', live), legend: 'messages' },
        { expr: current('openclaw_outbox_pending', live), legend: 'reports' },
        { expr: current('openclaw_skill_deferred', live, {}, 'sum'), legend: 'deferred slots' },
        { expr: current('openclaw_gateway_commands_pending', live), legend: 'commands' },
      ],
      stepped: true,
    }),
    text({
      title: 'How to read this',
      description: 'What these dashboards show, and where to go on.',
      lines: [
        'Skills must keep running while sessions, gateway or network fail: **the first figure stays at 100 %**. Only while the runtime itself is down is it 0 %; what is due then is caught up afterwards.',
        '',
        '- Marked windows are **faults** (purple) and **alerts** (vermilion). Blue is good, orange a warning, vermilion bad.',
        '- A skill is late or stale: **Skills**. Messages or clients have trouble: **Sessions and gateway**. A run of the harness: **Chaos runs**.',
        '- All of it is the word of the layers, but for recovery and faults, which the harness saw from outside.',
      ],
    }),
  ]),
];
