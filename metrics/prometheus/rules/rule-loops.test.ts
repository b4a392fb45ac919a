import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silent } from '../log.ts';
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts';
import { RuleLoops } from './rule-loops.ts';

const intervalMs = 50;
const group = { file: 'r.yml', name: 'g', intervalMs };
const patient = { timeout: 20_000, interval: 10 };

let engine: FakeEngine;
let loops: RuleLoops;
beforeEach(() => {
  engine = fakeEngine();
  loops = new RuleLoops(engine, silent);
});
afterEach(async () => {
  vi.useRealTimers();
  await loops.stop();
});

const times = (): number[] => engine.evaluations.map(({ timeMs }) => timeMs);
const evaluatedAgain = (count: number) =>
  expect.poll(() => engine.evaluations.length, patient).toBeGreaterThanOrEqual(count);

it('evaluates as at times that lie whole intervals apart', async () => {
  loops.start([group]);
  await evaluatedAgain(4);
  const [first = 0, ...further] = times();
  for (const [at, timeMs] of further.entries()) {
    expect(timeMs).toBeGreaterThan(times()[at] ?? 0);
    expect((timeMs - first) % intervalMs).toBe(0);
  }
});

it('goes with the clock where that was set, or the machine slept', async () => {
  loops.start([group]);
  await evaluatedAgain(2);
  const before = times().at(-1) ?? 0;
  const hour = 3_600_000;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour });
  await expect.poll(() => (times().at(-1) ?? 0) - before, patient).toBeGreaterThan(hour / 2);
  expect(((times().at(-1) ?? 0) - before) % intervalMs).toBe(0);
});

it('goes on after an evaluation that failed, and ends when it is stopped', async () => {
  let asked = 0;
  engine = fakeEngine({
    evaluate: async () => {
      asked++;
      throw new Error('no');
    },
  });
  loops = new RuleLoops(engine, silent);
  loops.start([group]);
  await expect.poll(() => asked, patient).toBeGreaterThanOrEqual(2);
  await loops.stop();
  const now = asked;
  await new Promise((resolve) => setTimeout(resolve, 3 * intervalMs));
  expect(asked).toBe(now);
});
