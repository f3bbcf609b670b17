package cost

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: each provider's bills beside that provider's own part of the
// estimate, drawn with the line from which a dispute is open; what to do and until
// when; and what was done.

type disputeView struct {
	E       estimate.Estimate
	A       estimate.Answer
	Form    ui.Form // the fields of every provider, told apart by their number
	Version casefile.Version
}

// disputeFields are the fields of one provider's form.
var disputeFields = []string{"wrote", "started", "settled", "outcome", "note", "send_to"}

// disputeField names a field of the n-th provider.
func disputeField(n int, field string) string { return "d" + strconv.Itoa(n) + "_" + field }

func disputeSheet(v *web.Visit, id string) (web.Sheet, error) {
	e, _, err := actions.FindEstimate(v.Case, id)
	if err != nil {
		return web.Sheet{}, err
	}
	a, err := v.House.EstimateAnswer(e, v.Lang())
	if err != nil {
		return web.Sheet{}, err
	}
	s := web.Sheet{
		Title: v.Say.T("cost.dispute.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedDisputes(v, c, id) },
		Draw: func(f ui.Form) templ.Component {
			return disputePage(v, disputeView{E: e, A: a, Form: f, Version: casefile.Version(f.Version)})
		},
	}
	for n := range a.Compared {
		for _, name := range disputeFields {
			s.Fields = append(s.Fields, web.Named{Name: disputeField(n, name), Label: v.Say.T("cost.dispute." + name)})
		}
	}
	return s, nil
}

func savedDisputes(v *web.Visit, c *casefile.Case, id string) (url.Values, casefile.Version, error) {
	e, version, err := actions.FindEstimate(c, id)
	if err != nil {
		return nil, version, err
	}
	a, err := v.House.EstimateAnswer(e, v.Lang())
	form := url.Values{}
	for n, s := range a.Compared {
		for name, d := range map[string]contract.Date{"wrote": s.Dispute.Wrote, "started": s.Dispute.Started, "settled": s.Dispute.Settled} {
			ui.SetDate(form, disputeField(n, name), d.String())
		}
		form.Set(disputeField(n, "outcome"), s.Dispute.Outcome)
		form.Set(disputeField(n, "note"), s.Dispute.Note)
		form.Set(disputeField(n, "send_to"), s.Dispute.SendTo)
	}
	return form, version, err
}

// The handlers.

func showDispute(v *web.Visit) error {
	s, err := disputeSheet(v, v.Item("id"))
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveDispute(v *web.Visit) error {
	id := v.Item("id")
	s, err := disputeSheet(v, id)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.Form.Get("n"))
	if err != nil || n < 0 {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	d, err := readDispute(v.Form, n)
	if err == nil {
		err = v.House.DisputeBill(v.Context(), v.Who, v.Case, id, d, v.Version())
	}
	if err != nil {
		keepOthers(v, s)
		return v.Again(s, numbered(err, n))
	}
	return v.Go("cost.dispute", id)
}

// keepOthers fills in what the posted form does not have: the other providers.
func keepOthers(v *web.Visit, s web.Sheet) {
	saved, _, err := s.Saved(v.Case)
	if err != nil {
		return
	}
	own := "d" + v.Form.Get("n") + "_"
	for k, x := range saved {
		if !strings.HasPrefix(k, own) {
			v.Form[k] = x
		}
	}
}

// The form and its validation: the dates are read here, all else is the dispute's own
// check, put on the fields of this provider.

func readDispute(form url.Values, n int) (estimate.Dispute, error) {
	var fs fault.Faults
	d := estimate.Dispute{
		Provider: form.Get("provider"),
		Wrote:    readDate(form, disputeField(n, "wrote"), &fs), Started: readDate(form, disputeField(n, "started"), &fs), Settled: readDate(form, disputeField(n, "settled"), &fs),
		Outcome: form.Get(disputeField(n, "outcome")), Note: strings.TrimSpace(form.Get(disputeField(n, "note"))),
		SendTo: strings.TrimSpace(strings.ReplaceAll(form.Get(disputeField(n, "send_to")), "\r\n", "\n")),
	}
	if d.Outcome != "" && d.Settled.IsZero() && len(fs) == 0 {
		fs = append(fs, fault.New(fault.Invalid, "form.date.required").On(disputeField(n, "settled")))
	}
	return d, fs.OrNil()
}

func numbered(err error, n int) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	var fs fault.Faults
	for _, f := range fault.All(err) {
		if f.Field != "" && !strings.HasPrefix(f.Field, "d"+strconv.Itoa(n)+"_") {
			f = f.On(disputeField(n, f.Field))
		}
		fs = append(fs, f)
	}
	return fs
}
