package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"consilium/internal/directory"
	"consilium/internal/expert"
)

// query is one question: specialties near a place, three in ten with the beginning of
// a name, three in ten with a state of licence.
type query struct {
	codes    []string
	zip      string
	lat, lon float64
	miles    float64
	prefix   string // of any word of the name
	state    string
	licensed uint64 // the same state as a bit
}

type answer struct {
	total   int
	nearest []uint32
}

// ours asks the directory file.
func ours(ctx context.Context, d *directory.Directory, q query) (answer, error) {
	found, err := d.Find(ctx, expert.Query{
		Codes: q.codes, Centre: &expert.Centre{Lat: q.lat, Lon: q.lon}, Miles: q.miles, Name: q.prefix, Licensed: q.state, Kind: expert.Anybody, ByDistance: true, Limit: 20,
	})
	if err != nil {
		return answer{}, err
	}
	if found.Near {
		return answer{}, nil // spelled nearly so: the peers know no such thing
	}
	a := answer{total: found.Total}
	for _, m := range found.Matches {
		a.nearest = append(a.nearest, uint32(number(m.Profile.NPI)))
	}
	return a, nil
}

// specialties are asked for in sets of one to four: a patient looks for one of these.
var specialties = []string{
	"207RX0202X", "207RH0003X", "2086X0206X", "2085R0001X", "207ZP0102X", "2085R0202X", "207T00000X", "207X00000X",
	"207RC0000X", "208G00000X", "2084N0400X", "207RG0100X", "207RE0101X", "207RR0500X", "207RN0300X", "207RP1001X",
	"207V00000X", "207W00000X", "207Y00000X", "207N00000X", "208800000X", "208600000X", "207R00000X", "207Q00000X",
}

// questions draws places by where providers are: most people live where most doctors do.
func questions(ctx context.Context, d *directory.Directory, s settings) ([]query, error) {
	random := rand.New(rand.NewPCG(s.seed, 1))
	from, err := sampleOf(ctx, d, random, s.queries)
	if err != nil {
		return nil, err
	}
	qs := make([]query, s.queries)
	for i := range qs {
		p := from[random.IntN(len(from))]
		q := query{zip: p.Practice.ZIP, lat: p.Practice.Lat, lon: p.Practice.Lon, miles: float64(5 + random.IntN(96))}
		for n := 1 + random.IntN(4); len(q.codes) < n; {
			if c := specialties[random.IntN(len(specialties))]; !slices.Contains(q.codes, c) {
				q.codes = append(q.codes, c)
			}
		}
		if random.IntN(10) < 3 {
			names := nameTokens(from[random.IntN(len(from))])
			if name := names[0]; len(name) >= 2 {
				q.prefix = name[:min(len(name), 2+random.IntN(3))]
			}
		}
		if random.IntN(10) < 3 {
			q.state = p.Practice.State
			q.licensed = bit(q.state)
		}
		qs[i] = q
	}
	return qs, nil
}

// sampleOf draws n clinicians whose place is known, in one pass, each as likely as the
// next, so that the questions are the same for the same file and seed.
func sampleOf(ctx context.Context, d *directory.Directory, random *rand.Rand, n int) ([]expert.Profile, error) {
	var from []expert.Profile
	seen := 0
	err := d.Each(ctx, func(p expert.Profile) error {
		if !p.Practice.Placed {
			return nil
		}
		seen++
		if len(from) < n {
			from = append(from, p)
		} else if i := random.IntN(seen); i < len(from) {
			from[i] = p
		}
		return nil
	})
	if err == nil && len(from) == 0 {
		err = fmt.Errorf("the directory has nobody whose place is known")
	}
	return from, err
}

// nameTokens are the words by which somebody may be found: upper case, plain letters.
func nameTokens(p expert.Profile) []string {
	n := p.Name
	all := strings.Join([]string{n.Last, n.First, n.Middle, n.Former, n.Organization, n.Known}, " ")
	words := strings.FieldsFunc(strings.ToUpper(norm.NFD.String(all)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’'
	})
	for i, w := range words {
		words[i] = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' {
				return -1
			}
			return r
		}, w)
	}
	return words
}

func number(npi string) int64 {
	n, _ := strconv.ParseInt(npi, 10, 64)
	return n
}

// states take a bit each in the order in which they are met.
var states = map[string]uint64{}

func bit(state string) uint64 {
	if state == "" {
		return 0
	}
	b, ok := states[state]
	if !ok {
		b = 1 << len(states)
		states[state] = b
	}
	return b
}

func licences(p expert.Profile) int64 {
	var mask uint64
	for _, s := range p.Specialties {
		mask |= bit(s.LicenseState)
	}
	return int64(mask)
}
