package cost

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/estimate"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// newEstimate stands in the URL for an estimate that is not there yet.
const newEstimate = "new"

// The stages of one estimate, each a form of its own.
const (
	askStage  = "ask"
	cameStage = "came"
	lookStage = "look"
	billStage = "bill"
)

// What the page shows: the one thing to do now, when the estimate is due and why,
// then the four stages: ask, write down what came, go through it, write down the
// bills.

type estimateView struct {
	ID      string
	Fresh   bool // nothing is saved yet
	E       estimate.Estimate
	A       estimate.Answer
	Version casefile.Version
	Open    string // the stage whose form is unfolded
	Forms   map[string]ui.Form
	Papers  []ui.Option // files of the case
}

func estimateSheet(v *web.Visit, id, stage string) web.Sheet {
	s := web.Sheet{
		Title: v.Say.T("cost.estimate.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			e, version, err := openEstimate(v, c, id)
			return stageValues(v, stage, e), version, err
		},
		Draw: func(f ui.Form) templ.Component { return drawEstimate(v, id, stage, f) },
	}
	for _, name := range stageFields[stage] {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: v.Say.T("cost.estimate." + name)})
	}
	if stage == cameStage {
		s.Fields = append(s.Fields, lineFields(v)...)
	}
	return s
}

// stageFields are the fields of each form, for naming them in an error.
var stageFields = map[string][]string{
	askStage:  {"paying", "clinic", "clinic_address", "clinic_npi", "service", "codes", "visit", "scheduled", "asked", "changed", "again", "others", "repeats", "address", "phone", "email"},
	cameStage: {"received", "file"},
	lookStage: {"has"},
	billStage: {"bill_provider", "bill_name", "bill_on", "bill_total", "bill_number", "bill_in_place_of", "bill_file"},
}

// openEstimate gives a saved estimate, or for a new one what the case knows already.
func openEstimate(v *web.Visit, c *casefile.Case, id string) (estimate.Estimate, casefile.Version, error) {
	if id != newEstimate {
		return actions.FindEstimate(c, id)
	}
	e, err := actions.KnownForEstimate(c)
	if err != nil {
		return e, 0, err
	}
	e.Service = letters.UsualService(v.Lang())
	return e, 0, nil
}

// drawEstimate draws the whole page with the form of one stage as it is given; the
// others show what is saved.
func drawEstimate(v *web.Visit, id, stage string, f ui.Form) templ.Component {
	view := estimateView{ID: id, Fresh: id == newEstimate, Open: stage, Forms: map[string]ui.Form{}}
	var err error
	if view.E, view.Version, err = openEstimate(v, v.Case, id); err != nil {
		return templ.NopComponent // the handler has found it before
	}
	for s := range stageFields {
		view.Forms[s] = ui.NewForm(v.Say, stageValues(v, s, view.E)).At(int(view.Version))
	}
	view.Forms[stage] = f
	if !view.Fresh {
		if view.A, err = v.House.EstimateAnswer(view.E, v.Lang()); err != nil {
			return templ.NopComponent
		}
	}
	view.Papers = papers(v.Case)
	return estimatePage(v, view)
}

