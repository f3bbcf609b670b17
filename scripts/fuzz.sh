#!/usr/bin/env bash
# Sends any bytes to the engine commands, one after the other, each for FUZZTIME. What
# breaks is kept under cmd/consilium/testdata/fuzz and is from then on a test.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-5m}
for target in FuzzCoverageCheck FuzzCoverageCost FuzzAppealPlan; do
  echo "-- $target, $time"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" ./cmd/consilium
done
