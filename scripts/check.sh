#!/usr/bin/env bash
# What a reviewer should not have to look for: format, vet, staticcheck, generated
# code that matches its templates, and go.mod and go.sum as `go mod tidy` leaves them.
set -euo pipefail
cd "$(dirname "$0")/.."
tool() { go tool -modfile=tools/go.mod "$@"; }
bad=$(tool gofumpt -l cmd internal rules people e2e tools | grep -vE '_templ\.go$' || true)
[ -z "$bad" ] || { echo "Not formatted; run 'make fmt':"; echo "$bad"; exit 1; }
go vet ./...
tool staticcheck ./...
tool templ generate -path ./internal >/dev/null 2>&1
git diff --exit-code --stat -- '*_templ.go' || { echo "Templates changed and their code did not; run 'make generate' and commit."; exit 1; }
go mod tidy -diff >/dev/null || { echo "go.mod or go.sum is not tidy; run 'go mod tidy' and commit."; exit 1; }
