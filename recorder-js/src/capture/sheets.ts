// Style sheets: what elements and roots have, and what scripts change in them.
//
// Rules that scripts put into a sheet or take out are written at once, by index, when the receiving side has the sheet as it was. A rule
// that changed in itself is written once a group, as a whole: also for what happens in the groups within it.

import { Limits, RuleAct } from '@ridealong/wire';
import { adoptedSheets, baseURI, isConnected, mediaOf, nodeType, sheetOf } from '../dom.ts';
import { type Context, known } from './context.ts';
import { rulesOf, ruleText } from './css.ts';
import type { Patches } from './patch.ts';

type Root = Document | ShadowRoot;

/** Rules that a script has taken hold of, and may change at any time. */
const MOST_HELD = 32;

export class Sheets {
  private readonly roots = new Map<Root, readonly CSSStyleSheet[]>();
  /** The sheet of each owner when it was written. */
  private readonly owners = new Map<Element, CSSStyleSheet | null>();
  private readonly constructed = new WeakSet<CSSStyleSheet>();
  private readonly heldRules = new Map<CSSRule, string>();
  private readonly heldMedia = new Map<CSSStyleSheet, string>();
  /** Sheets to be written as a whole. */
  private readonly stale = new Set<CSSStyleSheet>();

  constructor(
    private readonly c: Context,
    private readonly soon: () => void,
  ) {}

  forget(): void {
    this.roots.clear();
    this.owners.clear();
    this.heldRules.clear();
    this.heldMedia.clear();
    this.stale.clear();
  }

  /** The sheet of a style or link element; again when its rules were replaced. */
  element(element: Element): void {
    const id = known(this.c, element);
    if (id === undefined) return;
    const sheet = sheetOf(element);
    this.owners.set(element, sheet);
    if (sheet) this.write(id, sheet);
    else this.c.ops.sheet(id, 0, '', []);
  }

  private write(id: number, sheet: CSSStyleSheet): void {
    const base = baseOf(this.c, sheet);
    const list = rulesOf(sheet);
    const rules: string[] = [];
    for (let i = 0; list && i < list.length && i < Limits.MaxRules; i++) {
      rules.push(ruleText(this.c, list[i] as CSSRule, base));
    }
    this.c.ops.sheet(id, sheet.disabled ? 1 : 0, mediaOf(sheet).mediaText, rules);
  }

  /** Notes a root; its adopted sheets are written, now and when they change. */
  root(root: Root): void {
    this.roots.set(root, []);
    this.adopted(root);
  }

  /** What cannot be heard of is compared. */
  check(): void {
    for (const [owner, sheet] of this.owners) {
      if (known(this.c, owner) === undefined) this.owners.delete(owner);
      else if (sheetOf(owner) !== sheet) this.element(owner);
    }
    for (const [sheet, before] of this.heldMedia) {
      if (mediaOf(sheet).mediaText !== before) this.stale.add(sheet);
    }
    this.heldMedia.clear();
    for (const sheet of this.stale) {
      const id = this.idOf(sheet);
      if (id !== undefined) this.write(id, sheet);
    }
    this.checkRules();
    this.stale.clear();
    for (const root of this.roots.keys()) {
      if ((nodeType(root) === 11 && !isConnected(root)) || known(this.c, root) === undefined) this.roots.delete(root);
      else this.adopted(root);
    }
  }

  private checkRules(): void {
    const written = new Set<CSSRule>();
    for (const [rule, before] of this.heldRules) {
      const sheet = rule.parentStyleSheet;
      const id = this.idOf(sheet);
      const text = rule.cssText;
      if (!sheet || id === undefined || before === '') this.heldRules.delete(rule);
      else this.heldRules.set(rule, text);
      const top = topOf(rule);
      if (!sheet || id === undefined || text === before || written.has(top) || this.stale.has(sheet)) continue;
      written.add(top);
      const index = indexOf(sheet, top);
      if (index >= 0) this.c.ops.rule(id, [index], RuleAct.replace, ruleText(this.c, top, baseOf(this.c, sheet)));
    }
    for (const rule of this.heldRules.keys()) {
      if (this.heldRules.size <= MOST_HELD) break;
      this.heldRules.delete(rule);
    }
  }

