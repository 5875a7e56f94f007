#!/usr/bin/env bash
# Formatting, linters, types, and that generated files are fresh.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "Not formatted (gofmt -w): $unformatted" >&2; exit 1; }
trap wait EXIT
npm run --silent check &
typescript=$!
go vet ./...
go mod verify >/dev/null
go tool -modfile=ci/tools.mod golangci-lint run ./...
wait "$typescript"
if [ -n "$(git status --porcelain -- '*.gen.ts' '*.gen.go' docs/configuration.md)" ]; then
	git status --porcelain -- '*.gen.ts' '*.gen.go' docs/configuration.md >&2
	echo "Generated files were stale: commit what 'make gen' made." >&2
	[ "${CI:-}" != true ] || exit 1
fi
