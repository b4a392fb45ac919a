import { expect, it } from 'vitest';
import { nowMs } from '../observe/clock.ts';
import type { Plan } from '../plan/plan-shape.ts';
import { untilSettled } from './settle.ts';

const planOf = (healedBy: 'harness' | 'system') =>
  ({
    entries: [{ name: '1-kill', healedBy, affected: ['gateway'] }],
    scenario: { settleMs: 300, skills: { hourly: { everySeconds: 0.4, latenessMs: 100 } } },
  }) as unknown as Pick<Plan, 'entries' | 'scenario'>;

/** How long what follows the faults was observed, and from when on, in ms from the start. */
async function after(healedBy: 'harness' | 'system', recoveredAfterMs: number) {
  const startMs = nowMs();
  let enteredMs = Number.NaN;
  const observation = {
    enter: () => {
      enteredMs = nowMs();
    },
    recovered: () => nowMs() - startMs >= recoveredAfterMs,
  };
  await untilSettled(planOf(healedBy), observation, new AbortController().signal);
  return { fromMs: enteredMs - startMs, forMs: nowMs() - enteredMs };
}

it('lasts until each skill was due once more, however late the system was back', async () => {
  const { fromMs, forMs } = await after('system', 600);
  expect(fromMs).toBeGreaterThanOrEqual(600);
  expect(forMs).toBeGreaterThanOrEqual(500);
});

it('begins with the heal where the harness ends the fault, and lasts until all is well', async () => {
  const { fromMs, forMs } = await after('harness', 900);
  expect(fromMs).toBeLessThan(600);
  expect(forMs).toBeGreaterThanOrEqual(600);
});

it('lasts for the time to settle, and as long as a skill takes to be due', async () => {
  expect((await after('harness', 0)).forMs).toBeGreaterThanOrEqual(500);
});
