// What a bundle loses before it is sent to customers' pages, beyond what the minifier does: tables of constants become numbers, texts
// of errors, which nobody reads there, go, and the names of our own members become short.
//
// Guarantees: a name stays if the platform, wire/PROTOCOL.md or a string in the bundle has it, or if it is a member of no class; so
// what is sent, kept in the tab or asked of the browser is what the source says.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { minifySync, parseAst } from 'vite';

/** Files whose every word goes over the wire or into the tab's storage. */
const SPOKEN = [
  '../wire/PROTOCOL.md',
  '../wire/ts/src/message.gen.ts',
  'src/tab.ts',
  'src/capture/environment.ts',
  'src/hook.ts',
];

/** Calls visit for each node, outer ones first; false leaves out what is inside. */
export function walk(node, visit) {
  if (Array.isArray(node)) for (const one of node) walk(one, visit);
  else if (node && typeof node === 'object' && (typeof node.type !== 'string' || visit(node) !== false))
    for (const key of Object.keys(node)) walk(node[key], visit);
}

/** The name that a member, property or method goes by; undefined when it is computed. */
const named = (node, key) => (!node.computed && node[key].type === 'Identifier' ? node[key].name : undefined);

export function replace(code, edits) {
  let out = '';
  let at = 0;
  for (const [start, end, text] of edits.sort((a, b) => a[0] - b[0])) {
    out += code.slice(at, start) + text;
    at = end;
  }
  return out + code.slice(at);
}

/** The name that a parameter declares, and where. */
const declared = ({ parameter }) => parameter.left ?? parameter;

/** What hidePrivates calls the privates of a class, and of one that extends another. */
const PRIVATE = /^_[ps]\d+$/;

/** The names of a class's members that its source calls private. */
function privatesOf({ body }) {
  const found = new Set();
  for (const member of body) {
    if (member.accessibility === 'private' && member.kind !== 'constructor') found.add(named(member, 'key'));
    for (const one of member.kind === 'constructor' ? member.value.params : [])
      if (one.accessibility === 'private') found.add(declared(one).name);
  }
  found.delete(undefined);
  return found;
}

/** Gives the privates of a class names that nothing else has but the privates of other classes; one that anything but `this` is asked for keeps its own. */
function hideIn({ body, superClass }, edits) {
  const privates = privatesOf(body);
  const found = [];
  /** What may name a member where one is asked for by a string. */
  const strings = new Set();
  let byString = false;
  const take = ({ start, end, name }, text = (name) => name) => found.push({ start, end, text, name });
  const visit = (node, own, method = false) => {
    if (Array.isArray(node)) for (const one of node) visit(one, own);
    if (typeof node?.type !== 'string') return;
    const { type } = node;
    byString ||= type === 'BinaryExpression' && node.operator === 'in';
    const inner = own && (method || !/^(?:Function|Class)/.test(type) || type === 'ClassBody');
    if (type === 'MethodDefinition' || type === 'PropertyDefinition') {
      if (node.accessibility === 'private' && !node.computed && node.kind !== 'constructor') take(node.key);
      for (const one of (node.kind === 'constructor' && node.value.params) || []) {
        if (one.accessibility !== 'private') continue;
        const { name, start } = declared(one);
        take({ name, start, end: start + name.length });
        // What stands in the constructor goes on with the name that it knows.
        const { start: at } = node.value.body.body[0] ?? { start: node.value.body.end - 1 };
        take({ name, start: at, end: at }, (short) => `const ${name} = ${short};`);
      }
      visit(node.value, own, type === 'MethodDefinition');
      return;
    }
    if (type === 'MemberExpression') {
      if (own && node.object.type === 'ThisExpression' && !node.computed) take(node.property);
      else if (!node.computed) privates.delete(named(node, 'property'));
      else byString ||= node.object.type === 'ThisExpression';
    } else if (type === 'ObjectPattern')
      for (const one of node.properties) privates.delete(one.key && named(one, 'key'));
    else if (type === 'Literal') strings.add(node.value);
    if (
      type === 'VariableDeclarator' &&
      own &&
      node.init?.type === 'ThisExpression' &&
      node.id.type === 'ObjectPattern'
    ) {
      for (const { key, value, shorthand } of node.id.properties) {
        take(key, shorthand ? (short) => `${short}: ${key.name}` : undefined);
        visit(value, own);
      }
      return;
    }
    for (const key of Object.keys(node)) visit(node[key], inner);
  };
  visit(body, true);
  if (byString) for (const name of strings) privates.delete(name);
  const ours = found.filter(({ name }) => privates.has(name));
  const short = new Map([...privates].map((name, i) => [name, `${superClass ? '_s' : '_p'}${i}`]));
  for (const { start, end, text, name } of ours) edits.push([start, end, text(short.get(name))]);
}

