// The types of bundle.mjs, for the tests.

import type { Plugin } from 'vite';

export declare const lean: Plugin;

export declare function bundle(
  entry: string,
  format: 'es' | 'iife',
  define: Readonly<Record<string, string>>,
): Promise<string>;
