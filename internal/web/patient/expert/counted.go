package expert

import (
	"strconv"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: how often Medicare paid a doctor for what the person asked to
// count. No number is no proof, and every page that shows one says so.

// worksOf are what the person asked to count, or what the rules propose to begin with.
func worksOf(v *web.Visit, c *casefile.Case) ([]expert.Work, error) {
	works, err := v.House.ExpertWorks(c, v.Lang())
	if err != nil {
		return nil, err
	}
	wish, _, err := wishOf(v, c)
	return expert.Chosen(works, wish), err
}

// countedLine says one count in words; "" when the file has no number.
func countedLine(v *web.Visit, c expert.Counted) string {
	if c.Services == 0 {
		return ""
	}
	return v.Say.T("expert.counted", "times", v.Say.Number(int64(c.Services)), "patients", v.Say.Number(int64(c.Patients)))
}

// countedReasons are the counts that are known, and those that are not.
func countedReasons(v *web.Visit, works []expert.Work, p *expert.Profile, source string) (known, unknown []reason) {
	for _, c := range expert.Count(works, p) {
		if line := countedLine(v, c); line != "" {
			known = append(known, reason{Text: sentence(c.What) + ": " + line, Source: source})
		} else {
			unknown = append(unknown, reason{Text: sentence(c.What) + ": " + v.Say.T("expert.counted.none"), Source: source})
		}
	}
	return known, unknown
}

// countedFacts are the counts as lines of a summary.
func countedFacts(v *web.Visit, works []expert.Work, p *expert.Profile) []ui.Fact {
	var facts []ui.Fact
	for _, c := range expert.Count(works, p) {
		line := countedLine(v, c)
		if line == "" {
			line = v.Say.T("expert.counted.none")
		}
		facts = append(facts, ui.Fact{Label: sentence(c.What), Value: line})
	}
	return facts
}

// workOptions are what can be counted: what is proposed, and all else.
func workOptions(works []expert.Work) (first, more []ui.Option) {
	for _, w := range works {
		o := ui.Option{Value: w.Rule, Label: sentence(w.What)}
		if w.Proposed {
			first = append(first, o)
		} else {
			more = append(more, o)
		}
	}
	return first, more
}

// mostWork is how many can be counted at once, as the page says it.
func mostWork() string { return strconv.Itoa(expert.WorkMax) }