// papers are the case's files by the names under which they came.
func papers(c *casefile.Case) []ui.Option {
	all, err := casefile.ReadAll[records.Received](c, records.ReceivedKind)
	if err != nil {
		return nil // a file that cannot be named can still be kept on paper
	}
	var os []ui.Option
	for _, r := range all {
		os = append(os, ui.Option{Value: r.SHA256, Label: r.Base()})
	}
	slices.SortFunc(os, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return os
}

// stageOf is the stage whose form helps with what is next.
func stageOf(n estimate.Next) string {
	switch n {
	case estimate.Wait, estimate.Remind, estimate.Fresh:
		return cameStage
	case estimate.Look, estimate.Mend:
		return lookStage
	case estimate.Ask, estimate.SayHow, estimate.Insured:
		return askStage
	}
	return billStage
}

// nextPage is the page on which what is next is done.
func nextPage(n estimate.Next) string {
	switch n {
	case estimate.Object, estimate.Pending, estimate.Past, estimate.Query, estimate.Fine:
		return "cost.dispute"
	}
	return "cost.estimate"
}

// nextText says what is next with its date, if it has one.
func nextText(v *web.Visit, e estimate.Estimate, a estimate.Answer) string {
	switch a.Next {
	case estimate.Wait, estimate.Remind:
		return v.Say.T("cost.estimate.next."+string(a.Next)+".text", "date", v.Say.Date(a.Due.String()))
	case estimate.Fresh:
		return v.Say.T("cost.estimate.next.fresh.text", "date", v.Say.Date(a.Due.String()))
	case estimate.Object:
		return v.Say.T("cost.estimate.next.dispute.text", "date", v.Say.Date(a.Until.String()))
	case estimate.Mend:
		return v.Say.N("cost.estimate.next.mend.text", len(a.Missing()))
	}
	return v.Say.T("cost.estimate.next." + string(a.Next) + ".text")
}

// nextLink leads to what is next.
func nextLink(v *web.Visit, view estimateView) ui.Link {
	n := view.A.Next
	l := ui.Link{Label: v.Say.T("cost.estimate.next." + string(n) + ".go")}
	switch n {
	case estimate.SayHow:
		l.Href = "#" + askStage
	case estimate.Insured:
		l.Href = v.URL("coverage.calls")
	case estimate.Ask:
		l.Href = "#letters"
	case estimate.Remind, estimate.Mend, estimate.Fresh:
		l.Href = "#letters"
	case estimate.Wait:
		l.Href = "#" + cameStage
	case estimate.Look:
		l.Href = "#" + cameStage
		if len(view.E.Providers) > 0 {
			l.Href = "#" + lookStage
		}
	case estimate.Bills:
		l.Href = "#" + billStage
	default:
		l.Href = v.URL("cost.dispute", view.ID)
	}
	return l
}

// letterKinds are the letters that fit what is next, the most needed first.
func letterKinds(a estimate.Answer, e estimate.Estimate) []string {
	if !e.SelfPay() {
		return nil
	}
	switch a.Next {
	case estimate.Remind:
		return []string{actions.EstimateReminder}
	case estimate.Mend, estimate.Fresh:
		return []string{actions.EstimateCorrection}
	}
	if e.Received.IsZero() {
		return []string{actions.EstimateRequest}
	}
	return nil
}

// The handlers.

func showEstimate(v *web.Visit) error {
	id, stage := v.Item("id"), askStage
	if id != newEstimate {
		e, _, err := actions.FindEstimate(v.Case, id)
		if err != nil {
			return err
		}
		a, err := v.House.EstimateAnswer(e, v.Lang())
		if err != nil {
			return err
		}
		if stage = stageOf(a.Next); stage == lookStage && len(e.Providers) == 0 {
			stage = cameStage
		}
	}
	return v.ShowSheet(estimateSheet(v, id, stage))
}

func saveEstimate(v *web.Visit) error {
	id, stage := v.Item("id"), v.Form.Get("stage")
	if _, ok := stageFields[stage]; !ok && stage != "drop" || id == newEstimate && stage != askStage {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	if own := v.Form.Get("id"); id == newEstimate && estimateID.MatchString(own) && v.Case.Has(estimate.Ref(own)) {
		id = own // the form of a new one, gone back to after it was saved
	}
	if id != newEstimate {
		if _, _, err := actions.FindEstimate(v.Case, id); err != nil {
			return err
		}
	}
	if stage == "drop" {
		if err := v.House.DropBill(v.Context(), v.Who, v.Case, id, v.Form.Get("bill"), v.Version()); err != nil {
			v.Form = url.Values{"version": v.Form["version"]}
			return v.Again(estimateSheet(v, id, billStage), err)
		}
		return v.Go("cost.estimate", id)
	}
	if more := v.Form.Get("more"); more != "" && stage == cameStage {
		addRows(v.Form, more)
		s := estimateSheet(v, id, stage)
		return v.RenderAs(http.StatusOK, s.Title, s.Draw(ui.NewForm(v.Say, v.Form).At(int(v.Version()))))
	}
	saved, err := saveStage(v, id, stage)
	if err != nil {
		return v.Again(estimateSheet(v, id, stage), err)
	}
	return v.Go("cost.estimate", saved)
}

// saveStage saves one form and gives the id of the estimate.
func saveStage(v *web.Visit, id, stage string) (string, error) {
	ctx, who, c, from := v.Context(), v.Who, v.Case, v.Version()
	if stage == askStage {
		e, err := readAsk(v.Form)
		if e.ID = id; id == newEstimate {
			if e.ID = v.Form.Get("id"); !estimateID.MatchString(e.ID) {
				e.ID = v.House.NewID()
			}
		}
		if err != nil {
			return e.ID, allWrong(v, err, e)
		}
		return e.ID, v.House.AskEstimate(ctx, who, c, e, from)
	}
	e, _, err := actions.FindEstimate(c, id)
	if err != nil {
		return id, err
	}
	switch stage {
	case cameStage:
		compactRows(v.Form)
		came, err := readCame(v.Form)
		if err != nil {
			e.Received, e.Providers = came.Received, came.Providers
			return id, allWrong(v, err, e)
		}
		return id, v.House.KeepEstimate(ctx, who, c, id, came, from)
	case lookStage:
		return id, v.House.LookThroughEstimate(ctx, who, c, id, v.Form["has"], from)
	}
	b, err := readBill(v.Form, e)
	if err != nil {
		e.Bills = append(slices.Clone(e.Bills), b)
		return id, allWrong(v, err, e)
	}
	return id, v.House.KeepBill(ctx, who, c, id, b, from)
}
