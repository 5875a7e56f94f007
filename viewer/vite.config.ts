// Build of the agent's app (index.html) and of the customer's page /j (join.html). Hashed assets, nothing inline.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { offlineTexts } from './src/offline/build.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// In development the API and the sockets are the Go server's.
const server = process.env.RIDEALONG_SERVER ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [offlineTexts()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false }, // it would be an inline script in older browsers, and all of ours have modulepreload
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: here('index.html'), join: here('join.html') },
      // Every file of the widget library begins with 'use client', which means nothing here.
      onLog: (level, log, next) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && next(level, log),
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/stage': server,
      '/r': server,
      '/ws': { target: server, ws: true },
    },
  },
});
