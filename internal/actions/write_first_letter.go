package actions

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/letters"
)

// ForPlan is the name of the letter that tells the first doctor of the second opinion
// and asks for what the plan wants from them.
const ForPlan = "plan"

// FirstPosting is what the person settles about that letter.
type FirstPosting struct {
	Terms    letters.Terms // Send: the records that are asked for
	Reasons  []string
	MemberID string
	Addition string
}

// FirstLetter drafts the letter from the case's own facts: what the plan asks of the
// first doctor comes from the answer on the plan, without what is done already.
func (h *House) FirstLetter(c *casefile.Case, p FirstPosting) (letters.Letter, error) {
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return letters.Letter{}, err
	}
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return letters.Letter{}, err
	}
	asks, err := h.planAsks(c, p.Terms.Language)
	if err != nil {
		return letters.Letter{}, err
	}
	asks.MemberID = p.MemberID
	in := letters.TellFirstIn{
		Today: h.today(),
		Patient: letters.Patient{
			Name: profile.Patient.Name, BirthDate: profile.Patient.BirthDate, Acting: profile.Acting.Name, ActingAs: profile.Acting.As,
			Address: p.Terms.Address, Phone: p.Terms.Phone,
		},
		Doctor:  doctor(profile.FirstDoctor),
		Heard:   letters.Finding{Diagnosis: profile.Diagnosis.Text, ICD10: profile.Diagnosis.ICD10, Treatment: profile.Treatment},
		Reasons: p.Reasons, Records: p.Terms.Send, DecideBy: profile.DecideBy, Plan: asks,
	}
	if x, ok := short.Find(short.Chosen); ok {
		in.Expert = doctor(x.Doctor)
	}
	return letters.TellFirst(in, p.Terms.Language), nil
}

// planAsks is what the plan wants of the first doctor, by the answer on the plan.
func (h *House) planAsks(c *casefile.Case, lang string) (letters.PlanAsks, error) {
	var asks letters.PlanAsks
	saved, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil || version == 0 {
		return asks, err
	}
	answer, err := h.CoverageAnswer(saved, lang)
	if err != nil {
		return asks, err
	}
	for _, s := range answer.Steps {
		open := !saved.Has(s.ID)
		switch s.ID {
		case "referral":
			asks.Referral = open
		case "pre_authorization":
			asks.Approval, asks.Holds = open, s.Backed
		case "network_exception":
			asks.Outside = open
		}
	}
	if !asks.Approval && !asks.Outside {
		asks.Holds = nil
	}
	in := saved.Input
	asks.Urgent = asks.Approval && (isYes(in.Request.Urgent) || isYes(in.Treatment.Imminent))
	for _, f := range answer.Findings {
		if slices.Contains(answer.Mandates, f.Rule) && f.Confidence == finding.Verified {
			asks.Laws = append(asks.Laws, f.Citation)
		}
	}
	return asks, nil
}

// WriteFirstLetter keeps the letter as it is sent.
func (h *House) WriteFirstLetter(ctx context.Context, who casefile.Person, c *casefile.Case, p FirstPosting, from casefile.Version) error {
	var fs fault.Faults
	fs = append(fs, fault.All(p.Terms.Check(h.today()))...)
	for _, f := range []struct {
		field, value string
		most         int
		max          string
	}{{"reasons", strings.Join(p.Reasons, "\n"), 4000, "4000"}, {"addition", p.Addition, 4000, "4000"}, {"member", p.MemberID, 200, "200"}, {"send", strings.Join(p.Terms.Send, "\n"), 4000, "4000"}} {
		if utf8.RuneCountInString(f.value) > f.most {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", f.max).On(f.field))
		}
	}
	if err := fs.OrNil(); err != nil {
		return err
	}
	l, err := h.FirstLetter(c, p)
	if err != nil {
		return err
	}
	sent := letters.Sent{
		To: ForPlan, Terms: p.Terms, Addition: strings.TrimSpace(p.Addition), On: h.today(), Letter: l.With(p.Addition),
		Reasons: p.Reasons, MemberID: p.MemberID,
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "write_first_letter", Drafts: []casefile.Draft{{Ref: letters.Ref(ForPlan), From: from, Body: sent}}})
}
