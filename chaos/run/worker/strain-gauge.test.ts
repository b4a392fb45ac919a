import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { StrainGauge } from './strain-gauge.ts';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('knows the longest standstill while it observed, not before nor after', async () => {
  const gauge = new StrainGauge();
  gauge.enter('starting');
  block(900);
  await delay(20);
  gauge.enter('steady-state');
  expect(gauge.strain).toBeUndefined();
  await delay(100);
  block(300);
  await delay(100);
  gauge.enter('judging');
  block(900);
  await delay(20);
  gauge.enter('removing');
  const { maxLagMs = 0, stretch } = gauge.strain ?? {};
  expect(maxLagMs).toBeGreaterThan(250);
  expect(maxLagMs).toBeLessThan(850);
  // It worked all the time that it observed, and cannot have had more than one core for it.
  if (process.platform === 'linux') expect(stretch).toBeGreaterThanOrEqual(1);
});

it('knows nothing of a run that was never observed', () => {
  const gauge = new StrainGauge();
  gauge.enter('starting');
  gauge.enter('removing');
  expect(gauge.strain).toBeUndefined();
});
