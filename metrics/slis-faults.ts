/** SLIs of faults: whether each took effect, what it did to a layer, and how long that took to be over. */
import { z } from 'zod';
import type { MetricName } from './catalog.ts';
import { courseOf, latest, total } from './promql.ts';
import { lostAfter, regainedAfter } from './promql-noticed.ts';
import { count, type Labels, ratio, type SliContext, seconds, sli, titled } from './sli.ts';
import { endToEnd, inFlightThings, vantages } from './vocabulary.ts';

const none = z.strictObject({});
const perFault = z.strictObject({ fault: z.string() });
const perView = z.strictObject({ fault: z.string(), layer: z.string(), vantage: z.enum(vantages) });
const perLayer = z.strictObject({ fault: z.string(), layer: z.string() });

type View = z.infer<typeof perView>;
const view = ({ fault, layer, vantage }: View): readonly Labels[] => [{ fault, layer, vantage }];
const viewLabels = ['fault', 'layer', 'vantage'] as const;
const titledView = (name: string, { fault, layer, vantage }: View) => titled(`${layer} ${name}`, fault, vantage);

type ViewTimestamp = Extract<MetricName, `chaos_fault_${'onset' | 'recovered' | 'recovery_start'}_timestamp_seconds`>;
const when = (metric: ViewTimestamp, params: View, context: SliContext) => latest(metric, viewLabels, params, context);

function recovery(params: View, context: SliContext): string {
  return `${when('chaos_fault_recovered_timestamp_seconds', params, context)} - ${when('chaos_fault_recovery_start_timestamp_seconds', params, context)}`;
}

/** Any time since 2001; a zero would be "never written". */
const timestamp = { unit: 'timestamp', sane: { min: 1e9, max: 1e11 } } as const;

