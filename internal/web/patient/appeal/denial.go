package appeal

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the letter, and beside it what stands in it, in the order in
// which a letter says it. Nothing but the plan's name must be known.

type denialView struct {
	ID     string
	Papers []paper
	After  *appeal.Denial // the letter before this one, when its appeal was refused
	New    bool
	Guess  bool // which law the plan is under was derived, and must be confirmed
}

// paper is one page, or one file, of the letter.
type paper struct {
	SHA256  string
	Name    string
	Picture bool // a browser can draw it
	PDF     bool
}

var isID = regexp.MustCompile(`^[a-z0-9]{20,40}$`)

func denialSheet(v *web.Visit, x denialView) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("appeal.denial.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedDenial(c, x) },
		Draw:  func(f ui.Form) templ.Component { return denialPage(v, f, x) },
	}
	for _, q := range asks {
		s.Fields = append(s.Fields, web.Named{Name: q.name, Label: v.Say.T("appeal.ask." + q.name)})
	}
	return s
}

// savedDenial gives the letter as the form holds it. A new one begins with what the
// case knows, and a letter after a letter with what the first one said.
func savedDenial(c *casefile.Case, x denialView) (url.Values, casefile.Version, error) {
	d, version, err := casefile.Read[appeal.Denial](c, appeal.Ref(x.ID))
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		if d, err = begun(c, x); err != nil {
			return nil, version, err
		}
	}
	form := typed(d)
	for _, p := range x.Papers {
		form.Add("letter", p.SHA256)
	}
	if x.After != nil {
		form.Set("after", x.After.ID)
	}
	return form, version, nil
}

// begun is a letter of which nothing was typed yet.
func begun(c *casefile.Case, x denialView) (appeal.Denial, error) {
	d, err := actions.KnownForAppeal(c)
	if x.After == nil || err != nil {
		return d, err
	}
	a := x.After
	d.Plan, d.Claim = a.Plan, a.Claim
	d.Input.Regime, d.Input.Funding, d.Input.State, d.Input.Grandfathered = a.Input.Regime, a.Input.Funding, a.Input.State, a.Input.Grandfathered
	d.Input.Service, d.Input.Urgent, d.Input.Amount, d.Input.Drug = a.Input.Service, a.Input.Urgent, a.Input.Amount, a.Input.Drug
	d.Input.Denial = a.Input.Denial
	d.Input.Level = refusedBy(a.Answer)
	return d, nil
}

// refusedBy is the level that has refused, when the next level of this answer was
// asked for and said no; "" where the names do not tell.
func refusedBy(a appeal.Answer) string {
	if a.Next == nil {
		return ""
	}
	for _, level := range levels {
		if stem, ok := strings.CutSuffix(level, "_denied"); ok && strings.HasPrefix(a.Next.Level, stem) {
			return level
		}
	}
	return ""
}

func viewDenial(v *web.Visit, papers []string, after string) (denialView, error) {
	x := denialView{ID: v.Item("id")}
	d, version, err := casefile.Read[appeal.Denial](v.Case, appeal.Ref(x.ID))
	if err != nil {
		return x, err
	}
	x.New = version == 0
	if len(papers) == 0 {
		papers = d.Papers()
	}
	if !x.New {
		after = d.After
	}
	if after != "" {
		a, err := actions.DenialOf(v.Case, after)
		if err != nil {
			return x, err
		}
		x.After = &a
	}
	if x.New && x.After == nil {
		known, err := actions.KnownForAppeal(v.Case)
		if err != nil {
			return x, err
		}
		x.Guess = known.Input.Regime != ""
	}
	x.Papers, err = papersOf(v.Case, papers)
	return x, err
}

// papersOf are the files of these names that the case holds.
func papersOf(c *casefile.Case, names []string) ([]paper, error) {
	var all []paper
	for _, sha256 := range names {
		r, version, err := casefile.Read[records.Received](c, records.Ref(sha256))
		if err != nil {
			return all, err
		}
		if version > 0 && len(all) < manyPages {
			all = append(all, paper{SHA256: sha256, Name: r.Base(), Picture: drawable(r.Base()), PDF: isPDF(r.Base())})
		}
	}
	return all, nil
}

// The handlers.

// showDenial shows the form. The address "new" gives a new letter an id of its own,
// and finds the files that were handed in for it.
func showDenial(v *web.Visit) error {
	ask := v.R.URL.Query()
	if v.Item("id") == "new" {
		papers := ask["letter"]
		if t, ok := since(ask.Get("since")); ok {
			var err error
			if papers, err = storedSince(v.Case, t); err != nil {
				return err
			}
		}
		to := newDenial(v, papers...)
		if after := ask.Get("after"); after != "" {
			to += map[bool]string{true: "?", false: "&"}[len(papers) == 0] + "after=" + url.QueryEscape(after)
		}
		http.Redirect(v.W, v.R, to, http.StatusSeeOther)
		return nil
	}
	if !isID.MatchString(v.Item("id")) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x, err := viewDenial(v, ask["letter"], ask.Get("after"))
	if err != nil {
		return err
	}
	framed(v, x)
	return v.ShowSheet(denialSheet(v, x))
}

func saveDenial(v *web.Visit) error {
	if !isID.MatchString(v.Item("id")) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x, err := viewDenial(v, v.Form["letter"], v.Form.Get("after"))
	if err != nil {
		return err
	}
	d, err := readDenial(v.Form)
	d.ID = x.ID
	if x.After != nil {
		d.After = x.After.ID
	}
	wrong := fault.All(err)
	if len(wrong) == 0 || fault.Is(err, fault.Invalid) {
		// What cannot be read is left out, so that all else is checked in the same go.
		if len(wrong) == 0 {
			_, err = v.House.EnterDenial(v.Context(), v.Who, v.Case, d, v.Version())
		} else {
			err = v.House.CheckDenial(v.Case, d)
		}
		wrong = append(wrong, worded(err, wrong)...)
	}
	if len(wrong) > 0 {
		framed(v, x)
		return v.Again(denialSheet(v, x), wrong)
	}
	return v.Go("appeal.answer", x.ID)
}

// worded gives the faults in the words of this page, without those of a field of
// which something was said already.
func worded(err error, said fault.Faults) fault.Faults {
	var fs fault.Faults
	for _, f := range fault.All(err) {
		field, _, _ := strings.Cut(f.Field, "[") // of a list the form asks in one field
		f = f.On(field)
		if slices.ContainsFunc(slices.Concat(said, fs), func(x *fault.Fault) bool { return x.Field == f.Field }) {
			continue
		}
		if f.Kind == fault.Invalid && f.Key == "fault.invalid" {
			f = fault.New(fault.Invalid, "form.choice").On(f.Field)
			if f.Field == "denial.carc" || f.Field == "denial.rarc" {
				f = fault.New(fault.Invalid, "appeal.wrong.code").On(f.Field)
			}
		}
		fs = append(fs, f)
	}
	return fs
}
