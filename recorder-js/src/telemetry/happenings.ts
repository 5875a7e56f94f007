// What the person does, and what the page shows them in answer: pages, clicks, forms, errors before their eyes. Labels are words that the
// picture shows too, by the same rules; of what is hidden or masked there is the kind of element and no more.

import { EntryCode, HappeningKind, LeftOut } from '@ridealong/wire/entries';
import {
  all,
  attribute,
  computed,
  is,
  isElement,
  listen,
  localName,
  parentElement,
  rect,
  textContent,
} from '../dom.ts';
import { Level } from '../privacy/policy.ts';
import { reduceUrl } from '../privacy/url.ts';
import type { Telling } from './context.ts';

const MAX_LABEL = 60;
/** Clicks that belong together: so near, px, and so soon, ms; and how many of them are too many. */
const NEAR = 24;
const SOON = 800;
const RAGE = 3;
/** Nothing that follows a click takes longer, ms. */
const ANSWER = 2000;
/** Between two looks for errors that the page shows, ms; so many of them. */
const LOOK = 1000;
const MAX_SHOWN = 30;
/** A page that began within so many ms has just come. */
const YOUNG = 10_000;

/** What does something by itself, whatever scripts there are. */
const NATIVE =
  'a[href]:not([href="#"],[href^="javascript:"]),area,label,select,option,textarea,summary,video,audio,input:not([type=button],[type=submit],[type=image],[type=reset])';
const CLICKABLE =
  'button,a,input,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=switch],[role=checkbox],[onclick]';
const NAMED = `${CLICKABLE},label,summary,option,h1,h2,h3,h4,li,td,th`;
const SHOWS_ERRORS = '[role=alert],[aria-live=assertive],[aria-invalid=true]';

export interface Happenings {
  /** A request was begun: the click before it did something. */
  stirred(): void;
  /** What the site's own code says. */
  custom(name: string, data: string, at: number): void;
  nameOf(element: Element): string;
  stop(): void;
}

interface Clicks {
  element: Element;
  x: number;
  y: number;
  count: number;
  timer: unknown;
}

