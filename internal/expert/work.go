package expert

import (
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// topicVolume is the topic of the rules that says what to count.
const topicVolume = "expert_volume"

// WorkMax is how many kinds of work can be counted in one search.
const WorkMax = 8

// Work is something that doctors do and Medicare's public file counts (facts.md
// PUF-01): an operation, a treatment, a second look at slides. The rules propose it for
// a condition; the person chooses.
type Work struct {
	Rule     string   // names it in a wish
	Role     string   // of who does it: medical, surgery, radiotherapy, pathology
	What     string   // in plain words
	Codes    []string // HCPCS
	Proposed bool     // for this condition
	Why      finding.Finding
}

// Works gives all that can be counted, what the rules propose for the condition first.
func Works(icd10 string, on contract.Date, from Sources) []Work {
	facts := map[string]any{"asked.all": false, "condition.icd10": icd10}
	var proposed []string
	if icd10 != "" {
		for _, f := range from.Book.Judge(topicVolume, facts, on, from.Lang).Fired {
			proposed = append(proposed, f.Rule)
		}
	}
	var all []Work
	for _, f := range from.Book.Judge(topicVolume, map[string]any{"asked.all": true}, on, from.Lang).Fired {
		if f.Kind != "procedure" {
			continue
		}
		f.Finding.Reason = strings.ReplaceAll(f.Finding.Reason, "[icd10]", strings.ToUpper(icd10))
		all = append(all, Work{Rule: f.Rule, Role: f.Sets["role"], What: f.Words["what"], Codes: strings.Fields(f.Sets["codes"]), Proposed: slices.Contains(proposed, f.Rule), Why: f.Finding})
	}
	slices.SortStableFunc(all, func(a, b Work) int {
		switch {
		case a.Proposed == b.Proposed:
			return 0
		case a.Proposed:
			return -1
		}
		return 1
	})
	return all
}

// FirstWork is what to count before the person has said anything: what is proposed for
// the condition and done by the fields of work that the rules look for first.
func FirstWork(works []Work, proposed []Proposed) []string {
	var ids []string
	for _, w := range works {
		if w.Proposed && len(ids) < WorkMax && slices.ContainsFunc(proposed, func(p Proposed) bool { return p.First && p.Role == w.Role }) {
			ids = append(ids, w.Rule)
		}
	}
	return ids
}

// Chosen gives the works of a wish, in the order of the list.
func Chosen(works []Work, wish Wish) []Work {
	return slices.DeleteFunc(slices.Clone(works), func(w Work) bool { return !slices.Contains(wish.Work, w.Rule) })
}

// HCPCS gives the codes of works, each once.
func HCPCS(works []Work) []string {
	var codes []string
	for _, w := range works {
		for _, c := range w.Codes {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// Counted is how often Medicare paid one doctor for a kind of work in the year of the
// file. Services is 0 when no row is there, which is no proof: the file leaves out each
// number below eleven patients and everyone without Original Medicare (PUF-02). The
// patients of two codes can be the same people, so that Patients, their largest number,
// is the least that there were.
type Counted struct {
	Work
	Services, Patients int
}

// Count reads the works from a profile.
func Count(works []Work, p *Profile) []Counted {
	var out []Counted
	for _, w := range works {
		c := Counted{Work: w}
		if p != nil {
			for _, v := range p.Volumes {
				if slices.Contains(w.Codes, v.HCPCS) {
					c.Services, c.Patients = c.Services+v.Services, max(c.Patients, v.Patients)
				}
			}
		}
		out = append(out, c)
	}
	return out
}
