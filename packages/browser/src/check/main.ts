#!/usr/bin/env node
// privacy-check: puts canaries into a site's own pages, runs the recorder's capture on them, and fails when one would leave.
// Exit codes: 0 nothing that is not meant leaves, 1 something does, 2 the check could not be made.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Chromium, findChromium } from './chromium.ts';
import type { Checked, CheckOptions } from './page.ts';
import { type Allow, parseAllow, report } from './report.ts';

const USAGE = `privacy-check URL…   puts canaries into your pages and fails when the recorder would let one out

  --mode strict|standard   the mode to check, when the page's script element does not say strict
  --mask, --block, --show SELECTORS   beside those of the page's script element
  --secret SELECTORS       what must stay, beside fields and the like; in strict mode everything
  --allow FILE             leaks that are meant: a kind (or *) and selectors on each line, # for comments
  --cookie NAME=VALUE      for pages behind a login; more than once for more
  --before FILE            JavaScript to run in each page before the check, such as opening a part of it; may be a promise
  --wait MS                how long a page may take to come to rest (15000)
  --chromium PATH          the browser; else CHROMIUM_PATH, CHROME_PATH, or one that is found
  --json                   the result as JSON
`;

class Unusable extends Error {}

async function text(path: string | undefined): Promise<string> {
  if (!path) return '';
  return readFile(path, 'utf8').catch(() => {
    throw new Unusable(`${path} cannot be read`);
  });
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        mode: { type: 'string' },
        mask: { type: 'string' },
        block: { type: 'string' },
        show: { type: 'string' },
        secret: { type: 'string' },
        allow: { type: 'string' },
        cookie: { type: 'string', multiple: true },
        before: { type: 'string' },
        wait: { type: 'string', default: '15000' },
        chromium: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return undefined;
    if (positionals.length === 0) throw new Unusable('no address');
    const { mode } = values;
    if (mode !== undefined && mode !== 'strict' && mode !== 'standard') throw new Unusable(`no mode ${mode}`);
    for (const url of positionals) if (!URL.canParse(url)) throw new Unusable(`${url} is no address`);
    return { ...values, mode: mode as CheckOptions['mode'], urls: positionals };
  } catch (error) {
    throw new Unusable((error as Error).message);
  }
}

type Options = NonNullable<ReturnType<typeof options>>;

async function checkOne(
  browser: Chromium,
  url: string,
  given: Options,
  allow: Allow[],
  code: string,
  before: string,
): Promise<Checked> {
  const page = await browser.page();
  try {
    for (const cookie of given.cookie ?? []) {
      const [name = '', ...value] = cookie.split('=');
      await page.call('Network.setCookie', { url, name, value: value.join('=') });
    }
    await page.open(url, Number(given.wait));
    if (before) await page.evaluate(before);
    const { mode, mask, block, show, secret } = given;
    const asked: CheckOptions = { mode, mask, block, show, secret, allow, seed: Math.floor(Math.random() * 2 ** 32) };
    await page.evaluate(`${code}\n;undefined`);
    return (await page.evaluate(`ridealongCheck(${JSON.stringify(asked)})`)) as Checked;
  } finally {
    await page.close().catch(() => undefined);
  }
}

async function main(): Promise<number> {
  const given = options();
  if (!given) {
    console.log(USAGE);
    return 0;
  }
  const executable = given.chromium ?? findChromium();
  if (!executable) throw new Unusable('no Chromium was found: name one with --chromium or CHROMIUM_PATH');
  const allow = parseAllow(await text(given.allow));
  const before = await text(given.before);
  const code = await readFile(new URL('check-page.js', import.meta.url), 'utf8');
  const browser = await Chromium.launch(executable);
  try {
    const results: { url: string; checked: Checked }[] = [];
    for (const url of given.urls)
      results.push({ url, checked: await checkOne(browser, url, given, allow, code, before) });
    const { lines, exit } = report(results, allow);
    console.log(given.json ? JSON.stringify({ results, exit }, null, 2) : lines.join('\n'));
    return exit;
  } finally {
    await browser.close();
  }
}

main().then(
  (exit) => {
    process.exitCode = exit;
  },
  (error: Error) => {
    console.error(`privacy-check: ${error.message}`);
    if (error instanceof Unusable) console.error(`\n${USAGE}`);
    process.exitCode = 2;
  },
);