  private adopted(root: Root): void {
    const now = adoptedSheets(root);
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
      this.constructed.add(sheet);
      this.write(made, sheet);
      return made;
    });
    this.c.ops.adopt(rootId, ids);
  }

  /** The id under which the receiving side has a sheet, when it has it as it was before the change. */
  private idOf(sheet: CSSStyleSheet | null | undefined): number | undefined {
    if (!sheet) return undefined;
    const owner = sheet.ownerNode as Element | null;
    if (owner) return this.owners.get(owner) === sheet ? known(this.c, owner) : undefined;
    return this.constructed.has(sheet) ? known(this.c, sheet) : undefined;
  }

  /** A rule was put in or taken out. */
  private ruleChanged(sheet: CSSStyleSheet, index: number, act: number): void {
    const id = this.idOf(sheet);
    if (id === undefined || this.stale.has(sheet)) return;
    const rule = act === RuleAct.delete ? undefined : sheet.cssRules[index];
    this.c.ops.rule(id, [index], act, rule ? ruleText(this.c, rule, baseOf(this.c, sheet)) : '');
    this.soon();
  }

  private rewritten(sheet: CSSStyleSheet): void {
    if (this.idOf(sheet) === undefined) return;
    this.stale.add(sheet);
    this.soon();
  }

  /** A script has hold of a rule; `changed` when it did change something in it. */
  private hold(rule: CSSRule, changed: boolean): void {
    if (this.idOf(rule.parentStyleSheet) === undefined) return;
    if (this.heldRules.size > MOST_HELD * 4) this.checkRules();
    if (changed) this.heldRules.set(rule, '');
    else if (!this.heldRules.has(rule)) this.heldRules.set(rule, rule.cssText);
    this.soon();
  }

  /** Watches what scripts do with sheets of one window. */
  patch(window: Window & typeof globalThis, patches: Patches): void {
    const sheets = this;
    const sheet = window.CSSStyleSheet.prototype;
    const on = (target: object, name: string, hook: (this: never, args: unknown[], result: unknown) => void) =>
      patches.after(target, name, hook);
    on(sheet, 'insertRule', function (this: CSSStyleSheet, _, index) {
      sheets.ruleChanged(this, Number(index), RuleAct.insert);
    });
    on(sheet, 'addRule', function (this: CSSStyleSheet, args) {
      sheets.ruleChanged(this, args.length > 2 ? Number(args[2]) : this.cssRules.length - 1, RuleAct.insert);
    });
    for (const name of ['deleteRule', 'removeRule']) {
      on(sheet, name, function (this: CSSStyleSheet, args) {
        sheets.ruleChanged(this, Number(args[0] ?? 0), RuleAct.delete);
      });
    }
    on(sheet, 'replaceSync', function (this: CSSStyleSheet) {
      sheets.rewritten(this);
    });
    on(sheet, 'replace', function (this: CSSStyleSheet, _, done) {
      const later = () => sheets.rewritten(this);
      Promise.prototype.then.call(done, later, later);
    });
    const within = function (this: CSSRule) {
      sheets.hold(this, true);
    };
    for (const name of ['CSSGroupingRule', 'CSSStyleRule', 'CSSKeyframesRule'] as const) {
      const prototype = window[name]?.prototype;
      if (prototype) for (const method of ['insertRule', 'deleteRule', 'appendRule']) on(prototype, method, within);
    }
    patches.afterSet(window.CSSStyleRule.prototype, 'selectorText', within);
    const held = function (this: CSSRule) {
      sheets.hold(this, false);
    };
    for (const name of ['CSSStyleRule', 'CSSKeyframeRule', 'CSSFontFaceRule', 'CSSPageRule'] as const) {
      const prototype = window[name]?.prototype;
      if (!prototype) continue;
      patches.afterGet(prototype, 'style', held);
      patches.afterGet(prototype, 'styleMap', held);
    }
    const declared = function (this: CSSStyleDeclaration) {
      if (this.parentRule) sheets.hold(this.parentRule, true);
    };
    const declaration = window.CSSStyleDeclaration.prototype;
    on(declaration, 'setProperty', declared);
    on(declaration, 'removeProperty', declared);
    patches.afterSet(declaration, 'cssText', declared);
    patches.afterSet(window.StyleSheet.prototype, 'disabled', function (this: CSSStyleSheet) {
      const id = sheets.idOf(this);
      if (id === undefined) return;
      sheets.c.ops.disable(id, this.disabled);
      sheets.soon();
    });
    // Who reads the list may change it; so it is with the adopted sheets.
    patches.afterGet(window.StyleSheet.prototype, 'media', function (this: CSSStyleSheet) {
      if (sheets.idOf(this) === undefined) return;
      sheets.heldMedia.set(this, mediaOf(this).mediaText);
      sheets.soon();
    });
    for (const { prototype } of [window.Document, window.ShadowRoot]) {
      patches.afterGet(prototype, 'adoptedStyleSheets', () => sheets.soon());
      patches.afterSet(prototype, 'adoptedStyleSheets', () => sheets.soon());
    }
  }
}

function baseOf(c: Context, sheet: CSSStyleSheet): string {
  return sheet.href ?? baseURI(sheet.ownerNode ?? c.window.document);
}

function indexOf(sheet: CSSStyleSheet, rule: CSSRule): number {
  const list = rulesOf(sheet);
  return list ? Array.prototype.indexOf.call(list, rule) : -1;
}

function topOf(rule: CSSRule): CSSRule {
  let top = rule;
  while (top.parentRule) top = top.parentRule;
  return top;
}
