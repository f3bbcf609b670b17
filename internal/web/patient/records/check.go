package records

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/finding"
	"consilium/internal/journey"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: whether the records are ready for a second doctor of one
// specialty, what is wrong, what is missing, who has it, and what is here.

type checkView struct {
	actions.RecordsCheck
	Alarms  []alarmView // those that stand in the way first
	Musts   []lackView
	Shoulds []lackView
	Perhaps []lackView
	TooOld  []oldView
	Here    []hereView
	NotMine []lackView // set aside by the person
	Clashes int        // places where the records contradict each other
	Clocks  clockView
	Reading int // files that are not read yet
}

// clockView is the two clocks of the records: since somebody was asked, and since all
// was here.
type clockView struct {
	Asked   []askedView // the requests that are open, the oldest first
	Since   int         // days since nothing is lacking; -1 while something is
	SinceOn string
}

// lackView is one thing that is not here.
type lackView struct {
	records.Lacking
	Mark records.Mark
	From []string // who most likely has it, by name
	Why  *finding.Finding
	Open []askedView // requests for it that are under way
}

type alarmView struct {
	records.Alarm
	Title string
	Links []ui.Link
	Ask   string // item to ask for, "" where asking does not help
}

type oldView struct {
	records.TooOldItem
	Source ui.Link
	Why    *finding.Finding
}

type hereView struct {
	records.Present
	Told    *lackView // where only the person's word shows it: what they may take back
	Sources []ui.Link
	More    int
}

// askedView is a request that is under way.
type askedView struct {
	Who   string
	Days  int
	Href  string
	Items []string
}

// mostSources is how many sources of one thing the page names.
const mostSources = 3

// asksFor says what to ask for when an alarm stands.
var asksFor = map[string]string{"report_without_images": "images", "images_without_report": "imaging_reports", "not_dicom": "images", "images_not_here": "images"}

func lookCheck(v *web.Visit) (checkView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return checkView{}, err
	}
	a, err := v.House.CheckRecords(v.Case, files, v.Lang())
	if err != nil {
		return checkView{}, err
	}
	x := checkView{RecordsCheck: a, Clashes: len(records.Contradictions(files))}
	for _, f := range files {
		if !f.Read {
			x.Reading++
		}
	}
	if x.Clocks, err = lookClocks(v, a); err != nil {
		return checkView{}, err
	}
	for _, al := range a.CheckAnswer.Alarms {
		x.Alarms = append(x.Alarms, viewAlarm(v, a, al))
	}
	slices.SortStableFunc(x.Alarms, func(p, q alarmView) int {
		switch {
		case p.Blocks == q.Blocks:
			return 0
		case p.Blocks:
			return -1
		}
		return 1
	})
	for _, l := range a.Missing {
		if l.Need == "must" {
			x.Musts = append(x.Musts, x.Clocks.of(viewLack(a, l)))
		} else {
			x.Shoulds = append(x.Shoulds, x.Clocks.of(viewLack(a, l)))
		}
	}
	for _, l := range a.CheckAnswer.Perhaps {
		x.Perhaps = append(x.Perhaps, x.Clocks.of(viewLack(a, l)))
	}
	for _, l := range a.CheckAnswer.NotMine {
		x.NotMine = append(x.NotMine, viewLack(a, l))
	}
	for _, o := range a.CheckAnswer.TooOld {
		x.TooOld = append(x.TooOld, oldView{o, entryLink(v, a, o.Entry), reasonOf(a, o.Rule)})
	}
	for _, p := range a.CheckAnswer.Here {
		h := hereView{Present: p}
		if a.Marks.Items[p.Item] == records.OnPaper && a.OnlyTold(p) {
			told := viewLack(a, records.Lacking{Item: p.Item, Name: p.Name})
			h.Told = &told
		}
		for _, e := range p.Entries {
			if l := entryLink(v, a, e); l.Href != "" && !slices.Contains(h.Sources, l) {
				if len(h.Sources) == mostSources {
					h.More++
					continue
				}
				h.Sources = append(h.Sources, l)
			}
		}
		x.Here = append(x.Here, h)
	}
	return x, nil
}

