package expert

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: every remote programme that we know, whether it would take
// this patient and why, its price and its days on one scale, and the few questions
// that settle what is open. Who says no is listed apart, with the rule that says so.

type programmesView struct {
	Sort     string
	Open     []expert.Programme // would take the patient, or must be asked
	Closed   []expert.Programme
	Takes    int
	Answered bool
	Dearest  contract.Money // the right end of the scale of prices
	Longest  int            // and of that of days
}

func programmes(v *web.Visit) (programmesView, error) {
	s, on, err := situation(v)
	if err != nil {
		return programmesView{}, err
	}
	view := programmesView{Sort: sorting(v), Answered: s.Answers != expert.RouteAnswers{}}
	all := expert.Programmes(s, on, v.Lang(), v.House.Rules)
	expert.SortProgrammes(all, view.Sort)
	for _, p := range all {
		if p.Takes == expert.No {
			view.Closed = append(view.Closed, p)
			continue
		}
		if p.Takes == expert.Yes {
			view.Takes++
		}
		view.Open = append(view.Open, p)
		view.Dearest, view.Longest = max(view.Dearest, p.Price.High), max(view.Longest, p.Clock.Most())
	}
	return view, nil
}

// sorting is the order that the address asks for; anything else is the usual one.
func sorting(v *web.Visit) string {
	switch by := v.R.URL.Query().Get("sort"); by {
	case expert.ByPrice, expert.BySpeed:
		return by
	}
	return ""
}

func programmesSheet(v *web.Visit) (web.Sheet, error) {
	view, err := programmes(v)
	if err != nil {
		return web.Sheet{}, err
	}
	s := web.Sheet{
		Title: v.Say.T("expert.programmes.title"),
		Saved: savedAnswers,
		Draw:  func(f ui.Form) templ.Component { return programmesPage(v, f, view) },
	}
	for _, name := range expert.RouteQuestions {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("expert.programmes." + name)})
	}
	return s, nil
}

func savedAnswers(c *casefile.Case) (url.Values, casefile.Version, error) {
	a, version, err := casefile.Read[expert.RouteAnswers](c, expert.RoutesRef)
	form := url.Values{}
	for _, name := range expert.RouteQuestions {
		if said := *a.Of(name); said != "" {
			form.Set(name, string(said))
		}
	}
	return form, version, err
}

// The handlers.

func showProgrammes(v *web.Visit) error {
	s, err := programmesSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveAnswers(v *web.Visit) error {
	var a expert.RouteAnswers
	for _, name := range expert.RouteQuestions {
		*a.Of(name) = expert.Reply(v.Form.Get(name))
	}
	if err := v.House.WeighRoutes(v.Context(), v.Who, v.Case, a, v.Version()); err != nil {
		s, sheetErr := programmesSheet(v)
		if sheetErr != nil {
			return sheetErr
		}
		return v.Again(s, err)
	}
	return v.Go("expert.programmes")
}

func showProgramme(v *web.Visit) error {
	s, on, err := situation(v)
	if err != nil {
		return err
	}
	for _, p := range expert.Programmes(s, on, v.Lang(), v.House.Rules) {
		if p.ID == v.Item("id") {
			return v.Render(p.Name, programmePage(v, p, s.Diagnosis))
		}
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// The figures in words.

// price says what a programme costs, as short as it can be said.
func price(v *web.Visit, f expert.Fee) string {
	switch {
	case f.Kind == "known" && f.Low != f.High:
		return v.Say.T("expert.programmes.price.range", "low", amount(v, f.Low), "high", amount(v, f.High))
	case f.Kind == "known":
		return amount(v, f.Low)
	}
	return v.Say.T("expert.programmes.price." + f.Kind)
}

// amount writes whole dollars without cents.
func amount(v *web.Visit, m contract.Money) string {
	return strings.TrimSuffix(v.Say.Money(m.String()), ".00")
}

// wait says how many days a programme takes.
func wait(v *web.Visit, w expert.Wait) string {
	if !w.Known() {
		return v.Say.T("expert.programmes.days.unknown")
	}
	days := strconv.Itoa(w.High)
	if w.Low != w.High {
		days = v.Say.T("expert.programmes.days.range", "low", strconv.Itoa(w.Low), "high", days)
	}
	return v.Say.T("expert.programmes.days."+w.Unit, "days", days)
}

// when writes a month or a year as far as it is known.
func when(v *web.Visit, asOf string) string {
	year, month, ok := strings.Cut(asOf, "-")
	if !ok {
		return year
	}
	return v.Say.T("expert.programmes.month."+month, "year", year)
}

// recent tells whether a figure is of a month that is known; one of a year alone comes
// from an older paper.
func recent(asOf string) bool { return strings.Contains(asOf, "-") }

// aged is how a figure is marked: an older one by its year, wherever it was read.
func aged(basis, asOf string) string {
	if basis == "read" && !recent(asOf) {
		return "old"
	}
	return basis
}

// barWide is how wide a bar is drawn, in its own units.
const barWide = 1000

// along puts a value on a scale that ends at most.
func along[N int | contract.Money](value, most N) string {
	if most <= 0 || value <= 0 {
		return "0"
	}
	return strconv.Itoa(max(8, int(int64(value)*barWide/int64(most))))
}

// missing lists what would settle whether a programme takes the patient, in words.
func missing(v *web.Visit, p expert.Programme) []string {
	var out []string
	for _, fact := range p.Lacks {
		out = append(out, v.Say.T("expert.programmes.lacks."+strings.ReplaceAll(fact, ".", "_")))
	}
	return out
}

// settle leads to the pages on which what is missing can be told.
func settle(v *web.Visit, p expert.Programme) []ui.Link {
	var out []ui.Link
	for _, fact := range p.Lacks {
		page := "expert.programmes"
		switch fact {
		case "patient.state", "patient.age", "diagnosis.icd10", "doctor.treating":
			page = "start"
		case "treatment.surgery":
			page = "need"
		}
		label, _, _ := strings.Cut(page, ".")
		link := ui.Link{Label: v.Say.T("expert.programme.answer." + label), Href: v.URL(page)}
		if !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return out
}

// questionsFor are what to ask a programme on the telephone.
func questionsFor(v *web.Visit, p expert.Programme, diagnosis string) ui.Call {
	c := ui.Call{
		Title: v.Say.T("expert.programme.call"), Who: p.Name,
		Say: []string{v.Say.T("expert.programme.say", "diagnosis", diagnosis)},
	}
	for _, q := range []string{"price", "takes", "doctor", "days", "records", "talk", "refund"} {
		c.Questions = append(c.Questions, ui.Question{Ask: v.Say.T("expert.programme.ask." + q)})
	}
	return c
}
