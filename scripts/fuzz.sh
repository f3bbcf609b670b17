#!/usr/bin/env bash
# Sends any bytes to every reader of what comes from outside, one after the other, each
# for FUZZTIME and with at most 512 MB. What breaks is kept under the package's
# testdata/fuzz and is from then on a test. FUZZ names other packages.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
time=${FUZZTIME:-5m}
read -ra packages <<<"${FUZZ:-./cmd/consilium ./internal/intake/... ./internal/packet ./internal/letters ./internal/directory/...}"
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
for package in $(go list "${packages[@]}"); do
  targets=$(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
  [ -n "$targets" ] || continue
  go test -c -fuzz=. -o "$built/fuzz.test" "$package"
  cd "$root/${package#*/}" # what breaks is written beside the test
  for target in $targets; do
    echo "-- $package $target, $time"
    # 400 MiB are for what lives; the limit of the process leaves room for what is being freed.
    (ulimit -d 524288; GOMEMLIMIT=400MiB "$built/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" \
      -test.fuzzminimizetime 1x -test.parallel 1 -test.fuzzcachedir "$(go env GOCACHE)/fuzz/$package")
  done
  cd "$root"
done
