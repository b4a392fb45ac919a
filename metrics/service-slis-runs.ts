/**
 * Service SLIs of runs of the harness: what its recorder last said in the window of layers, slots, faults and alerts. A run's verdict
 * rests on `slis.ts`; these show it while it is played, and afterwards.
 */
import { lastOver, type ServiceContext } from './promql-live.ts';
import { grouping } from './selector.ts';
import { byDefault, type ServiceSli, share } from './service-sli.ts';
import { recoveryServiceSlis } from './service-slis-recovery.ts';

const perView = (context: ServiceContext) => byDefault(['layer', 'vantage', 'phase'], context);
const perSlot = (context: ServiceContext) => byDefault(['skill', 'phase'], context);
const perAlert = (context: ServiceContext) => byDefault(['fault', 'alert'], context);

export const runServiceSlis = {
  verdict: {
    unit: 'count',
    sentence: 'Outcomes of the runs in the window: held, broken or inconclusive; nothing until one is judged.',
    title: 'Verdict',
    query: (context) => `${recoveryServiceSlis.verdicts.query(context)} == 1`,
  },
  slowestRecoverySeconds: {
    unit: 'seconds',
    sentence: 'The longest recovery of the layer after any fault in the window, from wherever it was watched.',
    title: 'Slowest recovery',
    query: ({ by = ['layer'], ...context }) =>
      `max${grouping(by)} (${recoveryServiceSlis.recoverySeconds.query(context)})`,
  },
  observedAvailabilityRatio: {
    unit: 'ratio',
    sentence: 'Share of the observed seconds in which the layer had no outage, by the probes of the harness.',
    title: 'Availability, as probed',
    query: (context) =>
      share(
        lastOver('chaos_layer_available_seconds_total', perView(context)),
        lastOver('chaos_layer_observed_seconds_total', perView(context)),
      ),
  },
  slotsInTimeRatio: {
    unit: 'ratio',
    sentence: 'Share of the slots due that were executed within their bound, by what the skills themselves wrote.',
    title: 'Slots in time',
    query: (context) =>
      share(
        lastOver('chaos_schedule_slots_in_time_total', perSlot(context)),
        lastOver('chaos_schedule_slots_due_total', perSlot(context)),
      ),
  },
  onsetSeconds: {
    unit: 'seconds',
    sentence: 'From injection to the start of the first bad probe.',
    title: 'Seen after',
    query: (context) =>
      `${lastOver('chaos_fault_onset_timestamp_seconds', byDefault(['fault', 'layer', 'vantage'], context))} - on (fault) group_left () ${lastOver('chaos_fault_injection_timestamp_seconds', { ...context, by: ['fault'] })}`,
  },
  alertFiredSeconds: {
    unit: 'seconds',
    sentence: 'From the injection of the fault to when the alert fired.',
    title: 'Fired after',
    query: (context) =>
      `${lastOver('chaos_fault_alert_fired_timestamp_seconds', perAlert(context))} - on (fault) group_left () ${lastOver('chaos_fault_injection_timestamp_seconds', { ...context, by: ['fault'] })}`,
  },
  alertResolvedSeconds: {
    unit: 'seconds',
    sentence: 'From when the alert fired to when it was resolved.',
    title: 'Resolved after',
    query: (context) =>
      `${lastOver('chaos_fault_alert_resolved_timestamp_seconds', perAlert(context))} - ${lastOver('chaos_fault_alert_fired_timestamp_seconds', perAlert(context))}`,
  },
  alertFiringRatio: {
    unit: 'ratio',
    sentence: 'Share of the observed seconds in which the alert fired.',
    title: 'Firing, share of time',
    query: (context) =>
      share(
        lastOver('chaos_alert_firing_seconds_total', byDefault(['alert'], context)),
        lastOver('chaos_alert_observed_seconds_total', byDefault(['alert'], context)),
      ),
  },
} as const satisfies Record<string, ServiceSli>;
