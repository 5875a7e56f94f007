// Conformance in Firefox: the same pages and probes, asked of our picture alone. What Firefox itself does not have is not asked.
import { cases } from '../conformance/cases.ts';
import { plain, rowsOf, share, summary } from '../conformance/report.ts';
import { standing, suite, write } from '../conformance/suite.ts';
import { expect, test } from '../test.ts';

const only = new RegExp(process.env.CONFORMANCE_ONLY ?? '');

test('in Firefox 95 % of the probes pass', async () => {
  test.setTimeout(1_800_000);
  const chosen = cases.filter(({ name }) => only.test(name));
  const sides = await standing('firefox', chosen, (stand) =>
    suite(stand, chosen, { interrupt: chosen.length === cases.length }),
  );
  const asked = { ...sides, ours: sides.ours.filter(({ absent }) => !absent) };
  const rows = rowsOf(asked);
  write('firefox.txt', plain(rows));
  console.log(plain(rows));
  expect.soft(sides.broken, 'cases that could not be played').toEqual([]);
  expect(share(rows, 'ours'), summary(rows)).toBeGreaterThanOrEqual(0.95);
});
