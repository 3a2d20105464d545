import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build-first.ts'],
    setupFiles: ['test/fast-check-seed.ts'],
    // Only a guard against a test that never ends: no test is decided by how fast the machine is.
    testTimeout: 300_000,
  },
});
