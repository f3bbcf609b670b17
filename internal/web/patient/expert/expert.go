// Package expert is the step in which a person finds a doctor for the second
// opinion: who, how expert, how independent, what to say on the phone, and where
// else to look.
package expert

import (
	"embed"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "expert", Words: words, Pages: []web.Page{
	{ID: "expert", Show: showList, Save: choose},
	{ID: "expert.candidate", Item: "{id}", Show: showCandidate, Save: saveCandidate},
	{ID: "expert.script", Show: showScript},
	{ID: "expert.routes", Show: showRoutes},
	{ID: "expert.programmes", Show: showProgrammes, Save: saveAnswers},
	{ID: "expert.programme", Item: "{id}", Show: showProgramme},
	{ID: "expert.referral", Show: showReferral, Save: saveReferral},
	{ID: "expert.referral_pdf", Show: printReferral},
}}

// What the page shows: every candidate with what is known for and against, and
// which one is chosen.

type listView struct {
	Version    casefile.Version
	Candidates []row
	Chosen     string
	Late       bool // the choice was made from an older list
}

type row struct {
	expert.Candidate
	Level   expert.Level
	Signals []expert.Signal
	Chosen  bool
}

func list(v *web.Visit, c *casefile.Case) (listView, error) {
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return listView{}, err
	}
	short, version, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return listView{}, err
	}
	view := listView{Version: version, Chosen: short.Chosen}
	for _, x := range short.Candidates {
		if x.Gone {
			continue
		}
		level, signals := expert.Independence(profile.FirstDoctor, x.Doctor)
		view.Candidates = append(view.Candidates, row{Candidate: x, Level: level, Signals: signals, Chosen: x.ID == short.Chosen})
	}
	return view, nil
}

// The handlers.

func showList(v *web.Visit) error {
	view, err := list(v, v.Case)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("expert.title"), page(v, view))
}

func choose(v *web.Visit) error {
	err := v.House.ChooseExpert(v.Context(), v.Who, v.Case, v.Form.Get("chosen"), v.Version())
	if fault.Is(err, fault.Conflict) {
		// A choice is one click: show the list as it is now and let them choose again.
		c, err := v.House.Load(v.Context(), v.Who, v.Case.ID)
		if err != nil {
			return err
		}
		view, err := list(v, c)
		if err != nil {
			return err
		}
		view.Late = true
		return v.RenderAs(409, v.Say.T("expert.title"), page(v, view))
	}
	if err != nil {
		return err
	}
	if v.Form.Get("chosen") == "" {
		return v.Go("expert")
	}
	return v.Onward()
}

func showScript(v *web.Visit) error {
	profile, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return err
	}
	short, _, err := casefile.Read[expert.Shortlist](v.Case, expert.Ref)
	if err != nil {
		return err
	}
	chosen, _ := short.Find(short.Chosen)
	return v.Render(v.Say.T("expert.script.title"), scriptPage(v, call(v, profile, chosen)))
}

// join puts what is there in one line.
func join(sep string, parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += sep
		}
		out += p
	}
	return out
}
