/** SLIs of promises: what was acknowledged and must be found again, and whether those who tell the story agree. */
import { z } from 'zod';
import { latest, total } from './promql.ts';
import { count, ratio, sli, titled } from './sli.ts';
import { type Durable, durables, operatorStates, phases } from './vocabulary.ts';

const none = z.strictObject({});
const perThing = z.strictObject({ what: z.enum(durables) });
type Thing = z.infer<typeof perThing>;

const spokenBy: Readonly<Record<Durable, string>> = {
  message: 'openclaw-session/1',
  session: 'openclaw-session/1',
  event: 'openclaw-session/1',
  run: 'openclaw-gateway/1',
  'crowd-message': 'openclaw-session/1',
};
const protocols = ({ what }: Thing) => [spokenBy[what]];

const operatorChecks = 'chaos_operator_checks_total';

export const durabilitySlis = {
  durableChecked: sli({
    ...count,
    sentence: 'Acknowledged things that were looked for afterwards; without any, nothing lost says nothing.',
    params: perThing,
    title: ({ what }) => `${what}s checked`,
    query: ({ what }, context) => total('chaos_durable_checked_total', ['what'], { what }, context),
    series: ({ what }) => [{ what }],
    protocols,
  }),
  durableLost: sli({
    ...count,
    sentence: 'Acknowledged things that were gone.',
    params: perThing,
    title: ({ what }) => `${what}s lost`,
    query: ({ what }, context) => total('chaos_durable_lost_total', ['what'], { what }, context),
    series: ({ what }) => [{ what }],
    protocols,
  }),
  durableDoubled: sli({
    ...count,
    sentence: 'Acknowledged things found more than once, or out of order.',
    params: perThing,
    title: ({ what }) => `${what}s doubled or out of order`,
    query: ({ what }, context) => total('chaos_durable_doubled_total', ['what'], { what }, context),
    series: ({ what }) => [{ what }],
    protocols,
  }),
  disagreements: sli({
    ...count,
    sentence: "Contradictions between the skills' effects, the ledger and the system's own counters.",
    params: none,
    title: () => 'disagreements',
    query: (_, context) => total('chaos_disagreements_total', [], {}, context),
    series: () => [{}],
    protocols: () => ['openclaw-ledger/1'],
  }),
  operatorCheckAgreementRatio: sli({
    ...ratio,
    sentence: "Share of the runs of the operator's shell check that said what was true.",
    params: none,
    title: () => 'operator check agreement ratio',
    query: (_, context) =>
      `(${operatorStates.map((state) => total(operatorChecks, [], { said: state, truth: state }, context)).join(' + ')}) / ${total(operatorChecks, [], {}, context)}`,
    series: () => [{}],
  }),
  operatorChecks: sli({
    ...count,
    sentence: "Runs of the operator's shell check in the phase while this was true.",
    params: z.strictObject({ truth: z.enum(operatorStates), phase: z.enum(phases) }),
    title: ({ truth, phase }) => titled(`operator checks while ${truth}`, phase),
    query: (params, context) => total(operatorChecks, ['truth', 'phase'], params, context),
    series: ({ truth, phase }) => [{ truth, phase }],
  }),
  recorderSequence: sli({
    unit: 'count',
    sane: { min: 1, max: Number.MAX_SAFE_INTEGER },
    sentence: "The recorder's last sequence number, as far as Prometheus has got.",
    params: none,
    title: () => 'recorder sequence',
    query: (_, context) => latest('chaos_recorder_sequence', [], {}, context),
    series: () => [{}],
  }),
} as const;
