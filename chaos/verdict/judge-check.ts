/** Judges one check by its answer: held, violated, or no data. Pure. */
import type { Labels } from '../../metrics/sli.ts';
import { type Check, compares, type Demand, labelKey } from '../plan/check.ts';
import type { Plan } from '../plan/plan-shape.ts';
import { readAnswer, type Series } from './answer-values.ts';
import type { EntryEvidence, Evidence, ObservedWindow } from './evidence.ts';

export interface CheckResult {
  readonly check: Check;
  readonly status: 'held' | 'violated' | 'no-data';
  /** One for each expected series, the worst first where it was violated; of a `throughout` check the share of good seconds. */
  readonly values: readonly { readonly labels: Labels; readonly value: number; readonly held: boolean }[];
  /** Why there is no data, or what was violated where. */
  readonly detail?: string;
}

/** Without a window no check can be judged: said once, not for each of them. */
export const unobserved = 'nobody knows what was observed';

type Value = CheckResult['values'][number];
type Throughout = Extract<Demand, { how: 'throughout' }>;

export function judgeCheck(check: Check, plan: Plan, evidence: Evidence): CheckResult {
  const window = evidence.observedWindow;
  if (window === undefined) return noData(check, unobserved);
  const answers = evidence.answers.filter(({ checkId }) => checkId === check.id);
  const read = readAnswer(check, answers, window, plan.rangeSeconds);
  if ('problem' in read) return noData(check, read.problem);
  const { demand } = check;
  if (demand.how === 'throughout') return judgeThroughout(check, demand, read.series, plan, evidence, window);
  const values: Value[] = [];
  for (const { labels, points } of read.series) {
    const [value] = points.values();
    if (value === undefined) return noData(check, 'a series without a value');
    const held =
      demand.how === 'compare' ? compares(value, demand.is, demand.threshold) : agrees(value, labels, demand, evidence);
    if (held === undefined) return noData(check, 'the journal does not say');
    values.push({ labels, value, held });
  }
  return verdictOn(check, values);
}

function agrees(
  value: number,
  labels: Labels,
  { about, tolerance }: Extract<Demand, { how: 'agree' }>,
  { sequence, entries }: Evidence,
): boolean | undefined {
  const entry = entries.find(({ name }) => name === labels.fault);
  const told = about === 'sequence' ? sequence?.recorder : secondsOf(entry?.[about]);
  return told === undefined ? undefined : Math.abs(value - told) <= tolerance;
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function judgeThroughout(
  check: Check,
  { share, graceSeconds, mayMiss }: Throughout,
  series: readonly Series[],
  plan: Plan,
  { entries }: Evidence,
  window: ObservedWindow,
): CheckResult {
  const values: Value[] = [];
  for (const { labels, points } of series) {
    const excuses = (mayMiss[labelKey(labels)] ?? []).map((name) => excuse(name, plan, entries, window, graceSeconds));
    const steps = stepsOf(window).filter((at) => !excuses.some(({ from, to }) => from <= at && at <= to));
    const told = steps.map((at) => points.get(at)).filter((value) => value !== undefined);
    if (steps.length === 0 || told.length < share * steps.length) {
      return noData(check, `${told.length} values for ${steps.length} seconds of ${JSON.stringify(labels)}`);
    }
    const good = told.filter((value) => value === 1).length;
    values.push({ labels, value: good / told.length, held: good === told.length });
  }
  return verdictOn(check, values);
}

/** From a fault's injection until it was over and the grace has passed. */
function excuse(
  name: string,
  plan: Plan,
  entries: readonly EntryEvidence[],
  window: ObservedWindow,
  graceSeconds: number,
): ObservedWindow {
  const planned = plan.entries.find((entry) => entry.name === name);
  const { injectedAt, healedAt, recoveredAt } = entries.find((entry) => entry.name === name) ?? {
    injectedAt: undefined,
  };
  if (injectedAt === undefined || planned === undefined) return { from: 0, to: 0 };
  const over = planned.affected.length === 0 ? (healedAt ?? injectedAt + planned.forMs) : (recoveredAt ?? window.to);
  return { from: injectedAt, to: over + graceSeconds * 1000 };
}

function stepsOf({ from, to }: ObservedWindow): readonly number[] {
  const first = Math.ceil(from / 1000);
  return Array.from({ length: Math.max(0, Math.floor(to / 1000) - first + 1) }, (_, step) => (first + step) * 1000);
}

function verdictOn(check: Check, values: readonly Value[]): CheckResult {
  if (values.length === 0) return noData(check, 'nothing to judge');
  const bad = values.filter(({ held }) => !held);
  return {
    check,
    status: bad.length === 0 ? 'held' : 'violated',
    values: [...bad, ...values.filter(({ held }) => held)],
  };
}

function noData(check: Check, detail: string): CheckResult {
  return { check, status: 'no-data', values: [], detail };
}
