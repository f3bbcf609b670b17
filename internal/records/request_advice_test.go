package records

import (
	"slices"
	"testing"

	"consilium/internal/contract"
)

func TestWhatHelpsToKnowIsSaidWhereItIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		name  string
		r     Request
		paper string
		want  []string
		not   []string
	}{
		{"copies for oneself", Request{Holder: Keeper{Name: "Bay Clinic"}}, AccessPaper, []string{"REC-07"}, []string{"REC-08", "REC-15", "RET-09", "RET-07"}},
		{"a laboratory", Request{Holder: Keeper{Name: "Quarry Labs"}}, AccessPaper, []string{"REC-07", "REC-15"}, []string{"RET-09"}},
		{"tissue", Request{Ask: Ask{Kinds: []string{AskPathology}}}, AccessPaper, []string{"REC-15", "RET-07"}, nil},
		{"mammograms on the list", Request{Items: []string{"mammogram"}}, AccessPaper, []string{"RET-09", "RET-09-D"}, nil},
		{"mammograms in words", Request{Ask: Ask{Details: "Todas las mamografías de 2025"}}, AccessPaper, []string{"RET-09"}, nil},
		{"a form for somebody else", Request{}, AuthorizationPaper, []string{"REC-08"}, []string{"REC-07"}},
		{"no advice on other forms", Request{}, PsychotherapyPaper, nil, []string{"REC-08"}},
	} {
		var rules []string
		for _, f := range c.r.AdviceOn(contract.MustDate(today), "en", c.paper, book) {
			rules = append(rules, f.Rule)
		}
		for _, rule := range c.want {
			if !slices.Contains(rules, rule) {
				t.Errorf("%s: %s is not said: %v", c.name, rule, rules)
			}
		}
		for _, rule := range c.not {
			if slices.Contains(rules, rule) {
				t.Errorf("%s: %s does not belong here: %v", c.name, rule, rules)
			}
		}
	}
	if got := (Request{Items: []string{"mammogram"}}).MammogramsOn(contract.MustDate(today), "es", book); len(got) != 1 {
		t.Errorf("what mammograms may cost: %v", got)
	}
	if got := (Request{}).MammogramsOn(contract.MustDate(today), "es", book); len(got) != 0 {
		t.Errorf("without mammograms: %v", got)
	}
}

func TestAllRequestsTogetherHaveTwoClocks(t *testing.T) {
	d := contract.MustDate
	clocks := map[string]Clock{
		"came":    {Stands: Complete, Sent: d("2026-10-01"), Complete: d("2026-10-20")},
		"later":   {Stands: Complete, Sent: d("2026-10-05"), Complete: d("2026-11-02")},
		"none":    {Stands: NoneThere, Sent: d("2026-09-01")},
		"waiting": {Stands: AwaitAll, Sent: d("2026-11-01")},
	}
	of := func(ids ...string) Clocks {
		var all []Request
		for _, id := range ids {
			all = append(all, Request{ID: id})
		}
		return ClocksOf(all, func(r Request) Clock { return clocks[r.ID] })
	}
	if got := of("came", "later", "none"); got.First != d("2026-09-01") || got.Whole != d("2026-11-02") || got.Open != 0 {
		t.Errorf("all came: %+v", got)
	}
	if got := of("came", "waiting"); !got.Whole.IsZero() || got.Open != 1 {
		t.Errorf("one is awaited: %+v", got)
	}
	if got := of(); !got.First.IsZero() || !got.Whole.IsZero() {
		t.Errorf("nobody was asked: %+v", got)
	}
}
