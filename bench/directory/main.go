// Command directory sets the search of a directory file beside PostgreSQL: the same
// rows, the same questions, in alternating rounds, every answer compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"consilium/internal/directory"
	"consilium/internal/expert"
)

func main() {
	file := flag.String("directory", "", "directory file, made by consilium directory build")
	url := flag.String("postgres", "", "an empty PostgreSQL database with PostGIS to be had; empty: our search alone")
	n := flag.Int("queries", 1000, "questions in a round")
	rounds := flag.Int("rounds", 3, "rounds")
	seed := flag.Uint64("seed", 1, "of the questions")
	loaded := flag.Bool("loaded", false, "the database has the rows from a run before")
	slow := flag.Int("textbook", 300, "questions in a round for the textbook way, which is slow")
	flag.Parse()
	if err := run(context.Background(), *file, *url, settings{*n, *rounds, *slow, *seed, *loaded}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type settings struct {
	queries, rounds, slow int
	seed                  uint64
	loaded                bool
}

func say(form string, a ...any) { fmt.Fprintf(os.Stderr, form+"\n", a...) }

func run(ctx context.Context, file, url string, s settings) error {
	began := time.Now()
	d, err := directory.Open(file)
	if err != nil {
		return err
	}
	defer d.Close()
	say("opened and every byte checked in %.2f s", time.Since(began).Seconds())
	qs, err := questions(ctx, d, s)
	if err != nil {
		return err
	}
	engines := []engine{{"Consilium directory file", s.queries, func(q query) (answer, error) { return ours(ctx, d, q) }}}
	if url != "" {
		db, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer db.Close(ctx)
		each := func(f func(expert.Profile) error) error {
			return d.Each(ctx, func(p expert.Profile) error {
				if p.Exclusion != nil {
					return nil // a search never finds them
				}
				return f(p)
			})
		}
		if !s.loaded {
			if err := load(ctx, db, each, say); err != nil {
				return err
			}
		}
		for _, p := range peers(db) {
			n := s.queries
			if p.name == textbook {
				n = min(n, s.slow)
			}
			engines = append(engines, engine{p.name, n, func(q query) (answer, error) { return p.ask(ctx, q) }})
		}
	}
	if err := compare(engines, qs, s.rounds); err != nil {
		return err
	}
	return names(ctx, d, s)
}

type engine struct {
	name string
	n    int
	ask  func(query) (answer, error)
}

// compare asks every engine every question of its share: once to warm up and to
// compare the answers, then in alternating rounds against the clock.
func compare(engines []engine, qs []query, rounds int) error {
	truth := make([]answer, len(qs))
	for i, e := range engines {
		for j, q := range qs[:e.n] {
			a, err := e.ask(q)
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			if i == 0 {
				truth[j] = a
			} else if a.total != truth[j].total || !slices.Equal(a.nearest, truth[j].nearest) {
				return fmt.Errorf("question %d %+v: %s answers %+v, %s answers %+v", j, q, engines[0].name, truth[j], e.name, a)
			}
		}
		say("%s: warm, %d answers compared", e.name, e.n)
	}
	times := make([][]time.Duration, len(engines))
	for range rounds {
		for i, e := range engines {
			for _, q := range qs[:e.n] {
				began := time.Now()
				if _, err := e.ask(q); err != nil {
					return err
				}
				times[i] = append(times[i], time.Since(began))
			}
		}
	}
	matches := 0
	for _, a := range truth {
		matches += a.total
	}
	fmt.Printf("%d questions, %d matches each on average, %d rounds; every total and every nearest 20 agree\n\n", len(qs), matches/len(qs), rounds)
	fmt.Println("| engine | p50 ms | p99 ms | questions/s | p50 beside ours | p99 beside ours |")
	fmt.Println("|---|---|---|---|---|---|")
	for i, e := range engines {
		fmt.Printf("| %s | %.3f | %.3f | %.0f | %.1f | %.1f |\n", e.name, ms(at(times[i], 50)), ms(at(times[i], 99)), rate(times[i]),
			float64(at(times[i], 50))/float64(at(times[0], 50)), float64(at(times[i], 99))/float64(at(times[0], 99)))
	}
	return nil
}

func at(all []time.Duration, percent int) time.Duration {
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*percent/100)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func rate(all []time.Duration) float64 {
	var sum time.Duration
	for _, d := range all {
		sum += d
	}
	return float64(len(all)) / sum.Seconds()
}
