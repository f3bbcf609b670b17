package need

import (
	"net/url"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/need"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: every red flag by system, and "none of these", which must be
// said: silence is no answer to this question.

func screenSheet(v *web.Visit) web.Sheet {
	return web.Sheet{
		Title:  v.Say.T("need.screen.title"),
		Fields: []web.Named{{Name: "flag", Label: v.Say.T("need.screen.flags")}, {Name: "none", Label: v.Say.T("need.screen.none")}},
		Saved:  savedScreen,
		Draw:   func(f ui.Form) templ.Component { return screenPage(v, f) },
	}
}

func savedScreen(c *casefile.Case) (url.Values, casefile.Version, error) {
	s, version, err := casefile.Read[need.Saved](c, need.Ref)
	form := url.Values{}
	for _, f := range s.Input.Symptoms.RedFlags {
		form.Add("flag", string(f))
	}
	if s.Screened && len(s.Input.Symptoms.RedFlags) == 0 {
		form.Set("none", "yes")
	}
	return form, version, err
}

// The handlers.

func showScreen(v *web.Visit) error { return v.ShowSheet(screenSheet(v)) }

func saveScreen(v *web.Visit) error {
	flags, err := readScreen(v.Form)
	var s need.Saved
	if err == nil {
		s, err = v.House.ScreenEmergency(v.Context(), v.Who, v.Case, flags, v.Version())
	}
	switch {
	case err != nil:
		return v.Again(screenSheet(v), err)
	case s.Answer.Advice == need.Emergency:
		return v.Go("need.answer")
	}
	return v.Go("need")
}

// The form and its validation.

func readScreen(form url.Values) ([]string, error) {
	flags, none := form["flag"], form.Get("none") == "yes"
	known := map[string]bool{}
	for _, f := range need.RedFlags() {
		known[f.ID] = true
	}
	for _, f := range flags {
		if !known[f] {
			return nil, fault.New(fault.Invalid, "form.choice").On("none")
		}
	}
	switch {
	case len(flags) == 0 && !none:
		return nil, fault.New(fault.Invalid, "need.screen.choose").On("none")
	case len(flags) > 0 && none:
		return nil, fault.New(fault.Invalid, "need.screen.both").On("none")
	}
	return flags, nil
}
