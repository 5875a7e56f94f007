// Tests of the recorder: the log in Node; loader, bar and recorder in Chromium (tests/browser), with the build that sites get.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 3, // they wait more than they work
    retry: process.env.CI ? 1 : 0,
  },
});
