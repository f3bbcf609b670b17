# Consilium: `make run` starts it, `make test` proves it. The rest serves those two.
SHELL := /bin/bash
.DEFAULT_GOAL := help
DEMO ?= 1
ADDR ?= 127.0.0.1:8080
DATA ?= ./data
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOL := go tool -modfile=tools/go.mod
ASSETS := internal/web/ui/assets/dist/.stamp

.PHONY: help run build test test-go test-e2e assets generate fmt check vuln bench-engines bench-records bench-directory bench-all fuzz clean

help: ## show what can be done
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: build ## build and start Consilium with the demo cast (DEMO=0 starts empty)
	@./bin/consilium serve --addr $(ADDR) --data $(DATA) $(if $(filter 0,$(DEMO)),,--demo)

build: assets ## build bin/consilium
	@scripts/need.sh go node
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/consilium ./cmd/consilium

assets: $(ASSETS) ## fetch and compile the style sheet, fonts and test tools, once

$(ASSETS): tools/assets/package-lock.json tools/assets/uswds.scss scripts/assets.sh
	@scripts/assets.sh

test: assets ## run everything: units, rules, walls, both databases, the journey in a real browser
	@scripts/test.sh

generate: ## write again the code that is made from templates
	@$(TOOL) templ generate -path ./internal

fmt: ## format
	@$(TOOL) gofumpt -w cmd internal rules people e2e tools

check: ## format, vet, staticcheck, generated code and go.mod as they should be
	@scripts/check.sh

vuln: ## known weaknesses in what we build on (asks a database on the network)
	@$(TOOL) govulncheck ./...

bench-engines: assets ## time the engines: medians beside their targets
	@scripts/bench.sh

bench-records: assets ## time the reading and keeping of records beside the machine's limits
	@scripts/bench-records.sh

bench-directory: assets ## time the search over 8 million made-up clinicians beside PostgreSQL (ROWS=1000000 for a small run)
	@scripts/bench-directory.sh

bench-all: ## every benchmark there is
	@go test -run '^$$' -bench . -benchmem ./internal/... ./cmd/...

fuzz: ## send any bytes to every reader and engine command, FUZZTIME=5m each, FUZZ="./internal/intake/fhir" for one
	@FUZZTIME=$(or $(FUZZTIME),5m) scripts/fuzz.sh

clean: ## take away what was built
	@rm -rf bin internal/web/ui/assets/dist/* tools/assets/node_modules tools/fhirpeer/node_modules
