/** Why a run proves nothing: rules 1, 2 and 4 of the verdict, as far as they are not about a single objective. Pure. */

import { minObservationMs } from '../input/scenario-shape.ts';
import type { Plan, PlannedEntry } from '../plan/plan-shape.ts';
import type { Evidence } from './evidence.ts';
import { type CheckResult, unobserved } from './judge-check.ts';

export interface Reason {
  /** Of the verdict's order. */
  readonly rule: 1 | 2 | 3 | 4;
  /** The part of the harness, or the category of the check. */
  readonly category: string;
  readonly checkId?: string;
  readonly text: string;
}

/** A timer may fire a little early; a fault that stood for less than this share of its time did not stand as planned. */
const minStanding = 0.95;

/** Rule 1: is everything that measured sound, and does the evidence fit the plan and itself? */
export function harnessReasons(plan: Plan, evidence: Evidence, results: readonly CheckResult[]): readonly Reason[] {
  const reasons: Reason[] = evidence.harnessFaults.map(({ part, detail }) => ({
    rule: 1,
    category: part,
    text: `${part}: ${detail}`,
  }));
  const say = (category: string, text: string) => reasons.push({ rule: 1, category, text });
  const { observedWindow: window, sequence, entries, answers } = evidence;
  if (window === undefined) say('journal', 'the window of observation was not written down');
  else if (window.to <= window.from) say('journal', 'the window of observation ends before it begins');
  if (sequence === undefined || sequence.recorder !== sequence.prometheus) {
    say(
      'prometheus',
      `it had got to ${sequence?.prometheus ?? 'nothing'} of the recorder's ${sequence?.recorder ?? 'unknown'} changes`,
    );
  }
  for (const kind of ['health', 'precondition', 'objective'] as const) {
    if (!plan.checks.some((check) => check.kind === kind)) say('journal', `the plan asks for no ${kind} at all`);
  }
  const known = new Set(plan.checks.map(({ id }) => id));
  for (const { checkId } of answers)
    if (!known.has(checkId)) say('journal', `an answer to a question that the plan does not ask: ${checkId}`);
  for (const { name } of entries) {
    if (!plan.entries.some((planned) => planned.name === name))
      say('journal', `a fault that the plan does not know: ${name}`);
  }
  for (const planned of plan.entries) {
    for (const text of entryContradictions(planned, evidence)) say('journal', `${planned.name}: ${text}`);
  }
  return [...reasons, ...unmet(results, 'health', 1)];
}

function entryContradictions(planned: PlannedEntry, { entries, observedWindow: window }: Evidence): readonly string[] {
  const [entry, ...more] = entries.filter(({ name }) => name === planned.name);
  // Nothing written down about it: it was not injected, which is another rule's business.
  if (entry === undefined) return [];
  if (more.length > 0) return ['written down more than once'];
  const { injectedAt, lastBlowAt, healedAt, recoveredAt, undone } = entry;
  const recoveryFrom = planned.healedBy === 'harness' ? healedAt : (lastBlowAt ?? injectedAt);
  const found: string[] = [];
  if (undone === undefined) found.push('whether it was undone is not known');
  if (undone === false) found.push('it could not be undone');
  if (healedAt !== undefined && (injectedAt === undefined || healedAt < injectedAt))
    found.push('healed before it was injected');
  if (recoveredAt !== undefined && recoveredAt < (recoveryFrom ?? Number.POSITIVE_INFINITY)) {
    found.push('recovered before its recovery began');
  }
  if (lastBlowAt !== undefined && lastBlowAt < (injectedAt ?? Number.POSITIVE_INFINITY))
    found.push('a blow was dealt before it was injected');
  const times = [injectedAt, lastBlowAt, healedAt, recoveredAt].filter((at) => at !== undefined);
  if (window !== undefined && times.some((at) => at < window.from || at > window.to))
    found.push('outside of what was observed');
  return found;
}

/** Rule 2: did the experiment take place as planned? */
export function experimentReasons(plan: Plan, evidence: Evidence, results: readonly CheckResult[]): readonly Reason[] {
  const reasons: Reason[] = [];
  const say = (category: string, text: string) => reasons.push({ rule: 2, category, text });
  const { steadyState, entries } = evidence;
  if (steadyState?.reached !== true)
    say('steady-state', `steady state not reached: ${steadyState?.detail ?? 'nothing was written down'}`);
  for (const planned of plan.entries) {
    const entry = entries.find(({ name }) => name === planned.name);
    if (entry?.injectedAt === undefined) {
      say('injection', `${planned.name} was not injected`);
      continue;
    }
    if (entry.proof?.proved !== true)
      say('injection', `${planned.name} is not proved: ${entry.proof?.evidence ?? 'no proof was tried'}`);
    if (planned.minBlows > 0 && entry.lastBlowAt === undefined)
      say('injection', `${planned.name}: no blow was written down`);
    if (planned.healedBy === 'system') continue;
    if (entry.healedAt === undefined) say('injection', `${planned.name} was not healed`);
    else if (entry.healedAt - entry.injectedAt < minStanding * planned.forMs) {
      say('injection', `${planned.name} stood for ${entry.healedAt - entry.injectedAt} ms instead of ${planned.forMs}`);
    }
  }
  return [...reasons, ...unmet(results, 'precondition', 2)];
}

/** Rule 4: recovered is only what was seen good for long enough afterwards. */
export function recoveryReasons(plan: Plan, { entries, observedWindow: window }: Evidence): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const [index, planned] of plan.entries.entries()) {
    if (planned.affected.length === 0) continue;
    const recoveredAt = entries.find(({ name }) => name === planned.name)?.recoveredAt;
    const next = entries.find(({ name }) => name === plan.entries[index + 1]?.name);
    const untilMs = next?.injectedAt ?? window?.to ?? 0;
    if (recoveredAt !== undefined && untilMs - recoveredAt >= minObservationMs) continue;
    const text =
      recoveredAt === undefined
        ? 'its recovery was not written down'
        : `good for only ${untilMs - recoveredAt} ms after its recovery, not for ${minObservationMs}`;
    reasons.push({ rule: 4, category: 'recovery', text: `${planned.name}: ${text}` });
  }
  const healed = entries.map(({ healedAt, lastBlowAt, injectedAt }) => healedAt ?? lastBlowAt ?? injectedAt ?? 0);
  if (window !== undefined && window.to - Math.max(0, ...healed) < plan.scenario.settleMs) {
    reasons.push({
      rule: 4,
      category: 'observation',
      text: 'observation ended before the system had its time to settle',
    });
  }
  return reasons;
}

function unmet(results: readonly CheckResult[], kind: 'health' | 'precondition', rule: 1 | 2): readonly Reason[] {
  return results
    .filter(({ check, status, detail }) => check.kind === kind && status !== 'held' && detail !== unobserved)
    .map(({ check, status, detail, values }) => {
      const seen = values
        .filter(({ held }) => !held)
        .map(({ labels, value }) => [...Object.values(labels), value].join(' '));
      const text = `${check.title}: ${status === 'no-data' ? (detail ?? 'no data') : seen.join(', ')}`;
      return { rule, category: check.category, checkId: check.id, text };
    });
}
