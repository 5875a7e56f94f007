// P8: what a reviewer waits for. The search's data and queries are made by bench/review (Go).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function run() {
  const { status, error } = spawnSync(process.env.GO ?? 'go', ['run', './bench/review'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw error ?? new Error(`bench/review ended with ${status}`);
}
