/** Takes held evidence apart, piece by piece: whatever is removed or spoilt, it holds no longer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from './evidence.ts';
import { heldEvidence, planOf } from './verdict.fixture.ts';
import { judge } from './verdict.ts';

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

const plan = planOf();
const held = JSON.stringify(heldEvidence(plan));
const pieces = pathsOf(heldEvidence(plan)).filter(matters);
const points = pieces.filter(isPoint);

/** Text for people decides nothing. */
function matters(path: Path): boolean {
  return path.at(-1) !== 'detail' && path.at(-1) !== 'evidence';
}

/** A single second of a range may be missing: 95 % of them must be there. */
function isPoint(path: Path): boolean {
  return path.includes('values') && path.length === path.indexOf('values') + 2;
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, part]) =>
    pathsOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

function spoilt(path: Path, spoil: (holder: Container, key: string | number) => void): Evidence {
  const evidence = JSON.parse(held) as Evidence;
  const holder = path
    .slice(0, -1)
    .reduce<Container>((part, key) => part[key] as Container, evidence as unknown as Container);
  spoil(holder, path.at(-1) ?? '');
  return evidence;
}

function remove(holder: Container, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

const outcome = (evidence: Evidence) => judge(plan, evidence).outcome;

describe('evidence that holds', () => {
  it('consists of some hundred pieces', () => {
    expect(pieces.length).toBeGreaterThan(1000);
    expect(outcome(heldEvidence(plan))).toBe('held');
  });

  it('holds no longer without any one of them', () => {
    const idle = pieces.filter((path) => !isPoint(path)).filter((path) => outcome(spoilt(path, remove)) === 'held');
    expect(idle).toEqual([]);
  });

  it('holds no longer with any one of them replaced by garbage', () => {
    const garbage = fc.oneof(
      fc.constantFrom<unknown>(null, '', 'NaN', '+Inf', '-Inf', '1e400', '0x1', ' 1', '-1e18', true, [], {}, -1, 1e30),
      fc.string({ minLength: 1 }).filter((text) => !/^-?\d/.test(text)),
    );
    const property = fc.property(fc.constantFrom(...pieces), garbage, (path, value) => {
      const evidence = spoilt(path, (holder, key) => {
        fc.pre(JSON.stringify(holder[key]) !== JSON.stringify(value));
        holder[key] = value;
      });
      expect(outcome(evidence)).not.toBe('held');
    });
    fc.assert(property, { numRuns: 1500 });
  });

  it('holds no longer with any time or number of another magnitude', () => {
    const numbers = pieces.filter(
      (path) => typeof path.reduce<unknown>((part, key) => (part as Container)[key], heldEvidence(plan)) === 'number',
    );
    const property = fc.property(
      fc.constantFrom(...numbers),
      fc.constantFrom(-86_400_000, -60_000, 60_000, 86_400_000),
      (path, by) => {
        const evidence = spoilt(path, (holder, key) => {
          holder[key] = Number(holder[key]) + by;
        });
        expect(outcome(evidence)).not.toBe('held');
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('holds no longer with any element of a list doubled', () => {
    const elements = pieces.filter((path) => typeof path.at(-1) === 'number');
    const idle = elements.filter((path) => {
      const evidence = spoilt(path, (holder, key) =>
        (holder as unknown as unknown[]).splice(Number(key), 0, structuredClone(holder[key])),
      );
      return outcome(evidence) === 'held';
    });
    expect(idle).toEqual([]);
  });

  it('holds no longer with any yes turned into a no', () => {
    const answers = pieces.filter((path) => ['reached', 'proved', 'undone'].includes(String(path.at(-1))));
    expect(answers.length).toBe(1 + 2 * plan.entries.length);
    for (const path of answers) {
      const evidence = spoilt(path, (holder, key) => {
        holder[key] = false;
      });
      expect(outcome(evidence)).not.toBe('held');
    }
  });

  it('holds no longer with more than a twentieth of the seconds of any series missing', () => {
    const firsts = points.filter((path) => path.at(-1) === 0);
    for (const path of firsts) {
      const evidence = spoilt(path, (holder) => (holder as unknown as unknown[]).splice(0, 4));
      expect(outcome(evidence)).not.toBe('held');
    }
  });
});
