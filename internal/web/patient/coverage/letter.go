package coverage

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/letters"
	"consilium/internal/need"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the letter that tells the first doctor of the second opinion
// and asks for what the plan wants from them, as it would read; the reasons and the
// records in it, which the person may change; and the letter as it was kept.

type letterView struct {
	Doctor string
	Kept   letters.Sent // nothing when To is empty
}

func letterSheet(v *web.Visit) (web.Sheet, error) {
	t := v.Say.T
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return web.Sheet{}, err
	}
	view := letterView{Doctor: p.FirstDoctor.Name}
	if view.Doctor == "" {
		view.Doctor = t("coverage.letter.your_doctor")
	}
	if view.Kept, _, err = casefile.Read[letters.Sent](v.Case, letters.Ref(actions.ForPlan)); err != nil {
		return web.Sheet{}, err
	}
	s := web.Sheet{
		Title: t("coverage.letter.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedLetter(v, c) },
		Draw:  func(f ui.Form) templ.Component { return letterPage(v, f, view) },
	}
	for _, f := range []string{"reasons", "send", "addition", "member", "address", "phone", "language"} {
		s.Fields = append(s.Fields, web.Named{Name: f, Label: t("coverage.letter." + f)})
	}
	return s, nil
}

func savedLetter(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	sent, version, err := casefile.Read[letters.Sent](c, letters.Ref(actions.ForPlan))
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		reasons, send, err := suggested(v, c)
		return url.Values{"language": {v.Lang()}, "reasons": {reasons}, "send": {send}}, 0, err
	}
	return url.Values{
		"language": {sent.Terms.Language}, "reasons": {strings.Join(sent.Reasons, "\n")}, "send": {strings.Join(sent.Terms.Send, "\n")},
		"addition": {sent.Addition}, "member": {sent.MemberID}, "address": {sent.Terms.Address}, "phone": {sent.Terms.Phone},
	}, version, nil
}

// suggested are the reasons that the case knows, in the words of a patient to a
// doctor, and the records that a second doctor needs.
func suggested(v *web.Visit, c *casefile.Case) (reasons, send string, err error) {
	n, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return "", "", err
	}
	var why []string
	for _, t := range n.Answer.Triggers {
		if key := "coverage.letter.reason." + t.Rule; v.Say.Has(key) {
			why = append(why, v.Say.T(key))
		}
	}
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil || version == 0 {
		return strings.Join(why, "\n"), "", err
	}
	if !s.Has("records") {
		send = v.Say.T("coverage.letter.records")
	}
	return strings.Join(why, "\n"), send, nil
}

// The handlers.

func showLetter(v *web.Visit) error {
	s, err := letterSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveLetter(v *web.Visit) error {
	s, err := letterSheet(v)
	if err != nil {
		return err
	}
	if v.Form.Get("preview") != "" {
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	if err := v.House.WriteFirstLetter(v.Context(), v.Who, v.Case, readLetter(v.Form), v.Version()); err != nil {
		return v.Again(s, err)
	}
	return v.Go("coverage.letter")
}

func printLetter(v *web.Visit) error {
	pdf, err := v.House.PrintLetter(v.Context(), v.Who, v.Case, actions.ForPlan)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-letter-first-doctor.pdf", v.House.Now(), bytes.NewReader(pdf))
}

// draft gives the letter as the form would make it.
func draft(v *web.Visit, f ui.Form) (letters.Letter, bool) {
	p := readLetter(f.Values)
	l, err := v.House.FirstLetter(v.Case, p)
	return l.With(p.Addition), err == nil // the page around it says what is wrong
}

// old tells whether the letter that was kept would read otherwise now.
func (k letterView) old(now letters.Letter) bool {
	now.Date = k.Kept.Letter.Date
	return !reflect.DeepEqual(now.Text(), k.Kept.Letter.Text())
}

// The form. Its validation is the action's.

func readLetter(form url.Values) actions.FirstPosting {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	return actions.FirstPosting{
		Terms:   letters.Terms{Language: form.Get("language"), Send: eachLine(text("send")), Address: text("address"), Phone: text("phone")},
		Reasons: eachLine(text("reasons")), MemberID: text("member"), Addition: text("addition"),
	}
}

// eachLine gives the lines of a text that say something.
func eachLine(text string) []string {
	var lines []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}
