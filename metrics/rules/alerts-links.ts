/** Alerts about the way to the gateway: it is cut, it breaks again and again, or what should cross it piles up. */
import { current, growthOver, increaseOver } from '../promql-live.ts';
import { serviceSlis } from '../service-slis.ts';
import type { AlertSpec } from './alert.ts';

const now = { window: '30s' } as const;
const health = { run: 'npm run health', tells: 'which layers answer, and what that does to skills, in one sentence' };

const reports = current('openclaw_outbox_pending', now, {}, 'sum');
const reportsDelivered = increaseOver('openclaw_outbox_deliveries_total', now, { result: 'delivered' });
const messages = current('openclaw_session_undelivered', now, {}, 'sum');
const messagesDelivered = increaseOver('openclaw_session_deliveries_total', now, { result: 'delivered' });

/** A scrape may find some on their way at any time, on a busy machine a few more than on an idle one: so many more are no growth. */
const onTheirWay = 5;

/** Some wait, and either there are more and more of them, or none at all gets through. */
function pilingUp(waiting: string, growth: string, delivered: string): string {
  return `${waiting} > 0 and (${growth} > ${onTheirWay} or ${delivered} == 0)`;
}

export const linkAlerts = {
  OpenclawGatewayUnreachable: {
    expr: `${serviceSlis.gatewayReachable.query(now)} == 0`,
    forSeconds: 5,
    severity: 'page',
    labels: ['layer'],
    summary: 'The {{ $labels.layer }} cannot reach the gateway.',
    description:
      'The {{ $labels.layer }} has had no answer from the gateway for 5 seconds or more, and goes on without it.',
    runbook: {
      means: 'The gateway is down, or the network between this layer and it is. OpenclawLayerDown tells the two apart.',
      noticed:
        'runtime: skills that need no gateway run on; those that do are deferred, and caught up afterwards. session: messages are kept, and delivered later.',
      look: [
        health,
        { ask: serviceSlis.gatewayReachable.query(now), tells: 'who reaches the gateway, and who does not' },
        { ask: serviceSlis.layerUp.query(now), tells: 'whether the gateway answers Prometheus' },
        { run: 'curl -s http://127.0.0.1:3020/health', tells: 'what the runtime says of the link, and its outbox' },
      ],
      mend: 'If the gateway is down: see OpenclawLayerDown. If it answers Prometheus, the way from this layer to it is cut: a firewall, a proxy, the address in OPENCLAW_GATEWAY_URL. Nothing needs to be restarted; the layer dials again at least once a second.',
    },
  },
  OpenclawGatewayConnectionIssues: {
    // `increase` extrapolates, by a fifth at most where scrapes are 5 s apart: two breaks stay below 2.5, three are never below 3.
    expr: `${serviceSlis.gatewayConnectionIssues.query(now)} > 2.5`,
    forSeconds: 0,
    severity: 'ticket',
    labels: ['layer'],
    summary: 'The connection of the {{ $labels.layer }} to the gateway breaks again and again.',
    description:
      'The {{ $labels.layer }} lost the gateway about {{ $value | printf "%.0f" }} times within 30 seconds, and found it again in between.',
    runbook: {
      means:
        'No outage, but no rest either: a gateway that keeps dying, or a network or proxy that resets connections.',
      noticed: 'Everything works, and takes longer.',
      look: [
        {
          ask: serviceSlis.gatewayConnectionIssues.query({ window: '5m' }),
          tells: 'how often each layer lost it: both, and it is the gateway; one, and it is that way',
        },
        {
          ask: serviceSlis.layerStarts.query({ window: '5m' }),
          tells: 'whether the gateway is started again and again',
        },
        { ask: serviceSlis.gatewayConnectionAttempts.query({ window: '5m' }), tells: 'whether the dials are a storm' },
      ],
      mend: 'If the gateway restarts: see OpenclawRestartLoop. Else look at what lies between: idle timeouts of a proxy or load balancer, a link that loses packets.',
    },
  },
  OpenclawOutboxGrowing: {
    expr: pilingUp(reports, growthOver('openclaw_outbox_pending', now), reportsDelivered),
    forSeconds: 10,
    severity: 'ticket',
    labels: [],
    summary: "Reports of the runtime pile up: the gateway doesn't hear of runs.",
    description:
      '{{ $value | humanize }} reports wait in the outbox of the runtime, and for 10 seconds or more they have grown in number or none was delivered.',
    runbook: {
      means: 'The runtime runs skills and keeps what became of them, but cannot tell the gateway.',
      noticed: 'Runs and their results show up late; nothing is lost while the outbox has room.',
      look: [
        { ask: reports, tells: 'how many reports wait' },
        { ask: reportsDelivered, tells: 'how many were delivered in the last 30 seconds' },
        { ask: serviceSlis.gatewayReachable.query(now), tells: 'whether the runtime reaches the gateway' },
        { run: 'npm run skill -- runs NAME', tells: 'what the runtime itself knows of the runs of a skill' },
      ],
      mend: 'Make the gateway reachable; the outbox drains by itself, oldest first. If the gateway is reachable, its log says why it refuses reports. A full outbox drops the output of runs before anything else, never an outcome.',
    },
  },
  OpenclawMessagesUndelivered: {
    expr: pilingUp(messages, growthOver('openclaw_session_undelivered', now), messagesDelivered),
    forSeconds: 10,
    severity: 'ticket',
    labels: [],
    summary: 'Messages of clients pile up in the session layer.',
    description:
      '{{ $value | humanize }} acknowledged messages of clients wait in the session layer, and for 10 seconds or more they have grown in number or none was delivered.',
    runbook: {
      means: 'The session layer has taken the messages and keeps them, but cannot hand them to the gateway.',
      noticed: 'Clients see their messages acknowledged, and nothing comes of them.',
      look: [
        { ask: messages, tells: 'how many messages wait' },
        { ask: messagesDelivered, tells: 'how many were delivered in the last 30 seconds' },
        { ask: serviceSlis.gatewayReachable.query(now), tells: 'whether the session layer reaches the gateway' },
        { run: 'curl -s http://127.0.0.1:3018/health', tells: 'what the session layer says of the link' },
      ],
      mend: 'Make the gateway reachable; messages are delivered by themselves, in order. If it is reachable, its log says why it refuses them.',
    },
  },
} as const satisfies Record<string, AlertSpec>;
