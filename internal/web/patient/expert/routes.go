package expert

import (
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/finding"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the six ways to find a doctor, which of them fit this person
// and why, what to do and say on each, how long it takes, and where to look by illness.

type routesView struct {
	Diagnosis string
	Ways      []expert.Route
	Places    map[string][]expert.Society // by way; "any" to check any doctor
	Takes     int                         // programmes that would take the patient by all that they publish
	Programs  int
	Plan      bool // the questions about the plan are answered
}

// wayOf tells on which way a kind of place is of use.
var wayOf = map[string]string{"directory": "society", "group": "advocacy", "center": "center", "register": "any"}

func routes(v *web.Visit) (routesView, error) {
	s, on, err := situation(v)
	if err != nil {
		return routesView{}, err
	}
	view := routesView{Diagnosis: s.Diagnosis, Places: map[string][]expert.Society{}, Plan: s.Plan != ""}
	view.Ways, _ = expert.Routes(s, on, v.Lang(), v.House.Rules)
	for _, x := range expert.Societies(s, on, v.Lang(), v.House.Rules) {
		way := wayOf[x.Kind]
		view.Places[way] = append(view.Places[way], x)
	}
	for _, p := range expert.Programmes(s, on, v.Lang(), v.House.Rules) {
		view.Programs++
		if p.Takes == expert.Yes {
			view.Takes++
		}
	}
	return view, nil
}

// situation is what the case knows, and today.
func situation(v *web.Visit) (expert.Situation, contract.Date, error) {
	s, err := v.House.Situation(v.Case)
	if err != nil {
		return s, contract.Date{}, err
	}
	on, err := contract.ParseDate(v.Today())
	return s, on, err
}

// The handler.

func showRoutes(v *web.Visit) error {
	view, err := routes(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("expert.routes.title"), waysPage(v, view))
}

// wayLinks lead on from a way to the pages of it.
func wayLinks(v *web.Visit, way string, view routesView) []ui.Link {
	link := func(key, page string, items ...string) ui.Link {
		return ui.Link{Label: v.Say.T("expert.routes.link." + key), Href: v.URL(page, items...)}
	}
	switch way {
	case "doctor":
		return []ui.Link{link("referral", "expert.referral")}
	case "plan":
		if !view.Plan {
			return []ui.Link{link("plan", "coverage")}
		}
		return []ui.Link{link("calls", "coverage.calls")}
	case "center":
		return []ui.Link{link("script", "expert.script")}
	case "society":
		return []ui.Link{link("search", "expert.search"), link("script", "expert.script")}
	case "online":
		return []ui.Link{link("programmes", "expert.programmes")}
	}
	return nil
}

// sure tells whether a finding's source was read.
func sure(f finding.Finding) bool { return f.Confidence == finding.Verified }

// profileOf is the case's profile.
func profileOf(v *web.Visit) (casefile.Profile, error) {
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	return p, err
}
