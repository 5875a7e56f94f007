// Printing of figures: percentiles and ratios as one JSON line each.

export function percentile(sorted, p) {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))];
}

const round = (n) => Math.round(n * 1000) / 1000;

export function print(line) {
  console.log(JSON.stringify(line));
}

export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    p50: round(percentile(sorted, 50)),
    p90: round(percentile(sorted, 90)),
    p99: round(percentile(sorted, 99)),
    n: sorted.length,
  };
}

export function median(values) {
  return percentile(
    [...values].sort((a, b) => a - b),
    50,
  );
}

/** One ratio over several runs: the median of the runs' own ratios, with the extremes. */
export function ratio(bench, name, values, more = {}) {
  print({
    bench,
    ratio: name,
    ...more,
    value: round(median(values)),
    min: round(Math.min(...values)),
    max: round(Math.max(...values)),
    runs: values.length,
  });
}
