package coverage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: what to say and ask, a place for each answer, the sheet to
// print, and every earlier call.

type callsView struct {
	Sheet   ui.Call
	ID      string // of the call that this form writes down
	Asks    []coverage.Question
	Earlier []ui.Call
}

func callSheet(v *web.Visit) (web.Sheet, error) {
	t := v.Say.T
	view, err := calls(v)
	if err != nil {
		return web.Sheet{}, err
	}
	s := web.Sheet{
		Title: t("coverage.calls.title"),
		Saved: func(*casefile.Case) (url.Values, casefile.Version, error) {
			form := url.Values{}
			ui.SetDate(form, "on", v.Today())
			return form, 0, nil
		},
		Draw: func(f ui.Form) templ.Component { return callsPage(v, f, view) },
		Fields: []web.Named{
			{Name: "person", Label: t("coverage.calls.person")},
			{Name: "on", Label: t("coverage.calls.on")},
			{Name: "reference", Label: t("coverage.calls.reference")},
			{Name: "notes", Label: t("coverage.calls.notes")},
		},
	}
	return s, nil
}

func calls(v *web.Visit) (callsView, error) {
	s, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return callsView{}, err
	}
	view := callsView{ID: v.House.NewID()}
	if version == 0 {
		s.On = v.Today() // nothing is known of the plan: then everything is asked
	}
	answer, err := v.House.CoverageAnswer(s, v.Lang())
	if err != nil {
		return view, err
	}
	view.Asks = slices.DeleteFunc(answer.Questions, func(q coverage.Question) bool { return q.Rule == coverage.AskWho })
	if posted := postedAsks(v.Form); len(posted) > 0 {
		view.Asks = posted // the answers stand under the questions that were read
		if id := v.Form.Get("call"); isID.MatchString(id) {
			view.ID = id
		}
	}
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return view, err
	}
	view.Sheet = blank(v, p, view.Asks)
	had, err := casefile.ReadAll[coverage.Call](v.Case, coverage.CallKind)
	if err != nil {
		return view, err
	}
	slices.SortStableFunc(had, func(a, b coverage.Call) int { return cmp.Or(strings.Compare(b.On, a.On), cmp.Compare(b.N, a.N)) })
	for _, c := range had {
		view.Earlier = append(view.Earlier, written(v, c))
	}
	return view, nil
}

// blank is the sheet to hold while on the telephone, with the case's own facts.
func blank(v *web.Visit, p casefile.Profile, asks []coverage.Question) ui.Call {
	t := v.Say.T
	c := ui.Call{Title: t("coverage.calls.sheet"), Who: t("coverage.calls.whom")}
	c.Say = []string{t("coverage.calls.say.hello", "name", p.Patient.Name)}
	if p.Acting.Name != "" {
		c.Say = []string{t("coverage.calls.say.hello_for", "name", p.Acting.Name, "patient", p.Patient.Name)}
	}
	c.Say = append(c.Say, t("coverage.calls.say.want", "diagnosis", p.Diagnosis.Text))
	if p.DecideBy != "" {
		c.Say = append(c.Say, t("coverage.calls.say.by", "date", v.Say.Date(p.DecideBy)))
	}
	for _, q := range asks {
		c.Questions = append(c.Questions, ui.Question{Ask: q.Text})
	}
	return c
}

// written is a call as it was written down: only what was answered.
func written(v *web.Visit, c coverage.Call) ui.Call {
	t := v.Say.T
	out := ui.Call{Title: t("coverage.calls.of", "date", v.Say.Date(c.On)), Name: c.Person, Date: c.On, Reference: c.Reference}
	if out.Reference == "" {
		out.Reference = t("coverage.calls.no_reference")
	}
	for _, a := range c.Answers {
		if a.Given() {
			out.Questions = append(out.Questions, ui.Question{Ask: a.Question, Answer: spoken(v, a)})
		}
	}
	if c.Notes != "" {
		out.Questions = append(out.Questions, ui.Question{Ask: t("coverage.calls.notes"), Answer: c.Notes})
	}
	return out
}

// spoken is an answer as one text: yes, no or not sure, and the words.
func spoken(v *web.Visit, a coverage.Spoken) string {
	switch {
	case a.Said == "":
		return a.Answer
	case a.Answer == "":
		return v.Say.T("coverage.calls.said." + string(a.Said))
	}
	return v.Say.T("coverage.calls.said."+string(a.Said)) + ". " + a.Answer
}

// The handlers.

func showCalls(v *web.Visit) error {
	s, err := callSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveCall(v *web.Visit) error {
	call, err := readCall(v.Form, v.Today())
	if err == nil {
		_, err = v.House.RecordCall(v.Context(), v.Who, v.Case, call)
	}
	if err != nil {
		s, sheetErr := callSheet(v)
		if sheetErr != nil {
			return sheetErr
		}
		return v.Again(s, err)
	}
	return v.Go("coverage.calls")
}

// The form and its validation: the date is read here, all else is the call's own
// check, so that every wrong field is named at once.

var (
	isID  = regexp.MustCompile(`^[a-z0-9]{20,40}$`)
	isAsk = regexp.MustCompile(`^ASK-[0-9]{2}$`)
)

// postedAsks are the questions as the person read them, ask-0 and so on, each with
// its id in rule-0.
func postedAsks(form url.Values) []coverage.Question {
	var asks []coverage.Question
	for i := 0; form.Has("ask-" + strconv.Itoa(i)); i++ {
		n := strconv.Itoa(i)
		q := coverage.Question{Text: form.Get("ask-" + n), YesNo: form.Get("yes-no-"+n) == "yes"}
		if rule := form.Get("rule-" + n); isAsk.MatchString(rule) {
			q.Rule = rule
		}
		asks = append(asks, q)
	}
	return asks
}

func readCall(form url.Values, today string) (coverage.Call, error) {
	c := coverage.Call{Person: form.Get("person"), Reference: form.Get("reference"), Notes: form.Get("notes")}
	if id := form.Get("call"); isID.MatchString(id) {
		c.ID = id
	}
	for i, q := range postedAsks(form) {
		n := strconv.Itoa(i)
		c.Answers = append(c.Answers, coverage.Spoken{Rule: q.Rule, Question: q.Text, Said: coverage.Said(form.Get("said-" + n)), Answer: strings.TrimSpace(form.Get("answer-" + n))})
	}
	on, wrong := ui.NeedDate(form, "on")
	c.On = on
	var fs fault.Faults
	if wrong != nil {
		fs = append(fs, wrong)
	}
	for _, f := range fault.All(c.Check(today)) {
		// A date that could not be read has said so already.
		if f.Field != "on" || wrong == nil {
			fs = append(fs, f)
		}
	}
	return c, fs.OrNil()
}

// saids are the answers to a question of yes or no.
func saids(say text.Speaker) []ui.Option {
	var os []ui.Option
	for _, x := range []coverage.Said{coverage.SaidYes, coverage.SaidNo, coverage.SaidUnsure} {
		os = append(os, ui.Option{Value: string(x), Label: say.T("coverage.calls.said." + string(x))})
	}
	return os
}
