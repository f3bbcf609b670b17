package records

import (
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// readPages show what all the files say together.
var readPages = []web.Page{
	{ID: "records.results", Show: showResults, Save: showResults},
	{ID: "records.result", Item: "{id}", Show: showResult},
	{ID: "records.timeline", Show: showTimeline, Save: showTimeline},
	{ID: "records.medicines", Show: showMedicines, Save: showMedicines},
}

// What the page shows: every test over time as a small picture, all on one line of
// time; or only those that were chosen, side by side.

type resultsView struct {
	Cards  []resultCard
	Words  []wordCard
	Total  int // tests with numbers in all
	Chosen bool
	Word   string
	Page   int // from 1
	Pages  int
	From   string
	To     string
}

// resultCard is one test with its newest value.
type resultCard struct {
	records.Series
	Chart  ui.Chart
	Newest records.Point
	Said   string
	Usual  string
	URL    string
	Picked bool
}

// wordCard is a test that is told in words.
type wordCard struct {
	Name   string
	Newest records.Point
	When   string
	Source ui.Link
	Count  int
}

// Limits of one page: no picture more is drawn.
const (
	resultsOnPage = 48
	mostWords     = 200
)

func lookResults(v *web.Visit) (resultsView, error) {
	all, worded, err := trendsOf(v)
	if err != nil {
		return resultsView{}, err
	}
	x := resultsView{Total: len(all), Word: strings.TrimSpace(v.Form.Get("word"))}
	picked := v.Form["pick"]
	x.Chosen = len(picked) > 0 || x.Word != ""
	if x.Chosen {
		all = slices.DeleteFunc(all, func(s records.Series) bool {
			return !slices.Contains(picked, s.ID) && (x.Word == "" || !hasWord(s.Name, x.Word))
		})
	}
	if len(picked) > 0 {
		worded = nil
	} else if x.Word != "" {
		worded = slices.DeleteFunc(worded, func(w records.Worded) bool { return !hasWord(w.Name, x.Word) })
	}
	x.Pages = max(1, (len(all)+resultsOnPage-1)/resultsOnPage)
	x.Page, _ = strconv.Atoi(v.R.URL.Query().Get("page"))
	x.Page = min(max(x.Page, 1), x.Pages)
	from := (x.Page - 1) * resultsOnPage
	all = all[from:min(len(all), from+resultsOnPage)]
	x.From, x.To = timesOf(all)
	for _, s := range all {
		c := cardOf(v, s)
		c.Chart.From, c.Chart.To = x.From, x.To
		c.Picked = slices.Contains(picked, s.ID)
		x.Cards = append(x.Cards, c)
	}
	if x.Page == x.Pages {
		for _, w := range worded[:min(len(worded), mostWords)] {
			x.Words = append(x.Words, wordOf(v, w))
		}
	}
	return x, nil
}

// hasWord finds a word in a test's name, whatever its case.
func hasWord(name, word string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(word))
}

func trendsOf(v *web.Visit) ([]records.Series, []records.Worded, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return nil, nil, err
	}
	all, worded := records.Trends(records.Together(files))
	return all, worded, nil
}

// timesOf is the first and the last day of all values.
func timesOf(all []records.Series) (from, to string) {
	for _, s := range all {
		if len(s.Points) < 2 {
			continue
		}
		for _, p := range s.Points {
			if !clinical.ReadableDate(p.Date) {
				continue
			}
			if from == "" || clinical.CompareDates(p.Date, from) < 0 {
				from = p.Date
			}
			if to == "" || clinical.CompareDates(p.Date, to) > 0 {
				to = p.Date
			}
		}
	}
	return from, to
}

