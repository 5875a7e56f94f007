// The recorder as the files that sites get: what every page needs, and one file for each `import('./part.ts')` in its sources, which is
// loaded from beside it when it is needed. A source says `const { thing } = await import('./part.ts')` and takes a rejection as "not
// to be had": a site's policy or a network may refuse it.
//
// A part takes what it shares with the recorder as arguments, not by an import of its own: so its name, by its content, is known before the
// recorder's, and nothing is in two files.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, parseAst } from 'vite';
import { asIs, hidden, lean } from './bundle.mjs';
import { dropUnused, inlineTables, ownNames, prepare, replace, squeeze, tablesOf, walk } from './shorten.mjs';

/** `what.<hash of the content>.js` */
export const fileName = (what, code) =>
  `${what}.${createHash('sha256').update(code).digest('base64url').slice(0, 12)}.js`;

/** Fills a set with the modules that an entry needs from its start, and with those that more than one part needs. */
const needed = (found) => ({
  name: 'needed',
  buildEnd() {
    const ids = [...this.getModuleIds()];
    const info = (id) => this.getModuleInfo(id);
    const reach = (id, into) => {
      if (into.has(id)) return into;
      into.add(id);
      for (const next of info(id)?.importedIds ?? []) reach(next, into);
      return into;
    };
    for (const id of ids) if (info(id)?.isEntry) reach(id, found);
    const once = new Set();
    for (const part of ids.filter((id) => info(id)?.dynamicImporters.length))
      for (const id of reach(part, new Set())) (once.has(id) ? found : once).add(id);
  },
});

/** The chunks: `main.js` with all that is needed from the start, and one for each part. */
async function split(entry, define) {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const start = new Set();
  const [made] = [
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      define,
      plugins: [lean, hidden(), needed(start)],
      build: {
        write: false,
        target: 'es2022',
        minify: false, // see shorten.mjs
        lib: asIs(root + entry),
        rolldownOptions: {
          input: root + entry,
          preserveEntrySignatures: 'allow-extension',
          output: {
            format: 'es',
            entryFileNames: 'entry.js',
            chunkFileNames: '[name].js',
            minifyInternalExports: false,
            codeSplitting: { groups: [{ name: 'main', test: (id) => start.has(id) }] },
          },
        },
      },
    }),
  ].flat();
  return made.output;
}

/** The statements of a chunk that join it to others, and its imports as pairs of a name there and a name here. */
function joints(code, main) {
  const found = { edits: [], imports: [], exports: [] };
  for (const node of parseAst(code).body) {
    if (node.type === 'ImportDeclaration') {
      if (node.source.value !== `./${main}`)
        throw new Error(`a part needs ${node.source.value}: only the recorder is shared`);
      for (const one of node.specifiers) found.imports.push([one.imported.name, one.local.name]);
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const one of node.specifiers) found.exports.push([one.exported.name, one.local.name]);
    } else continue;
    found.edits.push([node.start, node.end, '']);
  }
  return found;
}

/** `export` and `import` of a part become the result and the arguments of one function; gives the recorder's names of these too. */
function asFunction(chunk, main, tables) {
  const { edits, imports, exports } = joints(chunk.code, main);
  const body = prepare(inlineTables(replace(chunk.code, edits), tables));
  const used = imports.filter(([, here]) =>
    new RegExp(`(?<![\\w$])${here.replaceAll('$', '\\$')}(?![\\w$])`).test(body),
  );
  const result = exports.map(([there, here]) => `${there}: ${here}`).join(', ');
  const code = `export default ([${used.map(([, here]) => here).join(', ')}]) => {\n${body}\nreturn { ${result} };\n};`;
  return { name: chunk.name, code, imports: imports.map(([there]) => there), used: used.map(([there]) => there) };
}

/** Stands for a part's file until its name is known. */
const marker = (name) => `<part ${name}>`;

/** Where the recorder asks for a part it names the part's file and hands over what is shared. */
function callParts(code, asked) {
  const edits = [];
  walk(parseAst(code), (node) => {
    if (node.type !== 'ImportExpression') return;
    const part = asked.get(node.source.value);
    if (part)
      edits.push([
        node.start,
        node.end,
        `import(${JSON.stringify(part.marker)}).then((m) => m.default([${part.given}]))`,
      ]);
  });
  return replace(code, edits);
}

/**
 * All files of an entry, the entry's own first: `{ name, file, code }`. Members of ours have the same short names in all of them.
 */
export async function parts(entry, define, name) {
  const [main, ...rest] = (await split(entry, define)).sort((a, b) => b.isEntry - a.isEntry);
  const own = joints(main.code, main.fileName);
  const local = new Map(own.exports);
  const tables = tablesOf(main.code);
  const asked = new Map();
  const made = rest.map((chunk) => {
    if (!chunk.isDynamicEntry) throw new Error(`${chunk.fileName} is shared by parts: let the recorder have it`);
    const part = asFunction(chunk, main.fileName, tables);
    const given = part.used.map((there) => local.get(there)).join(', ');
    asked.set(`./${chunk.fileName}`, { marker: marker(chunk.name), given });
    return part;
  });
  const shared = new Set(made.flatMap((part) => part.imports));
  const told = own.exports.filter(([there]) => !shared.has(there)).map(([there, here]) => `${here} as ${there}`);
  const begin = `${replace(main.code, own.edits)}\nexport { ${told.join(', ')} };`;
  const codes = dropUnused([prepare(callParts(begin, asked)), ...made.map((part) => part.code)]);
  const names = await ownNames(codes);
  const cache = {};
  let code = await squeeze(codes[0], true, names, cache);
  const files = [];
  for (const [i, part] of made.entries()) {
    const small = await squeeze(codes[i + 1], true, names, cache);
    const file = fileName(part.name, small);
    code = code.replaceAll(marker(part.name), () => `./${file}`);
    files.push({ name: part.name, file, code: small });
  }
  return [{ name, file: fileName(name, code), code }, ...files];
}
