// Builds the app with the tests' transport before the browser tests.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export default async function setup(): Promise<void> {
  await build({ configFile: fileURLToPath(new URL('../dev/vite.config.ts', import.meta.url)), logLevel: 'error' });
}
