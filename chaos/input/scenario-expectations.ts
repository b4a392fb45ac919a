/** Looks at what an entry of the timeline expects of each layer: whether that can be seen, and whether it can be so with this fault. */

import { type FaultSpec, faultOf } from '../faults/registry.ts';
import type { Protocol } from '../manifest.ts';
import { blastRadius, localSkillsOf } from '../plan/blast-radius.ts';
import type { LayerCondition } from '../scenario.ts';
import { judgedFrom, vantagesOf } from '../topology.ts';
import { didYouMean } from './did-you-mean.ts';
import { article, type InputProblems } from './input-problems.ts';
import type { Draft, DraftEntry } from './scenario-draft.ts';
import { shapes } from './scenario-shape.ts';
import { everyMsOf, minExposedSlots } from './timeline-entry.ts';

export function checkExpectations(raw: unknown, entry: DraftEntry, draft: Draft, problems: InputProblems): void {
  const path = ['timeline', entry.index, 'expect'];
  const layers = Object.keys(draft.manifest.nodes);
  const expected = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  for (const layer of layers) {
    if (!Object.hasOwn(expected, layer)) {
      problems.add(
        [...path, layer],
        'missing',
        `say what "${layer}" must look like: ${shapes.condition.options.join(', ')}`,
      );
    }
  }
  for (const [layer, value] of Object.entries(expected)) {
    if (!layers.includes(layer)) {
      problems.add(
        [...path, layer],
        `no layer "${layer}" in target "${draft.manifest.name}"`,
        didYouMean(layer, layers),
      );
      continue;
    }
    const condition = problems.parse(shapes.condition, value, [...path, layer]);
    if (condition !== undefined && entry.fault !== undefined) {
      checkCondition(condition, layer, entry.fault, entry.forMs, draft, [...path, layer], problems);
    }
  }
}

function checkCondition(
  condition: LayerCondition,
  layer: string,
  fault: FaultSpec,
  forMs: number | undefined,
  draft: Draft,
  path: readonly PropertyKey[],
  problems: InputProblems,
): void {
  if (condition === 'ok') return;
  const healedBy = faultOf(fault).healedBy(fault);
  if (condition === 'failed' && healedBy === 'system') {
    problems.add(
      path,
      `"failed" is until heal, but the system must heal ${article(fault.kind)} itself`,
      'say "paused"',
    );
  }
  if (condition === 'paused' && healedBy === 'harness') {
    problems.add(
      path,
      `"paused" is back without help, but it is the harness that ends ${article(fault.kind)}`,
      'say "failed" or "interrupted"',
    );
  }
  if (condition === 'paused' && !isVerified(layer, draft)) {
    problems.add(
      path,
      `"paused" is back with all that "${layer}" had promised, and nobody was promised anything`,
      speaksTo(layer, draft, 'openclaw-gateway/1') ? 'add `user` with `runSkill`' : 'add `user`, `{}` will do',
    );
  }
  if (condition === 'interrupted' && everyMsOf(fault) === undefined) {
    problems.add(
      path,
      `"interrupted" is at each blow, but ${fault.kind} deals none`,
      'say "failed", or take a fault with `everyMs`',
    );
  }
  if (condition === 'interrupted' && !vantagesOf(draft.manifest)[layer]?.includes('user')) {
    problems.add(path, `no user is connected to "${layer}"`, 'say "ok" or "paused"');
  }
  const { nodes } = blastRadius(fault, draft.manifest, []);
  if (fault.kind !== 'noop' && judgedFrom(draft.manifest, layer) === 'observer' && !nodes.includes(layer)) {
    problems.add(
      path,
      `"${layer}" is seen on a path that carries no fault, and ${fault.kind} does not touch it`,
      'say "ok"',
    );
  }
  if (condition !== 'interrupted' && forMs !== undefined) checkExposure(forMs, draft, path, problems);
}

/** What runs skills is verified by their slots; what serves a user, by what that user has of it. */
function isVerified(layer: string, draft: Draft): boolean {
  if (speaksTo(layer, draft, 'openclaw-gateway/1')) return draft.user?.runSkill !== undefined;
  return !speaksTo(layer, draft, 'openclaw-session/1') || draft.user !== undefined;
}

function speaksTo(layer: string, { manifest }: Draft, protocol: Protocol): boolean {
  return manifest.nodes[layer]?.speaks.includes(protocol) === true;
}

function checkExposure(
  forMs: number,
  { manifest, skills }: Draft,
  path: readonly PropertyKey[],
  problems: InputProblems,
): void {
  for (const skill of localSkillsOf(manifest, Object.keys(skills))) {
    const everyMs = (skills[skill]?.everySeconds ?? 1) * 1000;
    if (Math.floor(forMs / everyMs) >= minExposedSlots) continue;
    problems.add(
      [...path.slice(0, 2), 'forMs'],
      `fewer than ${minExposedSlots} slots of "${skill}" can be due in ${forMs} ms`,
      `give at least ${minExposedSlots * everyMs}, or run the skill more often`,
    );
  }
}
