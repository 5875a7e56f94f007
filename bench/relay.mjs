// P4: the relay beside coturn. The load is made by bench/relay (Go); this builds it and the relay alone, and runs it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function must(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
}

export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'relay-bench-'));
  try {
    const go = process.env.GO ?? 'go';
    must(go, ['build', '-o', dir, './bench/relay', './bench/relay/serve']);
    must(join(dir, 'relay'), [], { RELAY_SERVE: process.env.RELAY_SERVE ?? join(dir, 'serve') });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
