package records

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"consilium/internal/clinical"
)

// Holder is somebody who made or keeps records of the patient, as the files at hand
// name them: a suggestion of whom to ask.
type Holder struct {
	Name   string   // as it is written most often
	Also   []string // other spellings
	Person bool     // a single person, and not a place: ask where they work
	Kept   bool     // a file says that they keep the record (custodian)
	NPI    string   // where a file gives it
	OID    string   // where a file gives it
	Made   []Made   // what, the most first
	First  string   // the earliest date, YYYY-MM-DD or as exact as is known
	Last   string   // the latest
	Tops   []string // SHA-256 of the received files that name them
}

// Made is how much of a kind a holder made, and when.
type Made struct {
	Kind  clinical.Kind
	Count int
	First string
	Last  string
}

// Count is how many things the holder made.
func (h Holder) Count() int {
	n := 0
	for _, m := range h.Made {
		n += m.Count
	}
	return n
}

// Holders lists everybody whom the files that are the patient's name as a performer,
// an author, a custodian or a place of a visit, those with most records first. Two
// spellings of one name are one holder.
func Holders(files []File) []Holder {
	g := holders{at: map[string]*Holder{}, names: map[string]map[string]int{}}
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			for _, x := range clinical.Standing(p.Used) {
				g.fact(x, p.Top)
			}
		})
		if f.Label.From != "" {
			g.add(f.Label.From, clinical.Document, f.Label.Date, f.SHA256)
		}
	}
	out := make([]Holder, 0, len(g.at))
	for key, h := range g.at {
		h.spell(g.names[key])
		slices.SortFunc(h.Made, func(a, b Made) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
		})
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Count(), a.Count()), cmp.Compare(a.Name, b.Name))
	})
	return out
}

type holders struct {
	at    map[string]*Holder
	names map[string]map[string]int
}

// nobodies are words that records put where a name should be.
var nobodies = []string{"", "unknown", "null", "n a", "na", "none", "patient", "self", "external", "not available", "unspecified", "information not available"}

// fact takes everybody whom a fact names.
func (g *holders) fact(f clinical.Fact, top string) {
	if f.Kind == clinical.FamilyHistory {
		return
	}
	g.add(f.Who, f.Kind, f.Date, top)
	for _, c := range f.Components {
		switch strings.ToLower(c.Text) {
		case "custodian":
			if h := g.add(c.Value, f.Kind, f.Date, top); h != nil {
				h.Kept = true
			}
		case "location", "facility", "performer", "organization", "service provider", "institution":
			if h := g.add(c.Value, f.Kind, f.Date, top); h != nil {
				h.numbers(c.Codes)
			}
		}
	}
}

// numbers takes a holder's own numbers, where a part of a fact bears them.
func (h *Holder) numbers(codes []clinical.Code) {
	for _, c := range codes {
		switch c.System {
		case "http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6":
			h.NPI = c.Code
		case "urn:ietf:rfc:3986":
			h.OID = strings.TrimPrefix(c.Code, "urn:oid:")
		}
	}
}

func (g *holders) add(name string, kind clinical.Kind, date, top string) *Holder {
	name = strings.Join(strings.Fields(name), " ")
	key, person := holderKey(name)
	if key == "" || slices.Contains(nobodies, key) {
		return nil
	}
	h := g.at[key]
	if h == nil {
		h = &Holder{Person: person}
		g.at[key], g.names[key] = h, map[string]int{}
	}
	g.names[key][name]++
	h.Person = h.Person && person
	if !slices.Contains(h.Tops, top) {
		h.Tops = append(h.Tops, top)
	}
	d := day(date)
	if !clinical.ReadableDate(d) {
		d = ""
	}
	i := slices.IndexFunc(h.Made, func(m Made) bool { return m.Kind == kind })
	if i < 0 {
		h.Made = append(h.Made, Made{Kind: kind})
		i = len(h.Made) - 1
	}
	m := &h.Made[i]
	m.Count++
	widen(&m.First, &m.Last, d)
	widen(&h.First, &h.Last, d)
	return h
}

// widen stretches a span of dates to hold another one.
func widen(first, last *string, d string) {
	if d == "" {
		return
	}
	if *first == "" || clinical.CompareDates(d, *first) < 0 {
		*first = d
	}
	if *last == "" || clinical.CompareDates(d, *last) > 0 {
		*last = d
	}
}

// spell chooses the spelling written most often; the others are kept.
func (h *Holder) spell(names map[string]int) {
	all := make([]string, 0, len(names))
	for n := range names {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(names[b], names[a]), cmp.Compare(shouting(a), shouting(b)), cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	h.Name, h.Also = all[0], all[1:]
}

// shouting is 1 for a name in capitals only, which reads worse.
func shouting(s string) int {
	if s == strings.ToUpper(s) {
		return 1
	}
	return 0
}

// places are words that only the name of a place has.
var places = []string{
	"hospital", "clinic", "center", "centre", "medical", "health", "laboratory", "laboratories", "lab", "labs", "imaging", "radiology", "pathology", "associates", "group", "practice",
	"university", "institute", "pharmacy", "system", "inc", "llc", "pc", "pllc", "department", "office", "care", "services", "surgery", "oncology", "hospice", "va", "vamc", "diagnostics", "partners", "physicians", "urgentcare", "corporation", "company",
}

// credentials stand behind a person's name.
var credentials = []string{"md", "do", "rn", "np", "pa", "phd", "dds", "dmd", "mbbs", "facs", "facp", "dr", "aprn", "crnp", "fnp", "pharmd", "jr", "sr", "ii", "iii", "mph"}

// abbreviated are the short forms in which places are written.
var abbreviated = map[string]string{
	"hosp": "hospital", "ctr": "center", "centre": "center", "med": "medical", "univ": "university", "dept": "department", "assoc": "associates", "grp": "group",
	"lab": "laboratory", "labs": "laboratories", "st": "saint", "mt": "mount", "rad": "radiology", "inst": "institute", "svcs": "services",
}

// holderKey is what the spellings of one name share: of a place its words, of a
// person the words in any order without titles and single letters.
func holderKey(name string) (key string, person bool) {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '.':
		case r == '&':
			b.WriteString(" and ")
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	place := len(words) == 1
	for i, w := range words {
		place = place || slices.Contains(places, w) || abbreviated[w] != "" && w != "st" && w != "med"
		if long := abbreviated[w]; long != "" {
			words[i] = long
		}
	}
	if place {
		words = slices.DeleteFunc(words, func(w string) bool { return w == "the" || w == "inc" || w == "llc" })
		return strings.Join(words, " "), false
	}
	all := slices.Clone(words)
	words = slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains(credentials, w) || len([]rune(w)) == 1
	})
	if len(words) < 2 {
		words = all
	}
	slices.Sort(words)
	return strings.Join(words, " "), true
}