func lookClocks(v *web.Visit, a actions.RecordsCheck) (clockView, error) {
	x := clockView{Since: -1}
	if a.Since != "" {
		x.Since, x.SinceOn = daysBetween(a.Since, v.Today()), a.Since
	}
	all, err := records.Requests(v.Case)
	if err != nil {
		return x, err
	}
	for _, r := range all {
		if k := v.House.RequestClock(r, v.Lang()); !k.Sent.IsZero() && k.Open() {
			x.Asked = append(x.Asked, askedView{r.Holder.Name, k.Since, v.URL("records.request", r.ID), r.Items})
		}
	}
	slices.SortStableFunc(x.Asked, func(p, q askedView) int { return cmp.Compare(q.Days, p.Days) })
	return x, nil
}

// of adds the requests for a thing that are under way.
func (x clockView) of(l lackView) lackView {
	for _, r := range x.Asked {
		if slices.Contains(r.Items, l.Item) {
			l.Open = append(l.Open, r)
		}
	}
	return l
}

func viewLack(a actions.RecordsCheck, l records.Lacking) lackView {
	x := lackView{Lacking: l, Mark: a.Marks.Items[l.Item], Why: reasonOf(a, l.Rule)}
	for _, h := range a.Have {
		if l.ProvenBy != "" && string(h.Item) == l.ProvenBy && h.Holder != "" && !slices.Contains(x.From, h.Holder) && len(x.From) < mostSources {
			x.From = append(x.From, h.Holder)
		}
	}
	return x
}

func viewAlarm(v *web.Visit, a actions.RecordsCheck, al records.Alarm) alarmView {
	x := alarmView{Alarm: al, Ask: asksFor[al.Kind]}
	if al.Kind == "unreadable" && al.Item != "" && al.Item != string(records.OtherItem) {
		x.Ask = al.Item
	}
	for _, e := range al.Entries {
		h := a.Have[e]
		if h.Loan != "" {
			x.Links = append(x.Links, ui.Link{Label: v.Say.T("records.check.loan", "lab", h.Holder), Href: v.URL("records.specimen", h.Loan)})
			continue
		}
		if h.Top == "" {
			continue
		}
		l := ui.Link{Label: short(h.Name), Href: v.URL("records.file", h.Top) + anchor(h.Fact)}
		if al.Kind == "wrong_patient" && h.SHA256 != "" {
			l = ui.Link{Label: v.Say.T("records.check.whose", "file", short(h.Name)), Href: v.URL("records.whose", h.SHA256)}
		}
		if len(x.Links) < mostSources && !slices.Contains(x.Links, l) {
			x.Links = append(x.Links, l)
		}
	}
	x.Title = al.About
	if x.Title == "" && len(al.Files) > 0 {
		x.Title = short(al.Files[0])
	}
	if x.Title == "" {
		x.Title = v.Say.T("records.check.alarm." + al.Kind)
	}
	if al.Date != "" {
		x.Title += ", " + v.Say.Date(al.Date)
	}
	return x
}

// reasonOf finds why a rule spoke.
func reasonOf(a actions.RecordsCheck, rule string) *finding.Finding {
	for i, f := range a.Findings {
		if f.Rule == rule {
			return &a.Findings[i]
		}
	}
	return nil
}

