package prepare

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: the story by date, the main points unless asked otherwise.

type timelineView struct {
	Filters []filter // the main points, everything
	Kinds   []filter // one kind of entry only
	OneKind bool     // one of Kinds is chosen
	Dated   ui.Timeline
	Undated ui.Timeline
	Own     []records.Entry // the person's own entries, which they may take out
	Shown   int
	Hidden  int // entries that this filter leaves out
	Earlier int // entries of this filter that are left out because the page is long
	AllURL  string
	Print   string
}

// filter is one choice of what is shown.
type filter struct {
	Label   string
	Count   int
	URL     string
	Current bool
}

// The filters that are no kind of fact.
const (
	mainPoints = ""
	everything = "all"
)

// most is how many entries one page shows before it offers the rest.
const most = 150

func lookTimeline(v *web.Visit) (timelineView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return timelineView{}, err
	}
	story, _, err := casefile.Read[records.Story](v.Case, records.StoryRef)
	if err != nil {
		return timelineView{}, err
	}
	all := records.Moments(files, story)
	kind := v.R.URL.Query().Get("show")
	page := v.URL("prepare.timeline")
	address := func(show string) string {
		if show == mainPoints {
			return page
		}
		return page + "?" + url.Values{"show": {show}}.Encode()
	}
	x := timelineView{Own: story.Entries, AllURL: address(everything)}
	count := func(show string) int {
		n := 0
		for _, m := range all {
			if within(m, show) {
				n++
			}
		}
		return n
	}
	choices := []string{mainPoints, everything, string(records.Told)}
	for _, k := range clinical.Kinds() {
		choices = append(choices, string(k))
	}
	known := false
	for _, show := range choices {
		n := count(show)
		if n == 0 && show != mainPoints && show != kind {
			continue
		}
		known = known || show == kind
		f := filter{Label: filterLabel(v.Say, show), Count: n, URL: address(show), Current: show == kind}
		if show == mainPoints || show == everything {
			x.Filters = append(x.Filters, f)
			continue
		}
		x.Kinds = append(x.Kinds, f)
		x.OneKind = x.OneKind || f.Current
	}
	if !known {
		kind = mainPoints
		x.Filters[0].Current = true
	}
	var dated, undated []ui.Event
	for _, m := range all {
		if !within(m, kind) {
			x.Hidden++
			continue
		}
		if clinical.ReadableDate(m.Date) {
			dated = append(dated, event(v, m))
		} else {
			undated = append(undated, event(v, m))
		}
	}
	if len(dated) > most && v.R.URL.Query().Get("whole") == "" {
		x.Earlier = len(dated) - most
		dated = dated[x.Earlier:]
		q := url.Values{"whole": {"1"}}
		if kind != mainPoints {
			q.Set("show", kind)
		}
		x.AllURL = page + "?" + q.Encode()
	}
	x.Shown = len(dated) + len(undated)
	x.Dated = ui.Timeline{Events: dated}
	x.Undated = ui.Timeline{Title: v.Say.T("prepare.timeline.undated"), Events: undated}
	return x, nil
}

// within tells whether a filter shows a moment.
func within(m records.Moment, show string) bool {
	switch show {
	case mainPoints:
		return m.General
	case everything:
		return true
	}
	return string(m.Kind) == show
}

func filterLabel(say text.Speaker, show string) string {
	switch show {
	case mainPoints:
		return say.T("prepare.timeline.main")
	case everything:
		return say.T("prepare.timeline.all")
	}
	return say.T("prepare.kinds." + show)
}

// colour is the mark of a kind on the drawn line.
var colour = map[clinical.Kind]string{
	clinical.Condition: "condition", clinical.Procedure: "procedure", clinical.Result: "result", clinical.Medication: "medicine",
	clinical.ImagingStudy: "imaging", clinical.Encounter: "visit", clinical.Report: "result", clinical.Immunization: "medicine",
}