/**
 * A source in TypeScript, the privates of its classes by names that neither the platform nor the protocol has. Those of a class and of
 * the one that it extends are others; `bases` is told which class extends which.
 */
export function hidePrivates(code, bases = new Map()) {
  const edits = [];
  walk(parseAst(code, { lang: 'ts' }), (node) => {
    if (!/^Class(?:Decl|Expr)/.test(node.type)) return;
    if (node.superClass) bases.set(node.id?.name, node.superClass.name);
    hideIn(node, edits);
  });
  for (const base of bases.values()) if (bases.has(base)) throw new Error(`${base} extends a class, and is extended`);
  return replace(code, edits);
}

/** The tables of numbers at the top of a module, by name; it has a capital, as no local name of ours has. */
export function tablesOf(code) {
  const tables = new Map();
  for (const statement of parseAst(code).body) {
    for (const { id, init } of statement.declarations ?? []) {
      const properties = init?.type === 'ObjectExpression' ? init.properties : [];
      if (properties.length === 0 || !properties.every((p) => typeof p.value?.value === 'number')) continue;
      if (!/^[A-Z]/.test(id.name)) continue;
      tables.set(id.name, new Map(properties.map((p) => [named(p, 'key'), p.value.value])));
    }
  }
  return tables;
}

/** `Kind.text` becomes 2. */
export function inlineTables(code, tables = tablesOf(code)) {
  const edits = [];
  walk(parseAst(code), (node) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return;
    const value = tables.get(node.object.name)?.get(named(node, 'property'));
    if (value !== undefined) edits.push([node.start, node.end, String(value)]);
  });
  return replace(code, edits);
}

/** `new Error('…')` and `fail('…')` become `new Error()` and `fail()`. */
export function dropErrorTexts(code) {
  const edits = [];
  walk(parseAst(code), (node) => {
    const { type, callee, arguments: given } = node;
    if ((type !== 'NewExpression' && type !== 'CallExpression') || given.length === 0) return;
    const name = callee.type === 'Identifier' ? callee.name : callee.property && named(callee, 'property');
    if (!/^(?:fail|(?:Decode)?Error)(?:\$\d+)?$/.test(name ?? '')) return;
    // A decoder's fail takes its text alone; another one's arguments are no text.
    if (name === 'fail' && given.length !== 1) return;
    edits.push([given[0].start, given[given.length - 1].end, '']);
    return false;
  });
  return replace(code, edits);
}

/** Methods that the platform calls by their names. */
const CALLED = new Set(['constructor', 'toString', 'toJSON', 'valueOf', 'then']);

/** Without what can never run. */
const fold = (code) =>
  checked(minifySync('bundle.js', code, { module: true, compress: { target: 'es2022' }, mangle: false })).code;

function checked(made) {
  if (made.errors.length > 0) throw new Error(made.errors.map((error) => error.message).join('\n'));
  return made;
}

/** Private methods that their own class does not name; another may have the same short name for one of its own. */
function alone(body, into) {
  const said = new Set();
  walk(body, (node) => {
    if (node.type === 'MemberExpression') said.add(named(node, 'property'));
    else if (node.type === 'Property') said.add(named(node, 'key'));
  });
  for (const node of body.body)
    if (node.type === 'MethodDefinition' && PRIVATE.test(named(node, 'key')) && !said.has(node.key.name))
      into.add(node);
}

