// What of a node may be shown, decided in the page before anything is encoded. The rules that nothing lifts are in floor.ts.

import { attribute, has, parentElement } from '../dom.ts';
import { onFloor } from './floor.ts';
import { maskPatterns, maskText } from './mask.ts';

export const Level = { show: 0, mask: 1, block: 2 } as const;
export type Level = (typeof Level)[keyof typeof Level];

/** `standard` shows static text; `strict` shows only what `data-ridealong-show` names. */
export type Mode = 'standard' | 'strict';

const MASK = 'data-ridealong-mask';
const BLOCK = 'data-ridealong-block';
const SHOW = 'data-ridealong-show';
/** Attributes whose change changes the policy of a subtree. */
export const POLICY_ATTRIBUTES: readonly string[] = [MASK, BLOCK, SHOW, 'contenteditable'];

/** What an element inherits: how text is treated and whether inputs were unmasked. */
export interface Rules {
  readonly text: Level;
  readonly inputs: boolean;
}

const blocked: Rules = { text: Level.block, inputs: false };
const masked: Rules = { text: Level.mask, inputs: false };
const shown: Rules = { text: Level.show, inputs: true };
const plain: Rules = { text: Level.show, inputs: false };

export class Privacy {
  readonly root: Rules;

  constructor(readonly mode: Mode = 'standard') {
    this.root = mode === 'strict' ? masked : plain;
  }

  /** The rules inside an element, given those around it. Mask is final for a subtree; show lifts the mode, not a mask. */
  inside(element: Element, around: Rules): Rules {
    if (around.text === Level.block || has(element, BLOCK)) return blocked;
    const forced = around === forcedMask || has(element, MASK);
    if (forced) return forcedMask;
    if (has(element, SHOW)) return shown;
    if (this.mode === 'standard' && !around.inputs && isEditable(element)) return masked;
    return around;
  }

  /** The rules at an element, by all its ancestors, through shadow roots and frames. */
  of(element: Element): Rules {
    const chain: Element[] = [];
    for (let node: Element | null = element; node; node = parentElement(node)) chain.push(node);
    let rules = this.root;
    for (let i = chain.length - 1; i >= 0; i--) rules = this.inside(chain[i] as Element, rules);
    return rules;
  }

  text(data: string, rules: Rules): string {
    return rules.text === Level.show ? maskPatterns(data) : maskText(data);
  }

  /** The value of an input, a text area or an option list. */
  value(element: Element, value: string, rules: Rules): string {
    if (onFloor(element)) return value === '' ? '' : '••••••';
    if (rules.inputs && rules.text === Level.show) return maskPatterns(value);
    return maskText(value);
  }

  /** Whether checks, choices and ranges may be told. */
  choice(element: Element, rules: Rules): boolean {
    return rules.text === Level.show && !onFloor(element);
  }
}

/** A mask that somebody asked for: nothing below it is shown. */
const forcedMask: Rules = { text: Level.mask, inputs: false };

function isEditable(element: Element): boolean {
  const value = attribute(element, 'contenteditable');
  return value !== null && value.toLowerCase() !== 'false';
}
