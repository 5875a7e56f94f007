// Builds the demos as sites do: production builds by vite, each one script and one style sheet.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import { build, type PluginOption } from 'vite';

export const frameworks = ['react', 'preact', 'vue', 'svelte', 'solid', 'lit', 'jquery', 'angular'] as const;
export type Framework = (typeof frameworks)[number];

export interface Demo {
  script: string;
  style: string;
}

const plugins: Partial<Record<Framework, () => PluginOption>> = { vue: () => vue(), svelte: () => svelte() };

export async function demo(name: Framework): Promise<Demo> {
  const made = await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    mode: 'production',
    logLevel: 'error',
    plugins: [plugins[name]?.()],
    // The second line is what Angular's own builder defines.
    define: {
      'process.env.NODE_ENV': '"production"',
      ...{
        ngDevMode: 'false',
        ngServerMode: 'false',
        ngJitMode: 'true',
        ngI18nClosureMode: 'false',
        ngHmrMode: 'false',
      },
    },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(`${name}.js`, import.meta.url)),
        output: { format: 'iife', entryFileNames: 'app.js', codeSplitting: false },
      },
    },
  });
  const [output] = [made].flat();
  if (!output || !('output' in output)) throw new Error(`${name} was not built`);
  let [script, style] = ['', ''];
  for (const file of output.output) {
    if (file.type === 'chunk') script += file.code;
    else if (file.fileName.endsWith('.css')) style += file.source;
  }
  return { script, style };
}
