package decide

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// both are the names of the letters.
var both = []string{opinion.First, actions.Second}

// What the page shows: what the person settles about both letters, and both letters
// as they would read.

type posting struct {
	Decision opinion.Decision
	Doctors  map[string]string // by the letter's name
	Sent     map[string]letters.Sent
	Doubts   []string // what the person is not sure about, in words
}

func lettersSheet(v *web.Visit, p posting) web.Sheet {
	t := v.Say.T
	return web.Sheet{
		Title: t("decide.letters.title"),
		Fields: []web.Named{
			{Name: "language", Label: t("decide.letters.language")},
			{Name: "talk", Label: t("decide.letters.talk.ask")},
			{Name: "talk_until", Label: t("decide.letters.talk_until")},
			{Name: "send", Label: t("decide.letters.send")},
			{Name: "enclosed", Label: t("decide.letters.enclosed")},
			{Name: "address", Label: t("decide.letters.address")},
			{Name: "phone", Label: t("decide.letters.phone")},
			{Name: "addition-first", Label: t("decide.letters.addition", "doctor", p.Doctors[opinion.First])},
			{Name: "addition-second", Label: t("decide.letters.addition", "doctor", p.Doctors[actions.Second])},
		},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedLetters(v, c) },
		Draw:  func(f ui.Form) templ.Component { return lettersPage(v, f, p) },
	}
}

func savedLetters(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	form := url.Values{}
	first, version, err := casefile.Read[letters.Sent](c, letters.Ref(opinion.First))
	if err != nil {
		return nil, version, err
	}
	second, _, err := casefile.Read[letters.Sent](c, letters.Ref(actions.Second))
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		// Who hands over is asked for what the other doctor will want to see.
		held, _, err := casefile.Read[opinion.Opinion](c, opinion.Ref(opinion.First))
		if err != nil {
			return nil, version, err
		}
		var send []string
		for _, r := range held.ReliedOn {
			send = append(send, strings.TrimSpace(r.What+" "+r.Date))
		}
		form.Set("send", strings.Join(send, "\n"))
		form.Set("language", v.Lang())
		return form, 0, nil
	}
	t := first.Terms
	form.Set("language", t.Language)
	if t.Talk == letters.Given {
		form.Set("talk", "yes")
	}
	ui.SetDate(form, "talk_until", t.TalkUntil)
	form.Set("send", strings.Join(t.Send, "\n"))
	form.Set("enclosed", strings.Join(t.Enclosed, "\n"))
	form.Set("address", t.Address)
	form.Set("phone", t.Phone)
	form.Set("addition-first", first.Addition)
	form.Set("addition-second", second.Addition)
	return form, version, nil
}

// The handlers.

func showLetters(v *web.Visit) error {
	p, ok, err := post(v, v.Case)
	if err != nil {
		return err
	}
	if !ok {
		return v.Go("decide.choice")
	}
	return v.ShowSheet(lettersSheet(v, p))
}

func saveLetters(v *web.Visit) error {
	p, ok, err := post(v, v.Case)
	if err != nil {
		return err
	}
	if !ok {
		return v.Go("decide.choice")
	}
	s := lettersSheet(v, p)
	out, err := readLetters(v.Form)
	if err == nil && v.Form.Get("preview") != "" {
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	if err == nil {
		err = v.House.WriteLetters(v.Context(), v.Who, v.Case, out, v.Version())
	}
	if err != nil {
		return v.Again(s, err)
	}
	return v.Go("decide.letters")
}

func showLetter(v *web.Visit) error {
	which := v.Item("which")
	if which != opinion.First && which != actions.Second {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	pdf, err := v.House.PrintLetter(v.Context(), v.Who, v.Case, which)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-letter-"+which+".pdf", v.House.Now(), bytes.NewReader(pdf))
}

// post gathers what the page needs; ok is false where nothing is decided yet.
func post(v *web.Visit, c *casefile.Case) (p posting, ok bool, err error) {
	p = posting{Doctors: map[string]string{}, Sent: map[string]letters.Sent{}}
	if p.Decision, _, err = v.House.DecisionSoFar(c); err != nil {
		return p, false, err
	}
	if _, ok = p.Decision.Choice(); !ok {
		return p, false, nil
	}
	all, err := opinion.All(c)
	if err != nil {
		return p, true, err
	}
	other, err := actions.Other(p.Decision, all)
	if err != nil {
		return p, true, err
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return p, true, err
	}
	p.Doctors[opinion.First], p.Doctors[actions.Second] = profile.FirstDoctor.Name, doctor(v, other)
	if p.Doctors[opinion.First] == "" {
		p.Doctors[opinion.First] = v.Say.T("decide.doctor.first")
	}
	for _, name := range both {
		sent, version, err := casefile.Read[letters.Sent](c, letters.Ref(name))
		if err != nil {
			return p, true, err
		}
		if version > 0 {
			p.Sent[name] = sent
		}
	}
	for _, a := range p.Decision.Certainty {
		if a.Answer != "yes" {
			p.Doubts = append(p.Doubts, opinion.CertaintyText(a.Question, v.Lang()))
		}
	}
	return p, true, nil
}

// drafts gives both letters as the form would make them.
func drafts(v *web.Visit, f ui.Form) map[string]letters.Letter {
	out, _ := readLetters(f.Values)
	ls, err := v.House.Letters(v.Case, out.Terms)
	if err != nil {
		return nil // the page around it says what is wrong
	}
	for name, l := range ls {
		ls[name] = l.With(out.Additions[name])
	}
	return ls
}

// outdated tells whether a letter that was kept would read otherwise now.
func (p posting) outdated(ls map[string]letters.Letter) bool {
	for name, sent := range p.Sent {
		now := ls[name]
		now.Date = sent.Letter.Date
		if !reflect.DeepEqual(now.Text(), sent.Letter.Text()) {
			return true
		}
	}
	return false
}

// The form, and its validation: the date is read here, all else is the letters' own
// check. Consent is given by a tick and by nothing else.

func readLetters(form url.Values) (actions.Posting, error) {
	p := actions.Posting{Terms: letters.Terms{
		Language: form.Get("language"), Send: each(form.Get("send")), Enclosed: each(form.Get("enclosed")),
		Address: strings.TrimSpace(strings.ReplaceAll(form.Get("address"), "\r\n", "\n")), Phone: strings.TrimSpace(form.Get("phone")),
	}, Additions: map[string]string{}}
	for _, name := range both {
		p.Additions[name] = strings.ReplaceAll(form.Get("addition-"+name), "\r\n", "\n")
	}
	if form.Get("talk") == "yes" {
		p.Terms.Talk = letters.Given
	}
	until, wrong := ui.ParseDate(form, "talk_until")
	p.Terms.TalkUntil = until
	if wrong != nil {
		return p, wrong
	}
	return p, nil
}

// each gives the lines of a text that say something.
func each(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
