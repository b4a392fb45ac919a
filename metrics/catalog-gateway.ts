/** Metrics of the gateway core: what it is asked for, what it is told. */
import type { MetricSpec } from './metric-spec.ts';

const layers = ['gateway'] as const;

export const gatewayMetrics = {
  openclaw_gateway_run_requests_total: {
    type: 'counter',
    unit: 'requests',
    help: 'Requests to run a skill now, by whether the idempotency key was new; refused: no such skill, or too many.',
    labels: { result: ['new', 'repeated', 'refused'] },
    layers,
    why: 'Load of the users; repeated ones rise when answers are lost.',
  },
  openclaw_gateway_cancel_requests_total: {
    type: 'counter',
    unit: 'requests',
    help: 'Requests to cancel a run, by whether they were the first for it.',
    labels: { result: ['new', 'repeated'] },
    layers,
    why: 'People who stop what runs.',
  },
  openclaw_gateway_reports_total: {
    type: 'counter',
    unit: 'reports',
    help: 'Run reports received, by whether they were new.',
    labels: { result: ['new', 'duplicate', 'stale'] },
    layers,
    why: 'Does the gateway hear of what runs? Duplicates rise when answers to the runtime are lost.',
  },
  openclaw_gateway_messages_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages of clients that the session layer delivered, by whether they were new.',
    labels: { result: ['new', 'duplicate'] },
    layers,
    why: 'The other end of openclaw_session_deliveries_total.',
  },
  openclaw_gateway_commands_pending: {
    type: 'gauge',
    unit: 'commands',
    help: 'Commands that the runtime has not acknowledged.',
    labels: {},
    layers,
    why: 'Runs that were asked for and have not begun: it grows while the runtime is away.',
  },
  openclaw_gateway_event_streams: {
    type: 'gauge',
    unit: 'streams',
    help: 'Open event streams.',
    labels: {},
    layers,
    why: 'Is the session layer listening?',
  },
} as const satisfies Record<string, MetricSpec>;
