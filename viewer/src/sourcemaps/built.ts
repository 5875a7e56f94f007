// A script and its map as builds make them, for tests: three files, bundled and minified by the bundler that builds the app.

import { build } from 'vite';

export const SOURCES: Record<string, string> = {
  'main.ts': `import { checkout } from './cart.ts';

export function start(total: number): number {
  return checkout({ total, currency: 'EUR' });
}
(globalThis as { start?: unknown }).start = start;
`,
  'cart.ts': `import { charge } from './pay.ts';

export interface Order {
  total: number;
  currency: string;
}

export function checkout(order: Order): number {
  const rounded = Math.round(order.total * 100) / 100;
  return charge(rounded, order.currency) + 1;
}
`,
  'pay.ts': `// Pays.
export function charge(amount: number, currency: string): number {
  if (amount < 0) {
    throw new RangeError('no such amount in ' + currency);
  }
  return amount;
}
`,
};

/** Where `throw new RangeError` stands, and the two calls on the way to it. */
export const PLACES = [
  { file: 'pay.ts', line: 4 },
  { file: 'cart.ts', line: 10 },
  { file: 'main.ts', line: 4 },
];

export async function built(): Promise<{ code: string; map: string }> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    root: '/shop',
    plugins: [
      {
        name: 'sources',
        resolveId: (id) =>
          id in SOURCES || id.replace(/^.*\//, '') in SOURCES ? `/shop/src/${id.replace(/^.*\//, '')}` : null,
        load: (id) => SOURCES[id.replace(/^.*\//, '')] ?? null,
      },
    ],
    build: {
      write: false,
      minify: true,
      sourcemap: 'hidden',
      rolldownOptions: { input: 'main.ts', output: { format: 'iife', entryFileNames: 'assets/app.js' } },
    },
  });
  const { output } = [made].flat()[0] as {
    output: { type: string; code?: string; map?: { toString(): string } | null }[];
  };
  const chunk = output.find(({ type }) => type === 'chunk');
  return { code: chunk?.code ?? '', map: chunk?.map?.toString() ?? '' };
}
