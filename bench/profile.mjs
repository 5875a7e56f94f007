// Where a case of recorder-cost spends its time, by function: `node bench/profile.mjs typing-1k [ridealong|rrweb|none]`. A tool for
// whoever makes the recorder cheaper, no figure: it samples the wall's time, so on a busy machine outliers are other people's work.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundle } from '../recorder-js/bundle.mjs';
import { launch } from './browser.mjs';
import { contents } from './recorder/pages.mjs';
import { cases, opened, work } from './recorder-cost.mjs';

const REPEATS = 3;
const TOP = 45;
/** Between two samples, µs. */
const STEP = 100;

/** The recorder with its functions' names. */
async function named() {
  const worker = await bundle('src/log/worker.ts', 'iife', {});
  const [made] = [
    await build({
      configFile: false,
      logLevel: 'silent',
      define: { WORKER_CODE: JSON.stringify(worker), WORKER: '""' },
      build: {
        write: false,
        target: 'es2022',
        minify: false,
        modulePreload: false,
        rolldownOptions: {
          input: fileURLToPath(new URL('recorder/entry.ts', import.meta.url)),
          output: { format: 'iife', codeSplitting: false },
        },
      },
    }),
  ].flat();
  return made.output[0].code;
}

/** Adds each sample's ms to its function, and to every function that called it. */
function count({ nodes, samples, timeDeltas }, self, all) {
  const above = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const name = new Map(nodes.map(({ id, callFrame: f }) => [id, `${f.functionName || '-'} ${f.lineNumber + 1}`]));
  samples.forEach((id, i) => {
    const ms = (timeDeltas[i + 1] ?? 0) / 1000 / REPEATS;
    self.set(name.get(id), (self.get(name.get(id)) ?? 0) + ms);
    const chain = new Set();
    for (let at = id; at !== undefined; at = above.get(at)) chain.add(name.get(at));
    for (const one of chain) all.set(one, (all.get(one) ?? 0) + ms);
  });
}

const [name = 'snapshot-13k', variant = 'ridealong'] = process.argv.slice(2);
const site = { ...(await contents()), ridealong: await named() };
const { html, operation } = cases(site)[name];
const browser = await launch();
const [self, all] = [new Map(), new Map()];
for (let i = 0; i < REPEATS; i++) {
  const { page, cdp, context } = await opened(browser, site, { html, operation, variant });
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.setSamplingInterval', { interval: STEP });
  await cdp.send('Profiler.start');
  await page.evaluate(work({ operation, variant }));
  count((await cdp.send('Profiler.stop')).profile, self, all);
  await context.close();
}
await browser.close();
for (const [title, times] of [
  ['by itself', self],
  ['with what it calls', all],
]) {
  console.log(`${name}, ${variant}: ms ${title}`);
  for (const [key, ms] of [...times].sort((a, b) => b[1] - a[1]).slice(0, TOP))
    console.log(`${ms.toFixed(2).padStart(9)}  ${key}`);
}
