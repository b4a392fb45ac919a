/** Looks at a scenario's timeline: each entry's fault and expectations against the manifest, and the entries against each other. */

import { type FaultKind, type FaultSpec, faultOf, faults } from '../faults/registry.ts';
import { blastRadius, localSkillsOf } from '../plan/blast-radius.ts';
import { topologyOf } from '../topology.ts';
import { didYouMean } from './did-you-mean.ts';
import { type InputProblems, shown } from './input-problems.ts';
import type { Draft, DraftEntry } from './scenario-draft.ts';
import { checkExpectations } from './scenario-expectations.ts';
import { minObservationMs, shapes } from './scenario-shape.ts';
import { entryName, everyMsOf } from './timeline-entry.ts';

export function checkTimeline(raw: unknown, draft: Draft, problems: InputProblems): readonly DraftEntry[] {
  if (!Array.isArray(raw)) return [];
  const entries = raw.map((value, index) => checkEntry(value, index, draft, problems));
  checkOrder(entries, draft, problems);
  return entries;
}

function checkEntry(raw: unknown, index: number, draft: Draft, problems: InputProblems): DraftEntry {
  const path = ['timeline', index];
  const entry = problems.parse(shapes.entry, raw, path, Object.keys(shapes.entry.shape));
  const parts = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const fault = checkFault(parts.fault, [...path, 'fault'], draft, problems);
  const checked = { index, name: fault && entryName(index, fault.kind), atMs: entry?.atMs, forMs: entry?.forMs, fault };
  if (fault !== undefined && entry !== undefined) {
    checkDuration(fault, entry.forMs, path, problems);
    checkDeferred(fault, draft, problems);
    checkBroken(fault, [...path, 'fault'], draft, problems);
  }
  checkExpectations(parts.expect, checked, draft, problems);
  return checked;
}

function checkFault(
  raw: unknown,
  path: readonly PropertyKey[],
  draft: Draft,
  problems: InputProblems,
): FaultSpec | undefined {
  const kind = typeof raw === 'object' && raw !== null ? (raw as { kind?: unknown }).kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(faults, kind)) {
    problems.add(
      [...path, 'kind'],
      `no fault of kind ${shown(kind)}`,
      didYouMean(String(kind ?? ''), Object.keys(faults)),
    );
    return undefined;
  }
  const { schema } = faults[kind as FaultKind];
  const spec = problems.parse<FaultSpec>(
    schema,
    raw,
    path,
    'shape' in schema ? Object.keys(schema.shape as object) : [],
  );
  if (spec === undefined) return undefined;
  return checkMentions(spec, path, draft, problems) ? spec : undefined;
}

/** Every link and node that the options name must be one of the manifest's. */
function checkMentions(
  spec: FaultSpec,
  path: readonly PropertyKey[],
  { manifest }: Draft,
  problems: InputProblems,
): boolean {
  const fault = faultOf(spec);
  const links = Object.keys(manifest.links);
  const nodes = Object.keys(manifest.nodes);
  const before = problems.found.length;
  const mentioned = fault.mentions?.(spec) ?? fault.targets(spec, topologyOf(manifest));
  const check = (name: string, noun: string, known: readonly string[]) => {
    if (known.includes(name)) return;
    problems.add(
      [...path, ...whereIs(name, spec)],
      `no ${noun} "${name}" in target "${manifest.name}"`,
      didYouMean(name, known),
    );
  };
  for (const link of mentioned.links) check(link, 'link', links);
  for (const skill of mentioned.skills ?? []) check(skill, 'skill', Object.keys(manifest.skills));
  for (const node of mentioned.nodes) check(node, 'node', fault.mentions === undefined ? nodes : [...nodes, 'client']);
  if (problems.found.length > before) return false;
  const lacking = fault.lacking?.(spec, topologyOf(manifest));
  if (lacking !== undefined) problems.add([...path, ...whereIs(lacking.name, spec)], lacking.problem, lacking.mend);
  return lacking === undefined;
}

