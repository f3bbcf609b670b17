package expert

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the pages show: a sheet for each clinic of the list, with what to say, what to
// ask and a place for each answer; and every call so far, who said it and when.

type callView struct {
	Candidate expert.Candidate
	ID        string // of the call that this form writes down
	Sheet     ui.Call
	Earlier   []ui.Call
}

func callsOf(v *web.Visit) ([]expert.Call, error) {
	return casefile.ReadAll[expert.Call](v.Case, expert.CallKind)
}

func prepareCall(v *web.Visit, c expert.Candidate) (callView, error) {
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return callView{}, err
	}
	all, err := callsOf(v)
	if err != nil {
		return callView{}, err
	}
	view := callView{Candidate: c, ID: v.House.NewID(), Sheet: call(v, p, c)}
	if id := v.Form.Get("call"); isCallID.MatchString(id) {
		view.ID = id
	}
	for _, x := range expert.Calls(all, c.ID) {
		view.Earlier = append(view.Earlier, written(v, x))
	}
	return view, nil
}

// written is a call as it was written down: only what was answered.
func written(v *web.Visit, c expert.Call) ui.Call {
	t := v.Say.T
	out := ui.Call{Title: t("expert.call.of", "date", v.Say.Date(c.On)), Name: c.Person, Date: c.On, Reference: c.Reference}
	if out.Reference == "" {
		out.Reference = t("expert.call.no_reference")
	}
	for _, x := range c.Told {
		if x.Given() {
			out.Questions = append(out.Questions, ui.Question{Ask: t("expert.script.ask." + x.Question), Answer: spoken(v, x)})
		}
	}
	if c.CallBack != "" {
		out.Questions = append(out.Questions, ui.Question{Ask: t("expert.call.call_back"), Answer: v.Say.Date(c.CallBack)})
	}
	if c.Notes != "" {
		out.Questions = append(out.Questions, ui.Question{Ask: t("expert.candidate.notes"), Answer: c.Notes})
	}
	return out
}

// spoken is an answer as one text.
func spoken(v *web.Visit, x expert.Told) string {
	var said []string
	if x.Reply != "" {
		said = append(said, v.Say.T("expert.call.said."+string(x.Reply)))
	}
	if x.Price != nil {
		said = append(said, v.Say.Money(x.Price.String()))
	}
	if x.Days != nil {
		said = append(said, v.Say.N("expert.call.days", *x.Days))
	}
	if x.Text != "" {
		said = append(said, x.Text)
	}
	return join(" · ", said...)
}

func callSheet(v *web.Visit, view callView) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title: t("expert.call.title", "name", view.Candidate.Doctor.Name),
		Saved: func(*casefile.Case) (url.Values, casefile.Version, error) {
			form := url.Values{"heed": {string(actions.HeedNetwork)}}
			ui.SetDate(form, "on", v.Today())
			return form, 0, nil
		},
		Draw:   func(f ui.Form) templ.Component { return callPage(v, f, view) },
		Fields: []web.Named{{Name: "person", Label: t("expert.call.person")}, {Name: "on", Label: t("expert.call.on")}, {Name: "reference", Label: t("expert.call.reference")}},
	}
	for _, q := range expert.CallQuestions {
		s.Fields = append(s.Fields, web.Named{Name: "q." + q.Name, Label: t("expert.script.ask." + q.Name)})
	}
	s.Fields = append(s.Fields, web.Named{Name: "call_back", Label: t("expert.call.call_back")}, web.Named{Name: "notes", Label: t("expert.candidate.notes")})
	return s
}

// The handlers.

func showCalls(v *web.Visit) error {
	rows, _, err := shortlist(v, v.Case)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("expert.calls.title"), callsPage(v, rows))
}

func showCall(v *web.Visit) error {
	c, err := candidateOf(v)
	if err != nil {
		return err
	}
	view, err := prepareCall(v, c)
	if err != nil {
		return err
	}
	return v.ShowSheet(callSheet(v, view))
}

