// Package need is the step in which a person learns whether a second opinion is
// worth having: first whether this may be an emergency, then plain questions, then
// the answer with its reasons.
package need

import (
	"embed"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/need"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "need", Words: words, Pages: []web.Page{
	{ID: "need", Show: show, Save: save},
	{ID: "need.screen", Show: showScreen, Save: saveScreen},
	{ID: "need.answer", Show: showAnswer},
}}

// What the page shows: the questions of the rules, each with "I don't know".

func sheet(v *web.Visit) web.Sheet {
	s := web.Sheet{Title: v.Say.T("need.title"), Saved: saved, Draw: func(f ui.Form) templ.Component { return page(v, f) }}
	for _, q := range questions() {
		s.Fields = append(s.Fields, web.Named{Name: q.ID, Label: q.Words.In(v.Lang())})
	}
	return s
}

// questions are those that this page asks: the diagnosis in words was asked at the
// start.
func questions() []need.Question {
	var qs []need.Question
	for _, q := range need.Questions() {
		if q.Field != "diagnosis.text" && q.Field != "diagnosis.icd10" {
			qs = append(qs, q)
		}
	}
	return qs
}

// saved gives the answers as the form's values. It goes by the JSON of the input,
// in which every question's field is a path.
func saved(c *casefile.Case) (url.Values, casefile.Version, error) {
	s, version, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil || version == 0 {
		return nil, version, err
	}
	b, err := json.Marshal(s.Input)
	if err != nil {
		return nil, version, err
	}
	var in map[string]any
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, version, err
	}
	form := url.Values{}
	for _, q := range questions() {
		switch x := contract.At(in, q.Field).(type) {
		case bool:
			form.Set(q.ID, map[bool]string{true: "yes", false: "no"}[x])
		case float64:
			form.Set(q.ID, strconv.FormatFloat(x, 'f', -1, 64))
		case string:
			form.Set(q.ID, x)
		}
	}
	return form, version, nil
}

// The handlers.

func show(v *web.Visit) error {
	s, _, err := casefile.Read[need.Saved](v.Case, need.Ref)
	if err != nil {
		return err
	}
	if !s.Screened || s.Answer.Advice == need.Emergency {
		return v.Go("need.screen")
	}
	return v.ShowSheet(sheet(v))
}

func save(v *web.Visit) error {
	in, err := read(v.Form)
	if err == nil {
		_, err = v.House.AnswerNeed(v.Context(), v.Who, v.Case, in, v.Version())
	}
	if err != nil {
		return v.Again(sheet(v), err)
	}
	return v.Go("need.answer")
}

// The form: what was answered, put into the input at each question's path.

func read(form url.Values) (need.Input, error) {
	raw := map[string]any{}
	field := map[string]string{} // the path of each question's field, to its name in the form
	var fs fault.Faults
	for _, q := range questions() {
		field[q.Field] = q.ID
		answer := strings.TrimSpace(form.Get(q.ID))
		if answer == "" || answer == "unknown" {
			continue
		}
		switch q.Kind {
		case "yes_no":
			contract.Put(raw, q.Field, answer == "yes")
		case "number":
			n, err := strconv.Atoi(answer)
			if err != nil {
				fs = append(fs, fault.New(fault.Invalid, "form.number").On(q.ID))
				continue
			}
			contract.Put(raw, q.Field, n)
		default:
			contract.Put(raw, q.Field, answer)
		}
	}
	var in need.Input
	b, err := json.Marshal(raw)
	if err != nil {
		return in, err
	}
	if err := contract.Decode(strings.NewReader(string(b)), &in); err != nil {
		for _, f := range fault.All(err) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(field[f.Field]))
		}
	}
	return in, fs.OrNil()
}
