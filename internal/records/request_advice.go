package records

import (
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// AdviceOn gives on a day, in "en" or "es", what else it helps to know of a paper of the
// request: in which form copies must be given, what a laboratory and a place that makes
// mammograms must do, why a form is needed where copies go to somebody else.
func (r Request) AdviceOn(on contract.Date, lang, paper string, book Book) []finding.Finding {
	facts := map[string]any{}
	switch paper {
	case AccessPaper:
		facts["asks.access"], facts["asks.mammogram"] = true, r.asksMammogram()
		facts["asks.pathology"], facts["asks.lab"] = r.Ask.Has(AskPathology), r.Ask.Has(AskPathology) || saysOne(strings.ToLower(r.Holder.Name+" "+r.Holder.Office), laboratories)
	case AuthorizationPaper:
		facts["asks.doctor"] = true
	default:
		return nil
	}
	var out []finding.Finding
	for _, f := range book.Judge(RequestTopic, facts, on, lang).Fired {
		if f.Kind == "scope" || f.Kind == "note" || f.Kind == "mammogram" {
			out = append(out, f.Finding)
		}
	}
	return out
}

// MammogramsOn gives what a place may charge for mammograms, where they are asked for.
func (r Request) MammogramsOn(on contract.Date, lang string, book Book) []finding.Finding {
	var out []finding.Finding
	for _, f := range book.Judge(RequestTopic, map[string]any{"asks.mammogram": r.asksMammogram()}, on, lang).Fired {
		if f.Kind == "mammogram" {
			out = append(out, f.Finding)
		}
	}
	return out
}

// laboratories are words in the names of laboratories.
var laboratories = []string{"lab", "labs", "laborator", "patholog", "patolog"}

func (r Request) asksMammogram() bool {
	return slices.Contains(r.Items, "mammogram") || saysOne(strings.ToLower(r.Ask.Details), []string{"mammo", "mamograf"})
}

// Clocks are the two clocks of all requests together.
type Clocks struct {
	First contract.Date // the day on which the first request went out
	Whole contract.Date // the day on which the last of what was asked for came; zero while something is awaited
	Open  int           // how many are awaited
}

// ClocksOf counts over the requests, each with its own clock. What was let go, and what
// nobody keeps, is not waited for.
func ClocksOf(requests []Request, clock func(Request) Clock) Clocks {
	var all Clocks
	whole := len(requests) > 0
	for _, r := range requests {
		k := clock(r)
		if !k.Sent.IsZero() && (all.First.IsZero() || k.Sent.Before(all.First)) {
			all.First = k.Sent
		}
		if k.Open() {
			all.Open++
		}
		if r.Dropped || k.Stands == NoneThere {
			continue
		}
		whole = whole && !k.Complete.IsZero()
		if k.Complete.After(all.Whole) {
			all.Whole = k.Complete
		}
	}
	if !whole {
		all.Whole = contract.Date{}
	}
	return all
}
