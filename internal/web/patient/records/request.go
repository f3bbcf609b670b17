package records

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// isID is the form of a random name.
var isID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// What the page shows: one request: how it stands and what to do now, its papers, what
// happened. At "new" it asks who keeps the records.

type requestView struct {
	Asked   askedFor
	Papers  []paper
	Letters []string // that can be made now
	Names   map[string]string
	For     []string // the things that are asked for, by name
}

// paper is one paper of a request, with what it lacks.
type paper struct {
	Name   string
	Letter letters.Letter
	Lacks  records.Lacks
	Signed records.Signed

	IsSigned, Stale bool
}

type newView struct {
	ID      string
	Items   []string
	For     []string // the same by name
	Holders []string
}

func (x newView) options(*web.Visit) []ui.Option {
	var os []ui.Option
	for _, h := range x.Holders {
		os = append(os, ui.Option{Value: h, Label: h})
	}
	return os
}

func viewRequest(v *web.Visit) (requestView, casefile.Version, error) {
	r, version, err := actions.RequestOf(v.Case, v.Item("id"))
	if err != nil {
		return requestView{}, 0, err
	}
	x := requestView{Asked: askedFor{r, v.House.RequestClock(r, v.Lang())}, Names: map[string]string{}}
	today, _ := contract.ParseDate(v.Today())
	for _, name := range r.Papers() {
		p := paper{Name: name, Lacks: r.LacksOn(today, v.Lang(), name, v.House.Rules)}
		if p.Letter, err = v.House.RequestPaper(v.Case, r, name); err != nil {
			return x, 0, err
		}
		p.Lacks.Findings = append(p.Lacks.Findings, r.AdviceOn(today, v.Lang(), name, v.House.Rules)...)
		p.Signed, p.Stale, p.IsSigned = v.House.RequestSigned(v.Case, r, name)
		x.Papers = append(x.Papers, p)
	}
	x.Letters = x.letters()
	if x.For, err = itemNames(v, r.Items); err != nil {
		return x, 0, err
	}
	files, err := records.Files(v.Case)
	for _, f := range files {
		x.Names[f.SHA256] = f.Base()
	}
	return x, version, err
}

// letters are those that may be sent now, the most fitting first.
func (x requestView) letters() []string {
	k := x.Asked.Clock
	if k.Sent.IsZero() {
		return nil
	}
	var all []string
	if k.Stands == records.Overdue && k.ByLaw {
		all = append(all, actions.RequestOverdue)
	}
	if last, ok := x.Asked.Last(); ok && last.Kind == records.Extended && k.ByLaw {
		all = append(all, actions.RequestMoreTime)
	}
	if k.Open() {
		all = append(all, actions.RequestChaser)
	}
	if k.Stands == records.Denied {
		all = append(all, actions.RequestReview)
	}
	if len(x.Asked.Bills) > 0 {
		all = append(all, actions.RequestFee)
	}
	if !k.Complain.IsZero() {
		all = append(all, actions.RequestComplaint)
	}
	return all
}

// clocks are both clocks of a request, and its days.
func (x requestView) clocks(v *web.Visit) []ui.Fact {
	t, k := v.Say.T, x.Asked.Clock
	facts := []ui.Fact{{Label: t("records.requests.since"), Value: v.Say.N("records.request.days", k.Since)}}
	whole := t("records.request.not_whole")
	if !k.Complete.IsZero() {
		whole = v.Say.N("records.request.days", k.Whole)
	}
	facts = append(facts, ui.Fact{Label: t("records.requests.whole"), Value: whole})
	if k.Open() && !k.Due.IsZero() {
		label := t("records.request.due")
		switch {
		case !k.ByLaw:
			label = t("records.request.due.usual")
		case k.Extended:
			label = t("records.request.due.more")
		}
		facts = append(facts, ui.Fact{Label: label, Value: v.Say.Day(k.Due.String())})
	}
	if !k.Complain.IsZero() {
		facts = append(facts, ui.Fact{Label: t("records.request.complain_by"), Value: v.Say.Day(k.Complain.String())})
	}
	if x.Asked.Received != "" {
		facts = append(facts, ui.Fact{Label: t("records.request.got"), Value: v.Say.Day(x.Asked.Received)})
	}
	return facts
}

