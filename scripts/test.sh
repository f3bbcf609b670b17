#!/usr/bin/env bash
# Runs every test. With CI=true a missing part is a failure; without, it is a skip
# that says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh go node
if [ "${CI:-}" = true ]; then scripts/parts.sh; else scripts/parts.sh || echo "Going on without; the tests that need it are skipped."; fi
if [ "${CI:-}" = true ]; then scripts/fhirpeer.sh; else scripts/fhirpeer.sh || echo "Going on without a FHIR server; the tests that need it are skipped."; fi
clock() { date +%s; }
t=$(clock)
part() { echo "-- $1: $(( $(clock) - t )) s"; t=$(clock); }
# The browser journey and the kill test work the machine hard: they come after the
# rest, one at a time, so that none waits for the other's processor.
go test -count=1 $(go list ./... | grep -v '/e2e')
part "units, rules, walls, both databases"
go test -count=1 -timeout 15m ./e2e/...
part "journey in the browser, kill -9"