export const faultSlis = {
  faultsInjected: sli({
    ...count,
    sentence: 'How often each fault of the plan was injected.',
    params: none,
    title: () => 'faults injected, each',
    query: (_, context) => total('chaos_faults_injected_total', ['fault'], {}, context),
    series: (_, { faults }) => faults.map((fault) => ({ fault })),
  }),
  faultsProved: sli({
    ...count,
    sentence: "How often each fault's own canary saw it take effect.",
    params: none,
    title: () => 'faults proved, each',
    query: (_, context) => total('chaos_faults_proved_total', ['fault'], {}, context),
    series: (_, { faults }) => faults.map((fault) => ({ fault })),
  }),
  faultInjectionTimes: sli({
    ...timestamp,
    sentence: 'When each fault was injected, Unix time.',
    params: none,
    title: () => 'times of injection',
    query: (_, context) => latest('chaos_fault_injection_timestamp_seconds', ['fault'], {}, context),
    series: (_, { faults }) => faults.map((fault) => ({ fault })),
  }),
  faultHealTimes: sli({
    ...timestamp,
    sentence: 'When the harness had ended each fault that it ends, Unix time.',
    params: none,
    title: () => 'times of heal',
    query: (_, context) => latest('chaos_fault_heal_timestamp_seconds', ['fault'], {}, context),
    series: (_, { healedFaults }) => healedFaults.map((fault) => ({ fault })),
  }),
  faultBlows: sli({
    ...count,
    sentence: 'Blows of a repeating fault that landed.',
    params: perFault,
    title: ({ fault }) => titled('blows landed', fault),
    query: ({ fault }, context) => total('chaos_fault_blows_total', ['fault'], { fault }, context),
    series: ({ fault }) => [{ fault }],
  }),
  onsetSeconds: sli({
    ...seconds,
    sentence: 'From injection to the start of the first bad probe.',
    params: perView,
    title: (params) => titledView('onset', params),
    query: (params, context) =>
      `${when('chaos_fault_onset_timestamp_seconds', params, context)} - on (fault) group_left ${latest('chaos_fault_injection_timestamp_seconds', ['fault'], { fault: params.fault }, context)}`,
    series: view,
  }),
  detectSeconds: sli({
    ...seconds,
    sentence:
      'From injection until the layer itself had noticed that the gateway was gone, by its own word. No value if the fault did not cost it the gateway: what it loses over 5 s after the end is not the doing of this one.',
    params: perLayer,
    title: ({ fault, layer }) => titled(`${layer} detection`, fault),
    query: (params, context) => lostAfter(courseOf(params, context)),
    series: ({ fault, layer }) => [{ fault, layer }],
  }),
  reconnectSeconds: sli({
    ...seconds,
    sentence:
      'From heal (or the last blow, where the system heals itself) until the layer itself had the gateway again, by its own word. No value if the fault did not cost it the gateway.',
    params: perLayer,
    title: ({ fault, layer }) => titled(`${layer} reconnection`, fault),
    query: (params, context) => regainedAfter(courseOf(params, context)),
    series: ({ fault, layer }) => [{ fault, layer }],
  }),
  firstSuccessSeconds: sli({
    ...seconds,
    sentence:
      "From heal (or the last blow, where the system heals itself) to the first success of the whole way: run request, skill run, event on the user's connection.",
    params: perFault,
    title: ({ fault }) => titled('first success', fault),
    query: ({ fault }, context) => recovery({ fault, layer: endToEnd, vantage: 'user' }, context),
    series: ({ fault }) => [{ fault, layer: endToEnd, vantage: 'user' }],
    protocols: () => ['openclaw-session/1', 'openclaw-gateway/1'],
  }),
  recoverySeconds: sli({
    ...seconds,
    sentence:
      'From heal (or the last blow, where the system heals itself) to the first good probe of the streak that lasted to the end.',
    params: perView,
    title: (params) => titledView('recovery', params),
    query: recovery,
    series: view,
  }),
  recoveryResolutionSeconds: sli({
    ...seconds,
    sentence: 'How exactly the recovery is known: the gap between the probe before and the first good one.',
    params: perView,
    title: (params) => titledView('recovery resolution', params),
    query: (params, context) => latest('chaos_fault_recovery_resolution_seconds', viewLabels, params, context),
    series: view,
  }),
  outageSeconds: sli({
    ...seconds,
    sentence: 'From the first bad probe to the first good one of the streak that lasted to the end.',
    params: perView,
    title: (params) => titledView('outage length', params),
    query: (params, context) =>
      `${when('chaos_fault_recovered_timestamp_seconds', params, context)} - ${when('chaos_fault_onset_timestamp_seconds', params, context)}`,
    series: view,
  }),
  unrecovered: sli({
    ...count,
    sentence: '1 if the layer was still bad at the end of observation: never recovered is data, not a lack of it.',
    params: perView,
    title: (params) => titledView('still bad at the end', params),
    query: (params, context) => latest('chaos_fault_unrecovered', viewLabels, params, context),
    series: view,
  }),
  outages: sli({
    ...count,
    sentence:
      'Outages (2 bad probes in a row) that started between injection and the end of observation of that fault.',
    params: perView,
    title: (params) => titledView('outages', params),
    query: (params, context) => total('chaos_fault_outages_total', viewLabels, params, context),
    series: view,
  }),
  goodProbesWhileFailed: sli({
    ...count,
    sentence: 'Good probes between onset and heal: none, if the layer really failed.',
    params: perView,
    title: (params) => titledView('good probes while failed', params),
    query: (params, context) => total('chaos_fault_good_probes_total', viewLabels, params, context),
    series: view,
  }),
  crowdBackSeconds: sli({
    ...seconds,
    sentence:
      'From heal until the last session of the crowd was connected again; to the end of observation if one never was.',
    params: perFault,
    title: ({ fault }) => titled('crowd back', fault),
    query: ({ fault }, context) => latest('chaos_crowd_back_seconds', ['fault'], { fault }, context),
    series: ({ fault }) => [{ fault }],
    protocols: () => ['openclaw-session/1'],
  }),
  inFlight: sli({
    ...count,
    sentence: 'Things that the user waited for when a blow was dealt, over all blows: without any, none could be lost.',
    params: z.strictObject({ fault: z.string(), what: z.enum(inFlightThings) }),
    title: ({ fault, what }) => titled(`${what}s in flight at blows`, fault),
    query: (params, context) => total('chaos_fault_in_flight_total', ['fault', 'what'], params, context),
    series: ({ fault, what }) => [{ fault, what }],
  }),
  interruptedBlowsRatio: sli({
    ...ratio,
    sentence:
      'Share of the blows that landed after which, and before the next, the user lost its connection to the layer.',
    params: perLayer,
    title: ({ fault, layer }) => titled(`${layer} interrupted by blows`, fault),
    query: ({ fault, layer }, context) =>
      `${total('chaos_fault_interruptions_total', ['fault', 'layer'], { fault, layer }, context)} / on (fault) group_left ${total('chaos_fault_blows_total', ['fault'], { fault }, context)}`,
    series: ({ fault, layer }) => [{ fault, layer }],
    protocols: () => ['openclaw-session/1'],
  }),
} as const;
