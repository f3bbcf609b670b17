package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"consilium/internal/directory"
	"consilium/internal/expert"
)

// names times searches by name alone through the whole country: two letters and more
// of a surname, with and without the first letter of a given name, and misspelt.
func names(ctx context.Context, d *directory.Directory, s settings) error {
	random := rand.New(rand.NewPCG(s.seed, 2))
	from, err := sampleOf(ctx, d, random, s.queries)
	if err != nil {
		return err
	}
	ask := map[string]func(expert.Profile) string{
		"beginning of a surname": func(p expert.Profile) string { return begin(p.Name.Last, 2+random.IntN(5)) },
		"surname and an initial": func(p expert.Profile) string {
			return begin(p.Name.Last, 2+random.IntN(5)) + " " + begin(p.Name.First, 1)
		},
		"a surname with two letters the other way round": func(p expert.Profile) string { return swapped(p.Name.Last, random) },
	}
	fmt.Println("\n| name alone, whole country | p50 ms | p99 ms | found on average |")
	fmt.Println("|---|---|---|---|")
	for _, what := range []string{"beginning of a surname", "surname and an initial", "a surname with two letters the other way round"} {
		var took []time.Duration
		found := 0
		for _, p := range from {
			q := expert.Query{Name: ask[what](p), Limit: 20}
			if len(q.Name) < 2 {
				continue
			}
			began := time.Now()
			f, err := d.Find(ctx, q)
			if err != nil {
				return err
			}
			took = append(took, time.Since(began))
			found += f.Total
		}
		if len(took) > 0 {
			fmt.Printf("| %s | %.3f | %.3f | %d |\n", what, ms(at(took, 50)), ms(at(took, 99)), found/len(took))
		}
	}
	return nil
}

func begin(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

func swapped(s string, random *rand.Rand) string {
	r := []rune(s)
	if len(r) < 5 {
		return s
	}
	i := 1 + random.IntN(len(r)-3)
	r[i], r[i+1] = r[i+1], r[i]
	return string(r)
}
