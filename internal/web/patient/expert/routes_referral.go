package expert

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
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/letters"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what to say when a doctor will not refer, what the person has a
// right to under their plan and by the laws that the rules about the plan found, the
// letter that asks for a referral or for the reason of a no in writing, and what to do
// when it is still no.

type referralView struct {
	Doctor string
	Rights []finding.Finding
	Laws   []finding.Finding // of states, as the answer about the plan has them
	Plan   bool              // the questions about the plan are answered
	Wanted string            // what the rules say about a referral: yes, no, unknown, ""
	Kept   letters.Sent      // nothing when To is empty
}

func referral(v *web.Visit) (referralView, error) {
	var view referralView
	p, err := profileOf(v)
	if err != nil {
		return view, err
	}
	view.Doctor = p.FirstDoctor.Name
	if view.Doctor == "" {
		view.Doctor = v.Say.T("expert.referral.your_doctor")
	}
	s, on, err := situation(v)
	if err != nil {
		return view, err
	}
	_, view.Rights = expert.Routes(s, on, v.Lang(), v.House.Rules)
	view.Plan, view.Wanted = s.Plan != "", s.Referral
	if view.Laws, err = laws(v); err != nil {
		return view, err
	}
	view.Kept, _, err = casefile.Read[letters.Sent](v.Case, letters.Ref(actions.ForReferral))
	return view, err
}

// laws are the findings of the state laws that the answer about the plan names.
func laws(v *web.Visit) ([]finding.Finding, error) {
	saved, version, err := casefile.Read[coverage.Saved](v.Case, coverage.Ref)
	if err != nil || version == 0 {
		return nil, err
	}
	answer, err := v.House.CoverageAnswer(saved, v.Lang())
	if err != nil {
		return nil, err
	}
	var out []finding.Finding
	for _, f := range answer.Findings {
		for _, id := range answer.Mandates {
			if f.Rule == id {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func referralSheet(v *web.Visit) (web.Sheet, error) {
	t := v.Say.T
	view, err := referral(v)
	if err != nil {
		return web.Sheet{}, err
	}
	s := web.Sheet{
		Title: t("expert.referral.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedReferral(v, c) },
		Draw:  func(f ui.Form) templ.Component { return referralPage(v, f, view) },
	}
	for _, name := range []string{"refused", "asked", "reasons", "reply_by", "addition", "member", "address", "phone", "language"} {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("expert.referral." + name)})
	}
	return s, nil
}

func savedReferral(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	sent, version, err := casefile.Read[letters.Sent](c, letters.Ref(actions.ForReferral))
	if err != nil {
		return nil, version, err
	}
	if version == 0 {
		return suggested(v, c)
	}
	form := url.Values{
		"language": {sent.Terms.Language}, "reasons": {strings.Join(sent.Reasons, "\n")}, "addition": {sent.Addition},
		"member": {sent.MemberID}, "address": {sent.Terms.Address}, "phone": {sent.Terms.Phone}, "refused": {string(expert.No)},
	}
	if sent.Refused {
		form.Set("refused", string(expert.Yes))
	}
	ui.SetDate(form, "asked", sent.Asked)
	ui.SetDate(form, "reply_by", sent.ReplyBy)
	return form, version, nil
}

// suggested is the letter's form before the first time: the reasons that were given to
// the same doctor in the letter about the plan, if there is one.
func suggested(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	earlier, _, err := casefile.Read[letters.Sent](c, letters.Ref(actions.ForPlan))
	if err != nil {
		return nil, 0, err
	}
	by, err := v.House.ReplyToReferralBy(c)
	if err != nil {
		return nil, 0, err
	}
	form := url.Values{"language": {v.Lang()}, "reasons": {v.Say.T("expert.referral.reasons.usual")}}
	if len(earlier.Reasons) > 0 {
		form.Set("reasons", strings.Join(earlier.Reasons, "\n"))
		form.Set("member", earlier.MemberID)
		form.Set("address", earlier.Terms.Address)
		form.Set("phone", earlier.Terms.Phone)
	}
	ui.SetDate(form, "reply_by", by)
	return form, 0, nil
}

// The handlers.

func showReferral(v *web.Visit) error {
	s, err := referralSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveReferral(v *web.Visit) error {
	s, err := referralSheet(v)
	if err != nil {
		return err
	}
	p, err := readReferral(v.Form)
	if err == nil && v.Form.Get("preview") != "" {
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	if err == nil {
		err = v.House.RequestReferral(v.Context(), v.Who, v.Case, p, v.Version())
	}
	if err != nil {
		return v.Again(s, err)
	}
	return v.Go("expert.referral")
}

func printReferral(v *web.Visit) error {
	pdf, err := v.House.PrintLetter(v.Context(), v.Who, v.Case, actions.ForReferral)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-letter-referral.pdf", v.House.Now(), bytes.NewReader(pdf))
}

// referralDraft gives the letter as the form would make it.
func referralDraft(v *web.Visit, f ui.Form) (letters.Letter, bool) {
	p, err := readReferral(f.Values)
	if err != nil {
		return letters.Letter{}, false // the page around it says what is wrong
	}
	l, err := v.House.ReferralLetter(v.Case, p)
	return l.With(p.Addition), err == nil
}

// old tells whether the letter that was kept would read otherwise now.
func (r referralView) old(now letters.Letter) bool {
	now.Date = r.Kept.Letter.Date
	return !reflect.DeepEqual(now.Text(), r.Kept.Letter.Text())
}

// The form. The rest of its validation is the action's.

func readReferral(form url.Values) (actions.ReferralPosting, error) {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	p := actions.ReferralPosting{
		Terms:   letters.Terms{Language: form.Get("language"), Address: text("address"), Phone: text("phone")},
		Refused: form.Get("refused") == string(expert.Yes), MemberID: text("member"), Addition: text("addition"),
	}
	for _, line := range strings.Split(text("reasons"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			p.Reasons = append(p.Reasons, line)
		}
	}
	var fs fault.Faults
	for name, at := range map[string]*string{"asked": &p.Asked, "reply_by": &p.ReplyBy} {
		day, wrong := ui.ParseDate(form, name)
		if wrong != nil {
			fs = append(fs, wrong)
		}
		*at = day
	}
	return p, fs.OrNil()
}

// whoConfirms is who can confirm a right that nobody of us has read.
func whoConfirms(v *web.Visit, f finding.Finding) string {
	if sure(f) {
		return ""
	}
	return v.Say.T("expert.referral.plan")
}
