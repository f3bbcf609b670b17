package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"consilium/internal/expert"
)

// A peer answers a search in PostgreSQL.
type peer struct {
	name string
	db   *pgx.Conn
	ask  func(ctx context.Context, q query) (answer, error)
}

// The two ways in which people do this in PostgreSQL: the textbook one, and the one
// that somebody finds who tunes for this very question.
const (
	textbook = "PostgreSQL, PostGIS GiST + GIN + trigram"
	tuned    = "PostgreSQL, covering b-tree (code, cell)"
)

// copier takes rows as pgx's COPY wants them while the directory gives them one by one.
type copier struct {
	rows <-chan []any
	row  []any
}

func (c *copier) Next() bool             { r, ok := <-c.rows; c.row = r; return ok }
func (c *copier) Values() ([]any, error) { return c.row, nil }
func (c *copier) Err() error             { return nil }

// load copies the directory's rows into both shapes and builds their indexes. each
// gives every provider that a search may find.
func load(ctx context.Context, db *pgx.Conn, each func(func(expert.Profile) error) error, say func(string, ...any)) error {
	setup := []string{
		`CREATE EXTENSION IF NOT EXISTS postgis`, `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
		`CREATE UNLOGGED TABLE provider (npi bigint, name text, codes text[], licences bigint, place geography(Point,4326))`,
		`CREATE UNLOGGED TABLE posting (code text, cell integer, x float8, y float8, z float8, licences bigint, name text, npi bigint)`,
	}
	for _, s := range setup {
		if _, err := db.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	for _, part := range []struct {
		table   string
		columns []string
		rows    func(expert.Profile) [][]any
	}{
		{"provider_in", []string{"npi", "name", "codes", "licences", "lon", "lat"}, providerRow},
		{"posting", []string{"code", "cell", "x", "y", "z", "licences", "name", "npi"}, postingRows},
	} {
		began := time.Now()
		if part.table == "provider_in" {
			if _, err := db.Exec(ctx, `CREATE UNLOGGED TABLE provider_in (npi bigint, name text, codes text[], licences bigint, lon float8, lat float8)`); err != nil {
				return err
			}
		}
		rows := make(chan []any, 4096)
		failed := make(chan error, 1)
		go func() {
			defer close(rows)
			failed <- each(func(p expert.Profile) error {
				for _, r := range part.rows(p) {
					select {
					case rows <- r:
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				return nil
			})
		}()
		n, err := db.CopyFrom(ctx, pgx.Identifier{part.table}, part.columns, &copier{rows: rows})
		if err != nil {
			return fmt.Errorf("copy into %s: %w", part.table, err)
		}
		if err := <-failed; err != nil {
			return err
		}
		say("%s: %d rows copied in %.0f s", part.table, n, time.Since(began).Seconds())
	}
	for _, s := range []string{
		`INSERT INTO provider SELECT npi, name, codes, licences, CASE WHEN lat IS NULL THEN NULL ELSE ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography END FROM provider_in`,
		`DROP TABLE provider_in`,
		`CREATE INDEX provider_place ON provider USING gist (place)`,
		`CREATE INDEX provider_codes ON provider USING gin (codes)`,
		`CREATE INDEX provider_name ON provider USING gin (name gin_trgm_ops)`,
		`CREATE INDEX posting_code_cell ON posting (code, cell) INCLUDE (x, y, z, licences, name, npi)`,
		`VACUUM ANALYZE provider`, `VACUUM ANALYZE posting`,
	} {
		began := time.Now()
		if _, err := db.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
		say("%.60s: %.0f s", s, time.Since(began).Seconds())
	}
	return nil
}

// tokens are the beginnings that a name is searched by, with a blank before each, so
// that "% SM%" finds what begins so.
func tokens(p expert.Profile) string { return " " + strings.Join(nameTokens(p), " ") }

func codes(p expert.Profile) []string {
	out := make([]string, 0, len(p.Specialties))
	for _, s := range p.Specialties {
		out = append(out, s.Code)
	}
	return out
}

func providerRow(p expert.Profile) [][]any {
	row := []any{number(p.NPI), tokens(p), codes(p), licences(p), nil, nil}
	if p.Practice.Placed {
		row[4], row[5] = p.Practice.Lon, p.Practice.Lat
	}
	return [][]any{row}
}

// Cells are a quarter of a degree each way: small enough to fit a circle of 5 miles,
// large enough that one of 100 miles is a dozen ranges.
const perDegree = 4

func cell(lat, lon float64) int32 {
	return int32(math.Floor((lat+90)*perDegree))*360*perDegree + int32(math.Floor((lon+180)*perDegree))
}

func unit(lat, lon float64) (x, y, z float64) {
	a, b := lat*math.Pi/180, lon*math.Pi/180
	return math.Cos(a) * math.Cos(b), math.Cos(a) * math.Sin(b), math.Sin(a)
}

func postingRows(p expert.Profile) [][]any {
	if !p.Practice.Placed {
		return nil
	}
	x, y, z := unit(p.Practice.Lat, p.Practice.Lon)
	at := cell(p.Practice.Lat, p.Practice.Lon)
	var rows [][]any
	for _, c := range codes(p) {
		rows = append(rows, []any{c, at, x, y, z, licences(p), tokens(p), number(p.NPI)})
	}
	return rows
}

const textbookSQL = `
SELECT npi, count(*) OVER () FROM provider
WHERE codes && $1 AND ST_DWithin(place, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography, $4, false)
  AND ($5 = '' OR name LIKE $5) AND ($6 = 0 OR licences & $6 <> 0)
ORDER BY ST_Distance(place, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography, false), npi LIMIT 20`

const tunedSQL = `
WITH hit AS (
  SELECT p.npi, max(p.dot) AS dot
  FROM unnest($1::int[], $2::int[]) AS range(lo, hi),
  LATERAL (
    SELECT npi, x * $3 + y * $4 + z * $5 AS dot FROM posting
    WHERE code = ANY ($6) AND cell BETWEEN range.lo AND range.hi
      AND x * $3 + y * $4 + z * $5 >= $7
      AND ($8 = '' OR name LIKE $8) AND ($9 = 0 OR licences & $9 <> 0)
  ) p
  GROUP BY p.npi)
SELECT npi, count(*) OVER () FROM hit ORDER BY dot DESC, npi LIMIT 20`

// mile is its length in metres.
const mile = 1609.344

func peers(db *pgx.Conn) []peer {
	return []peer{
		{textbook, db, func(ctx context.Context, q query) (answer, error) {
			sql := plain(textbookSQL, q, "$5", "$6")
			return ask(ctx, db, sql, q, []any{q.codes, q.lon, q.lat, q.miles * mile})
		}},
		{tuned, db, func(ctx context.Context, q query) (answer, error) {
			lo, hi := ranges(q)
			x, y, z := unit(q.lat, q.lon)
			sql := plain(tunedSQL, q, "$8", "$9")
			return ask(ctx, db, sql, q, []any{lo, hi, x, y, z, q.codes, math.Cos(q.miles / expert.EarthRadius)})
		}},
	}
}

// plain writes the statement that this query needs, so that no statement is planned
// for conditions it has not: four statements for each peer, each prepared once.
func plain(sql string, q query, name, licence string) string {
	drop := func(s, cond string) string { return strings.Replace(s, cond, "", 1) }
	if q.prefix == "" {
		sql = drop(sql, "AND ("+name+" = '' OR name LIKE "+name+") ")
	} else {
		sql = strings.Replace(sql, "("+name+" = '' OR name LIKE "+name+")", "name LIKE "+name+"::text", 1)
	}
	if q.licensed == 0 {
		sql = drop(sql, "AND ("+licence+" = 0 OR licences & "+licence+" <> 0)")
	} else {
		to := licence
		if q.prefix == "" {
			to = name // its place is free
		}
		sql = strings.Replace(sql, "("+licence+" = 0 OR licences & "+licence+" <> 0)", "licences & "+to+"::bigint <> 0", 1)
	}
	return sql
}

func ask(ctx context.Context, db *pgx.Conn, sql string, q query, args []any) (answer, error) {
	if q.prefix != "" {
		args = append(args, "% "+q.prefix+"%")
	}
	if q.licensed != 0 {
		args = append(args, int64(q.licensed))
	}
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return answer{}, err
	}
	var a answer
	for rows.Next() {
		var npi int64
		if err := rows.Scan(&npi, &a.total); err != nil {
			return answer{}, err
		}
		a.nearest = append(a.nearest, uint32(npi))
	}
	return a, rows.Err()
}

// ranges are the cells of a circle's box, one range for each row of cells.
func ranges(q query) (lo, hi []int32) {
	up := q.miles / expert.EarthRadius * 180 / math.Pi
	wide := min(179, math.Asin(min(1, math.Sin(q.miles/expert.EarthRadius)/math.Cos(q.lat*math.Pi/180)))*180/math.Pi)
	for row := math.Floor((q.lat - up + 90) * perDegree); row <= math.Floor((q.lat+up+90)*perDegree); row++ {
		lat := row/perDegree - 90
		lo = append(lo, cell(lat, q.lon-wide))
		hi = append(hi, cell(lat, q.lon+wide))
	}
	return lo, hi
}
