import { expect, it } from 'vitest';
import { ObservedSystem, wait } from './testing/observed-system.ts';

// In a file of its own: it blocks the event loop, and whatever shares it.
it('observes nothing while its own loop stands still', { timeout: 60_000 }, async () => {
  await using observed = await ObservedSystem.start();
  const { observation } = observed;
  await observed.steady();
  observation.enter('before');
  await wait(800);
  block(900);
  await wait(800);
  await observation.finish();
  const metrics = await observed.scrape();
  const window = metrics.get('chaos_window_seconds_total{phase="before"}') ?? 0;
  expect(metrics.get('chaos_harness_lag_seconds_total{phase="before"}')).toBeGreaterThan(0.7);
  const views = [
    ['session', 'user'],
    ['gateway', 'user'],
    ['runtime', 'observer'],
  ];
  for (const [layer, vantage] of views) {
    const labels = `{layer="${layer}",vantage="${vantage}",phase="before"}`;
    const seconds = metrics.get(`chaos_layer_observed_seconds_total${labels}`) ?? Number.NaN;
    expect(seconds).toBeLessThan(window - 0.7);
    expect(metrics.get(`chaos_layer_available_seconds_total${labels}`)).toBeCloseTo(seconds, 6);
  }
});

it('does not take a deadline that it slept through for an answer that did not come', { timeout: 60_000 }, async () => {
  await using observed = await ObservedSystem.start();
  const { observation, system } = observed;
  await observed.steady();
  observation.enter('before');
  system.cut('client-gateway').swallow();
  await wait(450);
  block(1200);
  await wait(50);
  await system.cut('client-gateway').allow();
  await wait(1500);
  const { views } = await observation.finish();
  const gateway = views.find(({ layer, vantage }) => layer === 'gateway' && vantage === 'user');
  expect(gateway?.void).toBeGreaterThanOrEqual(3);
});

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
