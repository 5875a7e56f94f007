// The recorder as the files that sites get: what every page needs, and one file for each `import('./part.ts')` in its sources, which is
// loaded from beside it when it is needed. A source says `const { thing } = await import('./part.ts')` and takes a rejection as "not
// to be had": a site's policy or a network may refuse it.
//
// A part takes what it shares with the recorder as arguments, not by an import of its own: so its name, by its content, is known before the
// recorder's, and nothing is in two files.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, parseAst } from 'vite';
import { lean } from './bundle.mjs';
import { ownNames, prepare, replace, squeeze, walk } from './shorten.mjs';

/** `what.<hash of the content>.js` */
export const fileName = (what, code) =>
  `${what}.${createHash('sha256').update(code).digest('base64url').slice(0, 12)}.js`;

async function split(entry, define) {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const [made] = [
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      define,
      plugins: [lean],
      build: {
        write: false,
        target: 'es2022',
        minify: false, // see shorten.mjs
        modulePreload: false,
        rolldownOptions: {
          input: root + entry,
          preserveEntrySignatures: 'allow-extension',
          output: {
            format: 'es',
            entryFileNames: '[name].js',
            chunkFileNames: '[name].js',
            minifyInternalExports: false,
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

/** `export` and `import` of a part become arguments and a result of one function. */
function asFunction(code, { edits, imports, exports }) {
  const given = imports.map(([, here]) => here).join(', ');
  const result = exports.map(([there, here]) => `${there}: ${here}`).join(', ');
  return `export default ([${given}]) => {\n${replace(code, edits)}\nreturn { ${result} };\n};`;
}

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
  const asked = new Map();
  const made = rest.map((chunk) => {
    if (!chunk.isDynamicEntry) throw new Error(`${chunk.fileName} is shared by parts: let the recorder have it`);
    const joint = joints(chunk.code, main.fileName);
    const marker = `./${chunk.fileName}`;
    asked.set(marker, {
      marker: `\0${chunk.name}`,
      given: joint.imports.map(([there]) => local.get(there)).join(', '),
    });
    return { name: chunk.name, code: prepare(asFunction(chunk.code, joint)) };
  });
  const told = main.exports.filter(
    (one) => !rest.some((chunk) => joints(chunk.code, main.fileName).imports.some(([there]) => there === one)),
  );
  const begin = `${replace(main.code, own.edits)}\nexport { ${told.map((one) => `${local.get(one)} as ${one}`).join(', ')} };`;
  const recorder = prepare(callParts(begin, asked));
  const names = await ownNames([recorder, ...made.map((part) => part.code)]);
  const cache = {};
  let code = squeeze(recorder, true, names, cache);
  const files = made.map((part) => {
    const small = squeeze(part.code, true, names, cache);
    const file = fileName(part.name, small);
    code = code.replaceAll(`\\0${part.name}`, () => `./${file}`).replaceAll(`\0${part.name}`, () => `./${file}`);
    return { name: part.name, file, code: small };
  });
  return [{ name, file: fileName(name, code), code }, ...files];
}
