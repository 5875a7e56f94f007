// End-to-end tests: the real binary, real browsers. One worker: the tests own the machine's two cores.
import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './browser.ts';

export default defineConfig({
  testDir: 'tests',
  // Takes minutes: `npm run conformance -w e2e`, and `make test-long`.
  testIgnore: process.env.CONFORMANCE ? [] : ['conformance*'],
  // What has that word in its name is told of by a shorter test too, or is about time: `make test-long` runs it, with LONG=1.
  grepInvert: process.env.LONG ? [] : /@long/,
  workers: 1,
  // Where a change is judged, one unlucky moment of a busy machine does not decide; the report names what was flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs },
    viewport: { width: 1280, height: 800 },
    trace: 'off',
  },
});
