// P3: what a recorder costs the page: CPU time of its main thread, longest task, retained heap.
//
// Method. Each figure is of a fresh page; variants alternate, and every round begins with another one. `none` is the same page and the
// same operation without a recorder; `floor` is an observer and a listener that do nothing: what no recorder can be under. `rrweb` turns
// each event into JSON, as whoever sends it has to; ours makes compressed frames. Garbage is collected before the clock starts.
// main_ms is the CPU time (not the wall's) of the main thread's tasks from the operation until the recorder has emitted everything,
// without the page's own style, layout and paint (render_ms): these are the same work in every variant, or a recorder that forces more of
// them is seen there, and they vary by more than a recorder costs. What a recorder's worker does is not in it. An operation is done so
// often, for all variants alike, that what recorders add is more than the noise; figures are of all repetitions. A ratio compares what the
// recorders add to the median of `none`; `above-floor` compares what they add to `floor`. From a Chromium trace.
import { launch } from './browser.mjs';
import { median, print, ratio } from './figures.mjs';
import { contents, table } from './recorder/pages.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SIZES = { '1k': 1000, '13k': 13_000, '78k': 78_000 };
const VARIANTS = ['none', 'floor', 'rrweb', 'ridealong'];
/** The page's own rendering, as the trace names it. */
const RENDERING = /^(?:UpdateLayoutTree|Layout|PrePaint|Paint|Layerize|Commit|HitTest|UpdateLayer)$/;

