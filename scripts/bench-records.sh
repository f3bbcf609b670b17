#!/usr/bin/env bash
# Times the reading and keeping of records and sets each median beside its target. It
# judges nothing: a busy machine is slow, and a number is for a person to read. The
# upload is measured beside the machine's own limits in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
# The last column is how much better than the target it is: below 1 misses it.
say() { # name, measured, target, unit, "most" or "least"
  awk -v n="$1" -v m="$2" -v t="$3" -v u="$4" -v way="$5" 'BEGIN {
    if (m == "") { printf "%-52s not measured\n", n; exit }
    r = way == "most" ? t / m : m / t
    printf "%-52s %10.2f %-12s target at %-5s %8.2f   %5.2f times%s\n", n, m, u, way, t, r, (r < 1 ? "   <-- missed" : "") }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'; }
of() { awk -v b="^$2" -v unit="$3" '$1 ~ b { for (i = 2; i <= NF; i++) if ($i == unit) print $(i - 1) }' <<<"$1" | median; }
bench() { go test -run '^$' -bench "^$2\$" -benchtime "$3" -count "$runs" "$1"; }

fhir=$(bench ./internal/intake BenchmarkFHIR 3x)
ccda=$(bench ./internal/intake/ccda BenchmarkCCDA 3x)
dicom=$(bench ./internal/intake/dicom BenchmarkHeader 1s)
import=$(bench ./internal/demo BenchmarkImport 5x)
upload=$(bench ./internal/web/patient/records BenchmarkUpload 1x)

say "FHIR read and validated, one core" "$(of "$fhir" BenchmarkFHIR MB/s)" 60 MB/s least
say "C-CDA read, of processor time" "$(of "$ccda" BenchmarkCCDA MB/cpu-s)" 30 MB/s least
say "DICOM headers, one core" "$(of "$dicom" BenchmarkHeader files/s)" 2000 files/s least
resources=$(of "$import" BenchmarkImport resources/s)
say "bundles into a case, beside Fasten's library on SQLite" "$resources" 3300 resources/s least
say "bundles into a case, beside 20 times Medplum" "$resources" 1880 resources/s least
say "1 GB uploaded, time beside the slower limit" "$(of "$upload" BenchmarkUpload ratio)" 1.5 times most
printf '%-52s %10.0f MB/s; SHA-256 %.0f MB/s; plain write with fsync %.0f MB/s\n' "  of which" \
  "$(of "$upload" BenchmarkUpload MB/s)" "$(of "$upload" BenchmarkUpload sha256-MB/s)" "$(of "$upload" BenchmarkUpload disk-MB/s)"

# Memory for one large bundle, in times of its own size.
big=$(mktemp -d)
trap 'rm -rf "$big"' EXIT
go build -trimpath -ldflags "-s -w" -o "$big/consilium" ./cmd/consilium
if ls ../shared/data/open/fhir/synthea-2021/*.json.gz >/dev/null 2>&1 && command -v jq >/dev/null; then
  { echo '{"resourceType":"Bundle","type":"collection","entry":['
    for _ in 1 2; do zcat ../shared/data/open/fhir/synthea-2019/*.json.gz ../shared/data/open/fhir/synthea-2021/*.json.gz | jq -c '.entry[]?'; done | sed '$!s/$/,/'
    echo ']}'; } >"$big/bundle.json"
  size=$(stat -c %s "$big/bundle.json")
  peak=$(/usr/bin/env time -f %M "$big/consilium" records read "$big/bundle.json" 2>&1 >/dev/null | tail -1)
  base=$(/usr/bin/env time -f %M "$big/consilium" schema need check 2>&1 >/dev/null | tail -1)
  say "memory for a bundle of $((size >> 20)) MB" "$(awk -v p="$peak" -v b="$base" -v s="$size" 'BEGIN { print (p - b) * 1024 / s }')" 4 "times" most
fi
