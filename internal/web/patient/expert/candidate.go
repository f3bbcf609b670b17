package expert

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// fresh stands in the URL for a candidate who is not on the list yet.
const fresh = "new"

// What the page shows: one candidate, and the four questions about them.

func candidateSheet(v *web.Visit, id string) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title: t("expert.candidate.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedCandidate(c, id) },
		Draw:  func(f ui.Form) templ.Component { return candidatePage(v, f, id) },
	}
	for _, name := range []string{"name", "credentials", "specialty", "practice", "address", "hospital", "phone", "npi", "notes"} {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("expert.candidate." + name)})
	}
	for _, name := range expert.Names {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("expert.criterion." + name)})
	}
	return s
}

func savedCandidate(c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	short, version, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil || id == fresh {
		return nil, version, err
	}
	candidate, ok := short.Find(id)
	if !ok {
		return nil, version, fault.New(fault.NotFound, "fault.not_found")
	}
	form := url.Values{}
	for name, value := range fields(&candidate) {
		form.Set(name, *value)
	}
	for _, name := range expert.Names {
		form.Set(name, string(candidate.Criteria.Of(name)))
	}
	return form, version, nil
}

func fields(c *expert.Candidate) map[string]*string {
	return map[string]*string{
		"name": &c.Doctor.Name, "specialty": &c.Doctor.Specialty, "practice": &c.Doctor.Practice, "address": &c.Doctor.Address,
		"hospital": &c.Doctor.Hospital, "phone": &c.Doctor.Phone, "npi": &c.Doctor.NPI, "credentials": &c.Credentials, "notes": &c.Notes,
	}
}

// The handlers.

func showCandidate(v *web.Visit) error { return v.ShowSheet(candidateSheet(v, v.Item("id"))) }

func saveCandidate(v *web.Visit) error {
	id := v.Item("id")
	_, err := v.House.ShortlistExpert(v.Context(), v.Who, v.Case, read(v.Form, id), v.Version())
	if err != nil {
		return v.Again(candidateSheet(v, id), err)
	}
	return v.Go("expert")
}

// The form. Its validation is the candidate's own check.

func read(form url.Values, id string) expert.Candidate {
	c := expert.Candidate{ID: id, Gone: form.Get("gone") == "yes"}
	if id == fresh {
		c.ID = ""
	}
	for name, value := range fields(&c) {
		*value = strings.TrimSpace(form.Get(name))
	}
	c.Doctor.NPI = strings.NewReplacer(" ", "", "-", "").Replace(c.Doctor.NPI)
	for _, name := range expert.Names {
		if a := expert.Reply(form.Get(name)); a != "" {
			c.Criteria.Set(name, a)
		}
	}
	return c
}
