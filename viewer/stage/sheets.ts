// Style sheets and their rules. The browser's own rule lists are the state; every rule of the page stands at its own index, one
// that may not stand or that the browser refuses has an empty rule in its place.

import { RuleAct } from '@ridealong/wire';
import { fillAsset, markedAssets, type Resolve, rewriteCss } from './css.ts';
import { Fault } from './fault.ts';
import * as dom from './natives.ts';

/** Stands for a rule that may not, and changes nothing. */
export const REFUSED = '@supports (ra-refused: 1) {}';
const MAX_WAITING = 20_000;

interface RuleList {
  readonly cssRules: CSSRuleList;
  insertRule(rule: string, index: number): number;
  deleteRule(index: number): void;
}

interface Sheet {
  /** The style element; null for a constructed sheet. */
  owner: Element | null;
  css: CSSStyleSheet | null;
  media: string;
  disabled: boolean;
  /** Rules to insert when the owner gets a sheet again; null when they stand in `css`. */
  saved: readonly string[] | null;
  /** The saved rules were rewritten before. */
  clean: boolean;
}

const isList = (rule: unknown): rule is RuleList =>
  typeof rule === 'object' && rule !== null && 'insertRule' in rule && 'cssRules' in rule;

export class Sheets {
  private readonly sheets = new Map<number, Sheet>();
  private readonly owners = new Map<Element, number>();
  private readonly waiting = new Map<number, Set<CSSRule>>();
  private readonly resolve: Resolve;

  constructor(resolve: Resolve) {
    this.resolve = resolve;
  }

  /** SHEET of a style or link element. */
  owned(id: number, owner: Element, flags: number, media: string, rules: readonly string[]): void {
    const sheet: Sheet = { owner, css: null, media, disabled: (flags & 1) === 1, saved: rules, clean: false };
    this.sheets.set(id, sheet);
    this.owners.set(owner, id);
    this.attach(sheet);
  }

  constructed(id: number, flags: number, media: string, rules: readonly string[]): void {
    let sheet = this.sheets.get(id);
    if (sheet?.css && !sheet.owner) sheet.css.replaceSync('');
    else sheet = { owner: null, css: new CSSStyleSheet(), media: '', disabled: false, saved: null, clean: false };
    Object.assign(sheet, { media, disabled: (flags & 1) === 1 });
    this.sheets.set(id, sheet);
    this.fill(sheet, rules);
  }

  css(id: number): CSSStyleSheet | null {
    return this.sheets.get(id)?.css ?? null;
  }

  has(id: number): boolean {
    return this.sheets.has(id);
  }

  adopt(root: Document | ShadowRoot, ids: readonly number[], before: CSSStyleSheet[]): void {
    const css = ids.map((id) => this.sheets.get(id)?.css);
    if (css.some((one) => !one)) throw new Fault('order', `sheet of ${ids.join()} was not sent`);
    dom.adoptSheets(root, [...before, ...(css as CSSStyleSheet[])]);
  }

  disable(id: number, disabled: boolean): void {
    const sheet = this.need(id);
    sheet.disabled = disabled;
    if (sheet.css) sheet.css.disabled = disabled;
  }

  /** The media of an owner's attribute changed. */
  media(owner: Element, media: string): void {
    const sheet = this.sheets.get(this.owners.get(owner) ?? 0);
    const css = sheet?.css ?? (owner as HTMLStyleElement).sheet;
    if (sheet) sheet.media = media;
    if (css) css.media.mediaText = media;
  }

  rule(id: number, path: readonly number[], act: number, text: string): void {
    const sheet = this.need(id);
    const css = sheet.css;
    if (!css) throw new Fault('order', `rule for sheet ${id}, which is not in the page`);
    let list: RuleList = css;
    for (const index of path.slice(0, -1)) {
      const next: CSSRule | undefined = list.cssRules[index];
      if (!next) throw new Fault('order', `rule ${path.join('.')} of sheet ${id}`);
      if (next instanceof CSSKeyframesRule) return this.keyframe(list, index, next, path.at(-1) ?? 0, act, text);
      if (!isList(next)) return; // below a rule that was refused: nothing stands there
      list = next;
    }
    const index = path.at(-1) ?? 0;
    if (index > list.cssRules.length - (act === RuleAct.insert ? 0 : 1)) {
      throw new Fault('order', `rule ${path.join('.')} of sheet ${id} has ${list.cssRules.length}`);
    }
    if (act !== RuleAct.insert) list.deleteRule(index);
    if (act !== RuleAct.delete) this.insert(list, text, index);
  }

