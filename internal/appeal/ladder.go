package appeal

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// rung is one level as its rows give it.
type rung struct {
	row     finding.Fired
	windows []finding.Fired // rows that add to it what its own row does not say
	level   string
	opens   []string // what a letter refused that makes this the next level
	rule    deadline.Rule
	bound   string // "most" or "least" where the law sets a limit and a state picks
	confirm bool   // how long one has is no verified number
	doubt   bool   // how long the answer takes is no verified number
	decide  Span
	fast    Expedited

	fastUnit string        // days or business_days
	amount   finding.Fired // the row that asks for a least amount in dispute
}

// rungs reads the ladder out of the rows that applied, lowest level first. A row
// whose source nobody read gives a level without a date of its own; a window nobody
// verified gives a date to confirm.
func rungs(v finding.Verdict) []rung {
	var out []rung
	for _, f := range v.Fired {
		if f.Kind != "level" {
			continue
		}
		r := rung{row: f, level: f.Sets["level"], opens: strings.Fields(f.Sets["opens"])}
		numbers, sets := f.Numbers, f.Sets
		for _, w := range v.Fired {
			if w.Kind == "window" && w.Sets["level"] == r.level {
				r.windows = append(r.windows, w)
				numbers = with(numbers, w.Numbers)
				r.confirm = r.confirm || !w.Decides && w.Numbers["file"] > 0
				r.doubt = r.doubt || !w.Decides && (w.Numbers["decide"] > 0 || w.Numbers["fast_days"] > 0)
				sets = with(sets, w.Sets)
			}
		}
		r.rule = deadline.Rule{
			Start: deadline.Start(sets["start"]), Presume: numbers["presume"], Length: numbers["file"], Unit: deadline.Unit(sets["unit"]),
			Roll: sets["roll"] == "yes", Short: deadline.ShortMonth(sets["short_month"]),
		}
		r.bound = sets["bound"]
		r.decide = Span{numbers["decide"], "days"}
		r.fast, r.fastUnit = Expedited{Hours: numbers["fast_hours"], Days: numbers["fast_days"]}, cmp.Or(sets["fast_unit"], "days")
		if !f.Decides {
			r.rule.Length, r.decide.Value, r.fast = 0, 0, Expedited{} // never an invented date
		}
		if numbers["amount"] > 0 {
			r.amount = f
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b rung) int { return a.row.Numbers["order"] - b.row.Numbers["order"] })
	return out
}