/** Methods and accessors of classes whose names nothing in these files says: nobody can call them. */
export function dropUnused(given) {
  const codes = given.map(fold);
  const said = new Set();
  const dead = new Set();
  const methods = codes.map((code) => {
    const found = [];
    walk(parseAst(code), (node) => {
      if (node.type === 'ClassBody') alone(node, dead);
      if (node.type === 'MethodDefinition') found.push(node);
      else if (node.type === 'MemberExpression') said.add(named(node, 'property'));
      else if (node.type === 'Property') said.add(named(node, 'key'));
      else if (node.type === 'Literal') said.add(node.value);
      else if (node.type === 'TemplateElement') said.add(node.value.cooked);
    });
    return found.filter((node) => !node.computed && node.key.type === 'Identifier');
  });
  let dropped = false;
  const left = codes.map((code, i) => {
    const unused = methods[i].filter(
      (node) => dead.has(node) || !(said.has(node.key.name) || CALLED.has(node.key.name)),
    );
    dropped ||= unused.length > 0;
    return replace(
      code,
      unused.map(({ start, end }) => [start, end, '']),
    );
  });
  return dropped ? dropUnused(left) : left;
}

/** Every name that the language and the platform have, by the compiler's own description of them. */
async function platformNames() {
  const folder = fileURLToPath(
    new URL('lib', import.meta.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)),
  );
  const found = new Set();
  for (const file of await readdir(folder)) {
    if (!/^lib\.(?:dom|es)/.test(file)) continue;
    const text = await readFile(`${folder}/${file}`, 'utf8');
    for (const [, name] of text.matchAll(/^\s+(?:readonly |get |set )*"?([\w$]+)"?\??[(:<]/gm)) found.add(name);
  }
  if (!found.has('addEventListener') || !found.has('subarray')) throw new Error('no list of what the platform has');
  return found;
}

/** The words that are spoken between programs: code in prose, everything in sources. */
async function spokenNames() {
  const found = new Set();
  for (const path of SPOKEN) {
    const text = await readFile(new URL(path, import.meta.url), 'utf8');
    const parts = path.endsWith('.md') ? text.match(/```[\s\S]*?```|`[^`\n]*`/g) : [text];
    for (const part of parts) for (const word of part.match(/[A-Za-z_]\w*/g) ?? []) found.add(word);
  }
  return found;
}

/** Members of our classes that may have any name, in all files that go together. */
export async function ownNames(codes) {
  const members = new Set();
  const said = new Set();
  for (const code of [codes].flat())
    walk(parseAst(code), (node) => {
      if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') members.add(named(node, 'key'));
      else if (node.type === 'Literal') said.add(node.value);
      else if (node.type === 'TemplateElement') said.add(node.value.cooked);
    });
  const [platform, spoken] = await Promise.all([platformNames(), spokenNames()]);
  members.delete(undefined);
  members.delete('constructor');
  return [...members].filter((name) => !said.has(name) && !platform.has(name) && !spoken.has(name)).sort();
}

export const prepare = (code) => dropErrorTexts(inlineTables(code));

/** What is shorter when it is compressed, by trial. */
const SHORT = { passes: 3, hoist_funs: true, lhs_constants: false, sequences: false };

/** Prepared code as it is sent. `cache` holds the short names so far, for files that go together. */
export async function squeeze(code, module, names, cache = {}) {
  const include = new RegExp(`^(?:${names.map((name) => name.replaceAll('$', '\\$')).join('|')})$`);
  const made = checked(
    minifySync('bundle.js', code, {
      module,
      compress: { target: 'es2022' },
      mangle: { toplevel: true },
      ...(names.length > 0 ? { mangleProps: { include, cache } } : {}),
      codegen: true,
    }),
  );
  Object.assign(cache, made.mangleCache);
  // What the one overlooks the other sees: more than a hundredth.
  return (await minify(made.code, { module, ecma: 2022, compress: SHORT })).code;
}

/** A bundle of one file as it is sent, and which names it shortened. */
export async function shorten(code, module) {
  const [lean] = dropUnused([prepare(code)]);
  const names = await ownNames(lean);
  return { code: await squeeze(lean, module, names), names };
}
