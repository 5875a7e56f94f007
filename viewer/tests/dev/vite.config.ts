// The app as the browser tests see it: the shipped build, but with the transport of connection.ts here.

import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vite';
import shipped from '../../vite.config.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default mergeConfig(
  {
    ...shipped,
    build: {
      ...shipped.build,
      rolldownOptions: { ...shipped.build?.rolldownOptions, input: { index: here('../../index.html') } },
    },
  },
  defineConfig({
    root: here('../..'),
    build: { outDir: here('../../.cache/fake'), emptyOutDir: true },
    plugins: [
      {
        name: 'fake-transport',
        enforce: 'pre',
        resolveId: (source: string) => (source === './wiring.ts' ? here('./wiring.ts') : null),
      },
    ],
  }),
);