func with[V any](a, b map[string]V) map[string]V {
	out := map[string]V{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

func (r rung) automatic() bool { return r.row.Sets["automatic"] == "yes" }

// dates are the days of one level.
type dates struct {
	law, keep  contract.Date
	why        deadline.Reason
	safe       contract.Date // stands in where the law's start is not known
	presumed   contract.Date // the law's day if nobody believes when the letter came
	workingDay contract.Date // before a day to keep that is none
	unmoved    contract.Date // the day that was moved off a weekend or a holiday
	decideBy   contract.Date
	count      deadline.Result
	late       bool
	decide     *Span
	expedited  Expedited
}

func (p *planner) events() deadline.Events {
	return deadline.Events{Notice: p.in.NoticeDate, Received: p.in.ReceivedDate}
}

func (p *planner) dates(r rung) dates {
	var d dates
	letter := p.in.LetterDeadline
	if !r.automatic() && r.rule.Length > 0 {
		d.count = deadline.Count(r.rule, p.events())
		d.law, d.safe = d.count.Date, d.count.Safe
		if r.rule.Presume > 0 && !p.in.ReceivedDate.IsZero() && !p.in.NoticeDate.IsZero() {
			d.presumed = deadline.Count(r.rule, deadline.Events{Notice: p.in.NoticeDate}).Date
		}
		for _, s := range d.count.Steps {
			if s.Kind == deadline.Rolled {
				d.unmoved = s.From
			}
		}
	}
	if r.bound == "most" {
		d.law, d.safe = first(d.law, d.safe), contract.Date{} // the outermost day; the state may give less
	}
	if !r.automatic() {
		d.keep, d.why = p.keep(r, d, letter)
	}
	last := d.keep
	if r.bound == "most" && last.IsZero() {
		last = d.law
	}
	filed := p.filingDay()
	d.late = !last.IsZero() && !filed.IsZero() && filed.After(last)
	if before := deadline.BusinessDays(d.keep, -1); !d.keep.IsZero() && !deadline.IsBusinessDay(d.keep) && !before.Before(filed) {
		d.workingDay = before
	}
	p.decision(r, &d)
	return d
}

// keep picks the date to keep. Where a state picks within the law's limit only the
// letter tells.
func (p *planner) keep(r rung, d dates, letter contract.Date) (contract.Date, deadline.Reason) {
	if r.bound == "most" {
		if letter.IsZero() {
			return letter, deadline.Unknown
		}
		_, why := deadline.Keep(d.law, letter)
		return letter, why
	}
	date, why := deadline.Keep(d.law, letter)
	if date.IsZero() {
		return d.safe, why
	}
	return date, why
}

// decision tells how long the level may take. The fast way is for care that was not
// given yet.
func (p *planner) decision(r rung, d *dates) {
	has := r.fast.Hours > 0 || r.fast.Days > 0
	if d.expedited.Available = has && p.in.Service != "post_service"; d.expedited.Available {
		d.expedited.Hours, d.expedited.Days = r.fast.Hours, r.fast.Days
	}
	switch {
	case d.expedited.Available && p.in.Urgent != nil && *p.in.Urgent && r.fast.Hours > 0:
		d.decide = &Span{r.fast.Hours, "hours"}
	case d.expedited.Available && p.in.Urgent != nil && *p.in.Urgent:
		d.decide = &Span{r.fast.Days, r.fastUnit}
	case r.decide.Value > 0:
		d.decide = &r.decide
	}
	if d.decide != nil {
		d.decideBy = deadline.Add(p.in.FiledDate, d.decide.Value, deadline.Unit(d.decide.Unit))
	}
}

// counted gives the rules' names to what was counted for the next level.
func (p *planner) counted() map[string]any {
	facts := map[string]any{"ladder.left": p.at < len(p.rungs)}
	if p.at == len(p.rungs) {
		return facts
	}
	r, n := p.rungs[p.at], p.next
	facts["next.level"], facts["next.automatic"] = r.level, r.automatic()
	facts["clock.fast"] = n.expedited.Available
	if !n.decideBy.IsZero() {
		facts["clock.answer_confirm"] = r.doubt
		if !p.on.IsZero() {
			facts["plan.late"] = p.on.After(n.decideBy)
		}
	}
	if r.automatic() {
		return facts
	}
	facts["clock.late"], facts["clock.confirm"] = n.late, r.confirm
	facts["clock.moved"], facts["clock.weekend"] = !n.unmoved.IsZero(), !n.workingDay.IsZero() && p.in.FiledDate.IsZero()
	facts["clock.counted"], facts["clock.presumes"] = !n.law.IsZero(), r.rule.Presume > 0
	facts["clock.safe"] = n.law.IsZero() && !n.safe.IsZero() && n.keep == n.safe
	switch n.why {
	case deadline.LetterEarlier:
		facts["clock.letter"] = "earlier"
	case deadline.LetterLater:
		facts["clock.letter"] = "later"
	case deadline.Same:
		facts["clock.letter"] = "same"
	case deadline.Letter:
		facts["clock.letter"] = "alone"
	}
	if !n.presumed.IsZero() {
		facts["clock.receipt_later"] = n.law.After(n.presumed)
	}
	facts["clock.no_date"], facts["clock.timed"] = n.keep.IsZero(), r.rule.Length > 0
	return facts
}

// level is the level to ask for now, or nil when none is left.
func (p *planner) level() *Next {
	if p.at == len(p.rungs) {
		return nil
	}
	r, d := p.rungs[p.at], p.next
	n := &Next{
		Level: r.level, Title: r.row.Words["title"], Rule: r.row.Rule,
		FileBy: d.keep, LawDate: d.law, LetterDate: p.in.LetterDeadline, ToConfirm: r.confirm && !d.law.IsZero(), Counted: d.count.Say(p.lang), Late: d.late,
		DecideWithin: d.decide, DecideBy: d.decideBy, Expedited: d.expedited, Automatic: r.automatic(),
		SendTo: r.row.Words["send_to"], Needs: p.needs(r),
	}
	return n
}

// needs lists what the level asks for beside a letter in time: the least amount in
// dispute, compared with this one.
func (p *planner) needs(r rung) []string {
	out := []string{}
	row := r.amount
	for _, f := range p.now.Fired {
		if f.Kind == "amount" && f.Decides && f.Sets["level"] == r.level {
			row = f
		}
	}
	least := row.Numbers["amount"]
	if least == 0 {
		return out
	}
	switch {
	case p.in.Amount == nil:
		return append(out, row.Words["amount_unknown"])
	case int(*p.in.Amount) < least:
		return append(out, row.Words["amount_short"])
	}
	return append(out, row.Words["amount_enough"])
}

// rung is one level as the answer shows it.
func (p *planner) rung(i int, r rung) Rung {
	out := Rung{
		Level: r.level, Title: r.row.Words["title"], Rule: r.row.Rule, State: "later",
		Text: r.row.Reason, Automatic: r.automatic(), Citation: r.row.Citation,
	}
	switch {
	case i < p.at:
		out.State = "past"
	case i == p.at:
		out.State, out.FileBy = "next", p.next.keep
	}
	if r.rule.Length > 0 && !out.Automatic && r.bound != "most" {
		out.File = &Span{r.rule.Length, string(r.rule.Unit)}
	}
	if r.decide.Unit == "days" {
		out.DecideDays = r.decide.Value
	}
	return out
}