/** In the page: the recorder of this variant; gives what says whether it is busy. */
async function begin(variant) {
  if (variant === 'floor') {
    const seen = new MutationObserver(() => {});
    seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    addEventListener('input', () => {}, true);
  }
  if (variant === 'ridealong') globalThis.recorder = await globalThis.ridealongBench.start();
  if (variant !== 'rrweb') return;
  const record = globalThis.rrwebRecord?.record ?? globalThis.rrweb.record;
  globalThis.emitted = 0;
  record({
    emit: (event) => {
      globalThis.emitted += JSON.stringify(event).length;
    },
  });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What is done to a page; each runs in the page. */
const OPERATIONS = {
  'list-rebuild': async () => {
    const body = document.querySelector('tbody');
    const n = body.rows.length;
    for (let round = 1; round <= 5; round++) {
      let rows = '';
      for (let i = 0; i < n; i++) rows += globalThis.row(i + n * round);
      body.innerHTML = rows;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  'attribute-storm': async () => {
    const cells = document.querySelectorAll('td');
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 10_000; i++) cells[i % cells.length].setAttribute('class', `x${(i % 97) + round}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  typing: async () => {
    const input = document.querySelector('#filter');
    const note = document.querySelector('#note');
    for (let i = 0; i < 200; i++) {
      const letter = 'abcdefghij '[i % 11];
      if (i % 2) {
        input.value += letter;
        input.dispatchEvent(new InputEvent('input', { bubbles: true, data: letter }));
      } else note.append(letter);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
  },
  'todo-react': async () => {
    const input = document.querySelector('#new');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    for (let item = 0; item < 30; item++) {
      for (let i = 1; i <= 12; i++) {
        set.call(input, `task ${item} text`.slice(0, i));
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      input.form.requestSubmit();
      await new Promise((resolve) => setTimeout(resolve, 4));
      for (const box of [...document.querySelectorAll('[type=checkbox]')].slice(-5)) box.click();
    }
  },
};

async function settle() {
  do await new Promise((resolve) => setTimeout(resolve, 120));
  while (globalThis.recorder?.unfinished());
  if (globalThis.recorder?.errors.length) throw new Error(globalThis.recorder.errors[0]);
}

/** Tasks of the thread that made the marks, between them. */
function between(events) {
  const [from, to] = ['bench-begin', 'bench-end'].map((name) => events.find((e) => e.name === name));
  const mine = events
    .filter((e) => e.ph === 'X' && e.pid === from.pid && e.tid === from.tid && e.ts + e.dur > from.ts && e.ts < to.ts)
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  let [tasks, render, longest, until] = [0, 0, 0, 0];
  for (const e of mine) {
    const cpu = (e.tdur ?? e.dur) / 1000;
    if (e.name === 'ThreadControllerImpl::RunTask') {
      tasks += cpu;
      longest = Math.max(longest, e.dur / 1000);
    } else if (RENDERING.test(e.name) && e.ts >= until) {
      render += cpu; // those inside of it are in it
      until = e.ts + e.dur;
    }
  }
  return { main: tasks - render, render, longest };
}

/** A page that is ready for its operation; without one, for its recorder. */
export async function opened(browser, site, { html, operation, variant }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*', (route) =>
    route.fulfill(
      new URL(route.request().url()).pathname === '/'
        ? { contentType: 'text/html', body: html }
        : { status: 204, body: '' },
    ),
  );
  await page.goto('http://page.bench/');
  if (site[variant]) await page.addScriptTag({ content: site[variant] });
  await page.waitForTimeout(100);
  const cdp = await context.newCDPSession(page);
  if (operation) {
    await page.evaluate(begin, variant);
    await page.evaluate(settle);
  }
  await cdp.send('HeapProfiler.collectGarbage');
  return { page, cdp, context };
}

/** What is measured, as the page's code; between two marks. */
export function work({ operation, variant }) {
  const doing = operation ? `(${operation})()` : `(${begin})(${JSON.stringify(variant)})`;
  return `(async () => {
    await (${turn})(); performance.mark('bench-begin'); await (${turn})();
    await ${doing}; await (${settle})(); performance.mark('bench-end');
  })()`;
}

/** One page, one operation; heap in KiB after a collection. */
async function measure(browser, site, what) {
  const { page, cdp, context } = await opened(browser, site, what);
  const events = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'blink.user_timing', 'devtools.timeline'] },
  });
  await page.evaluate(work(what));
  const traced = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await traced;
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await context.close();
  return { ...between(events), heap: usedSize / 1024 };
}

/** Every case by its name: a page, and what is done to it; without that its first picture is taken. */
export function cases(site) {
  const cases = { 'todo-react': { html: site.todo, operation: OPERATIONS['todo-react'] } };
  for (const [size, nodes] of Object.entries(SIZES)) {
    const html = table(nodes, site.css);
    cases[`snapshot-${size}`] = { html };
    for (const name of ['list-rebuild', 'attribute-storm', 'typing'])
      cases[`${name}-${size}`] = { html, operation: OPERATIONS[name] };
  }
  return cases;
}

export async function run() {
  const site = await contents();
  const only = process.env.CASE;
  const browser = await launch();
  try {
    for (const [name, what] of Object.entries(cases(site)))
      if (!only || name.includes(only)) await one(browser, site, name, what);
  } finally {
    await browser.close();
  }
}

async function one(browser, site, name, what) {
  const got = Object.fromEntries(VARIANTS.map((variant) => [variant, []]));
  for (let i = 0; i < ROUNDS; i++) {
    for (let k = 0; k < VARIANTS.length; k++) {
      const variant = VARIANTS[(i + k) % VARIANTS.length];
      got[variant].push(await measure(browser, site, { ...what, variant }));
    }
  }
  const mid = (variant, field) => median(got[variant].map((one) => one[field]));
  const bench = 'recorder-cost';
  for (const variant of VARIANTS) {
    print({
      bench,
      case: name,
      variant,
      main_ms: Math.round(mid(variant, 'main') * 10) / 10,
      render_ms: Math.round(mid(variant, 'render') * 10) / 10,
      longest_task_ms: Math.round(mid(variant, 'longest') * 10) / 10,
      heap_kib: Math.round(mid(variant, 'heap')),
      runs: ROUNDS,
    });
  }
  /** What a variant adds to another, each run for itself, as a part of what rrweb adds to it. */
  const compare = (label, variant, base) => {
    const without = mid(base, 'main');
    const rrweb = mid('rrweb', 'main') - without;
    const shares = got[variant].map(({ main }) => (main - without) / rrweb);
    ratio(bench, label, shares, { case: name });
  };
  compare('floor/rrweb', 'floor', 'none');
  compare('ridealong/rrweb', 'ridealong', 'none');
  compare('ridealong/rrweb-above-floor', 'ridealong', 'floor');
  if (name === 'todo-react') {
    const share = (variant) =>
      got[variant].map((one) => (one.main + one.render) / (mid('none', 'main') + mid('none', 'render')));
    for (const variant of ['floor', 'rrweb', 'ridealong'])
      ratio(bench, `${variant}/none`, share(variant), { case: name });
  }
}
