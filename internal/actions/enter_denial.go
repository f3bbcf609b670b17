package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// EnterDenial saves a letter of refusal as the person entered it, and what the rules
// say of it today. The id is the letter's own, made by whoever showed the form, so
// that the same form sent twice makes one denial. What was ticked and how it ended
// stays. The dates by which something must be done go to the case's due list.
func (h *House) EnterDenial(ctx context.Context, who casefile.Person, c *casefile.Case, d appeal.Denial, from casefile.Version) (appeal.Denial, error) {
	had, version, err := casefile.Read[appeal.Denial](c, appeal.Ref(d.ID))
	if err != nil {
		return d, err
	}
	if version > 0 {
		d.Done, d.Settled, d.After, d.Input.FiledDate = had.Done, had.Settled, had.After, had.Input.FiledDate
	}
	answer, err := h.judgeDenial(c, d)
	if err != nil {
		return d, err
	}
	d.On, d.Input.On = h.today(), contract.Date{} // the saved day is the day
	d.Answer = answer
	d.Done = slices.DeleteFunc(slices.Clone(d.Done), func(id string) bool {
		return !slices.ContainsFunc(answer.FirstMoves, func(m appeal.Move) bool { return m.ID == id })
	})
	due := appealDue(d, contract.DateOf(h.Now()))
	if d.After != "" {
		due = append(due, appealOver(d.After)...)
	}
	return d, h.save(ctx, who, c, casefile.Change{
		Verb: "enter_denial", Note: d.ID, Due: due,
		Drafts: []casefile.Draft{{Ref: appeal.Ref(d.ID), From: from, Body: d}},
	})
}

// CheckDenial lists everything that would stand in the way of saving this letter, each
// fault on its field, and saves nothing.
func (h *House) CheckDenial(c *casefile.Case, d appeal.Denial) error {
	_, err := h.judgeDenial(c, d)
	return err
}

// judgeDenial gives today's answer for a letter, or all that is wrong with it.
func (h *House) judgeDenial(c *casefile.Case, d appeal.Denial) (appeal.Answer, error) {
	var fs fault.Faults
	for _, sha256 := range d.Papers() {
		if !c.Has(records.Ref(sha256)) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("letter"))
		}
	}
	if d.After != "" && (d.After == d.ID || !c.Has(appeal.Ref(d.After))) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("after"))
	}
	fs = append(fs, fault.All(d.Check(h.today()))...)
	answer, err := h.AppealAnswer(d, "en")
	for _, f := range fault.All(err) {
		// What the letter's own check said already is not said twice.
		if !slices.ContainsFunc(fs, func(x *fault.Fault) bool { return x.Field == f.Field }) {
			fs = append(fs, f)
		}
	}
	return answer, fs.OrNil()
}

