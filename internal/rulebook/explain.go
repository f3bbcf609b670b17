package rulebook

import (
	"slices"
	"strings"

	"consilium/internal/contract"
)

// Explanation is all that is kept about one rule, for people.
type Explanation struct {
	ID       string        `json:"id"`
	Topic    string        `json:"topic"`
	Versions []VersionText `json:"versions"` // newest first
	Cases    []CaseText    `json:"cases"`
}

// VersionText is one version of a rule.
type VersionText struct {
	Version    int    `json:"version"`
	Status     string `json:"status"`
	From       string `json:"from,omitempty"`
	Until      string `json:"until,omitempty"`
	When       string `json:"when"`
	Effect     string `json:"effect"`
	Reason     string `json:"reason"`
	Citation   string `json:"citation"`
	Source     string `json:"source,omitempty"`
	Confidence string `json:"confidence"`
	ConfirmBy  string `json:"confirm_by,omitempty"` // who can confirm an unverified rule
	File       string `json:"file"`
	Line       int    `json:"line"`
}

// CaseText is a worked case that names the rule.
type CaseText struct {
	Name    string `json:"name"`
	Applies bool   `json:"applies"` // whether the rule must apply there
	Why     string `json:"why"`
}

// UnknownRule is the error of a rule id that no topic has.
type UnknownRule struct {
	ID      string
	Nearest string // what was most likely meant; may be empty
}

func (e UnknownRule) Error() string {
	if e.Nearest != "" {
		return "there is no rule " + e.ID + "; did you mean " + e.Nearest + "?"
	}
	return "there is no rule " + e.ID
}

// Explain gives the text, the standing and the cases of a rule in "en" or "es". The
// error is an UnknownRule.
func (b *Book) Explain(id, lang string) (Explanation, error) {
	var all []string
	for _, name := range b.Topics() {
		t := b.topics[name]
		e := Explanation{ID: id, Topic: t.name, Versions: []VersionText{}, Cases: []CaseText{}}
		for _, r := range t.rows {
			all = append(all, r.ID)
			if r.ID == id {
				e.Versions = append(e.Versions, r.version(t, lang))
			}
		}
		if len(e.Versions) == 0 {
			continue
		}
		slices.SortFunc(e.Versions, func(a, b VersionText) int { return b.Version - a.Version })
		cases, _ := b.cases(t)
		for _, c := range cases {
			if names(c.expect.Fires, id) {
				e.Cases = append(e.Cases, CaseText{c.Name, true, c.Why})
			} else if names(slices.Concat(c.expect.Not, c.expect.Undecided), id) {
				e.Cases = append(e.Cases, CaseText{c.Name, false, c.Why})
			}
		}
		return e, nil
	}
	return Explanation{}, UnknownRule{id, contract.Nearest(strings.ToUpper(id), all)}
}

func names(list []string, id string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return s == id || strings.HasPrefix(s, id+"@") })
}

func (r *Row) version(t *topic, lang string) VersionText {
	return VersionText{
		Version: r.Version, Status: r.Status, From: r.From.String(), Until: r.Until.String(), When: r.When, Effect: r.Effect,
		Reason: r.Reason.in(lang), Citation: r.Citation, Source: r.Source, Confidence: string(r.Confidence),
		ConfirmBy: t.confirm[r.Confirm].in(lang), File: r.file, Line: r.line,
	}
}
