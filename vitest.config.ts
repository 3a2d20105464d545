import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Those at the top are a person's own: what `simulate policy new` writes.
    include: ['test/**/*.test.ts', '*.test.ts'],
    globalSetup: ['test/build-first.ts'],
    // Tests leave nothing in the cache of the person who runs them.
    env: { FAIRGROUND_CACHE: join(tmpdir(), 'fairground-test-cache') },
    setupFiles: ['test/fast-check-seed.ts'],
    // Only a guard against a test that never ends: no test is decided by how fast the machine is.
    testTimeout: 300_000,
    // As above: the default of a second is too short for processes on a busy machine.
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
});
