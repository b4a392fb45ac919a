/** Alerts about a layer itself: it does not answer, is not even asked, dies again and again, or says that it is not well. */
import { up } from '../promql-live.ts';
import { selector } from '../selector.ts';
import { serviceSlis } from '../service-slis.ts';
import type { AlertSpec } from './alert.ts';

/** One target each. */
const layers = ['session', 'gateway', 'runtime'] as const;

const now = { window: '30s' } as const;
const health = { run: 'npm run health', tells: 'which layers answer, and what that does to skills, in one sentence' };
const layerLog = { run: 'tail -n 50 ~/.openclaw/logs/LAYER.log', tells: 'what the layer last said' };

/** What of a layer is scraped at all is asked layer by layer: what was never there has no series that could be missed. */
const neverScraped = layers.map((layer) => `absent(${selector('up', { layer })})`).join(' or ');
/** Something answers the scrape, and it is no layer: another program's port, a wrong path. */
const scrapedButMute = `${up({})} == 1 unless on (layer) ${selector('openclaw_start_timestamp_seconds')}`;

export const layerAlerts = {
  OpenclawLayerDown: {
    expr: `${serviceSlis.layerUp.query(now)} == 0`,
    forSeconds: 10,
    severity: 'page',
    labels: ['layer'],
    summary: 'The {{ $labels.layer }} does not answer.',
    description:
      'Prometheus has had no answer from /metrics of the {{ $labels.layer }} for 10 seconds or more: it is down, hangs, or cannot be reached.',
    runbook: {
      means: 'The process of this layer is dead or stuck, or the network between it and Prometheus is.',
      noticed:
        'session: clients are disconnected and keep their messages until it is back. gateway: nobody can ask for runs. runtime: no skill runs at all, and what is due is caught up afterwards.',
      look: [
        health,
        { ask: serviceSlis.layerUp.query(now), tells: 'which layers answer Prometheus' },
        { ask: serviceSlis.layerStarts.query({ window: '10m' }), tells: 'whether it is started again and again' },
        layerLog,
      ],
      mend: 'Each layer has a supervisor that starts it again by itself within a second. If it does not, the supervisor is gone too: start the layer (npm start, or its container). If the log names a port or a file, mend that first.',
    },
  },
  OpenclawNoData: {
    expr: `max by (layer) (${neverScraped} or (${scrapedButMute}))`,
    forSeconds: 15,
    severity: 'page',
    labels: ['layer'],
    summary: 'Nothing is known of the {{ $labels.layer }}.',
    description:
      'Prometheus has no target for the {{ $labels.layer }} with job="openclaw", or what answers there is not a layer. All other alerts about it are blind, for 15 seconds or more.',
    runbook: {
      means:
        'Not that the layer is down (OpenclawLayerDown says that), but that nobody would know: the scrape configuration lost it, or its labels, or points to another program.',
      noticed: 'Nothing, until something else fails and nobody is told.',
      look: [
        { ask: up({}), tells: 'the targets that there are; each must have a label layer: session, gateway or runtime' },
        {
          run: 'curl -s http://PROMETHEUS:9090/api/v1/targets',
          tells: 'where Prometheus looks for them, and the error',
        },
        {
          run: 'curl -s http://127.0.0.1:3019/metrics',
          tells: 'what the gateway shows (3018: session, 3020: runtime)',
        },
      ],
      mend: 'Put the target back into scrape_configs: job_name openclaw, one target each with the label layer. If all three layers are missing, look whether Prometheus read its configuration at all.',
    },
  },
  OpenclawRestartLoop: {
    expr: `${serviceSlis.layerStarts.query(now)} >= 3`,
    forSeconds: 0,
    severity: 'page',
    labels: ['layer'],
    summary: 'The {{ $labels.layer }} dies again and again.',
    description:
      'The {{ $labels.layer }} was started {{ $value | humanize }} times within 30 seconds, not counting starts between two scrapes.',
    runbook: {
      means: 'The layer starts, and ends again soon after: something it needs is broken, or something kills it.',
      noticed: 'Connections break every few seconds; nothing acknowledged is lost, but everything takes longer.',
      look: [
        health,
        { ask: serviceSlis.layerStarts.query({ window: '5m' }), tells: 'since when, and whether it has stopped' },
        layerLog,
        { run: 'ls -l ~/.openclaw/state/', tells: 'state files that were put aside (*.quarantine-*)' },
      ],
      mend: 'The last line before each start says why: a full disk, memory, a port, a file. After 30 deaths in a minute the supervisor waits 5 s to 30 s between starts: give it a moment once the cause is mended. From then on starts are too rare for this alert, so its end is no proof that all is well; OpenclawLayerDown goes on.',
    },
  },
  OpenclawLayerDegraded: {
    expr: `${serviceSlis.layerDegraded.query(now)} == 1`,
    forSeconds: 15,
    severity: 'ticket',
    labels: ['layer'],
    summary: 'The {{ $labels.layer }} says that it is degraded.',
    description:
      'For 15 seconds or more the {{ $labels.layer }} has done something less well than it should; its /health says what.',
    runbook: {
      means:
        'The layer works, and knows of trouble: a disk that takes no writes, state that had to be put aside, a gateway that does not answer the session layer, or that refuses the token of a layer.',
      noticed:
        'Little yet. On a full disk, what is kept in memory only would be lost if the layer died now. Without the gateway, messages are kept and delivered later.',
      look: [
        {
          run: 'curl -s http://127.0.0.1:3020/health',
          tells: 'the reasons, in "degraded" (3018: session, 3019: gateway, 3020: runtime)',
        },
        { run: 'df -h ~/.openclaw', tells: 'whether the disk is full' },
        { ask: serviceSlis.layerDegraded.query(now), tells: 'which layers say so' },
      ],
      mend: 'A full disk: free it, and the layer goes back to it by itself. A gateway: see OpenclawGatewayUnreachable. A refused token: give both the same OPENCLAW_TOKEN, or the same OPENCLAW_HOME. A file that was put aside (~/.openclaw/state/*.quarantine-*, with a .reason beside it) is named for an hour; look into it before it is removed.',
    },
  },
} as const satisfies Record<string, AlertSpec>;
