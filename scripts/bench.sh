#!/usr/bin/env bash
# Times the engines and sets each median beside its target. It judges nothing: a busy
# machine is slow, and a number is for a person to read.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-7}
say() { # name, measured, target, unit, "most" or "least"
  awk -v n="$1" -v m="$2" -v t="$3" -v u="$4" -v way="$5" 'BEGIN {
    r = way == "most" ? m / t : t / m
    printf "%-44s %10.2f %-8s target at %-5s %8.0f   ratio %.2f%s\n", n, m, u, way, t, r, (r > 1 ? "   <-- over" : "") }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

rules=$(go test -run '^$' -bench '^BenchmarkLoadAndCompile$' -benchtime 10x -count "$runs" ./internal/rulebook)
engines=$(go test -run '^$' -bench '^Benchmark(CoverageCheck|CoverageCost|AppealPlan)$' -benchtime 300x -count "$runs" ./cmd/consilium)
lines=$(go test -run '^$' -bench '^BenchmarkCost$' -benchtime 2000x -count "$runs" ./internal/coverage)
of() { awk -v b="^$2" -v unit="$3" '$1 ~ b { for (i = 2; i <= NF; i++) if ($i == unit) print $(i - 1) }' <<<"$1" | median; }
ms() { awk -v n="$1" 'BEGIN { print n / 1000000 }'; }

go build -trimpath -ldflags "-s -w" -o bin/.bench ./cmd/consilium
trap 'rm -f bin/.bench' EXIT
cold() { # command and its example
  for _ in $(seq "$runs"); do
    s=$(date +%s%N)
    # shellcheck disable=SC2086
    bin/.bench $1 --in "$2" >/dev/null
    echo $((($(date +%s%N) - s)))
  done | median
}

say "every rule read and compiled" "$(ms "$(of "$rules" BenchmarkLoadAndCompile ns/op)")" 100 ms most
say "coverage check, warm" "$(ms "$(of "$engines" BenchmarkCoverageCheck ns/op)")" 2 ms most
say "appeal plan, warm" "$(ms "$(of "$engines" BenchmarkAppealPlan ns/op)")" 2 ms most
say "coverage cost, one visit, warm" "$(ms "$(of "$engines" BenchmarkCoverageCost ns/op)")" 2 ms most
say "coverage cost, visit after visit" "$(of "$lines" BenchmarkCost lines/s)" 10000 lines/s least
say "coverage check, the command cold" "$(ms "$(cold "coverage check" docs/examples/coverage-check/hmo-california.in.json)")" 150 ms most
say "coverage cost, the command cold" "$(ms "$(cold "coverage cost" docs/examples/coverage-cost/in-network-deductible.in.json)")" 150 ms most
say "appeal plan, the command cold" "$(ms "$(cold "appeal plan" docs/examples/appeal-plan/erisa-prior-authorization.in.json)")" 150 ms most
