#!/usr/bin/env bash
# What takes longer than a change should wait: fuzzing each target for a minute (TypeScript's by 200,000 inputs), 3,000 storms of the capture, every case of a broken platform, every kind of request in Firefox, the end-to-end tests five times over,
# storms of 100,000 rows, a large page over a slow line, and the conformance suite in Chromium, beside rrweb, and in Firefox.
set -euo pipefail
cd "$(dirname "$0")/.."
for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzzing $package $target"
		# Making an input smaller that is only by chance of interest would take all the time.
		go test -run '^$' -fuzz "^$target\$" -fuzztime 60s -fuzzminimizetime 100x "$package"
	done
done
FUZZ=200000 npm test --silent -w wire/ts -- src/fuzz.test.ts
STORMS=3000 npm test --silent -w recorder-js -- src/capture/tests/storm.test.ts
LONG=1 npm test --silent -w recorder-js -- tests/browser/overridden.test.ts
WITH=firefox npm test --silent -w recorder-js -- src/telemetry/requests/tests/transparent.test.ts
# In the browser that people have, whole.
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) npm run --silent e2e -- --repeat-each 5
KILLS=200 TAILS=30 npm run --silent e2e -- recording.spec
LONG=1 ROWS=100000 npm run --silent e2e -- storms
LONG=1 npm run --silent e2e -- --grep @long
CONFORMANCE=1 npm run --silent e2e -- conformance
