/**
 * Service SLIs of faults and recovery, by the harness's recorder and, where a layer itself noticed, by that layer. They look for the last
 * word in the window, so that a run that is over is still shown.
 */
import { current, lastOver, type ServiceContext, selected } from './promql-live.ts';
import { type Course, lostAfter, type Moment, regainedAfter } from './promql-noticed.ts';
import { byDefault, type ServiceSli } from './service-sli.ts';
import { endToEnd } from './vocabulary.ts';

/** Those that dial the gateway. */
const diallers = ['session', 'runtime'] as const;

const views = ['fault', 'layer', 'vantage'] as const;

/** A vector has no pairs of all faults with all layers, so each layer is asked for by itself. */
function ofEachDialler(asked: (course: Course) => string, { window, where = {} }: ServiceContext): string {
  const moment = (metric: Moment) => (at: string) =>
    `max by (fault) (last_over_time(${selected(metric, { where })}[${window}]${at}))`;
  const each = diallers.map((layer) =>
    asked({
      lost: current('openclaw_gateway_lost_timestamp_seconds', { window, where, by: ['layer'] }, { layer }),
      regained: current('openclaw_gateway_regained_timestamp_seconds', { window, where, by: ['layer'] }, { layer }),
      injected: moment('chaos_fault_injection_timestamp_seconds'),
      healed: moment('chaos_fault_recovery_start_timestamp_seconds'),
      window,
    }),
  );
  return each.join(' or ');
}

const recovery = (context: ServiceContext, where: Readonly<Record<string, string>>) => {
  const by = byDefault(views, { ...context, where: { ...context.where, ...where } });
  return `${lastOver('chaos_fault_recovered_timestamp_seconds', by)} - ${lastOver('chaos_fault_recovery_start_timestamp_seconds', by)}`;
};

export const recoveryServiceSlis = {
  faultActive: {
    unit: 'count',
    sentence: '1 from the injection of a fault to its heal.',
    title: 'Fault active',
    query: (context) => current('chaos_fault_active', byDefault(['fault'], context)),
  },
  detectSeconds: {
    unit: 'seconds',
    sentence:
      'From the injection of a fault to when a layer that dials the gateway said that it had lost it; nothing if the fault did not cost it the gateway.',
    title: 'Lost it after',
    query: (context) => ofEachDialler(lostAfter, context),
  },
  reconnectSeconds: {
    unit: 'seconds',
    sentence:
      'From the end of a fault (its last blow, where the system must heal itself) that cost a layer the gateway to when that layer had it again.',
    title: 'Had it back after',
    query: (context) => ofEachDialler(regainedAfter, context),
  },
  recoverySeconds: {
    unit: 'seconds',
    sentence: 'From the end of a fault to the first good probe of the streak that lasted, by layer and vantage.',
    title: 'Recovered after',
    query: (context) => recovery(context, {}),
  },
  firstSuccessSeconds: {
    unit: 'seconds',
    sentence:
      "From the end of a fault to the first success of the whole way: run request, skill run, event on the user's connection.",
    title: 'First success after',
    query: (context) => recovery(context, { layer: endToEnd }),
  },
  verdicts: {
    unit: 'count',
    sentence: '1 for the outcome of a run, 0 for the others.',
    title: 'Verdict',
    query: (context) => lastOver('chaos_run_verdict', byDefault(['outcome'], context)),
  },
} as const satisfies Record<string, ServiceSli>;
