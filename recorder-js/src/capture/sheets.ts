// Style sheets: what elements and roots have, and what scripts change in them.

import { Limits, RuleAct } from '@ridealong/wire';
import { isConnected } from '../dom.ts';
import { type Context, known } from './context.ts';
import { rulesOf, ruleText } from './css.ts';
import type { Patches } from './patch.ts';

type Root = Document | ShadowRoot;

export class Sheets {
  private readonly roots = new Map<Root, readonly CSSStyleSheet[]>();

  constructor(
    private readonly c: Context,
    /** Runs a change of ours when everything before it has been written. */
    private readonly change: (write: () => void) => void,
  ) {}

  /** The sheet of a style or link element; again when its rules were replaced. */
  element(element: Element): void {
    const id = known(this.c, element);
    const { sheet } = element as HTMLStyleElement;
    if (id === undefined) return;
    if (!sheet) return this.c.ops.sheet(id, 0, '', []);
    this.write(id, sheet);
  }

  private write(id: number, sheet: CSSStyleSheet): void {
    const base = sheet.href ?? this.c.window.document.baseURI;
    const rules = [...(rulesOf(sheet) ?? [])].slice(0, Limits.MaxRules).map((rule) => ruleText(this.c, rule, base));
    this.c.ops.sheet(id, sheet.disabled ? 1 : 0, sheet.media.mediaText, rules);
  }

  /** Notes a root; its adopted sheets are written, now and when they change. */
  root(root: Root): void {
    this.roots.set(root, []);
    this.adopted(root);
  }

  forget(): void {
    this.roots.clear();
  }

  /** Whatever way a page changed the lists: they are compared. */
  check(): void {
    for (const root of this.roots.keys()) {
      if (root.nodeType === 11 && !isConnected(root)) this.roots.delete(root);
      else this.adopted(root);
    }
  }

  private adopted(root: Root): void {
    const now = root.adoptedStyleSheets ?? [];
    const before = this.roots.get(root) ?? [];
    if (now.length === before.length && before.every((sheet, i) => sheet === now[i])) return;
    const rootId = known(this.c, root);
    if (rootId === undefined) return;
    const sheets = [...now];
    this.roots.set(root, sheets);
    const ids = sheets.map((sheet) => {
      const id = known(this.c, sheet);
      if (id !== undefined) return id;
      const made = this.c.ids.give(sheet);
      this.write(made, sheet);
      return made;
    });
    this.c.ops.adopt(rootId, ids);
  }

  /** The id under which the receiving side has a sheet. */
  private idOf(sheet: CSSStyleSheet | null | undefined): number | undefined {
    if (!sheet) return undefined;
    return sheet.ownerNode ? known(this.c, sheet.ownerNode) : known(this.c, sheet);
  }

  private rewritten(sheet: CSSStyleSheet): void {
    const id = this.idOf(sheet);
    if (id !== undefined) this.change(() => this.write(id, sheet));
  }

  private ruleChanged(sheet: CSSStyleSheet | null, path: number[] | undefined, act: number, rule?: CSSRule): void {
    const id = this.idOf(sheet);
    if (id === undefined || !path || !sheet) return;
    const base = sheet.href ?? this.c.window.document.baseURI;
    // A change inside a group is sent as the group anew: the mirror keeps rules as text.
    const [top = 0] = path;
    const nested = path.length > 1;
    const written = nested ? sheet.cssRules[top] : rule;
    const text = written ? ruleText(this.c, written, base) : '';
    this.change(() => this.c.ops.rule(id, [top], nested ? RuleAct.replace : act, text));
  }

  /** Watches what scripts do with sheets of one window. */
  patch(window: Window & typeof globalThis, patches: Patches): void {
    const sheets = this;
    const { CSSStyleSheet, CSSGroupingRule, StyleSheet, CSSStyleDeclaration } = window;
    patches.after(CSSStyleSheet.prototype, 'insertRule', function (this: CSSStyleSheet, _: unknown[], index: unknown) {
      if (typeof index === 'number') sheets.ruleChanged(this, [index], RuleAct.insert, this.cssRules[index]);
    });
    patches.after(CSSStyleSheet.prototype, 'deleteRule', function (this: CSSStyleSheet, args: unknown[]) {
      sheets.ruleChanged(this, [Number(args[0])], RuleAct.delete);
    });
    patches.after(CSSStyleSheet.prototype, 'replaceSync', function (this: CSSStyleSheet) {
      sheets.rewritten(this);
    });
    patches.after(CSSStyleSheet.prototype, 'replace', function (this: CSSStyleSheet, _: unknown[], done: unknown) {
      if (done instanceof Promise) done.then(() => sheets.rewritten(this)).catch(() => undefined);
    });
    patches.after(
      CSSGroupingRule.prototype,
      'insertRule',
      function (this: CSSGroupingRule, _: unknown[], index: unknown) {
        const path = pathOf(this);
        if (typeof index === 'number' && path)
          sheets.ruleChanged(this.parentStyleSheet, [...path, index], RuleAct.insert, this.cssRules[index]);
      },
    );
    patches.after(CSSGroupingRule.prototype, 'deleteRule', function (this: CSSGroupingRule, args: unknown[]) {
      const path = pathOf(this);
      if (path) sheets.ruleChanged(this.parentStyleSheet, [...path, Number(args[0])], RuleAct.delete);
    });
    patches.afterSet(StyleSheet.prototype, 'disabled', function (this: StyleSheet) {
      const id = sheets.idOf(this as CSSStyleSheet);
      if (id !== undefined) sheets.change(() => sheets.c.ops.disable(id, this.disabled));
    });
    const declared = function (this: CSSStyleDeclaration) {
      const rule = this.parentRule;
      if (rule) sheets.ruleChanged(rule.parentStyleSheet, pathOf(rule), RuleAct.replace, rule);
    };
    patches.after(CSSStyleDeclaration.prototype, 'setProperty', declared);
    patches.after(CSSStyleDeclaration.prototype, 'removeProperty', declared);
    patches.afterSet(CSSStyleDeclaration.prototype, 'cssText', declared);
  }
}

/** Where a rule stands in its sheet. */
function pathOf(rule: CSSRule): number[] | undefined {
  const path: number[] = [];
  for (let at: CSSRule | null = rule; at; at = at.parentRule) {
    const list = at.parentRule ? (at.parentRule as CSSGroupingRule).cssRules : at.parentStyleSheet?.cssRules;
    const index = list ? [...list].indexOf(at) : -1;
    if (index < 0) return undefined;
    path.unshift(index);
  }
  return path;
}