// event is a moment as the timeline draws it, with the way to its source.
func event(v *web.Visit, m records.Moment) ui.Event {
	date := m.Date
	if len(date) > 10 {
		date = date[:10]
	}
	e := ui.Event{Date: date, Title: m.Text, Kind: colour[m.Kind], Label: v.Say.T("prepare.kind." + string(m.Kind)), Detail: m.Detail}
	switch {
	case m.Text == "" && m.Count > 1:
		e.Title = v.Say.N("prepare.many."+string(m.Kind), m.Count)
		e.Detail = strings.Join(m.Names, "; ")
		if e.Detail != "" && m.Count > len(m.Names)+len(m.Marked) {
			e.Detail = v.Say.T("prepare.timeline.and_more", "list", e.Detail)
		}
		if len(m.Marked) > 0 && e.Detail != "" {
			e.Detail = v.Say.T("prepare.timeline.also", "list", e.Detail)
		}
	case m.Text == "":
		e.Title = e.Label
	case len(m.Marked) > 0:
		e.Detail = "" // the mark says it
	}
	if len(m.Marked) > 0 {
		e.Detail = strings.TrimSpace(v.Say.T("prepare.timeline.marked", "what", strings.Join(m.Marked, "; ")) + " " + e.Detail)
	}
	if m.Kind == clinical.Medication && m.End != "" {
		e.Detail = strings.TrimSpace(e.Detail + " " + v.Say.T("prepare.timeline.last", "date", v.Say.Date(m.End)))
	}
	if m.Status != "" && v.Say.Has("prepare.status."+m.Status) {
		e.Detail = strings.TrimSpace(v.Say.T("prepare.status."+m.Status) + " " + e.Detail)
	}
	if m.Top != "" {
		e.Source = ui.Link{Href: v.URL("records.file", m.Top) + "?fact=" + m.Fact + "#fact-" + m.Fact}
	} else {
		e.Source = ui.Link{Label: v.Say.T("prepare.timeline.told")}
	}
	return e
}

// The handlers.

func showTimeline(v *web.Visit) error {
	s, err := timelineSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveTimeline(v *web.Visit) error {
	s, err := timelineSheet(v)
	if err != nil {
		return err
	}
	if id := v.Form.Get("remove"); id != "" {
		if err := v.House.UntellStory(v.Context(), v.Who, v.Case, id, v.Version()); err != nil {
			return v.Again(s, err)
		}
		return v.Go("prepare.timeline")
	}
	e, err := readEntry(v.Form)
	if err == nil {
		err = v.House.TellStory(v.Context(), v.Who, v.Case, e, v.Version())
	}
	if err != nil {
		return v.Again(s, err)
	}
	return v.Go("prepare.timeline")
}

func timelineSheet(v *web.Visit) (web.Sheet, error) {
	x, err := lookTimeline(v)
	return web.Sheet{
		Title:  v.Say.T("prepare.timeline.title"),
		Fields: []web.Named{{Name: "text", Label: v.Say.T("prepare.timeline.text")}, {Name: "date", Label: v.Say.T("prepare.timeline.date")}},
		// The form adds one entry, so that it begins empty.
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			return nil, c.Version(records.StoryRef), nil
		},
		Draw: func(f ui.Form) templ.Component { return timelinePage(v, f, x) },
	}, err
}

// The form, and its validation: people often know the month or only the year.

func readEntry(form url.Values) (records.Entry, error) {
	e := records.Entry{Text: form.Get("text")}
	month, day, year := part(form, "month"), part(form, "day"), part(form, "year")
	full := url.Values{"date-month": {month}, "date-day": {day}, "date-year": {year}}
	cut := 10
	if day == "" && year != "" {
		full.Set("date-day", "1")
		cut = 7
		if month == "" {
			full.Set("date-month", "1")
			cut = 4
		}
	}
	date, wrong := ui.NeedDate(full, "date")
	if wrong != nil {
		return e, wrong
	}
	e.Date = date[:cut]
	return e, nil
}

func part(form url.Values, name string) string { return strings.TrimSpace(form.Get("date-" + name)) }

// newest gives the entries the last first, for taking out.
func newest(es []records.Entry) []records.Entry {
	es = slices.Clone(es)
	slices.SortStableFunc(es, func(a, b records.Entry) int { return clinical.CompareDates(b.Date, a.Date) })
	return es
}
