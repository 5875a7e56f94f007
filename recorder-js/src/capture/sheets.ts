// Style sheets: what elements and roots have, and what scripts change in them.
//
// Rules that scripts put into a sheet or take out are written at once, by index, when the receiving side has the sheet as it was. A rule
// that changed in itself is written once a group, as a whole: also for what happens in the groups within it. A long sheet is written in
// several groups, each behind the one before.

import { Limits, RuleAct } from '@ridealong/wire';
import { adoptedSheets, baseURI, isConnected, mediaOf, nodeType, sheetOf } from '../dom.ts';
import type { Budget } from './budget.ts';
import { type Context, known } from './context.ts';
import { mediaText, rulesOf, ruleText, ruleTexts } from './css.ts';
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
  /** Owners whose sheets are to be written. */
  private readonly due = new Set<Element>();
  /** Sheets that there was no time for the end of, with the first rule that is missing. */
  private readonly begun = new Map<CSSStyleSheet, number>();

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
    this.due.clear();
    this.begun.clear();
  }

  /** Whether there was no time for some sheet. */
  get partial(): boolean {
    return this.due.size > 0 || this.begun.size > 0;
  }

  /** The sheet of a style or link element; again when its rules were replaced. */
  element(element: Element): void {
    const sheet = this.owners.get(element);
    if (sheet) this.begun.delete(sheet);
    this.owners.delete(element); // until it is written nothing is told of it
    this.due.add(element);
  }

  /** Writes what there is time for, in the order in which it became known. */
  write(budget: Budget): void {
    for (const [sheet, next] of this.begun) {
      if (budget.over()) return;
      this.more(sheet, next, budget);
    }
    for (const element of this.due) {
      if (budget.over()) return;
      this.due.delete(element);
      this.owned(element, budget);
    }
  }

  private owned(element: Element, budget?: Budget): void {
    const id = known(this.c, element);
    if (id === undefined) return;
    const sheet = sheetOf(element);
    this.owners.set(element, sheet);
    if (sheet) this.whole(id, sheet, budget);
    else this.c.ops.sheet(id, 0, '', []);
  }

  private whole(id: number, sheet: CSSStyleSheet, budget?: Budget): void {
    const base = baseOf(this.c, sheet);
    const list = rulesOf(sheet);
    const length = Math.min(list?.length ?? 0, Limits.MaxRules);
    const rules = list ? ruleTexts(this.c, list, 0, base, budget) : [];
    this.c.ops.sheet(id, sheet.disabled ? 1 : 0, mediaText(this.c, mediaOf(sheet)), rules);
    if (rules.length < length) this.begun.set(sheet, rules.length);
    else this.begun.delete(sheet);
  }

  private more(sheet: CSSStyleSheet, from: number, budget: Budget): void {
    const id = this.idOf(sheet);
    const list = id === undefined ? undefined : rulesOf(sheet);
    const base = baseOf(this.c, sheet);
    if (id !== undefined && list) {
      const rules = ruleTexts(this.c, list, from, base, budget);
      this.c.ops.rules(id, from, rules);
      const at = from + rules.length;
      if (at < Math.min(list.length, Limits.MaxRules)) {
        this.begun.set(sheet, at);
        return;
      }
    }
    this.begun.delete(sheet);
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
      else if (sheetOf(owner) !== sheet) this.owned(owner);
    }
    for (const [sheet, before] of this.heldMedia) {
      if (mediaOf(sheet).mediaText !== before) this.stale.add(sheet);
    }
    this.heldMedia.clear();
    for (const sheet of this.stale) {
      const id = this.idOf(sheet);
      if (id !== undefined) this.whole(id, sheet);
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
      if (index >= 0 && index < this.written(sheet))
        this.c.ops.rule(id, [index], RuleAct.replace, ruleText(this.c, top, baseOf(this.c, sheet)));
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
      this.whole(made, sheet);
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

  /** How many of its first rules the receiving side has. */
  private written(sheet: CSSStyleSheet): number {
    return this.begun.get(sheet) ?? Number.POSITIVE_INFINITY;
  }

  /** A rule was put in or taken out. */
  private ruleChanged(sheet: CSSStyleSheet, index: number, act: number): void {
    const id = this.idOf(sheet);
    if (id === undefined || this.stale.has(sheet) || index >= this.written(sheet)) return;
    if (this.begun.has(sheet)) this.begun.set(sheet, this.written(sheet) + (act === RuleAct.delete ? -1 : 1));
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
    const { CSSStyleSheet, CSSStyleRule, CSSStyleDeclaration, StyleSheet } = window;
    patches.after(CSSStyleSheet, 'value', ['insertRule'], (sheet, _, index) => {
      this.ruleChanged(sheet, Number(index), RuleAct.insert);
    });
    patches.after(CSSStyleSheet, 'value', ['addRule'], (sheet, args) => {
      this.ruleChanged(sheet, args.length > 2 ? Number(args[2]) : sheet.cssRules.length - 1, RuleAct.insert);
    });
    patches.after(CSSStyleSheet, 'value', ['deleteRule', 'removeRule'], (sheet, [index = 0]) => {
      this.ruleChanged(sheet, Number(index), RuleAct.delete);
    });
    patches.after(CSSStyleSheet, 'value', ['replaceSync'], (sheet) => this.rewritten(sheet));
    patches.after(CSSStyleSheet, 'value', ['replace'], (sheet, _, done) => {
      const later = () => this.rewritten(sheet);
      Promise.prototype.then.call(done, later, later);
    });
    const within = (rule: CSSRule) => this.hold(rule, true);
    for (const owner of [window.CSSGroupingRule, CSSStyleRule, window.CSSKeyframesRule])
      patches.after<CSSRule>(owner, 'value', ['insertRule', 'deleteRule', 'appendRule'], within);
    patches.after(CSSStyleRule, 'set', ['selectorText'], within);
    for (const owner of [CSSStyleRule, window.CSSKeyframeRule, window.CSSFontFaceRule, window.CSSPageRule])
      patches.after<CSSRule>(owner, 'get', ['style', 'styleMap'], (rule) => this.hold(rule, false));
    const declared = ({ parentRule }: CSSStyleDeclaration) => parentRule && this.hold(parentRule, true);
    patches.after(CSSStyleDeclaration, 'value', ['setProperty', 'removeProperty'], declared);
    patches.after(CSSStyleDeclaration, 'set', ['cssText'], declared);
    patches.after(StyleSheet, 'set', ['disabled'], (sheet) => {
      const id = this.idOf(sheet as CSSStyleSheet);
      if (id === undefined) return;
      this.c.ops.disable(id, sheet.disabled);
      this.soon();
    });
    // Who reads the list may change it; so it is with the adopted sheets.
    patches.after(StyleSheet, 'get', ['media'], (sheet) => {
      if (this.idOf(sheet as CSSStyleSheet) === undefined) return;
      this.heldMedia.set(sheet as CSSStyleSheet, mediaOf(sheet).mediaText);
      this.soon();
    });
    for (const owner of [window.Document, window.ShadowRoot])
      for (const part of ['get', 'set'] as const)
        patches.after<object>(owner, part, ['adoptedStyleSheets'], () => this.soon());
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
