/** Metrics of the harness's recorder: which alerts fired, and what each fault had to do with them. Timestamps are never zero-initialised. */
import type { MetricSpec } from './metric-spec.ts';

const layers = ['harness'] as const;
const fault = { atMost: 100, boundedBy: "the scenario's timeline" } as const;
const alert = { atMost: 50, boundedBy: 'the alerts that there are' } as const;

export const alertMetrics = {
  chaos_alert_observed_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    help: 'Seconds in which it was known whether the alert fires.',
    labels: { alert },
    layers,
    why: 'Silence that nobody listened to proves nothing.',
  },
  chaos_alert_firing_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    help: 'Observed seconds in which the alert fired.',
    labels: { alert },
    layers,
    why: 'Which alerts a scenario raises, and for how long.',
  },
  chaos_alert_unexpected_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    help: 'Seconds in which the alert fired for something that no fault so far was to raise it for.',
    labels: { alert },
    layers,
    why: 'False alarms: 0, or somebody was paged for nothing.',
  },
  chaos_fault_alert_fired: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 once the alert has fired since the fault was injected, 0 until then.',
    labels: { fault, alert },
    layers,
    why: 'Would anybody have been paged?',
  },
  chaos_fault_alert_fired_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When the alert first fired after the fault was injected, Unix time.',
    labels: { fault, alert },
    layers,
    why: 'How soon somebody would have been paged.',
  },
  chaos_fault_alert_resolved_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When the alert had resolved after the fault, Unix time.',
    labels: { fault, alert },
    layers,
    why: 'How long a page outlives its cause.',
  },
  chaos_fault_alert_unresolved: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the alert fires since the fault, 0 while it does not.',
    labels: { fault, alert },
    layers,
    why: 'What makes "never resolved" data rather than no data.',
  },
} as const satisfies Record<string, MetricSpec>;
