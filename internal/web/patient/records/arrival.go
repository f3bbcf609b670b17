package records

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the question to the second doctor's office whether the records
// have reached them, and what they said before.

type arrivalView struct {
	Asked askedFor
	ID    string
}

func arrivalSheet(v *web.Visit) (web.Sheet, arrivalView, error) {
	x := arrivalView{ID: v.Form.Get("arrival")}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	r, _, err := actions.RequestOf(v.Case, v.Item("id"))
	x.Asked = askedFor{r, v.House.RequestClock(r, v.Lang())}
	s := web.Sheet{
		Title: v.Say.T("records.arrival.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{}
			ui.SetDate(f, "on", v.Today())
			return f, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return arrivalPage(v, f, x) },
	}
	for _, name := range []string{"whom", "on", "came", "what"} {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("records.arrival." + name)})
	}
	return s, x, err
}

// The handlers.

func showArrival(v *web.Visit) error {
	s, _, err := arrivalSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveArrival(v *web.Visit) error {
	s, x, err := arrivalSheet(v)
	if err != nil {
		return err
	}
	a, err := readArrival(v.Form)
	if a.ID = x.ID; err == nil {
		err = v.House.ConfirmArrival(v.Context(), v.Who, v.Case, x.Asked.ID, a, v.Version())
	}
	if err != nil {
		return v.Again(s, err)
	}
	if a.Came != records.CameAll {
		return v.Go("records.arrival", x.Asked.ID) // what to do about it stands there
	}
	return v.Go("records.request", x.Asked.ID)
}

// The form and its validation.

func readArrival(form url.Values) (records.Arrival, error) {
	a := records.Arrival{Whom: strings.TrimSpace(form.Get("whom")), Came: form.Get("came"), What: strings.TrimSpace(form.Get("what"))}
	on, wrong := ui.NeedDate(form, "on")
	if wrong != nil {
		return a, wrong
	}
	a.On = on
	return a, nil
}
