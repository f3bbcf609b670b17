package need

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/finding"
	"consilium/internal/need"
	"consilium/internal/web"
)

// What the page shows: the answer, its reasons, how long there is, and what studies
// found in cases like this.

type answerView struct {
	need.Answer
	Reasons  []finding.Finding
	Window   *finding.Finding
	Days     int
	Studies  []finding.Finding
	Decide   string // by when the person wants to decide
	Name     string
	Complete bool // the questions were answered, not only the screen
}

func showAnswer(v *web.Visit) error {
	s, version, err := casefile.Read[need.Saved](v.Case, need.Ref)
	if err != nil {
		return err
	}
	if version == 0 {
		return v.Go("need.screen")
	}
	profile, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return err
	}
	answer, err := v.House.NeedAnswer(s, v.Lang())
	if err != nil {
		return err
	}
	view := answerView{Answer: answer, Decide: profile.DecideBy, Name: profile.Patient.Name, Complete: s.Asked}
	if !s.Asked && answer.Advice != need.Emergency {
		return v.Go("need")
	}
	for _, f := range answer.Findings {
		switch {
		case answer.Window != nil && f.Rule == answer.Window.Rule:
			view.Window, view.Days = &f, answer.Window.Days
		case strings.HasPrefix(f.Rule, "WIN-"):
			view.Studies = append(view.Studies, f)
		case strings.HasPrefix(f.Rule, "EV-"):
			view.Studies = append(view.Studies, f)
		default:
			view.Reasons = append(view.Reasons, f)
		}
	}
	return v.Render(v.Say.T("need.answer.title."+string(answer.Advice)), answerPage(v, view))
}
