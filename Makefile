# run: everything set up, then journey 1 in two windows · test: every test · check: linters and generated files · bench ONLY=<name>
.PHONY: run test test-long check bench build gen clean setup
GO ?= go
ONLY ?=

run: build
	./bin/ridealong demo

build: setup
	npm run --silent build
	$(GO) build -trimpath -o bin/ridealong ./cmd/ridealong

test: build
	./ci/test.sh

test-long: test
	./ci/long.sh

check: setup gen
	./ci/check.sh

gen:
	$(GO) generate ./...

bench: build
	npm run --silent bench -- $(ONLY)

setup:
	./ci/setup.sh

clean:
	rm -rf bin node_modules data */dist wire/ts/dist
