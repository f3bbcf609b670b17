package records

import (
	"slices"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// FormPapers are the papers that let records go to somebody else. Each must have every
// part that the law wants in such a form.
var FormPapers = []string{AuthorizationPaper, PsychotherapyPaper, CounselingPaper}

// Lacks is what a form lacks, and what it says.
type Lacks struct {
	Parts    []string          // what is missing: description, discloser, recipient, purpose, expiry, signer, authority
	Missing  []finding.Finding // the same, with the law
	Says     []finding.Finding // what the law wants said in it, and it says
	Findings []finding.Finding // what else to know
}

// LacksOn tells on a day, in "en" or "es", what a form of the request still lacks. A
// letter that asks for one's own copies needs no such parts.
func (r Request) LacksOn(on contract.Date, lang, paper string, book Book) Lacks {
	var out Lacks
	if !slices.Contains(FormPapers, paper) {
		return out
	}
	for _, f := range book.Judge(RequestTopic, r.formFacts(on, paper), on, lang).Fired {
		switch {
		case f.Kind == "element" && f.Decides:
			if !slices.Contains(out.Parts, f.Sets["part"]) {
				out.Parts = append(out.Parts, f.Sets["part"])
			}
			out.Missing = append(out.Missing, f.Finding)
		case f.Kind == "statement":
			out.Says = append(out.Says, f.Finding)
		default:
			out.Findings = append(out.Findings, f.Finding)
		}
	}
	return out
}

// formFacts is what the rules on forms need to know.
func (r Request) formFacts(on contract.Date, paper string) map[string]any {
	represented := r.Signer.Who == ByRepresentative
	facts := map[string]any{
		"form.kind":              paper,
		"form.description":       paper != AuthorizationPaper || len(r.Ask.Kinds) > 0,
		"form.discloser":         r.Holder.Name != "",
		"form.recipient":         r.Send.Name != "" || r.Send.Place != "",
		"form.purpose":           r.Form.Purpose != "",
		"form.expiry":            r.Form.Expires != "" && r.Form.Expires >= on.String() || r.Form.Event != "",
		"form.signer":            r.Signer.Who == ByPatient || represented && r.Signer.Name != "",
		"form.by_representative": represented,
		"form.authority":         r.Signer.Authority != "" && r.Signer.Document != "",
		"form.substance_use":     paper == CounselingPaper || slices.Contains(r.Form.Sensitive, "substance_use"),
		"form.insurer":           r.Holder.Insurer,
	}
	if r.Home != "" {
		facts["form.state"] = r.Home
	}
	if r.Signer.Authority != "" && represented {
		facts["signer.authority"] = r.Signer.Authority
	}
	if end, err := contract.ParseDate(r.Form.Expires); err == nil {
		facts["form.months"] = monthsUntil(on, end)
	} else if r.Form.Event != "" {
		facts["form.months"] = openEnded
	}
	return facts
}

// openEnded stands for an end that is no day: longer than any limit.
const openEnded = 1200

// monthsUntil counts months, a begun one as a whole one.
func monthsUntil(from, to contract.Date) int {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() > from.Day() {
		n++
	}
	return max(n, 0)
}
