// Tests of the viewer: logic in Node; the built app in Chromium (tests/browser), for which the set-up builds it once.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'stage/**/*.test.ts'],
    globalSetup: 'tests/browser/build.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } }, // on a busy machine a second is nothing
    maxWorkers: 2,
    retry: process.env.CI ? 1 : 0,
  },
});
