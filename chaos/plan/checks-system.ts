/** Asks whether the system held: each layer as the scenario expects it, skills on schedule, nothing promised lost, and the scenario's own objectives. */

import { endToEnd } from '../../metrics/vocabulary.ts';
import type { Objective } from '../scenario.ts';
import { speaks } from '../topology.ts';
import type { Check } from './check.ts';
import { compareCheck } from './check-maker.ts';
import { promised } from './checks-promises.ts';
import { type AffectedView, type Outline, type PlannedEntry, recoveryBudgetMs } from './plan-shape.ts';

/** A recovery that is not known to the second is not measured. A request may hang for 3 s, and the next one comes a while later. */
const probedExactSeconds = 1;
const endToEndExactSeconds = 5;

const none = { kind: 'objective', is: '==', threshold: 0 } as const;
const all = { kind: 'objective', is: '==', threshold: 1 } as const;

export function layerChecks(outline: Outline): readonly Check[] {
  return [
    ...outline.entries.flatMap((entry) => [
      ...untouchedChecks(outline, entry),
      ...entry.affected.flatMap((view) => [
        ...conditionChecks(outline, entry, view),
        ...recoveryChecks(outline, entry, view),
      ]),
    ]),
    ...availabilityChecks(outline),
  ];
}

/** Ok: no outage, from wherever the layer is watched. */
function untouchedChecks(outline: Outline, { name, expect }: PlannedEntry): readonly Check[] {
  return Object.entries(outline.topology.layers)
    .filter(([layer]) => expect[layer] === 'ok')
    .flatMap(([layer, seenFrom]) =>
      seenFrom.map((vantage) =>
        compareCheck(outline, { ...none, sli: 'outages', params: { fault: name, layer, vantage } }),
      ),
    );
}

function conditionChecks(
  outline: Outline,
  { name }: PlannedEntry,
  { layer, vantage, condition }: AffectedView,
): readonly Check[] {
  if (condition === 'failed') {
    return [compareCheck(outline, { ...none, sli: 'goodProbesWhileFailed', params: { fault: name, layer, vantage } })];
  }
  if (condition === 'interrupted') {
    return [compareCheck(outline, { ...all, sli: 'interruptedBlowsRatio', params: { fault: name, layer } })];
  }
  return [];
}

function recoveryChecks(outline: Outline, { name }: PlannedEntry, { layer, vantage }: AffectedView): readonly Check[] {
  const params = { fault: name, layer, vantage };
  return [
    compareCheck(outline, { ...none, sli: 'unrecovered', params }),
    compareCheck(outline, {
      kind: 'objective',
      sli: 'recoverySeconds',
      params,
      is: '<=',
      threshold: recoveryBudgetMs / 1000,
    }),
    compareCheck(outline, {
      kind: 'precision',
      sli: 'recoveryResolutionSeconds',
      params,
      is: '<=',
      threshold: layer === endToEnd ? endToEndExactSeconds : probedExactSeconds,
    }),
  ];
}

/** Layers that no entry is to touch are available all the while. */
function availabilityChecks(outline: Outline): readonly Check[] {
  return Object.entries(outline.topology.layers)
    .filter(([layer]) => outline.entries.every(({ expect }) => expect[layer] === 'ok'))
    .flatMap(([layer, seenFrom]) =>
      seenFrom.map((vantage) =>
        compareCheck(outline, { ...all, sli: 'layerAvailabilityRatio', params: { layer, vantage, phase: 'during' } }),
      ),
    );
}

const agreement: Objective = { sli: 'disagreements', is: '==', threshold: 0 };
const operatorAgreement: Objective = { sli: 'operatorCheckAgreementRatio', is: '==', threshold: 1 };

/** What holds in every scenario, unless it says something of its own about the same figure. */
export function standingChecks(outline: Outline): readonly Check[] {
  const standing: readonly Objective[] = [
    ...skillObjectives(outline),
    { sli: 'skillSlotsDoubled', is: '==', threshold: 0 },
    ...promised(outline).flatMap((what): readonly Objective[] => [
      { sli: 'durableLost', what, is: '==', threshold: 0 },
      { sli: 'durableDoubled', what, is: '==', threshold: 0 },
    ]),
    ...(speaks(outline.manifest, 'openclaw-ledger/1') ? [agreement] : []),
    ...(outline.scenario.operatorCheck ? [operatorAgreement] : []),
  ];
  const own = new Set(outline.scenario.objectives.map(subject));
  return standing
    .filter((objective) => !own.has(subject(objective)))
    .map((objective) => objectiveCheck(outline, objective));
}

/** A skill that a fault makes fail is asked about only from its end on: then it must be as good as the others. */
function skillObjectives({ entries, topology: { skills } }: Outline): readonly Objective[] {
  const broken = new Set(entries.flatMap(({ brokenSkills = [] }) => brokenSkills));
  const whose = broken.size === 0 ? [{}] : skills.filter((skill) => !broken.has(skill)).map((skill) => ({ skill }));
  return [
    ...whose.flatMap((skill) => [...kept('during', skill), { ...noneMissed, ...skill }]),
    ...kept('after', {}),
    ...(broken.size === 0 ? [] : [{ ...noneMissed, phase: 'after' } as const]),
  ];
}

const noneMissed = { sli: 'skillSlotsMissed', is: '==', threshold: 0 } as const;

function kept(phase: 'during' | 'after', skill: { readonly skill?: string }): readonly Objective[] {
  return (['skillSuccessRatio', 'skillUptimeRatio'] as const).map((sli) => ({
    sli,
    phase,
    ...skill,
    is: '==',
    threshold: 1,
  }));
}

export function ownChecks(outline: Outline): readonly Check[] {
  return outline.scenario.objectives.map((objective) => objectiveCheck(outline, objective));
}

function objectiveCheck(outline: Outline, { sli, is, threshold, ...params }: Objective): Check {
  return compareCheck(outline, { kind: 'objective', sli, params, is, threshold });
}

/** What an objective is about, whatever it demands. */
function subject({ is: _is, threshold: _threshold, ...about }: Objective): string {
  return JSON.stringify(Object.entries(about).sort(([a], [b]) => (a < b ? -1 : 1)));
}