// entryLink leads to where a thing at hand stands.
func entryLink(v *web.Visit, a actions.RecordsCheck, entry int) ui.Link {
	if entry < 0 || entry >= len(a.Have) {
		return ui.Link{}
	}
	h := a.Have[entry]
	switch {
	case h.Loan != "":
		return ui.Link{Label: h.Description, Href: v.URL("records.specimen", h.Loan)}
	case h.Top == "":
		return ui.Link{}
	}
	label := h.Description
	if label == "" {
		label = short(h.Name)
	}
	if h.Date != "" {
		label += ", " + v.Say.Date(h.Date)
	}
	return ui.Link{Label: label, Href: v.URL("records.file", h.Top) + anchor(h.Fact)}
}

// short is a file's name without its folders.
func short(name string) string {
	name = strings.ReplaceAll(name, "\\", "/")
	return name[strings.LastIndex(name, "/")+1:]
}

// canAsk tells whether requests can be written here.
func canAsk() bool {
	_, _, ok := journey.PageOf("records.requests")
	return ok
}

// The handlers.

func showCheck(v *web.Visit) error {
	s, err := checkSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

// saveCheck keeps the marks, whichever button was pressed: asking for a thing loses
// nothing that was chosen for another one.
func saveCheck(v *web.Visit) error {
	had, _, err := casefile.Read[records.Marks](v.Case, records.MarksRef)
	if err != nil {
		return err
	}
	marks := readMarks(had, v.Form)
	if v.Form.Has("specialty") {
		marks.Specialty = v.Form.Get("specialty")
	}
	if !sameMarks(had, marks) {
		if err := v.House.MarkChecklist(v.Context(), v.Who, v.Case, marks, v.Version()); err != nil {
			s, wrong := checkSheet(v)
			if wrong != nil {
				return wrong
			}
			return v.Again(s, err)
		}
	}
	if item := v.Form.Get("ask"); item != "" && canAsk() {
		ui.Acknowledge(v.W, v.R)
		v.Form = url.Values{"item": {item}} // shown here and now: what is missing never stands in an address
		return showNew(v, nil)
	}
	return v.Go("records.check")
}

// The form: one mark for each item that no file shows. What is here keeps the mark
// it had, should the file be set aside later.

func readMarks(had records.Marks, form url.Values) records.Marks {
	m := records.Marks{Items: map[string]records.Mark{}, Specialty: had.Specialty}
	for id, mark := range had.Items {
		if !form.Has("mark-" + id) {
			m.Items[id] = mark
		}
	}
	for name := range form {
		id, ok := strings.CutPrefix(name, "mark-")
		if mark := form.Get(name); ok && mark != "" {
			m.Items[id] = records.Mark(mark)
		}
	}
	return m
}

func sameMarks(a, b records.Marks) bool {
	if a.Specialty != b.Specialty || len(a.Items) != len(b.Items) {
		return false
	}
	for id, m := range a.Items {
		if b.Items[id] != m {
			return false
		}
	}
	return true
}

func checkSheet(v *web.Visit) (web.Sheet, error) {
	x, err := lookCheck(v)
	fields := []web.Named{{Name: "specialty", Label: v.Say.T("records.check.specialty")}}
	for _, l := range slices.Concat(x.Musts, x.Shoulds, x.Perhaps, x.NotMine) {
		fields = append(fields, web.Named{Name: "mark-" + l.Item, Label: l.Name})
	}
	return web.Sheet{
		Title: v.Say.T("records.check.title"), Fields: fields,
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			marks, version, err := casefile.Read[records.Marks](c, records.MarksRef)
			form := url.Values{"specialty": {marks.Specialty}}
			for id, m := range marks.Items {
				form.Set("mark-"+id, string(m))
			}
			return form, version, err
		},
		Draw: func(f ui.Form) templ.Component { return checkPage(v, f, x) },
	}, err
}

func specialties(say text.Speaker, proposed string) []ui.Option {
	os := []ui.Option{{Value: "", Label: say.T("records.check.specialty.proposed", "what", say.T("records.check.of."+proposed))}}
	for _, s := range records.Specialties() {
		os = append(os, ui.Option{Value: s, Label: say.T("records.check.of." + s)})
	}
	return os
}
