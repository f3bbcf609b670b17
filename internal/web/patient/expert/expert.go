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
var Step = web.Step{ID: "expert", Words: words, Call: callWith, Pages: []web.Page{
	{ID: "expert", Show: showList, Save: choose},
	{ID: "expert.search", Show: showSearch, Save: saveSearch},
	{ID: "expert.person", Item: "{key}", Show: showPerson, Save: addPerson},
	{ID: "expert.compare", Show: showCompare},
	{ID: "expert.calls", Show: showCalls},
	{ID: "expert.call", Item: "{id}", Show: showCall, Save: saveCall},
	{ID: "expert.proof", Item: "{id}", Show: showProof, Save: saveProof},
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
	Directory  bool // there is one to search
}

// row is one candidate with all that is known: by hand, from the directory, by calls.
type row struct {
	expert.Candidate
	weighed
	Level  expert.Level // by hand and by the public files, the closer of the two
	Chosen bool
	Calls  []expert.Call // newest first
	Heard  map[string]expert.Heard

	Counted   []expert.Counted // what Medicare paid for; none when nobody looked
	CountedOf string           // the date of the file
}

// Stopped tells whether something rules them out.
func (r row) Stopped() bool { return r.Level == expert.NotIndependent || len(r.E.Stops) > 0 }

func list(v *web.Visit, c *casefile.Case) (listView, error) {
	rows, short, err := shortlist(v, c)
	return listView{Version: c.Version(expert.Ref), Chosen: short.Chosen, Candidates: rows, Directory: v.House.HasDirectory()}, err
}

// shortlist gives every candidate who is not set aside.
func shortlist(v *web.Visit, c *casefile.Case) ([]row, expert.Shortlist, error) {
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, expert.Shortlist{}, err
	}
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return nil, short, err
	}
	calls, err := casefile.ReadAll[expert.Call](c, expert.CallKind)
	if err != nil {
		return nil, short, err
	}
	works, err := worksOf(v, c)
	if err != nil {
		return nil, short, err
	}
	var rows []row
	for _, x := range short.Candidates {
		if x.Gone {
			continue
		}
		r := row{Candidate: x, Chosen: x.ID == short.Chosen, Calls: expert.Calls(calls, x.ID), Heard: expert.Latest(calls, x.ID)}
		var signals []expert.Signal
		r.Level, signals = expert.Independence(profile.FirstDoctor, x.Doctor)
		if x.Found != nil {
			found := v.House.RereadExpert(v.Context(), c, *x.Found, v.Lang())
			r.weighed, r.Level = weigh(v, found.Expert, works), closer(r.Level, found.Expert.Independence.Level)
			r.Far = distance(v, found.Expert, nil)
			if found.Data["volumes"] != "" {
				r.Counted, r.CountedOf = expert.Count(works, found.Profile), found.Data["volumes"]
			}
		}
		for _, s := range signals {
			r.Against = append(r.Against, reason{Text: v.Say.T("expert.signal."+s.Signal, "evidence", s.Evidence), Source: v.Say.T("expert.by_hand"), Stop: s.Strength == expert.Stop})
		}
		rows = append(rows, r)
	}
	return rows, short, nil
}

// closer is the level of the two that asks for more care; what is known goes before
// what is not.
func closer(a, b expert.Level) expert.Level {
	for _, l := range []expert.Level{expert.NotIndependent, expert.Caution, expert.Independent} {
		if a == l || b == l {
			return l
		}
	}
	return expert.Unknown
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
