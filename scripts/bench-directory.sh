#!/usr/bin/env bash
# Times the search over a made-up directory of ROWS providers beside PostgreSQL with
# PostGIS, the same rows and questions in the same run, every answer compared; then the
# build and the scan of a price file beside gunzip. It judges nothing: a busy machine is
# slow, and a number is for a person to read. 8 million rows need 40 GB of disk for an
# hour; WORK says where. PEERS=0 leaves PostgreSQL out.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${ROWS:-8000000}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
say() { printf '\n== %s\n' "$*"; }

bin=$work/consilium
go build -trimpath -ldflags "-s -w" -o "$bin" ./cmd/consilium
go build -trimpath -o "$work/beside" ./bench/directory

zips=${ZIPS:-../shared/data/open/codes/all_us_zipcodes.csv.gz}
nucc=${NUCC:-../shared/data/open/codes/nucc_taxonomy_240.csv}
for f in "$zips" "$nucc"; do
  [ -f "$f" ] || { echo "$f is not here: name the ZIP list with ZIPS=FILE and the NUCC list with NUCC=FILE" >&2; exit 1; }
done

measured() { # runs a command and says how long it took and how much memory it had
  /usr/bin/env time -f '   %e s, %U s of processor time, %M KB of memory at most' "$@"
}

csv=$work/npidata.csv
if [ ! -f "$csv" ]; then
  say "a made-up NPPES file of $rows providers"
  measured "$bin" directory sample -n "$rows" --seed 1 -o "$csv" --nucc "$nucc" --zips "$zips"
fi
ls -l "$work" | awk '{ if ($5) printf "   %14d bytes  %s\n", $5, $9 }'

say "build"
sides=()
for s in hospitals clinicians affiliations reassignments volumes opt-out exclusions payments shared-patients boards; do
  [ -f "$work/npidata.$s.csv" ] && sides+=("--$s" "$work/npidata.$s.csv")
done
measured "$bin" directory build -o "$work/directory.db" --nppes "$csv" --nucc "$nucc" --zips "$zips" "${sides[@]}"
ls -l "$work/directory.db" | awk '{ printf "   %d bytes\n", $5 }'

say "search"
if [ "${PEERS:-1}" = 1 ]; then
  scripts/need.sh initdb
  if ! ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql-postgis >/dev/null
  fi
  pg=$(dirname "$(readlink -f "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | tail -1)")")
  db=$work/pg
  mkdir -p "$db"
  as=()
  if [ "$(id -u)" = 0 ]; then chown postgres "$db"; chmod 755 "$work"; as=(runuser -u postgres --); fi
  (cd "$db" && "${as[@]}" "$pg/initdb" -D "$db/data" -U postgres --auth=trust -E UTF8 --locale=C >/dev/null)
  (cd "$db" && exec "${as[@]}" "$pg/postgres" -D "$db/data" -k "$db" -c listen_addresses= -c shared_buffers=4GB -c work_mem=256MB \
    -c maintenance_work_mem=1GB -c effective_cache_size=12GB -c random_page_cost=1.1 -c jit=off -c max_wal_size=16GB \
    -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 >"$work/pg.log" 2>&1) &
  server=$!
  trap 'pkill -INT -P $server 2>/dev/null || true; kill -INT $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$db"' EXIT
  for _ in $(seq 100); do (cd / && "${as[@]}" "$pg/psql" -h "$db" -U postgres -c 'select 1' >/dev/null 2>&1) && break; sleep 0.2; done
  "$work/beside" -directory "$work/directory.db" -postgres "postgres://postgres@/postgres?host=$db&sslmode=disable" -queries "${QUERIES:-1000}" -rounds "${ROUNDS:-3}"
else
  "$work/beside" -directory "$work/directory.db" -queries "${QUERIES:-1000}" -rounds "${ROUNDS:-3}"
fi

say "price file beside gunzip"
go test -run '^$' -bench 'Benchmark.*Rates' -benchtime 1x -count 5 ./internal/directory/network | grep -E 'Benchmark' || true
