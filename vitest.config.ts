import { configDefaults, defineConfig } from 'vitest/config';

/** They play whole runs, and judge what the system did meanwhile: beside other tests a machine of two cores is soon starved. */
const alone = [
  'chaos/run/run.sabotage.test.ts',
  'chaos/run/run.metrics.test.ts',
  'chaos/traces/trace-receiver.faults.test.ts',
];

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, '.chaos/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{system,chaos,scenarios,metrics,grafana}/**/*.test.ts'],
          exclude: alone,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
