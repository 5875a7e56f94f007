// What `npm pack` packs: it installs into a project of its own, its types hold under strict, and importing it needs no window.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

let project: string;
let packed: string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ridealong-pack-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
  const [made] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = made.files.map((file) => file.path).sort();
  await writeFile(`${project}/package.json`, '{"name":"site","private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', `./${made.filename}`], {
    cwd: project,
  });
});
afterAll(() => rm(project, { recursive: true, force: true }));

test('what is needed is in it, and nothing else', () => {
  expect(packed.filter((path) => !path.startsWith('dist/'))).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(packed.filter((path) => path.startsWith('dist/'))).toEqual(FILES);
});

test('it depends on nothing', async () => {
  expect((await readdir(`${project}/node_modules`)).filter((name) => !name.startsWith('.'))).toEqual(['@ridealong']);
});

const SITE = `
import { event, identify, metadata, on, start, state, stop, type State, watchers } from '@ridealong/browser';
start({ server: 'https://ridealong.example', mode: 'strict', mask: '.invoice' });
identify({ id: 4711, name: 'Ada' }, { show: ['name'] });
identify(null);
metadata({ plan: 'gold', seats: 3, trial: null });
event('cart', { items: 2 });
const off: () => void = on('state', ({ state, reason }) => console.log(state satisfies State, reason?.length));
on('watchers', ({ watchers }) => console.log(watchers + 1));
off();
const now: State | undefined = state();
const seen: number = watchers();
stop();
console.log(now, seen);
`;

async function compile(source: string): Promise<string> {
  await writeFile(`${project}/site.ts`, source);
  const options = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--lib', 'es2022,dom', '--target', 'es2022'];
  const modules = ['--module', 'nodenext', '--types', ''];
  const { stdout } = await run(process.execPath, [tsc, ...options, ...modules, 'site.ts'], { cwd: project }).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

test('its types hold under strict', async () => {
  expect(await compile(SITE)).toBe('');
});

test.each([
  ["start({ server: 'https://r.example', mode: 'open' });", '"standard" | "strict"'],
  ['identify({ id: {} });', 'string | number'],
  ['metadata({ deep: {} });', 'boolean | null'],
  ["on('nothing', () => undefined);", 'nothing'],
])('and say what is wrong: %s', async (line, word) => {
  const said = await compile(`import { identify, metadata, on, start } from '@ridealong/browser';\n${line}`);
  expect(said).toMatch(/error TS/);
  expect(said).toContain(word);
});

test('in Node, without a window, importing and calling it does nothing', async () => {
  const script = `import * as r from '@ridealong/browser';
r.start({ server: 'https://ridealong.example' }); r.identify({ id: 1 }); r.metadata({ a: 1 }); r.event('x'); r.stop();
r.on('state', () => process.exit(3))(); await r.preview({ server: 'https://ridealong.example' });
console.log(r.state(), r.watchers(), Object.keys(globalThis).includes('ridealong'));`;
  await writeFile(`${project}/server.js`, script);
  const { stdout } = await run(process.execPath, ['server.js'], { cwd: project });
  expect(stdout).toBe('undefined 0 false\n');
});

const FILES = ['dist/check-page.js', 'dist/index.d.ts', 'dist/index.js', 'dist/privacy-check.js'];
