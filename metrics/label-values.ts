/**
 * Keeps labels few: a value outside of a closed list, or beyond the bound of an open one, becomes `other`. It is never an error: what
 * measures a layer must not take it down; but `other` stands in no closed list, so whoever compares with the catalogue sees it.
 */
import type { Registry } from 'prom-client';
import { type MetricSpec, type OpenLabel, other } from './metric-spec.ts';

export type LabelSet = Readonly<Record<string, string>>;

/** Registry → open label → values seen. All metrics of a registry share them: a skill is in all or in none. */
const seen = new WeakMap<Registry, Map<string, Set<string>>>();

/** The labels as they may be shown. */
export function admitted(registry: Registry, spec: MetricSpec, labels: LabelSet): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const label of Object.keys(spec.labels)) {
    const allowed = spec.labels[label] ?? [];
    const value = labels[label] ?? '';
    const fits = isClosed(allowed) ? allowed.includes(value) : hasPlace(valuesOf(registry, label), value, allowed);
    shown[label] = fits ? value : other;
  }
  return shown;
}

/** Gives the place of an open label's value to the next one. */
export function freePlace(registry: Registry, label: string, value: string): void {
  valuesOf(registry, label).delete(value);
}

/** The values of an open label that have a place. */
export function placesOf(registry: Registry, label: string): string[] {
  return [...valuesOf(registry, label)];
}

export function isClosed(allowed: readonly string[] | OpenLabel): allowed is readonly string[] {
  return Array.isArray(allowed);
}

function hasPlace(values: Set<string>, value: string, { atMost }: OpenLabel): boolean {
  if (values.has(value)) return true;
  if (values.size >= atMost) return false;
  values.add(value);
  return true;
}

function valuesOf(registry: Registry, label: string): Set<string> {
  const byLabel = seen.get(registry) ?? new Map<string, Set<string>>();
  seen.set(registry, byLabel);
  const values = byLabel.get(label) ?? new Set<string>();
  byLabel.set(label, values);
  return values;
}
