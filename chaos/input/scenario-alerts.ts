/** Looks at what a scenario says of alerts: whether a run can judge them, and whether they can fire as is said. */
import type { AlertName } from '../../metrics/rules/alerts.ts';
import { alerts } from '../../metrics/rules/alerts.ts';
import { alertNames, unjudgeable } from '../plan/judged-alerts.ts';
import { didYouMean } from './did-you-mean.ts';
import type { InputProblems } from './input-problems.ts';
import type { Draft, DraftEntry } from './scenario-draft.ts';
import { shapes } from './scenario-shape.ts';

type Path = readonly PropertyKey[];
type Expected = ReturnType<typeof shapes.expectedAlert.parse>;

/** `timeline`: as it was given; `entries`: what was made of it. */
export function checkAlerts(
  raw: unknown,
  timeline: unknown,
  draft: Draft,
  entries: readonly DraftEntry[],
  problems: InputProblems,
): void {
  const given = Array.isArray(timeline) ? (timeline as readonly unknown[]) : [];
  const expected = entries.flatMap((entry) => {
    const { alerts: list } = (given[entry.index] ?? {}) as { readonly alerts?: unknown };
    return Array.isArray(list) ? checkEntryAlerts(list, entry, entries, draft, problems) : [];
  });
  if (raw !== undefined) checkSilent(raw, new Set(expected), problems);
}

function checkEntryAlerts(
  list: readonly unknown[],
  entry: DraftEntry,
  entries: readonly DraftEntry[],
  draft: Draft,
  problems: InputProblems,
): readonly string[] {
  const names: string[] = [];
  for (const [index, value] of list.entries()) {
    const path = ['timeline', entry.index, 'alerts', index];
    const one = problems.parse(shapes.expectedAlert, value, path, Object.keys(shapes.expectedAlert.shape));
    if (one === undefined) continue;
    if (names.includes(one.alert)) {
      problems.add([...path, 'alert'], `"${one.alert}" stands here twice`, 'say all of it in one place');
    }
    names.push(one.alert);
    if (!isKnown(one.alert, [...path, 'alert'], problems)) continue;
    checkTimes(one, one.alert, path, entry, entries[entry.index + 1], draft, problems);
    checkLabels(one, one.alert, path, draft, problems);
  }
  return names;
}

function isKnown(name: string, path: Path, problems: InputProblems): name is AlertName {
  if (!Object.hasOwn(alerts, name)) {
    problems.add(path, `no alert "${name}"`, didYouMean(name, alertNames));
    return false;
  }
  const why = unjudgeable(name as AlertName);
  if (why !== undefined) {
    problems.add(path, `no run can judge "${name}": ${why}`, "leave it out: the rules' own tests judge it");
  }
  return why === undefined;
}

/** A page that cannot come in time is a mistake of the scenario, not of the system. */
function checkTimes(
  { withinMs, resolvesWithinMs = 0 }: Expected,
  name: AlertName,
  path: Path,
  { atMs = 0, forMs = 0 }: DraftEntry,
  next: DraftEntry | undefined,
  { settleMs }: Draft,
  problems: InputProblems,
): void {
  const leastMs = alerts[name].forSeconds * 1_000;
  if (withinMs < leastMs) {
    problems.add([...path, 'withinMs'], `"${name}" fires only what lasts ${leastMs} ms`, `give at least ${leastMs}`);
  }
  if (forMs < leastMs) {
    problems.add(
      [...path.slice(0, 2), 'forMs'],
      `"${name}" fires only for what lasts ${leastMs} ms, which this fault does not`,
      `give at least ${leastMs}, or leave the alert out`,
    );
  }
  const seenMs = next?.atMs !== undefined ? next.atMs - atMs : forMs + (settleMs ?? Number.POSITIVE_INFINITY);
  if (withinMs > seenMs) {
    problems.add(
      [...path, 'withinMs'],
      `the fault is observed for ${seenMs} ms only`,
      `give at most ${seenMs}, or make the fault longer`,
    );
  }
  const total = forMs + resolvesWithinMs;
  if (resolvesWithinMs > 0 && total < withinMs) {
    problems.add(
      [...path, 'resolvesWithinMs'],
      'it would have to be over before it must have fired',
      `give at least ${withinMs - forMs}`,
    );
  }
}

function checkLabels(
  { labels = {} }: Expected,
  name: AlertName,
  path: Path,
  { manifest, skills }: Draft,
  problems: InputProblems,
): void {
  const kept: readonly string[] = alerts[name].labels;
  const values: Readonly<Record<string, readonly string[]>> = {
    layer: Object.keys(manifest.nodes),
    skill: Object.keys(skills),
  };
  for (const [label, wanted] of Object.entries(labels)) {
    const at = [...path, 'labels', label];
    if (!kept.includes(label)) {
      problems.add(at, `"${name}" has no label "${label}"`, didYouMean(label, kept));
      continue;
    }
    const known = values[label];
    for (const [index, value] of wanted.entries()) {
      if (known === undefined || known.includes(value)) continue;
      problems.add([...at, index], `no ${label} "${value}"`, didYouMean(value, known));
    }
  }
}

function checkSilent(raw: unknown, expected: ReadonlySet<string>, problems: InputProblems): void {
  const parsed = problems.parse(shapes.silentAlerts, raw, ['alerts'], Object.keys(shapes.silentAlerts.shape));
  if (parsed === undefined) return;
  const { silent, mayFire = [] } = parsed;
  if (silent !== 'all-others' && mayFire.length > 0) {
    problems.add(['alerts', 'mayFire'], 'what is not listed as silent may fire anyway', 'leave it out');
  }
  for (const [field, list] of Object.entries({ silent: silent === 'all-others' ? [] : silent, mayFire })) {
    for (const [index, name] of list.entries()) {
      const at = ['alerts', field, index];
      if (!isKnown(name, at, problems) || !expected.has(name)) continue;
      problems.add(at, `an entry of the timeline expects "${name}"`, 'leave it out here, or there');
    }
  }
}
