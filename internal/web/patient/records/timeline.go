package records

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: all that the files say on one line of time, the newest first,
// each thing once with every file that says it. Of very much it shows one year, or one
// part, at a time.

type timelineView struct {
	Filter  records.Filter
	Kinds   []ui.Option
	Sources []ui.Option
	YearsOf []ui.Option
	Years   []yearBar
	Picture string
	Lines   []timelineLine
	Total   int
	From    int // counted from 1
	To      int
	More    int // how many come next
	Next    int // where they begin, counted from 0
}

type timelineLine struct {
	When    string
	Kind    string
	Text    string
	Detail  string
	Flag    string
	Who     string
	Sources []ui.Link
	ID      string
}

// yearBar is a year as it is drawn, in units of 1000 by 120.
type yearBar struct {
	X, Y, W, H int
	Label      string // "" where there is no room for it
}

// Limits of one page.
const (
	linesOnPage = 400
	mostText    = 400 // letters of a detail
)

func lookTimeline(v *web.Visit) (timelineView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return timelineView{}, err
	}
	all := records.Together(files)
	f := records.Filter{
		Kind: clinical.Kind(v.Form.Get("kind")), Source: v.Form.Get("source"), Year: v.Form.Get("year"), Word: strings.TrimSpace(v.Form.Get("word")),
	}
	x := timelineView{Filter: f}
	years := records.Years(all, f)
	shown := f.Shown(all)
	x.Total = len(shown)
	from, _ := strconv.Atoi(v.Form.Get("from"))
	from = min(max(from, 0), max(0, len(shown)-1))
	to := min(from+linesOnPage, len(shown))
	x.From, x.To, x.Next, x.More = from+1, to, to, min(linesOnPage, len(shown)-to)
	for _, a := range shown[from:to] {
		x.Lines = append(x.Lines, lineOf(v, a))
	}
	x.choices(v, all, files, years)
	x.Years, x.Picture = yearBars(v.Say, years)
	return x, nil
}

func lineOf(v *web.Visit, a records.Agreed) timelineLine {
	l := timelineLine{
		When: v.Say.T("timeline.undated"), Kind: v.Say.T("records.timeline.of." + string(a.Kind)), Text: a.Text, Detail: records.Value(a.Fact), Who: a.Who, ID: a.ID,
	}
	if a.Date != "" {
		l.When = v.Say.Date(a.Date)
	}
	if l.Text == "" {
		l.Text = v.Say.T("records.nameless")
	}
	if l.Detail == "" {
		l.Detail = a.Detail
	}
	if r := []rune(l.Detail); len(r) > mostText {
		l.Detail = string(r[:mostText]) + "…" // its source has all of it
	}
	if a.Flag != "" && a.Kind == clinical.Result {
		l.Flag = flagOf(v.Say, a.Flag)
	}
	for _, w := range a.Sources {
		if s := witnessLink(v, w); !slices.Contains(l.Sources, s) {
			l.Sources = append(l.Sources, s)
		}
	}
	return l
}

// choices offers what there is to choose.
func (x *timelineView) choices(v *web.Visit, all []records.Agreed, files []records.File, years []records.Year) {
	count := map[clinical.Kind]int{}
	for _, a := range all {
		count[a.Kind]++
	}
	x.Kinds = []ui.Option{{Label: v.Say.T("records.timeline.kind.any")}}
	for _, k := range clinical.Kinds() {
		if count[k] > 0 {
			x.Kinds = append(x.Kinds, ui.Option{Value: string(k), Label: v.Say.T("records.timeline.of."+string(k)) + " (" + v.Say.Number(int64(count[k])) + ")"})
		}
	}
	x.Sources = []ui.Option{{Label: v.Say.T("records.timeline.source.any")}}
	for _, f := range files {
		if f.Read {
			x.Sources = append(x.Sources, ui.Option{Value: f.SHA256, Label: f.Base()})
		}
	}
	x.YearsOf = []ui.Option{{Label: v.Say.T("records.timeline.year.any")}}
	for _, y := range years {
		x.YearsOf = append(x.YearsOf, ui.Option{Value: y.Year, Label: yearName(v.Say, y.Year) + " (" + v.Say.Number(int64(y.Count)) + ")"})
	}
}

func yearName(say text.Speaker, year string) string {
	if year == records.Undated {
		return say.T("records.timeline.year.none")
	}
	return year
}

// yearBars draws how much there is of each year, and says it in words. Years in which
// nothing was written have their place too.
func yearBars(say text.Speaker, years []records.Year) ([]yearBar, string) {
	years = slices.DeleteFunc(slices.Clone(years), func(y records.Year) bool { return y.Year == records.Undated })
	if len(years) < 2 {
		return nil, ""
	}
	newest, _ := strconv.Atoi(years[0].Year)
	oldest, _ := strconv.Atoi(years[len(years)-1].Year)
	most := slices.MaxFunc(years, func(a, b records.Year) int { return cmp.Compare(a.Count, b.Count) })
	span := newest - oldest + 1
	if span > 150 {
		return nil, "" // a slip of a date would press all the others into one bar
	}
	step := max(1, span/8)
	var bars []yearBar
	for y := oldest; y <= newest; y++ {
		b := yearBar{X: (y - oldest) * 1000 / span, W: max(2, 1000/span-2)}
		if (newest-y)%step == 0 {
			b.Label = strconv.Itoa(y)
		}
		for _, c := range years {
			if c.Year == strconv.Itoa(y) {
				b.H = max(3, c.Count*88/most.Count)
			}
		}
		b.Y = 90 - b.H
		bars = append(bars, b)
	}
	return bars, say.T("records.timeline.picture", "from", years[len(years)-1].Year, "to", years[0].Year, "most", most.Year)
}

// The handler. What is looked for goes in the body of the form, never into an address.

func showTimeline(v *web.Visit) error {
	x, err := lookTimeline(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.timeline.title"), timelinePage(v, ui.NewForm(v.Say, v.Form), x))
}