/** Path of a name within the options. */
function whereIs(name: string, value: unknown): readonly PropertyKey[] {
  if (typeof value !== 'object' || value === null) return [];
  for (const [key, part] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    if (part === name && key !== 'kind') return [step];
    const below = whereIs(name, part);
    if (below.length > 0) return [step, ...below];
  }
  return [];
}

function checkDuration(
  fault: FaultSpec,
  forMs: number | undefined,
  path: readonly PropertyKey[],
  problems: InputProblems,
): void {
  const duration = faultOf(fault).duration(fault);
  const at = [...path, 'forMs'];
  if (duration === 'lasting' && forMs === undefined) {
    problems.add(at, `missing: ${fault.kind} stands until it is ended`, 'say for how many ms');
  }
  if (duration === 'momentary' && forMs !== undefined) {
    problems.add(at, `this ${fault.kind} is over once injected`, 'leave it out');
  }
  const everyMs = everyMsOf(fault);
  if (everyMs !== undefined && forMs !== undefined && forMs < 2 * everyMs) {
    problems.add(
      [...path, 'fault', 'everyMs'],
      `only one blow fits into ${forMs} ms`,
      `give at most ${Math.floor(forMs / 2)}`,
    );
  }
}

/** A skill that the fault defers can only be judged against a time to catch up. */
function checkDeferred(fault: FaultSpec, { manifest, skills }: Draft, problems: InputProblems): void {
  for (const skill of blastRadius(fault, manifest, Object.keys(skills)).skills) {
    const at = ['skills', skill, 'catchUpMs'];
    if (skills[skill]?.catchUpMs !== undefined || problems.has(at)) continue;
    problems.add(
      at,
      `missing: ${fault.kind} keeps "${skill}" from its schedule`,
      'say how many ms after the fault its slots may be caught up',
    );
  }
}

/** A skill that is broken must be due to be seen to fail; one that the user asks for would be missed by him, not by its schedule. */
function checkBroken(
  fault: FaultSpec,
  path: readonly PropertyKey[],
  { manifest, skills, user }: Draft,
  problems: InputProblems,
): void {
  const scheduled = Object.keys(skills);
  for (const skill of blastRadius(fault, manifest, scheduled).broken) {
    const at = [...path, ...whereIs(skill, fault)];
    if (!scheduled.includes(skill)) {
      problems.add(at, `"${skill}" is not scheduled here`, didYouMean(skill, scheduled));
    } else if (user?.runSkill === skill) {
      problems.add(at, `the user asks for runs of "${skill}"`, 'break another skill, or name another `user.runSkill`');
    } else if (localSkillsOf(manifest, scheduled).every((name) => name === skill)) {
      problems.add(at, 'no other local skill runs, that must go on all the same', 'schedule another one');
    }
  }
}

/** Entries come one after the other, each with enough time before and after it to tell its effect from the others'. */
function checkOrder(entries: readonly DraftEntry[], { skills, settleMs }: Draft, problems: InputProblems): void {
  const slowestMs = Math.max(0, ...Object.values(skills).map(({ everySeconds }) => everySeconds * 1000));
  const [first] = entries;
  if (first?.atMs !== undefined && first.atMs < 2 * slowestMs) {
    problems.add(
      ['timeline', 0, 'atMs'],
      `too early: the phase before must hold 2 slots of each skill`,
      `give at least ${2 * slowestMs}`,
    );
  }
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (entry.atMs === undefined || next?.atMs === undefined) continue;
    const freeFromMs = entry.atMs + (entry.forMs ?? 0) + minObservationMs;
    if (next.atMs >= freeFromMs) continue;
    problems.add(
      ['timeline', index + 1, 'atMs'],
      `overlaps entry ${index + 1}, which ends at ${entry.atMs + (entry.forMs ?? 0)} ms and is observed for ${minObservationMs} ms more`,
      `give at least ${freeFromMs}`,
    );
  }
  for (const [skill, { catchUpMs = 0, everySeconds }] of Object.entries(skills)) {
    const neededMs = Math.max(catchUpMs, 2 * everySeconds * 1000);
    if (settleMs === undefined || settleMs >= neededMs) continue;
    problems.add(['settleMs'], `observation would end before "${skill}" had its time`, `give at least ${neededMs}`);
  }
}