func cardOf(v *web.Visit, s records.Series) resultCard {
	c := resultCard{Series: s, Newest: s.Points[len(s.Points)-1], URL: v.URL("records.result", s.ID), Usual: usualOf(v.Say, s)}
	for i := len(s.Points) - 1; i > 0 && !clinical.ReadableDate(c.Newest.Date); i-- {
		c.Newest = s.Points[i-1] // what bears no date stands last, and is not the newest
	}
	c.Said = measured(c.Newest)
	c.Chart = ui.Chart{
		Label: v.Say.T("records.results.picture", "what", nameOf(v.Say, s.Name), "n", v.Say.Number(int64(len(s.Points))), "from", v.Say.Date(s.Points[0].Date), "to", v.Say.Date(c.Newest.Date), "last", c.Said),
		Unit:  records.UnitText(s.Unit), Low: s.Low, High: s.High,
	}
	for _, p := range s.Points {
		x := ui.ChartPoint{Date: dayOf(p.Date), At: p.At, Marked: p.Marked, Limit: p.Limit != "", Said: measured(p) + ", " + v.Say.Date(p.Date)}
		if l := sourceLink(v, p); l.Href != "" {
			x.Href = l.Href
		}
		c.Chart.Points = append(c.Chart.Points, x)
	}
	return c
}

// dayOf is the day of a date that may be an instant.
func dayOf(date string) string { return date[:min(10, len(date))] }

func nameOf(say text.Speaker, name string) string {
	if name == "" {
		return say.T("records.nameless")
	}
	return name
}

// said is a value as the record gives it.
func measured(p records.Point) string {
	return strings.TrimSpace(p.Value + " " + records.UnitText(p.Unit))
}

// usualOf names the usual range as the record gives it.
func usualOf(say text.Speaker, s records.Series) string {
	if s.Range == "" {
		return ""
	}
	return say.T("records.results.usual", "range", s.Range)
}

func sourceLink(v *web.Visit, p records.Point) ui.Link {
	if len(p.Sources) == 0 {
		return ui.Link{}
	}
	return witnessLink(v, p.Sources[0])
}

// witnessLink leads to the very place that says something.
func witnessLink(v *web.Visit, w records.Witness) ui.Link {
	if page := lookLink(v, w.Place); page != "" {
		return ui.Link{Label: w.Name, Href: page}
	}
	return ui.Link{Label: w.Name, Href: v.URL("records.file", w.Top) + anchor(w.Fact)}
}

func wordOf(v *web.Visit, w records.Worded) wordCard {
	p := w.Points[len(w.Points)-1]
	c := wordCard{Name: nameOf(v.Say, w.Name), Newest: p, Count: len(w.Points), Source: sourceLink(v, p)}
	if p.Date != "" {
		c.When = v.Say.Date(p.Date)
	}
	return c
}

// The handlers. What is chosen goes in the body of the form and never into an
// address: which tests a person looks at is theirs alone.

func showResults(v *web.Visit) error {
	x, err := lookResults(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.results.title"), resultsPage(v, x))
}

// What the page of one test shows: the large picture, each mark of which leads to its
// source, and the same as a table.

type resultView struct {
	resultCard
	Rows    []resultRow // the newest first
	Earlier int         // older values that this page leaves out
	All     string      // address of the page with all of them
	Others  []resultCard
	Ranged  bool // some values come with a usual range
}

type resultRow struct {
	records.Point
	When    string
	Sources []ui.Link
}

// rowsAtOnce is how many values one page lists before it offers the rest.
const rowsAtOnce = 300

func showResult(v *web.Visit) error {
	all, _, err := trendsOf(v)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s records.Series) bool { return s.ID == v.Item("id") })
	if i < 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x := resultView{resultCard: cardOf(v, all[i])}
	x.Chart.Linked = true
	for j := len(all[i].Points) - 1; j >= 0; j-- {
		p := all[i].Points[j]
		if len(x.Rows) == rowsAtOnce && v.R.URL.Query().Get("whole") == "" {
			x.Earlier, x.All = j+1, x.URL+"?whole=1"
			break
		}
		r := resultRow{Point: p, When: v.Say.T("timeline.undated")}
		if p.Date != "" {
			r.When = v.Say.Date(p.Date)
		}
		for _, w := range p.Sources {
			if l := witnessLink(v, w); !slices.Contains(r.Sources, l) {
				r.Sources = append(r.Sources, l)
			}
		}
		x.Ranged = x.Ranged || r.Range != ""
		x.Rows = append(x.Rows, r)
	}
	for j, s := range all {
		if j != i && s.Name == all[i].Name {
			x.Others = append(x.Others, cardOf(v, s)) // the same test in a unit that cannot be reckoned
		}
	}
	return v.Render(nameOf(v.Say, x.Name), resultPage(v, x))
}
