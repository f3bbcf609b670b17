package prepare

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/questions"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the day of the visit, who comes along and what for, and
// what to pack.

type bringView struct {
	Items []ui.Option
	Tasks []ui.Option
}

// sameThing says which item of the list of records a thing to bring is.
var sameThing = map[string]string{
	"notes": "doctor_notes", "labs": "test_results", "images": "images", "pathology": "pathology_report", "surgery": "operative_reports",
	"hospital": "discharge_summaries", "medicines": "medication_list", "allergies": "allergies",
}

func lookBring(v *web.Visit) (bringView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return bringView{}, err
	}
	check, err := v.House.CheckRecords(v.Case, files, v.Lang())
	if err != nil {
		return bringView{}, err
	}
	hints := map[string]string{}
	for _, l := range check.Missing {
		if l.Need == "must" {
			hints[l.Item] = v.Say.T("prepare.bring.missing")
		}
	}
	for _, p := range check.Here {
		hints[p.Item] = v.Say.T("prepare.bring.here")
		if check.Marks.Items[p.Item] == records.OnPaper && check.OnlyTold(p) {
			hints[p.Item] = v.Say.T("prepare.bring.paper")
		}
	}
	var x bringView
	for _, e := range questions.Bring() {
		x.Items = append(x.Items, ui.Option{Value: e.ID, Label: e.In(v.Lang()), Hint: hints[sameThing[e.ID]]})
	}
	for _, e := range questions.Tasks() {
		x.Tasks = append(x.Tasks, ui.Option{Value: e.ID, Label: e.In(v.Lang())})
	}
	return x, nil
}

// The handlers.

func showBring(v *web.Visit) error {
	s, err := bringSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveBring(v *web.Visit) error {
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return err
	}
	visit, err := readBring(&list, v.Form)
	if err == nil {
		err = v.House.PlanVisit(v.Context(), v.Who, v.Case, visit, list, v.Version())
	}
	if err != nil {
		s, wrong := bringSheet(v)
		if wrong != nil {
			return wrong
		}
		return v.Again(s, err)
	}
	return v.Go("prepare")
}

func bringSheet(v *web.Visit) (web.Sheet, error) {
	x, err := lookBring(v)
	t := v.Say.T
	return web.Sheet{
		Title: t("prepare.bring.title"),
		Fields: []web.Named{
			{Name: "date", Label: t("prepare.bring.date")},
			{Name: "companion.name", Label: t("prepare.bring.companion")},
			{Name: "companion.related", Label: t("prepare.bring.related")},
			{Name: "companion.tasks", Label: t("prepare.bring.tasks")},
			{Name: "companion.task", Label: t("prepare.bring.task")},
			{Name: "bring", Label: t("prepare.bring.pack")},
			{Name: "bring_own", Label: t("prepare.bring.own")},
		},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			list, version, err := casefile.Read[questions.List](c, questions.Ref)
			if err != nil {
				return nil, version, err
			}
			visit, _, err := casefile.Read[questions.Visit](c, questions.VisitRef)
			f := url.Values{
				"companion.name": {list.Companion.Name}, "companion.related": {list.Companion.Related}, "companion.task": {list.Companion.Task},
				"companion.tasks": list.Companion.Tasks, "bring": list.Bring, "bring_own": {strings.Join(list.BringOwn, "\n")},
			}
			ui.SetDate(f, "date", visit.Date)
			return f, version, err
		},
		Draw: func(f ui.Form) templ.Component { return bringPage(v, f, x) },
	}, err
}

// The form. Its validation is the nouns' own, but for the date's three parts.

func readBring(list *questions.List, form url.Values) (questions.Visit, error) {
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	list.Companion = questions.Companion{Name: text("companion.name"), Related: text("companion.related"), Task: text("companion.task"), Tasks: form["companion.tasks"]}
	list.Bring, list.BringOwn = form["bring"], nil
	for line := range strings.Lines(strings.ReplaceAll(form.Get("bring_own"), "\r", "\n")) {
		if line = strings.TrimSpace(line); line != "" {
			list.BringOwn = append(list.BringOwn, line)
		}
	}
	date, wrong := ui.ParseDate(form, "date")
	if wrong != nil {
		return questions.Visit{}, wrong
	}
	return questions.Visit{Date: date}, nil
}
