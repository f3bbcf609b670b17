package records

import (
	"consilium/internal/actions"
	"consilium/internal/finding"
	"consilium/internal/records"
	"consilium/internal/web"
)

// What the page shows: what can be done when the day has passed or the answer was no,
// from the mildest step to the complaint, with what the rules say of each.

type complaintView struct {
	Asked  askedFor
	Denial []finding.Finding
	Office []finding.Finding
	Late   bool
	No     bool
}

func showComplaint(v *web.Visit) error {
	r, _, err := actions.RequestOf(v.Case, v.Item("id"))
	if err != nil {
		return err
	}
	x := complaintView{Asked: askedFor{r, v.House.RequestClock(r, v.Lang())}}
	x.Late = x.Asked.Clock.Late > 0 && x.Asked.Clock.ByLaw && x.Asked.Clock.Open()
	facts := map[string]any{"asks.access": true}
	if a, ok := r.Last(); ok && a.Kind == records.Refused {
		x.No = true
		facts["denial.refused"] = true
		if a.Written != "" {
			facts["denial.written"] = a.Written == "yes"
		}
		if a.Ground != "" {
			facts["denial.ground"] = a.Ground
		}
	}
	for _, f := range v.House.Rules.Judge(records.RequestTopic, facts, day(v), v.Lang()).Fired {
		switch f.Kind {
		case "denial", "denial_flaw", "reviewable":
			x.Denial = append(x.Denial, f.Finding)
		case "complaint", "blocking":
			x.Office = append(x.Office, f.Finding)
		}
	}
	return v.Render(v.Say.T("records.complaint.title"), complaintPage(v, x))
}