// AppealAnswer gives the plan for the appeal with its reasons in a language. The law
// is that of the day of the letter, whenever it is asked; what is late, and what may
// still be done, is told as of today, for that is the day on which somebody reads it.
// Of a letter that is settled it is told as of the day on which it was entered.
func (h *House) AppealAnswer(d appeal.Denial, lang string) (appeal.Answer, error) {
	day := h.today()
	if d.Settled != "" && d.On != "" {
		day = d.On
	}
	on, err := contract.ParseDate(day)
	if err != nil {
		return appeal.Answer{}, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	d.Input.On = contract.Date{}
	return appeal.Plan(d.Input, on, lang, h.Rules)
}

// PromisesTo lays a denial beside what the plan said on the telephone, and what the
// rules answered, before the letter came.
func (h *House) PromisesTo(c *casefile.Case, d appeal.Denial) ([]appeal.Promise, error) {
	calls, err := casefile.ReadAll[coverage.Call](c, coverage.CallKind)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(calls, func(a, b coverage.Call) int { return strings.Compare(a.On, b.On) })
	told := appeal.Told{Calls: calls}
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if version > 0 && s.Asked {
		told.Coverage = &s
	}
	return appeal.Promises(d, told, h.Rules), err
}

// appealDue lists what is due for a denial, and names without a day what is not due
// any more.
func appealDue(d appeal.Denial, today contract.Date) []casefile.Due {
	due := appealOver(d.ID)
	put := func(key string, on contract.Date) {
		for i := range due {
			if due[i].Key == key && (due[i].On == "" || on.String() < due[i].On) && !on.IsZero() {
				due[i].On = on.String()
			}
		}
	}
	next := d.Answer.Next
	switch {
	case d.Settled != "":
	case !d.Input.FiledDate.IsZero():
		if next != nil {
			put("due.appeal_answer", next.DecideBy)
		}
	default:
		if next != nil && !next.Automatic {
			put(appealKey(next.Level), next.SendBy(today))
		}
		for _, m := range d.Answer.FirstMoves {
			if !d.Has(m.ID) {
				put("due.appeal_first", m.By)
			}
		}
		for _, b := range d.Answer.Beside {
			if key := besideKeys[b.ID]; key != "" && !d.Has(b.ID) {
				put(key, b.By)
			}
		}
	}
	return due
}

// besideKeys are the names of the dates of those routes beside the ladder that have a
// day of their own.
var besideKeys = map[string]string{
	"peer_to_peer": "due.peer_to_peer", "keep_benefits": "due.keep_benefits", "quality_organization": "due.fast_appeal", "expedited": "due.fast_appeal",
}

// appealOver names every date that a denial may have had, without one: they go.
func appealOver(id string) []casefile.Due {
	var due []casefile.Due
	for _, key := range []string{"due.appeal", "due.external_review", "due.appeal_first", "due.peer_to_peer", "due.keep_benefits", "due.fast_appeal", "due.appeal_answer"} {
		due = append(due, casefile.Due{Key: key, Item: id, Page: "appeal.answer"})
	}
	return due
}

// appealKey is the name of the date by which a level must be asked for.
func appealKey(level string) string {
	if strings.HasPrefix(level, "external") || level == "independent_medical_review" {
		return "due.external_review"
	}
	return "due.appeal"
}

// KnownForAppeal gives what the case knows already that a letter of refusal is about:
// which law the plan decides under, who carries its risk, the state, the diagnosis.
// Only what is sure is said; the person confirms it.
func KnownForAppeal(c *casefile.Case) (appeal.Denial, error) {
	var d appeal.Denial
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return d, err
	}
	s, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return d, err
	}
	d.Input.Regime = RegimeOf(s.Input.Plan, p.Patient.State)
	d.Input.Grandfathered = s.Input.Plan.Grandfathered
	if s.Input.Plan.Funding != "unknown" {
		d.Input.Funding = s.Input.Plan.Funding
	}
	d.Input.State = s.Input.Plan.SitusState
	if d.Input.State == "" {
		d.Input.State = p.Patient.State
	}
	d.Claim.ICD10, d.Claim.Provider = p.Diagnosis.ICD10, ""
	return d, nil
}

// RegimeOf tells under which law a plan decides, as far as its kind, who carries its
// risk and the state settle it; "" where somebody must be asked. home is the state in
// which the patient lives: it counts where the policy's own state is not known.
//
// A plan that an employer pays for itself is under ERISA and no state's law. A plan
// of an insurer in California answers to that state's own regulators first. Whether
// any other insured plan came with a job the kind alone does not say.
func RegimeOf(p coverage.Plan, home string) string {
	switch p.Kind {
	case "hmo", "ppo", "epo", "pos":
		state := p.SitusState
		if state == "" {
			state = home
		}
		switch {
		case p.Funding == "self_funded":
			return "erisa"
		case p.Funding == "insured" && state == "CA":
			return "california"
		}
		return ""
	case "medicare_advantage_hmo", "medicare_advantage_ppo", "medicare_advantage_other":
		return "medicare_advantage"
	case "medicare_original", "medicaid_managed", "medicaid_ffs", "chip_managed", "va", "fehb":
		return p.Kind
	case "tricare_prime", "tricare_select", "tricare_for_life":
		return "tricare"
	}
	return ""
}