func requestSheet(v *web.Visit, x requestView) web.Sheet {
	return web.Sheet{
		Title:  v.Say.T("records.request.title", "name", x.Asked.Holder.Name),
		Fields: []web.Named{{Name: "received", Label: v.Say.T("records.request.received")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			return url.Values{}, c.Version(records.RequestRef(x.Asked.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return requestPage(v, f, x) },
	}
}

// The handlers.

func showRequest(v *web.Visit) error {
	if v.Item("id") == "new" {
		return showNew(v, nil)
	}
	x, _, err := viewRequest(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(requestSheet(v, x))
}

// showNew asks who keeps the records. What is missing comes in a form's field and
// never in an address.
func showNew(v *web.Visit, wrong error) error {
	all, err := records.Requests(v.Case)
	if err != nil {
		return err
	}
	x := newView{ID: v.Form.Get("id"), Items: v.Form["item"]}
	if !isID.MatchString(x.ID) {
		x.ID = v.House.NewID()
	}
	if x.For, err = itemNames(v, x.Items); err != nil {
		return err
	}
	if x.Holders, err = holders(v, all); err != nil {
		return err
	}
	f := ui.NewForm(v.Say, v.Form)
	status := http.StatusOK
	if wrong != nil {
		f, status = f.Asking(ui.Field{Name: "holder_name", Label: v.Say.T("records.request.holder_name")}).Failed(wrong), web.Status(wrong)
	}
	return v.RenderAs(status, v.Say.T("records.request.new"), newRequestPage(v, f, x))
}

func saveRequest(v *web.Visit) error {
	if v.Item("id") == "new" {
		return startRequest(v)
	}
	var err error
	id := v.Item("id")
	switch v.Form.Get("do") {
	case "drop":
		err = v.House.DropRequest(v.Context(), v.Who, v.Case, id, records.LetGo, v.Version())
	case "again":
		err = v.House.DropRequest(v.Context(), v.Who, v.Case, id, records.Draft, v.Version())
	default:
		var on string
		on, err = readReceived(v.Form)
		if err == nil {
			err = v.House.ReceiveRequest(v.Context(), v.Who, v.Case, id, on, v.Version())
		}
	}
	if err != nil {
		x, _, wrong := viewRequest(v)
		if wrong != nil {
			return wrong
		}
		return v.Again(requestSheet(v, x), err)
	}
	return v.Go("records.request", id)
}

// startRequest begins a request. Sent with an item alone, as from the list of what is
// missing, it first asks who keeps it.
func startRequest(v *web.Visit) error {
	if v.Form.Get("do") != "start" {
		return showNew(v, nil)
	}
	id, holder := v.Form.Get("id"), strings.TrimSpace(v.Form.Get("holder_name"))
	if holder == "" {
		holder = v.Form.Get("holder")
	}
	if !isID.MatchString(id) {
		id = v.House.NewID()
	}
	r, err := v.House.StartRequest(v.Context(), v.Who, v.Case, id, holder, v.Form["item"])
	if fault.Is(err, fault.Invalid) {
		var fs fault.Faults
		for _, f := range fault.All(err) {
			if f.Field == "holder" {
				f = f.On("holder_name")
			}
			fs = append(fs, f)
		}
		return showNew(v, fs)
	}
	if err != nil {
		return err
	}
	return v.Go("records.form", r.ID)
}

// The form and its validation.

func readReceived(form url.Values) (string, error) {
	on, wrong := ui.NeedDate(form, "received")
	if wrong != nil {
		return "", wrong
	}
	return on, nil
}
