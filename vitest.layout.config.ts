import { defineConfig } from 'vitest/config';

// The test of the house itself runs in `npm run check`, apart from the tests of behaviour.
export default defineConfig({ test: { include: ['.ci/house.test.ts'] } });
