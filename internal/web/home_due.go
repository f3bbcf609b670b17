package web

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/coverage"
	"consilium/internal/journey"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// dueView is what a case's home shows of its dates.
type dueView struct {
	List        []ui.Due // the soonest first
	Line        []dueMark
	End         string // the day at the end of the line
	CalendarURL string // "" where there is nothing to take, or the person may not
}

// dueMark is one date on the drawn line.
type dueMark struct {
	X    int // 0 is today, 1000 the last date
	Soon bool
}

// daysTo counts the days from one date to another, both YYYY-MM-DD.
func daysTo(today, on string) int {
	from, _ := time.Parse(time.DateOnly, today)
	to, _ := time.Parse(time.DateOnly, on)
	return int(to.Sub(from) / (24 * time.Hour))
}

// left says how long it is until a date, or how late it is.
func left(say text.Speaker, days int) string {
	switch {
	case days < 0:
		return say.N("home.late", -days)
	case days == 0:
		return say.T("home.left.today")
	}
	return say.N("home.left", days)
}

// soonest says a case's soonest date, "" where nothing is due or the case is closed.
func (v *Visit) soonest(m actions.Summary) string {
	if len(m.Due) == 0 || m.State == casefile.Closed {
		return ""
	}
	on := m.Due[0].On
	days := daysTo(v.Today(), on)
	if days < 0 {
		return v.Say.T("cases.late", "date", v.Say.Day(on), "left", left(v.Say, days))
	}
	return v.Say.T("cases.due", "date", v.Say.Day(on), "left", left(v.Say, days))
}

// due is what the case's home shows of its dates. What is late comes first, with
// what can still be done; what is due within a week stands out.
func (s *Server) due(v *Visit) dueView {
	var all dueView
	today := v.Today()
	last, ahead := 0, 0
	for _, d := range inOrder(v.Case) {
		days := daysTo(today, d.On)
		u := ui.Due{Date: d.On, Left: left(v.Say, days), Title: v.Say.T(d.Key), About: s.callItem(v, d), Href: v.dueURL(d)}
		switch {
		case days < 0:
			u.State, u.Note = "overdue", v.Say.T("home.late.note")
			if v.Say.Has(d.Key + ".late") {
				u.Note = v.Say.T(d.Key + ".late")
			}
		case days <= 7:
			u.State = "soon"
		}
		if days >= 0 {
			ahead, last, all.End = ahead+1, max(last, days), v.Say.Date(d.On)
		}
		all.List = append(all.List, u)
	}
	if ahead > 1 && last > 0 { // one date alone needs no line
		for _, d := range v.Case.Due {
			if days := daysTo(today, d.On); days >= 0 {
				all.Line = append(all.Line, dueMark{X: 1000 * days / last, Soon: days <= 7})
			}
		}
	}
	if ahead > 0 && consent.May(v.Case.Grants, string(v.Who), consent.Export, v.House.Now()) {
		all.CalendarURL = v.URL("") + "/calendar.ics"
	}
	return all
}

// inOrder gives a case's dates with the soonest first. Steps of the plan on one day
// stand in the order in which they are done.
func inOrder(c *casefile.Case) []casefile.Due {
	plan, _, _ := casefile.Read[coverage.Saved](c, coverage.Ref) // unreadable: any order will do
	step := func(d casefile.Due) int {
		return slices.IndexFunc(plan.Answer.Steps, func(s coverage.Step) bool { return "due."+s.ID == d.Key })
	}
	all := slices.Clone(c.Due)
	slices.SortStableFunc(all, func(a, b casefile.Due) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(step(a), step(b)))
	})
	return all
}

// callItem says which of several things a date is about.
func (s *Server) callItem(v *Visit, d casefile.Due) string {
	_, step, ok := journey.PageOf(d.Page)
	if !ok || d.Item == "" || s.call[step.ID] == nil {
		return ""
	}
	return s.call[step.ID](v, d.Item)
}

// dueURL is where a date leads: its page, as long as that is open.
func (v *Visit) dueURL(d casefile.Due) string {
	row, step, ok := journey.PageOf(d.Page)
	if !ok || !row.Any && journey.Stands(v.Case, step.ID) == journey.Locked {
		return ""
	}
	if d.Item == "" {
		return v.URL(d.Page)
	}
	return v.URL(d.Page, d.Item)
}

// calendar gives the case's dates as a calendar file. What a date is about stands
// in it only when the person asked for it: calendars are shown on locked screens,
// and shared.
func (s *Server) calendar(v *Visit) error {
	about := v.R.URL.Query().Get("about") == "yes"
	words := actions.CalendarWords{Lang: v.Lang(), Name: v.Say.T("calendar.name"), Date: func(d casefile.Due) actions.CalendarDate {
		out := actions.CalendarDate{Title: v.Say.T("calendar.date"), Text: v.Say.T("calendar.text"), URL: v.House.Public + v.URL("")}
		if about {
			out.Title = v.Say.T("calendar.date_about", "what", v.Say.T(d.Key))
			if to := v.dueURL(d); to != "" {
				out.URL = v.House.Public + to
			}
		}
		return out
	}}
	b, err := v.House.TakeCalendar(v.Context(), v.Who, v.Case, words)
	if err != nil {
		return err
	}
	return v.Send("text/calendar; charset=utf-8", "consilium-dates.ics", v.House.Now(), bytes.NewReader(b))
}
