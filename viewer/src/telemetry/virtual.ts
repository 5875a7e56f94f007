// The one door to the library that keeps long lists short: only rows in sight, and a few around them, are in the document.

import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

interface VirtualOptions {
  count: number;
  /** The element that scrolls. */
  scroll: RefObject<HTMLElement | null>;
  /** Height of a row in px; of rows that are measured a guess. */
  height: number;
  keyOf: (index: number) => number;
  /** A row that stays in the document wherever one scrolls: it has the focus. */
  held: number;
}

export type Rows = Virtualizer<HTMLElement, HTMLElement>;

const AROUND = 12;

export function useVirtual({ count, scroll, height, keyOf, held }: VirtualOptions): Rows {
  const [, again] = useReducer((n: number, _: null) => n + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    overscan: AROUND,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const indexes = defaultRangeExtractor(range);
      if (held < 0 || held >= count || indexes.includes(held)) return indexes;
      return [...indexes, held].sort((a, b) => a - b);
    },
    onChange: () => again(null),
  };
  const [rows] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  rows.setOptions(options);
  useLayoutEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  return rows;
}
