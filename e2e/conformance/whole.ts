// Probes of whole documents: each reads all of one aspect, in a form in which a page, the stage and rrweb's player are alike where they
// show the same. What is never shown is left out: scripts, heads, templates, addresses.
import { STYLES } from '../../viewer/stage/canonical.ts';
import { type Aspect, ask, type Json, type Probe, type Query } from './case.ts';

/** Everything shown, in order, with the roots of shadows before children. Runs in the page. */
type Visit = (
  q: Query,
  element: (e: Element, depth: number) => void,
  text?: (t: string, depth: number) => void,
) => void;

const visit: Visit = (q, element, text) => {
  const skip =
    /^(?:head|script|noscript|style|link|meta|title|base|template|source|track|param|area|ridealong-bar|ra-unseen|ra-marks)$/;
  const inside = (parent: ParentNode, depth: number) => {
    for (const node of parent.childNodes) {
      if (node.nodeType === 3) text?.((node as Text).data, depth);
      if (node.nodeType !== 1 || skip.test((node as Element).localName)) continue;
      const e = node as Element;
      element(e, depth);
      let root: ShadowRoot | null = null;
      try {
        root = q.root(e);
      } catch {
        // It has none.
      }
      if (root) inside(root, depth + 1);
      if (!/^(?:textarea|iframe|canvas|object|video|audio)$/.test(e.localName)) inside(e, depth + 1);
    }
  };
  inside(q.d, 0);
};

/** As text, so that a probe that is sent as text has it with it. */
const withVisit = (body: string): Probe => {
  const made = ask(() => null);
  Object.defineProperty(made.ask, 'toString', { value: () => `(q) => { const visit = ${visit}; ${body} }` });
  return made;
};

const bodyOf = (f: (q: Query, visit: Visit) => Json): Probe => withVisit(`return (${f})(q, visit)`);

const tree = bodyOf((q, visit) => {
  const lines: string[] = [];
  const names =
    /^(?:id|class|role|dir|lang|type|name|for|colspan|rowspan|hidden|disabled|slot|part|aria-.*|viewBox|d|x|y|r|cx|cy)$/;
  visit(
    q,
    (e, depth) => {
      const space = /svg$/.test(e.namespaceURI ?? '') ? 's:' : /MathML$/.test(e.namespaceURI ?? '') ? 'm:' : '';
      const own = [...e.attributes]
        .filter(({ name }) => names.test(name))
        .map(({ name, value }) => [
          name,
          name === 'class' ? value.replace(/(?:^|\s)(?::hover|rrweb-paused)\b/g, '').trim() : value,
        ])
        .filter(([name, value]) => name !== 'class' || value !== '')
        .map(([name, value]) => ` ${name}=${value}`)
        .sort();
      lines.push(`${depth} ${space}${e.localName}${own.join('')}`);
    },
    (text, depth) => {
      if (text.trim()) lines.push(`${depth} "${text}"`);
    },
  );
  return lines;
});

const form = bodyOf((q, visit) => {
  const states: string[] = [];
  visit(q, (e) => {
    const { localName: tag } = e;
    const field = e as HTMLInputElement & HTMLSelectElement;
    if (tag === 'input') {
      // What a box stands for is not shown.
      const box = /^(?:checkbox|radio)$/.test(field.type);
      states.push(`${field.type} ${box ? '' : field.value} ${field.checked} ${field.indeterminate}`);
    } else if (tag === 'textarea') states.push(`textarea ${field.value}`);
    else if (tag === 'select')
      states.push(`select ${[...field.options].map((o) => Number(o.selected)).join('')} ${field.multiple}`);
    else if (tag === 'progress' || tag === 'meter') states.push(`${tag} ${field.value}`);
  });
  return states;
});

const scroll = bodyOf((q, visit) => {
  const at: string[] = [`${Math.round(q.w.scrollX)},${Math.round(q.w.scrollY)}`];
  visit(q, (e) => {
    if (e === q.d.scrollingElement || (e.scrollLeft === 0 && e.scrollTop === 0)) return;
    at.push(`${e.localName}#${e.id} ${Math.round(e.scrollLeft)},${Math.round(e.scrollTop)}`);
  });
  return at;
});

const rules = bodyOf((q, visit) => {
  const found: string[] = [];
  const asked: Record<string, string> = {
    hover: 'hover',
    focus: 'focus',
    ring: 'focus-visible',
    within: 'focus-within',
    full: 'fullscreen',
  };
  const add = (sheets: Iterable<CSSStyleSheet>, where: string) => {
    for (const sheet of sheets) {
      if (sheet.disabled) continue;
      let list: CSSRule[];
      try {
        list = [...sheet.cssRules];
      } catch {
        continue;
      }
      for (const { cssText } of list) {
        // What players add for themselves, and the forms in which they keep what only a person's own window has.
        if (/rr-|rrweb|rr_|^noscript|ra-refused|ra-look|ra-selection|^@import/.test(cssText)) continue;
        const text = cssText
          .replace(/url\([^)]*\)/g, 'url()')
          .replace(/,\s*[^,{}]*\\:hover[^,{}]*(?=[,{])/g, ' ')
          .replace(/\[ra-(\w+)\]/g, (all, name) => `:${asked[name] ?? all}`)
          .replace(/\s+/g, ' ');
        found.push(`${where}${text}`);
      }
    }
  };
  add(q.d.styleSheets, '');
  add(q.d.adoptedStyleSheets, 'adopted ');
  visit(q, (e) => {
    let root: ShadowRoot;
    try {
      root = q.root(e);
    } catch {
      return;
    }
    add(root.styleSheets, `${e.localName} `);
    add(root.adoptedStyleSheets, `${e.localName} adopted `);
  });
  return found;
});

const top = bodyOf((q, visit) => {
  const found: string[] = [];
  visit(q, (e) => {
    const is = (selector: string) => {
      try {
        return e.matches(selector);
      } catch {
        return false;
      }
    };
    const states = [':modal', ':popover-open', ':fullscreen', 'dialog[open]', 'details[open]'].filter(is);
    if (states.length > 0) found.push(`${e.localName}#${e.id} ${states.join(' ')}`);
  });
  return found;
});

const MAX_SAMPLED = 400;

const styles = withVisit(`
  const all = [];
  visit(q, (e) => all.push(e));
  const every = Math.ceil(all.length / ${MAX_SAMPLED});
  const shown = {};
  all.forEach((e, i) => {
    if (i % every > 0) return;
    const style = q.w.getComputedStyle(e);
    const of = {};
    // What moves all the time is elsewhere at every look: that it moves is compared.
    const moving = (e.getAnimations?.() ?? []).filter(({ playState, effect }) => playState === 'running' && effect?.getTiming().iterations > 9);
    const moved = new Set(moving.flatMap(({ effect }) => effect.getKeyframes().flatMap((frame) => Object.keys(frame))));
    for (const name of ${JSON.stringify(STYLES)}) {
      if (moved.has(name.replace(/-(w)/g, (_, letter) => letter.toUpperCase()))) {
        of[name] = 'moves';
        continue;
      }
      const value = style.getPropertyValue(name).replace(/url\\([^)]*\\)/g, 'url()');
      of[name] = value.replace(/\\d+\\.\\d\\d+/g, (n) => String(Math.round(Number(n) * 10) / 10));
    }
    shown[i + ' ' + e.localName + '#' + e.id] = of;
  });
  return shown;`);

export const ASPECTS: Record<Exclude<Aspect, 'pixels'>, Probe> = {
  tree,
  form,
  scroll,
  rules,
  'top layer': top,
  styles,
};
