// Runs the benches named on the command line, or all. Each prints one JSON line per figure (PROMISES: form and names).
const all = [
  'bundle-size',
  'live-latency',
  'first-picture',
  'recorder-cost',
  'telemetry-cost',
  'wire-size',
  'relay',
  'archive',
  'review',
];
const wanted = process.argv.slice(2).filter(Boolean);
for (const name of wanted.length > 0 ? wanted : all) {
  if (!all.includes(name)) {
    console.error(`There is no bench ${name}. There are: ${all.join(', ')}`);
    process.exit(2);
  }
  const { run } = await import(`./${name}.mjs`);
  await run();
}
