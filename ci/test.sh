#!/usr/bin/env bash
# Every test: Go's beside those of the TypeScript packages, then the journeys (two at a time; WORKERS=1: one), then those that promise a time, one by one.
# What a stage says comes whole when it is over; the end names what failed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
go=
trap '[ -z "$go" ] || kill -- "-$go" 2>/dev/null; rm -rf "$out"' EXIT
failed=()

# stage NAME COMMAND…: its output is kept in a file.
stage() {
	local name=$1 code=0 began=$SECONDS
	shift
	"$@" >"$out/$name" 2>&1 || code=$?
	echo "$code $((SECONDS - began))" >"$out/$name.end"
}

# tell NAME: says what a stage that is over said.
tell() {
	local code seconds
	read -r code seconds <"$out/$1.end"
	echo "=== $1: $seconds s$([ "$code" = 0 ] || echo ", FAILED")"
	cat "$out/$1"
	[ "$code" = 0 ] || failed+=("$1")
}

# The object store is tested against a real server, which is built when its version is another than before. It is no part of Ridealong.
s3() {
	cmp -s ci/s3.sum .cache/s3.sum && [ -x .cache/versitygw ] ||
		{ mkdir -p .cache && go build -modfile=ci/s3.mod -o .cache/versitygw github.com/versity/versitygw/cmd/versitygw && cp ci/s3.sum .cache/s3.sum; } ||
		{ echo "The S3 server for the tests could not be built: the object store is not tested."; [ "${CI:-}" != true ]; return; }
	export RIDEALONG_TEST_S3=$PWD/.cache/versitygw
}

# What passed is not run again: where a change is judged, what did not pass on a busy machine has a second try, and says so.
go_tests() {
	go vet ./... || return
	s3 || return
	go test -race ./... || { [ "${CI:-}" = true ] && echo "=== what failed, once more" && go test -race ./...; }
}

# A group of processes of its own, which ends with this one.
set -m
stage go go_tests &
go=$!
set +m
for package in wire/ts recorder-js packages/browser viewer; do
	name=${package//\//-}
	stage "$name" npm test --silent -w "$package"
	tell "$name"
done
wait "$go"
go=
tell go
stage journeys npm run --silent e2e -- --project together --workers "${WORKERS:-2}"
tell journeys
stage journeys-alone npm run --silent e2e -- --project alone
tell journeys-alone

if [ ${#failed[@]} -gt 0 ]; then
	echo "FAILED: ${failed[*]}" >&2
	exit 1
fi
echo "All tests passed in $SECONDS s."
