// End-to-end tests: the real binary, real browsers. ci/test.sh runs the first project with WORKERS workers and the second with one, after it.
import { defineConfig } from '@playwright/test';
import { chromiumArgs, headlessPath } from './browser.ts';

/** Takes minutes: `npm run conformance -w e2e`, and `make test-long`. */
const ignored = process.env.CONFORMANCE ? [] : ['conformance*'];
/** What promises a time, prints one, or lays cables: nothing else runs meanwhile. */
const ALONE = /(endure|hosts|link|slow|storms)\.spec/;

export default defineConfig({
  testDir: 'tests',
  // What has that word in its name is told of by a shorter test too, or is about time: `make test-long` runs it, with LONG=1.
  grepInvert: process.env.LONG ? [] : /@long/,
  workers: 1,
  projects: [
    { name: 'together', testIgnore: [ALONE, ...ignored] },
    { name: 'alone', testMatch: ALONE },
  ],
  // Where a change is judged, one unlucky moment of a busy machine does not decide; the report names what was flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: headlessPath(), args: chromiumArgs },
    viewport: { width: 1280, height: 800 },
    trace: 'off',
  },
});
