import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { instrument } from '../../metrics/instrument.ts';
import { forgetFault } from './forget-fault.ts';

it("takes out a fault's gauges, and leaves its totals, and all of other faults", async () => {
  const registry = new Registry();
  for (const fault of ['kill-gateway', 'hang-runtime']) {
    instrument(registry, 'chaos_fault_active').set({ fault }, 1);
    const labels = { fault, layer: 'gateway', vantage: 'user' } as const;
    instrument(registry, 'chaos_fault_recovered_timestamp_seconds').set(labels, 17);
    instrument(registry, 'chaos_faults_injected_total').inc({ fault }, 2);
  }
  await forgetFault(registry, 'kill-gateway');
  const text = await registry.metrics();
  expect(text).not.toMatch(/^chaos_fault_active\{fault="kill-gateway"\}/m);
  expect(text).not.toMatch(/^chaos_fault_recovered_timestamp_seconds\{fault="kill-gateway"/m);
  expect(text).toContain('chaos_faults_injected_total{fault="kill-gateway"} 2');
  expect(text).toContain('chaos_fault_active{fault="hang-runtime"} 1');
  expect(text).toMatch(/^chaos_fault_recovered_timestamp_seconds\{fault="hang-runtime".*\} 17$/m);
});
