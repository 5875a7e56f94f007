// Numbers of cards and persons that a page has cut into pieces, to set them apart by style: no piece is a secret by itself.

import { ELEMENT, isHtml, localName, nodeType, parentNode, textContent } from '../dom.ts';
import { maskPatterns } from './mask.ts';

const PIECE = /^[\s-]*\d[\d\s-]{0,11}$/;
const INLINE = /^(?:span|b|i|em|strong|a|bdi|mark|small|code|font|u|data)$/;

/** Whether a text is a piece of a secret. Asks the page for the text around only when it is a few digits. */
export function isPiece(node: Node, raw: string): boolean {
  if (!PIECE.test(raw)) return false;
  let block = parentNode(node);
  for (let i = 0; i < 3 && block && nodeType(block) === ELEMENT; i++) {
    if (!isHtml(block as Element) || !INLINE.test(localName(block as Element))) break;
    block = parentNode(block);
  }
  if (!block || nodeType(block) !== ELEMENT || /^(?:tr|tbody|table|ul|ol|body)$/.test(localName(block as Element)))
    return false;
  const text = textContent(block) ?? '';
  return text.length < 400 && text.length > 10 && maskPatterns(text) !== text;
}
