import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{system,chaos,scenarios,metrics,grafana}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '.chaos/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    maxConcurrency: 3,
  },
});
