import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const numRuns = Number(process.env.FC_RUNS ?? 200);
const any = () => true;

describe('turns', () => {
  it('makes no skill wait for more than one start of each other one, however old their backlogs are', () => {
    const backlogs = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 });
    const arrivals = fc.array(fc.record({ at: fc.nat({ max: 100 }), skill: fc.nat({ max: 11 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(backlogs, arrivals, (sizes, later) => {
        const turns = new Turns<{ skill: string; queuedAt: number; late: boolean }>();
        const queues = sizes.map((size) => Array.from({ length: size }, (_, at) => at));
        const waited = sizes.map(() => 0);
        const offer = (index: number) => {
          const queuedAt = queues[index]?.[0];
          const skill = String(index);
          turns.offer(skill, queuedAt === undefined ? undefined : { skill, queuedAt, late: false });
        };
        for (const index of queues.keys()) offer(index);
        for (let step = 0; step < 600; step += 1) {
          for (const { at, skill } of later) {
            if (at !== step || queues[skill] === undefined) continue;
            queues[skill].push(1000 + at);
            offer(skill);
          }
          const run = turns.take(any);
          if (run === undefined) {
            expect(queues.every((queue) => queue.length === 0)).toBe(true);
            if (step > 100) return;
            continue;
          }
          const taken = Number(run.skill);
          for (const [index, queue] of queues.entries()) {
            waited[index] = index === taken || queue.length === 0 ? 0 : (waited[index] ?? 0) + 1;
          }
          if (Math.max(...waited) >= queues.length) expect.fail(`waited for ${waited} starts`);
          if (queues[taken]?.shift() !== run.queuedAt) expect.fail('not the oldest of its skill');
          turns.started(run.skill);
          offer(taken);
        }
        expect.fail('not all were started');
      }),
      { numRuns },
    );
  });

  it('lets the oldest go first among those that have never started', () => {
    const turns = new Turns<{ skill: string; queuedAt: number; late: boolean }>();
    for (const [skill, queuedAt] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ] as const)
      turns.offer(skill, { skill, queuedAt, late: false });
    expect([1, 2, 3, 4].map(() => turns.take(any)?.skill)).toEqual(['b', 'c', 'a', undefined]);
  });

  it('passes over what may not start, and keeps it on offer', () => {
    const turns = new Turns<{ skill: string; queuedAt: number; late: boolean }>();
    turns.offer('late', { skill: 'late', queuedAt: 1, late: true });
    turns.offer('fresh', { skill: 'fresh', queuedAt: 2, late: false });
    expect(turns.take(({ late }) => !late)?.skill).toBe('fresh');
    expect(turns.take(({ late }) => !late)).toBeUndefined();
    expect(turns.take(any)?.skill).toBe('late');
  });
});
