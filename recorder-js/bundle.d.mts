// The types of bundle.mjs, for the tests.

export declare function bundle(
  entry: string,
  format: 'es' | 'iife',
  define: Readonly<Record<string, string>>,
): Promise<string>;
