/** Asks whether somebody would have been paged: each alert that a fault must raise, soon enough and not for longer; and no other. */
import type { ExpectedAlert } from '../scenario.ts';
import type { Check } from './check.ts';
import { compareCheck } from './check-maker.ts';
import type { Outline, PlannedEntry } from './plan-shape.ts';

/** DESIGN: what was observed for less than this share of a window was not observed. */
const minShare = 0.95;

/** That nothing fires is known only while somebody evaluates it. */
export function alertHealthChecks(outline: Outline): readonly Check[] {
  if (outline.topology.alerts.length === 0) return [];
  return [
    compareCheck(outline, { kind: 'health', sli: 'alertObservedRatio', params: {}, is: '>=', threshold: minShare }),
  ];
}

export function alertChecks(outline: Outline): readonly Check[] {
  if (outline.topology.alerts.length === 0) return [];
  return [
    ...outline.entries.flatMap((entry) =>
      (entry.alerts ?? []).flatMap((alert) => expectedChecks(outline, entry, alert)),
    ),
    compareCheck(outline, {
      kind: 'objective',
      sli: 'alertUnexpectedSeconds',
      params: {},
      is: '==',
      threshold: 0,
      violated: 'somebody would be paged for nothing; seconds for which an alert fired that no fault should raise',
    }),
  ];
}

function expectedChecks(outline: Outline, { name, forMs }: PlannedEntry, expected: ExpectedAlert): readonly Check[] {
  const { alert, withinMs, resolvesWithinMs } = expected;
  const params = { fault: name, alert };
  const objective = { kind: 'objective', params } as const;
  return [
    compareCheck(outline, {
      ...objective,
      sli: 'alertFired',
      is: '==',
      threshold: 1,
      violated: `nobody would be paged: ${textOf(expected)} did not fire for ${name}`,
    }),
    compareCheck(outline, {
      ...objective,
      sli: 'alertFiredSeconds',
      is: '<=',
      threshold: withinMs / 1000,
      violated: `somebody would be paged too late: ${textOf(expected)} must fire within ${withinMs / 1000} s of ${name}; seconds`,
    }),
    ...(resolvesWithinMs === undefined
      ? []
      : resolvedChecks(outline, objective, alert, name, forMs + resolvesWithinMs)),
  ];
}

function resolvedChecks(
  outline: Outline,
  objective: {
    readonly kind: 'objective';
    readonly params: { readonly fault: string; readonly alert: ExpectedAlert['alert'] };
  },
  alert: string,
  fault: string,
  untilMs: number,
): readonly Check[] {
  return [
    compareCheck(outline, {
      ...objective,
      sli: 'alertUnresolved',
      is: '==',
      threshold: 0,
      violated: `the page would go on: ${alert} still fires after ${fault}`,
    }),
    compareCheck(outline, {
      ...objective,
      sli: 'alertResolvedSeconds',
      is: '<=',
      threshold: untilMs / 1000,
      violated: `the page would go on for too long: ${alert} must be over ${untilMs / 1000} s after ${fault} began; seconds`,
    }),
  ];
}

/** `OpenclawGatewayUnreachable (layer session, runtime)` */
export function textOf({ alert, labels = {} }: ExpectedAlert): string {
  const written = Object.entries(labels).map(([label, values]) => `${label} ${values.join(', ')}`);
  return written.length === 0 ? alert : `${alert} (${written.join('; ')})`;
}