  /** Before an owner leaves the document for a moment: its rules would be gone. */
  save(inside: (owner: Element) => boolean): void {
    for (const sheet of this.sheets.values()) {
      if (sheet.owner && sheet.css && !sheet.saved && inside(sheet.owner)) {
        sheet.saved = Array.from(sheet.css.cssRules, (rule) => rule.cssText);
        sheet.clean = true;
      }
    }
  }

  /** After nodes came in: owners that have a new sheet get their rules. */
  attachAll(): void {
    for (const sheet of this.sheets.values()) if (sheet.saved) this.attach(sheet);
  }

  forget(owner: Element): void {
    const id = this.owners.get(owner);
    if (id === undefined) return;
    this.owners.delete(owner);
    this.sheets.delete(id);
  }

  /** The asset is here, or never comes: rules that wait for it are put in again where they stand. */
  settled(asset: number): void {
    const rules = this.waiting.get(asset);
    if (!rules) return;
    this.waiting.delete(asset);
    const url = this.resolve(asset) ?? null;
    for (const rule of rules) {
      const list = rule.parentRule ?? rule.parentStyleSheet;
      if (!isList(list)) continue;
      const index = Array.prototype.indexOf.call(list.cssRules, rule);
      if (index < 0) continue;
      const text = fillAsset(rule.cssText, asset, url);
      list.deleteRule(index);
      this.put(list, text, index, markedAssets(text));
    }
  }

  private need(id: number): Sheet {
    const sheet = this.sheets.get(id);
    if (!sheet) throw new Fault('unknown-node', `sheet ${id}`);
    return sheet;
  }

  private attach(sheet: Sheet): void {
    const css = (sheet.owner as HTMLStyleElement | null)?.sheet;
    if (!css || !sheet.saved) return;
    if (css === sheet.css && css.cssRules.length === sheet.saved.length) {
      sheet.saved = null; // it kept what it had
      return;
    }
    while (css.cssRules.length > 0) css.deleteRule(css.cssRules.length - 1);
    sheet.css = css;
    const rules = sheet.saved;
    sheet.saved = null;
    this.fill(sheet, rules);
  }

  private fill(sheet: Sheet, rules: readonly string[]): void {
    const css = sheet.css;
    if (!css) return;
    for (const text of rules) {
      if (sheet.clean) this.put(css, text, css.cssRules.length, markedAssets(text));
      else this.insert(css, text, css.cssRules.length);
    }
    if (css.media.mediaText !== sheet.media) css.media.mediaText = sheet.media;
    if (css.disabled !== sheet.disabled) css.disabled = sheet.disabled;
  }

  private insert(list: RuleList, source: string, index: number): void {
    const { text, refused, pending } = rewriteCss(source, this.resolve);
    this.put(list, refused ? REFUSED : text, index, pending);
  }

  private put(list: RuleList, text: string, index: number, pending: Set<number>): void {
    const before = list.cssRules.length;
    try {
      list.insertRule(text, index);
    } catch {
      // Another browser's syntax.
    }
    if (list.cssRules.length === before) list.insertRule(REFUSED, index);
    const rule = list.cssRules[index];
    for (const asset of pending) this.wait(asset, rule);
  }

  private wait(asset: number, rule: CSSRule | undefined): void {
    if (!rule) return;
    const rules = this.waiting.get(asset) ?? new Set();
    if (rules.size < MAX_WAITING) rules.add(rule);
    this.waiting.set(asset, rules);
  }

  /** Keyframes have no index to insert at: the whole @keyframes rule is made again. */
  private keyframe(list: RuleList, at: number, rule: CSSKeyframesRule, index: number, act: number, text: string): void {
    const frames = Array.from(rule.cssRules, (frame) => frame.cssText);
    if (act === RuleAct.delete) frames.splice(index, 1);
    else frames.splice(index, act === RuleAct.replace ? 1 : 0, rewriteCss(text, this.resolve).text);
    list.deleteRule(at);
    const all = `@keyframes ${CSS.escape(rule.name)} {${frames.join(' ')}}`;
    this.put(list, all, at, markedAssets(all));
  }
}
