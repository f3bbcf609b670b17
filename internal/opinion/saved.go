package opinion

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Kind is the kind of the document that holds an opinion, one for each doctor.
const Kind casefile.Kind = "opinion"

// IDs are the names of a case's opinions, in the order in which they come.
var IDs = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

// First is the opinion of the doctor with whom it all began.
const First = "first"

// Ref is where an opinion lies.
func Ref(id string) casefile.Ref { return casefile.Ref{Kind: Kind, Name: id} }

// ComparisonRef and DecisionRef are where the comparison and the decision lie: one
// of each in a case.
var (
	ComparisonRef = casefile.Ref{Kind: "comparison"}
	DecisionRef   = casefile.Ref{Kind: "decision"}
)

// All gives the case's opinions in the order of IDs.
func All(c *casefile.Case) ([]Opinion, error) {
	var all []Opinion
	for _, id := range IDs {
		o, version, err := casefile.Read[Opinion](c, Ref(id))
		if err != nil {
			return nil, err
		}
		if version > 0 {
			o.ID = id
			all = append(all, o)
		}
	}
	return all, nil
}

// NextID is the id of the next opinion after the first doctor's; "" when the case
// holds as many as can be compared.
func NextID(c *casefile.Case) string {
	for _, id := range IDs[1:] {
		if !c.Has(Ref(id)) {
			return id
		}
	}
	return ""
}

// Made is an opinion as it was when something was made from it.
type Made struct {
	ID      string           `json:"id"`
	Version casefile.Version `json:"version"`
}

// Now lists the case's opinions with their versions.
func Now(c *casefile.Case) []Made {
	var all []Made
	for _, id := range IDs {
		if n := c.Version(Ref(id)); n > 0 {
			all = append(all, Made{ID: id, Version: n})
		}
	}
	return all
}

// Comparison is a comparison that the person has read: what it was made from and
// what it said, so that it can be shown and explained years later.
type Comparison struct {
	On       string `json:"on"` // YYYY-MM-DD
	Language string `json:"language"`
	Of       []Made `json:"of"`
	Input    Input  `json:"input"`
	Answer   Answer `json:"answer"`
}

// Stale tells whether an opinion was added or changed since the comparison was read.
func (c Comparison) Stale(now []Made) bool { return !slices.Equal(c.Of, now) }

// AboutText says in a language what an agreement or a difference is about.
func AboutText(about, lang string) string {
	if lang != "es" {
		lang = "en"
	}
	return say(lang, "about."+about)
}

// Table gives what is on the table of a decision: the options that the opinions
// name now, under the ids that the decision already gave them, then the patient's own.
// An option that no opinion names any more stays as long as it is the chosen one.
func (d Decision) Table(list []Opinion) []Choice {
	var out []Choice
	used := map[string]bool{}
	for _, o := range d.Options {
		used[o.ID] = true
	}
	known := func(text string) (string, bool) {
		for _, o := range d.Options {
			if !o.Own && o.Text == text {
				return o.ID, true
			}
		}
		return "", false
	}
	n := 0
	for _, o := range OnTheTable(list) {
		id, ok := known(o.Text)
		for !ok {
			n++
			id = "o" + itoa(n)
			ok = !used[id]
		}
		used[id] = true
		o.ID = id
		out = append(out, o)
	}
	for _, o := range d.Options {
		gone := !slices.ContainsFunc(out, func(x Choice) bool { return x.ID == o.ID })
		if gone && (o.Own || o.ID == d.Chosen) {
			out = append(out, Choice{ID: o.ID, Text: o.Text, Own: o.Own})
		}
	}
	return out
}

// Settle puts a decision on a table: what was judged of options or values that are
// no longer there is left out.
func (d Decision) Settle(table []Choice) Decision {
	ids, whats := map[string]bool{}, map[string]bool{}
	for _, o := range table {
		ids[o.ID] = true
	}
	for _, v := range d.Values {
		whats[v.What] = true
	}
	d.Options = table
	d.Fits = slices.DeleteFunc(slices.Clone(d.Fits), func(f Fit) bool { return !ids[f.Option] || !whats[f.Value] })
	return d
}

// Find gives the opinion with this id.
func Find(list []Opinion, id string) (Opinion, error) {
	for _, o := range list {
		if o.ID == id {
			return o, nil
		}
	}
	return Opinion{}, fault.New(fault.NotFound, "fault.not_found")
}

// Outcome tells how far the opinion answers a question: answered, partly, not; "" where
// nothing is noted.
func (o Opinion) Outcome(question string) string {
	for _, g := range o.Answers {
		if g.Question == question {
			return outcome(o.Answers, question)
		}
	}
	return ""
}
