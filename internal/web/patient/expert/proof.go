package expert

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: where a certificate can be looked up, and a place to write
// down what was seen, where, when, and until when it holds.

func proofSheet(v *web.Visit, id string, c expert.Candidate) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title: t("expert.proof.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedProof(v, c, id) },
		Draw:  func(f ui.Form) templ.Component { return proofPage(v, f, c) },
	}
	for _, name := range []string{"holds", "certificate", "where", "by", "on", "until"} {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("expert.proof." + name)})
	}
	return s
}

func savedProof(v *web.Visit, c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	list, version, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return nil, version, err
	}
	candidate, _ := list.Find(id)
	form := url.Values{}
	p := candidate.Proof
	if p == nil {
		ui.SetDate(form, "on", v.Today())
		return form, version, nil
	}
	form = url.Values{"holds": {string(p.Holds)}, "certificate": {p.Certificate}, "where": {p.Where}, "by": {p.By}}
	ui.SetDate(form, "on", p.On)
	ui.SetDate(form, "until", p.Until)
	return form, version, nil
}

// candidateOf gives the candidate of the address. NotFound when there is none.
func candidateOf(v *web.Visit) (expert.Candidate, error) {
	list, _, err := casefile.Read[expert.Shortlist](v.Case, expert.Ref)
	if err != nil {
		return expert.Candidate{}, err
	}
	c, ok := list.Find(v.Item("id"))
	if !ok {
		return c, fault.New(fault.NotFound, "fault.not_found")
	}
	return c, nil
}

// The handlers.

func showProof(v *web.Visit) error {
	c, err := candidateOf(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(proofSheet(v, c.ID, c))
}

func saveProof(v *web.Visit) error {
	c, err := candidateOf(v)
	if err != nil {
		return err
	}
	proof, err := readProof(v.Form, v.Today())
	if err == nil {
		err = v.House.ProveExpert(v.Context(), v.Who, v.Case, c.ID, proof, v.Version())
	}
	if err != nil {
		return v.Again(proofSheet(v, c.ID, c), err)
	}
	return v.Go("expert")
}

// The form and its validation: the dates are read here, all else is the proof's own
// check, so that every wrong field is named at once.

func readProof(form url.Values, today string) (expert.Proof, error) {
	p := expert.Proof{Holds: expert.Reply(form.Get("holds")), Certificate: strings.TrimSpace(form.Get("certificate")), Where: form.Get("where"), By: strings.TrimSpace(form.Get("by"))}
	var fs fault.Faults
	on, wrong := ui.NeedDate(form, "on")
	if wrong != nil {
		fs, on = append(fs, wrong), today
	}
	until, wrong := ui.ParseDate(form, "until")
	if wrong != nil {
		fs = append(fs, wrong)
	}
	p.On, p.Until = on, until
	return p, append(fs, fault.All(p.Check(today))...).OrNil()
}

func placeOptions(say text.Speaker) []ui.Option {
	var os []ui.Option
	for _, w := range expert.ProofPlaces {
		os = append(os, ui.Option{Value: w, Label: say.T("expert.proof.where." + w)})
	}
	return os
}
