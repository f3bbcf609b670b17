// Package decide is the last step: what matters to the person against the choices,
// the decision and its reasons, the letters that tell both doctors, and closing the
// case. The decision is the person's alone; nothing here says which choice is best.
package decide

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the step and its pages.
var Step = web.Step{ID: "decide", Words: words, Pages: []web.Page{
	{ID: "decide", Show: showWeigh, Save: saveWeigh},
	{ID: "decide.choice", Show: showChoice, Save: saveChoice},
	{ID: "decide.letters", Show: showLetters, Save: saveLetters},
	{ID: "decide.letter", Item: "{which}", Show: showLetter},
	{ID: "decide.close", Show: showClose, Save: saveClose},
}}

// What the page shows: what matters to the person, how much, and what each choice
// means for it; drawn as a table without a verdict.

// mostValues is how many things that matter the form takes.
const mostValues = 12

type weighing struct {
	Decision opinion.Decision // as it is saved
	Doctors  map[string]string
}

func weighSheet(v *web.Visit, w weighing) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("decide.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedWeigh(v, c) },
		Draw:  func(f ui.Form) templ.Component { return weighPage(v, f, w) },
	}
	for i := range mostValues {
		s.Fields = append(s.Fields, web.Named{Name: value(i, "what"), Label: v.Say.T("decide.value_n", "n", strconv.Itoa(i+1))},
			web.Named{Name: value(i, "weight"), Label: v.Say.T("decide.weight")})
		for _, o := range w.Decision.Options {
			s.Fields = append(s.Fields, web.Named{Name: value(i, "fit."+o.ID), Label: o.Text})
		}
	}
	return s
}

// value is the name of a field of row i.
func value(i int, name string) string { return "values[" + strconv.Itoa(i) + "]." + name }

func savedWeigh(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	d, version, err := v.House.DecisionSoFar(c)
	form := url.Values{}
	for i, x := range d.Values {
		form.Set(value(i, "what"), x.What)
		form.Set(value(i, "weight"), strconv.Itoa(x.Weight))
		for _, f := range d.Fits {
			if f.Value == x.What {
				form.Set(value(i, "fit."+f.Option), f.How)
			}
		}
	}
	return form, version, err
}

// The handlers.

func showWeigh(v *web.Visit) error {
	w, err := weigh(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(weighSheet(v, w))
}

func saveWeigh(v *web.Visit) error {
	w, err := weigh(v)
	if err != nil {
		return err
	}
	if v.Form.Get("add") != "" {
		if n := rows(v.Form); n < mostValues {
			v.Form.Set(value(n, "what"), "")
		}
		s := weighSheet(v, w)
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	v.Form = compact(v.Form)
	values, fits, err := readWeigh(v.Form, w.Decision.Options)
	if err == nil {
		err = v.House.WeighOptions(v.Context(), v.Who, v.Case, values, fits, v.Version())
	}
	if err != nil {
		return v.Again(weighSheet(v, w), err)
	}
	return v.Go("decide")
}

func weigh(v *web.Visit) (weighing, error) {
	d, _, err := v.House.DecisionSoFar(v.Case)
	if err != nil {
		return weighing{}, err
	}
	all, err := opinion.All(v.Case)
	if err != nil {
		return weighing{}, err
	}
	w := weighing{Decision: d, Doctors: map[string]string{}}
	for _, o := range all {
		w.Doctors[o.ID] = doctor(v, o)
	}
	return w, nil
}

// doctor names who gave an opinion.
func doctor(v *web.Visit, o opinion.Opinion) string {
	if strings.TrimSpace(o.By.Name) != "" {
		return o.By.Name
	}
	return v.Say.T("decide.doctor." + o.ID)
}

// advised says who advises a choice.
func (w weighing) advised(v *web.Visit, o opinion.Choice) string {
	var names []string
	for _, id := range o.Advised {
		names = append(names, w.Doctors[id])
	}
	if len(names) == 0 {
		return ""
	}
	return v.Say.T("decide.advised", "doctors", strings.Join(names, ", "))
}

// The form. Rows in which nothing stands are left out; each thing that matters is
// named once and has a weight.

func rows(form url.Values) int {
	n := 0
	for i := range mostValues {
		for key := range form {
			if strings.HasPrefix(key, value(i, "")) {
				n = i + 1
				break
			}
		}
	}
	return n
}

func compact(form url.Values) url.Values {
	out, next := url.Values{}, 0
	for key, x := range form {
		if !strings.HasPrefix(key, "values[") {
			out[key] = x
		}
	}
	for i := range rows(form) {
		if strings.TrimSpace(form.Get(value(i, "what"))) == "" {
			continue
		}
		for key, x := range form {
			if rest, ok := strings.CutPrefix(key, value(i, "")); ok {
				out[value(next, rest)] = x
			}
		}
		next++
	}
	return out
}

func readWeigh(form url.Values, options []opinion.Choice) ([]opinion.Value, []opinion.Fit, error) {
	var values []opinion.Value
	var fits []opinion.Fit
	var fs fault.Faults
	seen := map[string]bool{}
	for i := range rows(form) {
		x := opinion.Value{What: strings.Join(strings.Fields(form.Get(value(i, "what"))), " ")}
		var err error
		if x.Weight, err = strconv.Atoi(form.Get(value(i, "weight"))); err != nil || x.Weight < 1 || x.Weight > 5 {
			fs = append(fs, fault.New(fault.Invalid, "form.required").On(value(i, "weight")))
		}
		if seen[strings.ToLower(x.What)] {
			fs = append(fs, fault.New(fault.Invalid, "decide.fault.twice").On(value(i, "what")))
		}
		seen[strings.ToLower(x.What)] = true
		values = append(values, x)
		for _, o := range options {
			if how := form.Get(value(i, "fit."+o.ID)); how != "" {
				if how != "helps" && how != "hurts" && how != "neither" && how != "unknown" {
					fs = append(fs, fault.New(fault.Invalid, "form.choice").On(value(i, "fit."+o.ID)))
				}
				fits = append(fits, opinion.Fit{Option: o.ID, Value: x.What, How: how})
			}
		}
	}
	if len(values) == 0 {
		fs = append(fs, fault.New(fault.Invalid, "decide.fault.none").On(value(0, "what")))
	}
	return values, fits, fs.OrNil()
}
