// privacy-check as a CI runs it: a page that leaks fails, one that does not passes, and a check that saw nothing is none.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, serve } from '../../../recorder-js/tests/browser/site.ts';

const bin = fileURLToPath(new URL('../dist/privacy-check.js', import.meta.url));

const PAGES: Record<string, string> = {
  // A shop that has thought of it.
  '/careful': `<script data-mode=standard data-mask=".invoice" src="/r/loader.js"></script>
    <h1>Shop</h1><p class=invoice title=x data-total=x>Ada Byron, 12 Main Street</p>
    <form action="/pay?x=1"><input name=q><input type=password><input type=hidden value=x><textarea></textarea></form>
    <div contenteditable>Note</div><a href="/a#b">a</a>
    <div id=host><template shadowrootmode=open><input><p class=invoice>x</p></template></div>
    <iframe srcdoc="<input><p class=invoice>x</p>"></iframe>`,
  // One that has not: the invoice is not masked, and a field is shown.
  '/careless': `<p class=invoice title=x data-total=x>Ada Byron, 12 Main Street</p>
    <label data-ridealong-show><input id=nick name=q></label>
    <ul id=rows>${'<li class=invoice>x</li>'.repeat(5)}</ul>`,
  '/strict': `<script data-mode=strict src="/r/loader.js"></script><title>Accounts</title>
    <nav data-ridealong-show><a href="/">Home</a></nav><main title=x><p>Ada Byron</p><select><option>x</select></main>`,
  '/hostile': `<script>MutationObserver.prototype.observe = () => { throw new Error('mine') }</script><p>x</p>`,
};

let site: Site;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridealong-check-'));
  site = await serve((path, request, response) => {
    const body = path === '/login' && request.headers.cookie?.includes('who=ada') ? PAGES['/careless'] : PAGES[path];
    response.writeHead(body ? 200 : 404, { 'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html' });
    response.end(body && `<!doctype html><meta charset=utf-8>${body}`);
  });
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, CHROMIUM_PATH: process.env.CHROMIUM ?? '/usr/bin/chromium', CI: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const at = (path: string) => site.origin + path;

describe('privacy-check', () => {
  test('passes a page that keeps what must stay', async () => {
    const { code, out, err } = await run(at('/careful'), '--secret', '.invoice');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ok .*standard mode, \d\d canaries/);
  });

  test('fails on one that does not, and says where, by which op, and what to do', async () => {
    const { code, out } = await run(at('/careless'), '--secret', '.invoice');
    expect(code).toBe(1);
    expect(out).toMatch(/text +body > p\n +told by .*(?:splice|setText) \(change\).*text|text +body > p\n +told by/);
    expect(out).toContain('element (first picture)');
    expect(out).toMatch(/attribute data-total +body > p/);
    expect(out).toMatch(/field +#nick/);
    expect(out).toContain('and 4 alike');
    expect(out).toContain('data-ridealong-mask');
    expect(out).toContain('allow: text body > p');
  });

  test('with the rules that are missing it passes', async () => {
    const { code, out } = await run(at('/careless'), '--secret', '.invoice', '--mask', '.invoice, label');
    expect([code, out.slice(0, 2)]).toEqual([0, 'ok']);
  });

  test('a leak that is meant is allowed by a file, and a line of it that allows nothing is said', async () => {
    await writeFile(`${folder}/allow`, '# what may leave\ntext nav, #none # static\n* a\ntext .gone\n');
    const { code, out } = await run(at('/strict'), '--allow', `${folder}/allow`);
    expect([code, out.slice(0, 2)]).toEqual([0, 'ok']);
    expect(out).toContain('leave as the allow list says');
    expect(out).toContain('nothing leaves by this line of the allow list: text .gone');
    const without = await run(at('/strict'));
    expect(without.code).toBe(1);
    expect(without.out).toMatch(/strict mode.*: 1 leave/);
  });

  test('the mode of the page holds, whatever is asked', async () => {
    const { out } = await run(at('/strict'), '--mode', 'standard', '--json');
    expect(JSON.parse(out).results[0].checked.mode).toBe('strict');
  });

  test('a page behind a login is checked with its cookie, and after a script of yours', async () => {
    await writeFile(`${folder}/before.js`, `document.querySelector('.invoice').id = 'prepared'`);
    const args = ['--secret', '.invoice', '--cookie', 'who=ada', '--before', `${folder}/before.js`];
    const { code, out } = await run(at('/login'), ...args);
    expect(code).toBe(1);
    expect(out).toContain('#prepared');
  });

  test.each([
    ['no address', [], /no address/],
    ['no page there', ['http://127.0.0.1:9/'], /does not open/],
    ['no browser there', ['http://127.0.0.1:9/', '--chromium', '/nonexistent'], /ENOENT|ended/],
    ['an option that is none', ['http://127.0.0.1:9/', '--modes', 'x'], /modes/],
    ['a mode that is none', ['http://127.0.0.1:9/', '--mode', 'open'], /no mode open/],
    ['a file that is not there', ['http://127.0.0.1:9/', '--allow', '/nonexistent'], /cannot be read/],
  ])('%s: it was not checked, and says so', async (_, args, said) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(said);
  });

  test('a check that could see nothing is no check', async () => {
    const { code, out } = await run(at('/careful'), '--block', 'body');
    expect(code).toBe(2);
    expect(out).toContain('was not checked');
  });
});
