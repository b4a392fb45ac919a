/** Makes checks from SLIs: resolves the query, the label sets and the title, so that a check needs nothing but an answer. */
import { type SliName, type SliParams, sliOf } from '../../metrics/slis.ts';
import type { Comparison } from '../scenario.ts';
import { type Check, type CheckCategory, type CheckKind, type Demand, demanded } from './check.ts';
import type { Outline } from './plan-shape.ts';

export interface Comparing<N extends SliName> {
  readonly kind: CheckKind;
  /** Absent: the one that the SLI is about. */
  readonly category?: CheckCategory;
  readonly sli: N;
  readonly params: SliParams<N>;
  readonly is: Comparison;
  readonly threshold: number;
  readonly violated?: string;
}

/** Every SLI's category, unless the check is about something else. */
const categories = {
  skillSuccessRatio: 'skill-success',
  skillUptimeRatio: 'skill-uptime',
  skillSlotsDue: 'exposure',
  skillSlotsMissed: 'skill-uptime',
  skillSlotsDoubled: 'skill-doubled',
  skillSlotsExposed: 'exposure',
  skillLatenessMaxSeconds: 'skill-lateness',
  skillLatenessGrowthSeconds: 'skill-lateness',
  layerAvailabilityRatio: 'layer',
  layerObservedRatio: 'observation',
  layerSaidDegraded: 'layer',
  layerStillDegraded: 'layer',
  sessionsResumed: 'exposure',
  sessionsResumedRatio: 'durability',
  gatewayConnectionIssues: 'connection',
  gatewayConnectionAttempts: 'connection',
  faultsInjected: 'injection',
  faultsProved: 'injection',
  faultInjectionTimes: 'injection',
  faultHealTimes: 'injection',
  faultBlows: 'injection',
  onsetSeconds: 'injection',
  detectSeconds: 'connection',
  reconnectSeconds: 'recovery',
  firstSuccessSeconds: 'recovery',
  recoverySeconds: 'recovery',
  recoveryResolutionSeconds: 'observation',
  outageSeconds: 'layer',
  unrecovered: 'recovery',
  outages: 'layer',
  goodProbesWhileFailed: 'layer',
  interruptedBlowsRatio: 'layer',
  crowdBackSeconds: 'recovery',
  heartbeatTimeouts: 'connection',
  inFlight: 'exposure',
  durableChecked: 'durability',
  durableLost: 'durability',
  durableDoubled: 'durability',
  disagreements: 'agreement',
  operatorCheckAgreementRatio: 'operator',
  operatorChecks: 'operator',
  recorderSequence: 'recorder',
  alertFired: 'alert',
  alertFiredSeconds: 'alert',
  alertUnresolved: 'alert',
  alertResolvedSeconds: 'alert',
  alertUnexpectedSeconds: 'alert',
  alertObservedRatio: 'observation',
} as const satisfies Record<SliName, CheckCategory>;

export function compareCheck<N extends SliName>(outline: Outline, comparing: Comparing<N>): Check {
  const { kind, sli, params, is, threshold, violated } = comparing;
  const { unit } = sliOf(sli);
  return {
    ...asked(outline, sli, params),
    id: [kind, sli, ...Object.values(params), is].join('/'),
    kind,
    category: comparing.category ?? categories[sli],
    title: `${sliOf(sli).title(params)} ${demanded(is, threshold, unit)}`,
    ...(violated !== undefined && { violated }),
    demand: { how: 'compare', is, threshold },
  };
}

export function agreeCheck(
  outline: Outline,
  sli: 'recorderSequence' | 'faultInjectionTimes' | 'faultHealTimes',
  demand: Extract<Demand, { how: 'agree' }>,
): Check {
  return {
    ...asked(outline, sli, {}),
    id: `health/${sli}`,
    kind: 'health',
    category: categories[sli],
    title: `${sliOf(sli).title({})}: Prometheus and journal agree`,
    demand,
  };
}

function asked<N extends SliName>(
  outline: Outline,
  name: N,
  params: SliParams<N>,
): Pick<Check, 'query' | 'series' | 'unit' | 'sane'> {
  const { unit, sane, query, series } = sliOf(name);
  return { query: query(params, outline), series: series(params, outline.topology), unit, sane };
}
