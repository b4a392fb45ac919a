/** SLIs of alerts: whether a fault raised those that somebody must get, how soon they came and went, and whether the others were silent. */
import { z } from 'zod';
import { latest, total } from './promql.ts';
import { type AlertName, alerts } from './rules/alerts.ts';
import { count, type Labels, type SliContext, type SliTopology, seconds, sli, titled } from './sli.ts';

const none = z.strictObject({});
const perAlert = z.strictObject({ fault: z.string(), alert: z.enum(Object.keys(alerts) as [AlertName]) });

type Expected = z.infer<typeof perAlert>;
const labels = ['fault', 'alert'] as const;
const one = ({ fault, alert }: Expected): readonly Labels[] => [{ fault, alert }];
const each = (_: unknown, { alerts: judged }: SliTopology): readonly Labels[] => judged.map((alert) => ({ alert }));

type Moment = 'chaos_fault_alert_fired_timestamp_seconds' | 'chaos_fault_alert_resolved_timestamp_seconds';

/** `group_left`: one fault may raise several alerts. */
function sinceInjection(moment: Moment, params: Expected, context: SliContext): string {
  const injected = latest('chaos_fault_injection_timestamp_seconds', ['fault'], { fault: params.fault }, context);
  return `${latest(moment, labels, params, context)} - on (fault) group_left ${injected}`;
}

export const alertSlis = {
  alertFired: sli({
    ...count,
    sane: { min: 0, max: 1 },
    sentence:
      '1 if the alert fired for the fault, for all that it must fire for; 0 if somebody would have waited for it in vain.',
    params: perAlert,
    title: ({ fault, alert }) => titled(`${alert} fired`, fault),
    query: (params, context) => latest('chaos_fault_alert_fired', labels, params, context),
    series: one,
  }),
  alertFiredSeconds: sli({
    ...seconds,
    sentence: 'From injection until the alert fired, for the last of all that it must fire for.',
    params: perAlert,
    title: ({ fault, alert }) => titled(`${alert} fired after`, fault),
    query: (params, context) => sinceInjection('chaos_fault_alert_fired_timestamp_seconds', params, context),
    series: one,
  }),
  alertUnresolved: sli({
    ...count,
    sane: { min: 0, max: 1 },
    sentence: '1 if the alert still fired when observation of the fault ended.',
    params: perAlert,
    title: ({ fault, alert }) => titled(`${alert} still fires`, fault),
    query: (params, context) => latest('chaos_fault_alert_unresolved', labels, params, context),
    series: one,
  }),
  alertResolvedSeconds: sli({
    ...seconds,
    sentence: 'From injection until the alert fired no more.',
    params: perAlert,
    title: ({ fault, alert }) => titled(`${alert} resolved after`, fault),
    query: (params, context) => sinceInjection('chaos_fault_alert_resolved_timestamp_seconds', params, context),
    series: one,
  }),
  alertUnexpectedSeconds: sli({
    ...seconds,
    sentence: 'For how long each alert fired for something that no fault so far was to raise it for.',
    params: none,
    title: () => 'alerts that fired unexpectedly, each',
    query: (_, context) => total('chaos_alert_unexpected_seconds_total', ['alert'], {}, context),
    series: each,
  }),
  alertObservedRatio: sli({
    unit: 'ratio',
    // Evaluations and phases are timed by different clocks: a little over 1 is no contradiction.
    sane: { min: 0, max: 1.05 },
    sentence: 'Share of the run in which each alert was seen to be evaluated.',
    params: none,
    title: () => 'alerts observed ratio, each',
    query: (_, context) =>
      `${total('chaos_alert_observed_seconds_total', ['alert'], {}, context)} / on () group_left ${total('chaos_window_seconds_total', [], {}, context)}`,
    series: each,
  }),
} as const;
