// The worker that has the maps, under the app's own policy: it may be made, decodes a large map, and is the only one.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, SOURCES } from '../../src/sourcemaps/built.ts';
import { launch, type Site, serveApp } from './site.ts';

type Maps = typeof import('../../src/telemetry/sourcemaps.ts');

let folder: string;
let site: Site;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridealong-maps-'));
  const maps = fileURLToPath(new URL('../../src/telemetry/sourcemaps.ts', import.meta.url));
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>maps</title><script type="module" src="./main.js"></script>',
  );
  await writeFile(join(folder, 'main.js'), `import * as maps from ${JSON.stringify(maps)}; window.maps = maps;`);
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: { modulePreload: { polyfill: false }, outDir: 'out' },
  });
  site = await serveApp(join(folder, 'out'));
  browser = await launch();
  page = await browser.newPage();
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(site.origin);
  await page.waitForFunction(() => 'maps' in window);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  if (folder) await rm(folder, { recursive: true });
});

test('a map of some MiB is decoded in the worker, and the policy is kept', async () => {
  const { code, map } = await built();
  const padded = JSON.parse(map) as { sources: string[]; sourcesContent: string[] };
  padded.sources.push('/long.ts');
  padded.sourcesContent.push('// long\n'.repeat(400_000));
  const text = JSON.stringify(padded);
  expect(text.length).toBeGreaterThan(3 << 20);
  const script = 'https://shop.test/assets/app.js';
  const column = code.indexOf('RangeError') + 1;
  const place = await page.evaluate(
    async ([text, script, column]) => {
      const { maps } = window as unknown as { maps: Maps };
      if (!(await maps.addMap(new File([text], 'app.js.map'), script))) throw new Error('it is not taken');
      return maps.resolveFrame({ fn: 't', url: script, line: 1, column });
    },
    [text, script, column] as const,
  );
  expect(place).toEqual({
    fn: 't',
    url: 'https://shop.test/src/pay.ts',
    line: 4,
    column: 15,
    context: SOURCES['pay.ts']?.split('\n').slice(0, 7),
  });
  expect(page.workers()).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('what is no map is refused, and the worker lives on', async () => {
  const said = await page.evaluate(async () => {
    const { maps } = window as unknown as { maps: Maps };
    const sections = [{ offset: { line: 2e9, column: 0 }, map: { version: 3, sources: [], names: [], mappings: '' } }];
    const bad = ['', 'null', '{"version":3}', JSON.stringify({ version: 3, sections })];
    const taken = [];
    for (const text of bad) taken.push(await maps.addMap(text, 'https://shop.test/bad.js'));
    return {
      taken,
      old: (await maps.resolveFrame({ fn: '', url: 'https://shop.test/assets/app.js', line: 1, column: 41 }))?.line,
    };
  });
  expect(said).toEqual({ taken: [false, false, false, false], old: 4 });
  expect(page.workers()).toHaveLength(1);
});

test('the worker has no network, and the page can make no other', async () => {
  const reached = await page.workers()[0]?.evaluate(async () => {
    const one = await fetch(new URL('/index.html', location.href)).then(
      () => 'reached',
      () => 'refused',
    );
    return one;
  });
  expect(reached).toBe('refused');
  const other = await page.evaluate(() => {
    try {
      new Worker('/assets/other.js');
      return 'made';
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(other).toBe('TypeError');
});
