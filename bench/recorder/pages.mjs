// The pages of recorder-cost and wire-size, made by code: an admin table of any size under Bootstrap's sheet, and a to-do list.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundle } from '../../recorder-js/bundle.mjs';

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Nodes of a row: elements and texts. */
const ROW = 15;

/** One row of the table, as markup; pages make rows by the same function. */
export function row(i) {
  return `<tr class="align-middle r${i % 7}" data-id="${i}"><td class="text-muted">${i}</td><td><a class="link-primary" href="/item/${i}">Item ${i}</a></td><td><span class="badge bg-${i % 3 ? 'success' : 'danger'}">state ${i % 5}</span></td><td title="t${i}" class="text-end">${(i * 7919) % 10007}</td><td><button class="btn btn-sm btn-outline-secondary" type="button">Edit</button></td></tr>`;
}

/** A table page of about so many nodes. */
export function table(nodes, css) {
  const rows = Array.from({ length: Math.round(nodes / ROW) }, (_, i) => row(i)).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Orders</title><style>${css}</style></head><body class="container"><nav class="navbar"><h1 class="h4">Orders</h1><input id="filter" class="form-control" aria-label="Filter"></nav><div id="note" contenteditable></div><table class="table table-striped"><thead><tr><th>#<th>Item<th>State<th>Total<th></tr></thead><tbody>${rows}</tbody></table><script>${row}</script></body></html>`;
}

async function script(input) {
  const [made] = [
    await build({
      configFile: false,
      logLevel: 'error',
      root: here('.'),
      mode: 'production',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        write: false,
        rolldownOptions: { input: here(input), output: { format: 'iife', codeSplitting: false } },
      },
    }),
  ].flat();
  return made.output[0].code;
}

/** Everything that pages load, by path. */
export async function contents() {
  const css = await readFile(require.resolve('bootstrap/dist/css/bootstrap.min.css'), 'utf8');
  const todo = await script('todo.mjs');
  return {
    css,
    todo: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>To do</title><style>body { font: 16px sans-serif; } .done { text-decoration: line-through; color: gray; }</style></head><body><div id="app"></div><script type="module">${todo.replaceAll('</script', '<\\/script')}</script></body></html>`,
    ridealong: await bundle('../bench/recorder/entry.ts', 'iife', {
      WORKER_CODE: JSON.stringify(await bundle('src/log/worker.ts', 'iife', {})),
      WORKER: '""',
    }),
    openReplay: await script('openreplay.mjs'),
    rrweb: await readFile(here('../../node_modules/@rrweb/record/dist/record.umd.min.cjs'), 'utf8'),
  };
}
