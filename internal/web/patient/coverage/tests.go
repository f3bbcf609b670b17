package coverage

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the pages show: each test that the second doctor ordered, with its own answer
// of the plan and its own date; and for one test, what to ask and what was said.

type testsView struct {
	Tests []coverage.Ordered
	New   string // id under which one more would be kept
	Today string
	Free  bool // the plan approves no tests beforehand
}

func testSheet(v *web.Visit, id string) web.Sheet {
	t := v.Say.T
	s := web.Sheet{Title: t("coverage.test.title"), Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedTest(c, id) }}
	for _, f := range []string{"name", "kind", "on", "need_by", "answer", "asked", "decided", "number", "until", "words"} {
		s.Fields = append(s.Fields, web.Named{Name: f, Label: t("coverage.test." + f)})
	}
	s.Draw = func(f ui.Form) templ.Component { return testPage(v, f, id, testQuestions(v)) }
	return s
}

// testQuestions are what to ask the plan about a test; where nothing is known of the
// plan, all of them.
func testQuestions(v *web.Visit) []coverage.Question {
	s, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return nil
	}
	if version == 0 {
		s.On = v.Today()
	}
	answer, err := v.House.CoverageAnswer(s, v.Lang())
	if err != nil {
		return nil
	}
	return answer.TestQuestions
}

func savedTest(c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	o, version, err := casefile.Read[coverage.Ordered](c, coverage.TestRef(id))
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		return url.Values{"answer": {"not_asked"}}, 0, nil
	}
	form := url.Values{"name": {o.Name}, "kind": {o.Kind}, "answer": {o.Answer}, "number": {o.Number}, "words": {o.Words}}
	for name, on := range map[string]string{"on": o.On, "need_by": o.NeedBy, "asked": o.Asked, "decided": o.Decided, "until": o.Until} {
		ui.SetDate(form, name, on)
	}
	return form, version, nil
}

// The handlers.

func showTests(v *web.Visit) error {
	all, err := casefile.ReadAll[coverage.Ordered](v.Case, coverage.TestKind)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b coverage.Ordered) int { return strings.Compare(a.On, b.On) })
	s, _, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("coverage.tests.title"), testsPage(v, testsView{all, v.House.NewID(), v.Today(), s.Input.Plan.Kind == "medicare_original"}))
}

func showTest(v *web.Visit) error {
	if !isID.MatchString(v.Item("id")) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return v.ShowSheet(testSheet(v, v.Item("id")))
}

func saveTest(v *web.Visit) error {
	id := v.Item("id")
	if !isID.MatchString(id) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	o, err := readTest(v.Form, v.Today())
	if err == nil {
		o.ID = id
		_, err = v.House.KeepTestOrder(v.Context(), v.Who, v.Case, o, v.Version())
	}
	if err != nil {
		return v.Again(testSheet(v, id), err)
	}
	return v.Go("coverage.tests")
}

// The form and its validation: the dates are read here, all else is the test's own
// check, so that every wrong field is named at once.

func readTest(form url.Values, today string) (coverage.Ordered, error) {
	line := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n")) }
	o := coverage.Ordered{Name: line("name"), Kind: form.Get("kind"), Answer: form.Get("answer"), Number: line("number"), Words: line("words")}
	var fs fault.Faults
	unread := map[string]bool{}
	for name, on := range map[string]*string{"on": &o.On, "need_by": &o.NeedBy, "asked": &o.Asked, "decided": &o.Decided, "until": &o.Until} {
		day, wrong := ui.ParseDate(form, name)
		if *on = day; wrong != nil {
			fs, unread[name] = append(fs, wrong), true
		}
	}
	for _, f := range fault.All(o.Check(today)) {
		if !unread[f.Field] { // a date that could not be read has said so already
			fs = append(fs, f)
		}
	}
	return o, fs.OrNil()
}

// stands says how a test stands with the plan, and what to do next.
func stands(v *web.Visit, o coverage.Ordered, today string) (tag, tone, next string) {
	tag, tone, next = v.Say.T("coverage.test.answer."+o.Answer), "tag-ask", v.Say.T("coverage.tests.next."+o.Answer)
	switch {
	case o.Cleared(today):
		tone = "tag-agree"
	case o.Answer == "approved":
		tag, tone, next = v.Say.T("coverage.tests.ended"), "tag-warn", v.Say.T("coverage.tests.next.ended")
	case o.Answer == "refused":
		tone = "tag-warn"
	}
	return tag, tone, next
}

func options(v *web.Visit, of []string, key string) []ui.Option {
	var os []ui.Option
	for _, x := range of {
		os = append(os, ui.Option{Value: x, Label: v.Say.T(key + x)})
	}
	return os
}
