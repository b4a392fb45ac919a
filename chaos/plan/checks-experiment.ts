/** Asks whether the experiment took place as planned: all was well before, every fault bit, and enough was due meanwhile. */
import { inFlightThings } from '../../metrics/vocabulary.ts';
import { minExposedSlots } from '../input/timeline-entry.ts';
import type { Check } from './check.ts';
import { compareCheck } from './check-maker.ts';
import { keepersOf, promised } from './checks-promises.ts';
import { type AffectedView, type Outline, type PlannedEntry, recoveryBudgetMs } from './plan-shape.ts';

export function experimentChecks(outline: Outline): readonly Check[] {
  return [
    ...steadyChecks(outline),
    ...injectionChecks(outline),
    ...exposureChecks(outline),
    ...inFlightChecks(outline),
    ...vacuityChecks(outline),
  ];
}

function steadyChecks(outline: Outline): readonly Check[] {
  return (['skillSuccessRatio', 'skillUptimeRatio'] as const).map((sli) =>
    compareCheck(outline, {
      kind: 'precondition',
      category: 'steady-state',
      sli,
      params: { phase: 'before' },
      is: '==',
      threshold: 1,
    }),
  );
}

function injectionChecks(outline: Outline): readonly Check[] {
  const kind = 'precondition';
  const once = { kind, params: {}, is: '==', threshold: 1 } as const;
  return [
    compareCheck(outline, { ...once, sli: 'faultsInjected' }),
    compareCheck(outline, { ...once, sli: 'faultsProved' }),
    ...outline.entries.flatMap((entry) => [
      ...entry.affected.filter(({ mustShow }) => mustShow).map((view) => onsetCheck(outline, entry, view)),
      ...(entry.minBlows === 0
        ? []
        : [
            compareCheck(outline, {
              kind,
              sli: 'faultBlows',
              params: { fault: entry.name },
              is: '>=',
              threshold: entry.minBlows,
            }),
          ]),
    ]),
  ];
}

/** "Failed until heal" of a layer that only began to fail towards the end would say little: half of the time must be left. */
function onsetCheck(outline: Outline, entry: PlannedEntry, { layer, vantage, condition }: AffectedView): Check {
  const withinMs =
    condition === 'failed'
      ? entry.forMs / 2
      : condition === 'interrupted'
        ? entry.forMs
        : entry.forMs + recoveryBudgetMs;
  return compareCheck(outline, {
    kind: 'precondition',
    sli: 'onsetSeconds',
    params: { fault: entry.name, layer, vantage },
    is: '<=',
    threshold: withinMs / 1000,
  });
}

function exposureChecks(outline: Outline): readonly Check[] {
  const { localSkills } = outline.topology;
  const enough = { kind: 'precondition', is: '>=', threshold: minExposedSlots } as const;
  const anyDown = outline.entries.some(({ affected }) => affected.some(({ condition }) => condition !== 'interrupted'));
  return localSkills.flatMap((skill) => [
    compareCheck(outline, { ...enough, sli: 'skillSlotsDue', params: { phase: 'during', skill } }),
    ...(anyDown ? [compareCheck(outline, { ...enough, sli: 'skillSlotsExposed', params: { skill } })] : []),
    ...outline.entries
      .filter(({ exposure }) => exposure.slots > 0)
      .map(({ name, exposure }) =>
        compareCheck(outline, {
          ...enough,
          sli: 'skillSlotsExposed',
          params: { fault: name, skill },
          threshold: exposure.slots,
        }),
      ),
  ]);
}

/** What keeps its promises when it is killed again and again must have been killed while the user waited for some. */
function inFlightChecks(outline: Outline): readonly Check[] {
  const some = { kind: 'precondition', is: '>=', threshold: 1 } as const;
  const things = inFlightThings.filter((what) => promised(outline).includes(what));
  return outline.entries
    .filter(({ minBlows, healedBy }) => minBlows > 0 && healedBy === 'system')
    .flatMap(({ name: fault, targets }) =>
      things
        .filter((what) => keepersOf(what, outline).some((node) => targets.nodes.includes(node)))
        .map((what) => compareCheck(outline, { ...some, sli: 'inFlight', params: { fault, what } })),
    );
}

/** The operator is to see both: that it is down, and that it is not any more. */
const operatorMoments = [
  { truth: 'degraded', phase: 'during' },
  { truth: 'operational', phase: 'after' },
] as const;

/** Nothing lost of nothing, and agreement about nothing, would hold: something must have been looked at. */
function vacuityChecks(outline: Outline): readonly Check[] {
  const some = { kind: 'precondition', is: '>=', threshold: 1 } as const;
  return [
    ...promised(outline).map((what) => compareCheck(outline, { ...some, sli: 'durableChecked', params: { what } })),
    ...(outline.scenario.operatorCheck
      ? operatorMoments.map((params) => compareCheck(outline, { ...some, sli: 'operatorChecks', params }))
      : []),
  ];
}
