/** Service SLIs of skills, by the runtime's own counters, which its ledger keeps: they never go back. */
import { increaseOver, quantileOver, ratePerSecond, type ServiceContext } from './promql-live.ts';
import { type ServiceSli, share } from './service-sli.ts';

/** A run that somebody cancelled says nothing about the system. */
const judged = { outcome: { not: 'cancelled' } } as const;
const unsuccessful = { outcome: { unlike: 'succeeded|cancelled' } } as const;
/** Of a slot that got a run: at once, later, or when what its skill requires was back. */
const owned = { fate: { like: 'claimed|caught-up|deferred' } } as const;

const runs = 'openclaw_skill_runs_total';
const slots = 'openclaw_skill_slots_total';

/** Finished runs a second, but for cancelled ones. */
export function runRate(context: ServiceContext): string {
  return ratePerSecond(runs, context, judged);
}

/** Those of them that did not succeed. */
export function failedRunRate(context: ServiceContext): string {
  return ratePerSecond(runs, context, unsuccessful);
}

const lateness = (q: number): ServiceSli => ({
  unit: 'seconds',
  sentence: `From the due time of a slot to the start of its process: ${q * 100} % of the slots took no longer.`,
  title: `Slot lateness, ${q * 100} %`,
  query: (context) => quantileOver('openclaw_skill_start_lateness_seconds', q, context),
});

export const skillServiceSlis = {
  skillSuccessRatio: {
    unit: 'ratio',
    sentence: 'Share of the runs finished in the window that succeeded; cancelled ones are left out.',
    title: 'Skill success',
    query: (context) => share(ratePerSecond(runs, context, { outcome: 'succeeded' }), runRate(context)),
  },
  skillFailureRatio: {
    unit: 'ratio',
    sentence: 'Share of the runs finished in the window that did not succeed; cancelled ones are left out.',
    title: 'Skill failure',
    query: (context) => share(failedRunRate(context), runRate(context)),
  },
  skillFailures: {
    unit: 'count',
    sentence: 'Runs finished in the window that did not succeed and were not cancelled.',
    title: 'Failed runs',
    query: (context) => increaseOver(runs, context, unsuccessful),
  },
  skillRuns: {
    unit: 'count',
    sentence: 'Runs finished in the window; cancelled ones are left out.',
    title: 'Finished runs',
    query: (context) => increaseOver(runs, context, judged),
  },
  skillUptimeRatio: {
    unit: 'ratio',
    sentence:
      'Share of the slots accounted for in the window that got a run: at once, caught up, or deferred until the gateway is back. The others were missed.',
    title: 'Skill uptime',
    query: (context) => share(ratePerSecond(slots, context, owned), ratePerSecond(slots, context)),
  },
  slotLatenessSeconds: lateness(0.99),
  slotLatenessMedianSeconds: lateness(0.5),
} as const satisfies Record<string, ServiceSli>;
