// What is selected, and where the caret stands. A caret that nobody sees, in text that cannot be written in, is not told; of a field
// whose mask hides how long it is, nothing is.

import {
  ELEMENT,
  FRAGMENT,
  firstChild,
  isHtml,
  localName,
  nextSibling,
  nodeType,
  ownerDocument,
  parentElement,
  rootOf,
} from '../dom.ts';
import { type Context, isBlocked, known } from './context.ts';

type Told = readonly [anchor: number, anchorAt: number, focus: number, focusAt: number];

const NOTHING: Told = [0, 0, 0, 0];

/** `active` is what has the focus. */
export function selectionOf(c: Context, active: Element | null): Told {
  const field = active && isHtml(active) && /^(?:input|textarea)$/.test(localName(active)) && inField(c, active);
  if (field) return field;
  const document = active ? ownerDocument(active) : c.window.document;
  const root = active && rootOf(active);
  // A browser that has it says more of what is in a shadow root.
  const within =
    root && nodeType(root) === FRAGMENT ? (root as ShadowRoot & Partial<Pick<Document, 'getSelection'>>) : document;
  const selection = (within.getSelection ? within : document).getSelection?.();
  const { anchorNode, anchorOffset = 0, focusNode, focusOffset = 0, isCollapsed } = selection ?? {};
  if (!anchorNode || !focusNode || (isCollapsed && !isEditable(focusNode))) return NOTHING;
  const [anchor, focus] = [endOf(c, anchorNode, anchorOffset), endOf(c, focusNode, focusOffset)];
  return anchor[0] && focus[0] ? [...anchor, ...focus] : NOTHING;
}

function inField(c: Context, field: Element): Told | undefined {
  const { selectionStart, selectionEnd, selectionDirection } = field as HTMLInputElement;
  const id = known(c, field);
  if (id === undefined || typeof selectionStart !== 'number' || typeof selectionEnd !== 'number') return undefined;
  if (c.privacy.value(field, '-', c.privacy.of(field)).length > 1) return NOTHING;
  const back = selectionDirection === 'backward';
  return [id, back ? selectionEnd : selectionStart, id, back ? selectionStart : selectionEnd];
}

function isEditable(node: Node): boolean {
  const element = nodeType(node) === ELEMENT ? node : parentElement(node);
  return (element as HTMLElement | null)?.isContentEditable === true;
}

/** As the receiving side counts: the children that it has. */
function endOf(c: Context, node: Node, offset: number): readonly [number, number] {
  const id = known(c, node);
  if (id === undefined || isBlocked(c, node, id)) return [0, 0];
  if (nodeType(node) !== ELEMENT) return [id, offset];
  let n = 0;
  for (let child = firstChild(node); child && offset-- > 0; child = nextSibling(child))
    if (known(c, child) !== undefined) n++;
  return [id, n];
}
