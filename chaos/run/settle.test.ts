import { expect, it } from 'vitest';
import { nowMs } from '../observe/clock.ts';
import type { Plan } from '../plan/plan-shape.ts';
import { untilRecovered, untilSettled } from './settle.ts';

const planOf = (healedBy: 'harness' | 'system') =>
  ({
    entries: [{ name: '1-kill', healedBy, affected: ['gateway'] }],
    scenario: { settleMs: 300, skills: { hourly: { everySeconds: 0.4, latenessMs: 100 } } },
  }) as unknown as Pick<Plan, 'entries' | 'scenario'>;

/** How long what follows the faults was observed, and from when on, in ms from the start. */
async function after(healedBy: 'harness' | 'system', recoveredAfterMs: number, pagedForMs = 0) {
  const startMs = nowMs();
  let enteredMs = Number.NaN;
  const observation = {
    enter: () => {
      enteredMs = nowMs();
    },
    recovered: () => nowMs() - startMs >= recoveredAfterMs,
    alertsSettled: () => nowMs() - startMs >= pagedForMs,
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

it('lasts until the alerts are resolved that the faults have raised', async () => {
  expect((await after('harness', 0, 1_200)).forMs).toBeGreaterThanOrEqual(1_100);
});

it('has the next fault wait for the recovery from this one, and for its alerts', async () => {
  const [entry] = planOf('harness').entries as [Plan['entries'][number]];
  for (const [recoveredMs, pagedMs] of [
    [400, 0],
    [0, 400],
  ] as const) {
    const startMs = nowMs();
    const sinceMs = () => nowMs() - startMs;
    const observation = { recovered: () => sinceMs() >= recoveredMs, alertsSettled: () => sinceMs() >= pagedMs };
    await untilRecovered(entry, observation, new AbortController().signal);
    expect(sinceMs()).toBeGreaterThanOrEqual(400);
  }
});