/** `idOf` gives a node's id, 0 for one that the picture does not have; `changed` a number that is another one when the picture is. */
export function watchHappenings(
  t: Telling,
  idOf: (node: Node) => number,
  changed: () => number,
  ignore: (node: Node) => boolean,
): Happenings {
  const { window, privacy } = t;
  const { document } = window;
  const run = t.patches.run.bind(t.patches);

  /** As the picture has it. */
  const here = (): string => reduceUrl(window.location.href, window.location.href, privacy.mode === 'standard');

  const shownText = (element: Element, max: number): string => {
    const rules = privacy.of(element);
    if (rules.text !== Level.show) return '';
    const text = (textContent(element) ?? '').slice(0, 400).replace(/\s+/g, ' ').trim();
    return text.length > 200 ? '' : t.text(privacy.text(text, rules), max);
  };

  function nameOf(element: Element): string {
    if (privacy.of(element).text === Level.block || idOf(element) === 0) return 'hidden';
    const id = privacy.word((attribute(element, 'id') ?? '').slice(0, 60));
    const role = attribute(element, 'role');
    const type = is(element, 'input') && attribute(element, 'type');
    const kind = localName(element) + (type ? `[${type}]` : role ? `[${role}]` : '') + (id ? `#${id}` : '');
    const text = is(element, NAMED) ? shownText(element, MAX_LABEL) : '';
    return t.text(text ? `${kind} “${text}”` : kind, 140);
  }

  /** When the page itself began, for its first entry, unless that is long ago. */
  let at = performance.now() < YOUNG ? 0 : undefined;

  function tell(kind: number, element: Element | undefined, x = 0, y = 0, count = 1, label = '', data = ''): void {
    if (!t.room(LeftOut.happenings, String(kind))) return;
    const node = element ? idOf(element) : 0;
    const name = label || (element ? nameOf(element) : '');
    const place = [Math.round(x), Math.round(y)] as const;
    t.tell(EntryCode.happening, [kind, name, here(), node, ...place, count, data], at);
    at = undefined;
  }

  // Clicks, and whether anything follows them.
  let series: Clicks | undefined;
  let pending: { element: Element; x: number; y: number; timer: unknown } | undefined;
  const observer = new MutationObserver((records) =>
    run(() => {
      if (records.some(({ target }) => !ignore(target))) stirred();
    }),
  );

  function stirred(): void {
    if (!pending) return;
    clearTimeout(pending.timer as number);
    pending = undefined;
    observer.disconnect();
  }

  function expectAnswer(element: Element, x: number, y: number): void {
    stirred();
    if (is(element, NATIVE) || closest(element, NATIVE)) return;
    const near = closest(element, CLICKABLE);
    if (!near && computed(element).cursor !== 'pointer') return;
    const shown = near ?? element;
    const timer = setTimeout(() => {
      pending = undefined;
      observer.disconnect();
      if (document.visibilityState === 'visible') run(() => tell(HappeningKind.dead, shown, x, y));
    }, ANSWER);
    pending = { element: shown, x, y, timer };
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  function click(event: MouseEvent): void {
    const [target] = event.composedPath();
    if (!event.isTrusted || !isElement(target) || ignore(target)) return;
    let { clientX: x, clientY: y } = event;
    if (event.detail === 0) {
      const box = rect(target);
      [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    }
    const element = closest(target, CLICKABLE) ?? target;
    tell(HappeningKind.click, element, x, y);
    if (series && Math.hypot(series.x - x, series.y - y) <= NEAR && event.detail !== 0) {
      clearTimeout(series.timer as number);
      series.count++;
    } else {
      rage();
      series = { element, x, y, count: 1, timer: 0 };
    }
    series.timer = setTimeout(() => run(rage), SOON);
    expectAnswer(target, x, y);
  }

  function rage(): void {
    if (series && series.count >= RAGE) tell(HappeningKind.rage, series.element, series.x, series.y, series.count);
    clearTimeout(series?.timer as number);
    series = undefined;
  }

  function submit(event: Event): void {
    stirred();
    const [form] = event.composedPath();
    if (isElement(form)) tell(HappeningKind.submit, form);
  }

  // Errors that the page shows.
  const shown = new Map<Element, string>();
  let seen = -1;
  function look(): void {
    const now = changed();
    if (now === seen) return;
    seen = now;
    const found = all(document.documentElement, SHOWS_ERRORS).slice(0, MAX_SHOWN);
    for (const element of shown.keys()) if (!found.includes(element)) shown.delete(element);
    for (const element of found) {
      const text = is(element, '[aria-invalid=true]') ? 'invalid' : shownText(element, 200) || 'masked';
      const empty = text === 'masked' && !(textContent(element) ?? '').trim();
      if (empty || shown.get(element) === text || !rect(element).height) continue;
      shown.set(element, text);
      const invalid = text === 'invalid';
      const { left, top } = rect(element);
      tell(HappeningKind.message, element, left, top, 1, invalid ? `${nameOf(element)} is invalid` : text);
    }
  }
  const looking = setInterval(() => run(look), LOOK);

  // Pages.
  let url = '';
  const navigated = (how: string) => {
    if (window.location.href === url) return;
    url = window.location.href;
    stirred();
    tell(HappeningKind.navigation, undefined, 0, 0, 1, how);
  };
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  navigated(entry?.type ?? 'navigate');
  t.patches.after(window.History, 'value', ['pushState', 'replaceState'], () => navigated('script'));

  let going = false;
  const hear = (target: EventTarget, names: readonly string[], handle: (event: Event) => void) =>
    names.map((name) => listen(target, name, (event) => run(() => handle(event))));
  const undos = [
    ...hear(document, ['click'], (event) => click(event as MouseEvent)),
    ...hear(document, ['submit'], submit),
    ...hear(document, ['input', 'change', 'scroll', 'focusin', 'toggle', 'selectionchange'], stirred),
    ...hear(window, ['popstate', 'hashchange'], () => navigated('history')),
    ...hear(window, ['blur'], stirred),
    ...hear(window, ['pagehide', 'pageshow'], ({ type }) => {
      going = type === 'pagehide';
    }),
    // A page that goes is hidden, too.
    ...hear(
      document,
      ['visibilitychange'],
      () => going || tell(HappeningKind.visibility, undefined, 0, 0, 1, document.visibilityState),
    ),
  ];
  return {
    stirred,
    custom: (name, data, at) => {
      if (t.room(LeftOut.happenings, name))
        t.tell(EntryCode.happening, [HappeningKind.custom, name, here(), 0, 0, 0, 1, data], at);
    },
    nameOf,
    stop: () => {
      clearInterval(looking);
      clearTimeout(series?.timer as number);
      stirred();
      for (const undo of undos) undo();
    },
  };
}

/** The innermost element around, itself too, that a selector finds. */
function closest(element: Element, selector: string): Element | undefined {
  let at: Element | null = element;
  for (let i = 0; at && i < 8; i++, at = parentElement(at)) if (is(at, selector)) return at;
  return undefined;
}