func saveCall(v *web.Visit) error {
	c, err := candidateOf(v)
	if err != nil {
		return err
	}
	call, err := readCall(v.Form, v.Today())
	call.Candidate = c.ID
	if err == nil {
		_, err = v.House.RecordExpertCall(v.Context(), v.Who, v.Case, call, actions.Heed(v.Form.Get("heed")))
	}
	if err != nil {
		view, viewErr := prepareCall(v, c)
		if viewErr != nil {
			return viewErr
		}
		return v.Again(callSheet(v, view), err)
	}
	return v.Go("expert.calls")
}

// The form and its validation: dates and numbers are read here, all else is the
// call's own check, so that every wrong field is named at once.

var isCallID = regexp.MustCompile(`^[a-z0-9]{20,40}$`)

func readCall(form url.Values, today string) (expert.Call, error) {
	c := expert.Call{Person: strings.TrimSpace(form.Get("person")), Reference: strings.TrimSpace(form.Get("reference")), Notes: strings.TrimSpace(form.Get("notes"))}
	if id := form.Get("call"); isCallID.MatchString(id) {
		c.ID = id
	}
	var fs fault.Faults
	on, wrong := ui.NeedDate(form, "on")
	if wrong != nil {
		fs, on = append(fs, wrong), today
	}
	c.On = on
	if c.CallBack, wrong = ui.ParseDate(form, "call_back"); wrong != nil {
		fs = append(fs, wrong)
	}
	for _, q := range expert.CallQuestions {
		name := "q." + q.Name
		told := expert.Told{Question: q.Name}
		switch typed := strings.TrimSpace(form.Get(name)); {
		case q.Sort == expert.AskReply:
			told.Reply, told.Text = expert.Reply(typed), strings.TrimSpace(form.Get(name+".words"))
		case typed == "":
		case q.Sort == expert.AskPrice:
			m, ok := dollars(typed)
			if !ok {
				fs = append(fs, fault.New(fault.Invalid, "form.money").On(name))
				continue
			}
			told.Price = &m
		case q.Sort == expert.AskDays:
			n, err := strconv.Atoi(typed)
			if err != nil {
				fs = append(fs, fault.New(fault.Invalid, "form.number").On(name))
				continue
			}
			told.Days = &n
		default:
			told.Text = typed
		}
		if told.Given() {
			c.Told = append(c.Told, told)
		}
	}
	for _, f := range fault.All(c.Check(today)) {
		if f.Key == "expert.call.empty" && len(fs) > 0 {
			continue // an answer that could not be read is no lack of answers
		}
		fs = append(fs, f)
	}
	return c, fs.OrNil()
}

var typedDollars = regexp.MustCompile(`^0*([0-9]{1,9})(?:\.([0-9]{1,2}))?$`)

// dollars reads an amount as people type it: "1250", "$1,250.50".
func dollars(typed string) (contract.Money, bool) {
	m := typedDollars.FindStringSubmatch(strings.NewReplacer("$", "", ",", "", " ", "", "\u00a0", "").Replace(typed))
	if m == nil {
		return 0, false
	}
	money, err := contract.ParseMoney(m[1] + "." + (m[2] + "00")[:2])
	return money, err == nil
}

func saidOptions(say text.Speaker) []ui.Option {
	var os []ui.Option
	for _, a := range []expert.Reply{expert.Yes, expert.No, expert.ToConfirm} {
		os = append(os, ui.Option{Value: string(a), Label: say.T("expert.call.said." + string(a))})
	}
	return os
}

// callWith names whose call a date is about.
func callWith(v *web.Visit, id string) string {
	list, _, err := casefile.Read[expert.Shortlist](v.Case, expert.Ref)
	if err != nil {
		return ""
	}
	c, _ := list.Find(id)
	return c.Doctor.Name
}
