// privacy-check on the demo shop: strict mode keeps everything, and standard mode is known to show its text.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from '../browser.ts';
import { expect, test } from '../test.ts';

const bin = fileURLToPath(new URL('../../packages/browser/dist/privacy-check.js', import.meta.url));

function check(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args, '--chromium', chromiumPath()], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out: out + err }),
    );
  });
}

test('the shop in strict mode passes, and without it fails: the check can see', async ({ house }) => {
  test.setTimeout(120_000);
  const pages = ['/', '/checkout'].map((path) => house.shop + path);
  const strict = await check(...pages, '--mode', 'strict');
  expect(strict.out).toMatch(/^ok .*strict mode, \d{2,} canaries/m);
  expect(strict.code).toBe(0);
  const control = await check(house.shop, '--secret', 'body');
  expect(control.out).toMatch(/^LEAKS .*standard mode/m);
  expect(control.code).toBe(1);
});
