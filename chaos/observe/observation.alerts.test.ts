/** What a run's alerts have to do with the rest of its observation: steady only while they are silent, and known to the very end. */
import { expect, it, vi } from 'vitest';
import { serve } from './testing/http-server.ts';
import { fault, ObservedSystem, wait } from './testing/observed-system.ts';

const alert = 'OpenclawLayerDown';
const patient = { timeout: 20_000, interval: 50 };

/** A Prometheus that evaluates one rule each time it is asked. */
class FakePrometheus {
  firing = false;
  evaluates = true;
  #evaluatedAt = new Date();

  async start(): Promise<string> {
    const host = await serve((_, response) => {
      if (this.evaluates) this.#evaluatedAt = new Date();
      const alerts = this.firing ? [{ labels: { alertname: alert, layer: 'gateway' }, state: 'firing' }] : [];
      const rule = {
        name: alert,
        type: 'alerting',
        health: 'ok',
        lastEvaluation: this.#evaluatedAt.toISOString(),
        alerts,
      };
      response.end(
        JSON.stringify({ status: 'success', data: { groups: [{ name: 'g', interval: 1, rules: [rule] }] } }),
      );
    });
    return `http://${host}`;
  }
}

it('is good only while every judged alert is evaluated, and silent', { timeout: 60_000 }, async () => {
  const prometheus = new FakePrometheus();
  const prometheusUrl = await prometheus.start();
  await using observed = await ObservedSystem.start({ alerts: { silent: [alert] } }, (system) => {
    const { platform } = system;
    Object.defineProperty(system, 'platform', { value: { ...platform, prometheusUrl } });
  });
  const { observation, journal } = observed;
  await observed.steady(1_000);
  prometheus.firing = true;
  await vi.waitFor(() => expect(observation.snapshot().alerts).toEqual([`${alert} {layer=gateway}`]), patient);
  expect(observation.goodForMs()).toBe(0);
  expect(journal).toContainEqual(expect.objectContaining({ kind: 'alert', alert, what: 'fires' }));
  prometheus.firing = false;
  await observed.steady(500);
  prometheus.evaluates = false;
  await vi.waitFor(() => expect(observation.goodForMs()).toBe(0), patient);
  prometheus.evaluates = true;
  await observed.steady(200);

  observation.enter('before');
  observation.injected(fault.name, Date.now());
  await wait(1_200);
  const finished = observation.finish();
  await wait(50);
  prometheus.firing = true;
  await finished;
  const metrics = await observed.scrape();
  const seconds = (what: string) => metrics.get(`chaos_alert_${what}_seconds_total{alert="${alert}"}`) ?? Number.NaN;
  // Up to the very end, of which only the evaluation after it can tell; and what that one says is not held against the run.
  expect(seconds('observed')).toBeCloseTo(metrics.get('chaos_window_seconds_total{phase="before"}') ?? 0, 2);
  expect(seconds('unexpected')).toBe(0);
});
