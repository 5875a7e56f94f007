// P7: what recording costs the server. The load is made by bench/archive (Go), in the same process as the service.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'archive-bench-'));
  try {
    const go = process.env.GO ?? 'go';
    for (const [command, ...args] of [[go, 'build', '-o', dir, './bench/archive'], [join(dir, 'archive')]]) {
      const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: process.env });
      if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
