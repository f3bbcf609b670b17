package estimate

import (
	"slices"

	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// Next is the one thing to do about an estimate.
type Next string

// What can be next, in the order in which it usually comes.
const (
	SayHow  Next = "say_how" // how the care is paid is not known, and all hangs on it
	Insured Next = "insured" // the right is not there: ask the plan
	Ask     Next = "ask"
	Wait    Next = "wait"    // it is due on a later day
	Remind  Next = "remind"  // it is late
	Look    Next = "look"    // it came: go through its parts
	Mend    Next = "mend"    // a part is missing
	Fresh   Next = "fresh"   // something changed or was booked since: a new one is owed
	Bills   Next = "bills"   // write down what is billed
	Query   Next = "query"   // a bill that cannot be measured: ask
	Object  Next = "dispute" // a bill is far above its own lines
	Pending Next = "pending" // a dispute is open
	Past    Next = "past"    // the federal way is closed: ask the provider
	Fine    Next = "fine"    // nothing is far above
)

// Answer is what the rules say of an estimate on a day.
type Answer struct {
	Applies  string            `json:"applies"` // yes, no, unknown: the right to a price in writing
	Next     Next              `json:"next"`
	Clocks   []Clock           `json:"clocks"`
	Due      contract.Date     `json:"due,omitzero"` // the earliest day that is still open; zero when none is
	Late     bool              `json:"late"`
	Parts    []Part            `json:"parts"`    // what must stand in the estimate
	Least    contract.Money    `json:"least"`    // from how much above its own lines a bill may be disputed
	Compared []Compared        `json:"compared"` // each provider alone
	Until    contract.Date     `json:"until,omitzero"`
	Findings []finding.Finding `json:"findings"`
}

// Clock is one period within which the estimate must come.
type Clock struct {
	Starts  string          `json:"starts"` // asked, scheduled, visit
	From    contract.Date   `json:"from"`
	Due     contract.Date   `json:"due"`
	Days    int             `json:"business_days"`
	Met     bool            `json:"met"` // an estimate came after the start
	Late    bool            `json:"late"`
	Finding finding.Finding `json:"finding"`
}

// Part is one thing that must stand in an estimate.
type Part struct {
	ID      string          `json:"id"`
	Text    string          `json:"text"`
	Has     bool            `json:"has"`
	Finding finding.Finding `json:"finding"`
}

// Missing lists the parts that the person looked for and did not find.
func (a Answer) Missing() []Part {
	return slices.DeleteFunc(slices.Clone(a.Parts), func(p Part) bool { return p.Has })
}

// Of gives how one provider's bill stands.
func (a Answer) Of(provider string) (Compared, bool) {
	i := slices.IndexFunc(a.Compared, func(c Compared) bool { return c.ID == provider })
	if i < 0 {
		return Compared{}, false
	}
	return a.Compared[i], true
}

// Check answers for a day, in "en" or "es". The error is fault.Faults, each on its
// field, and then nothing is answered.
func Check(e Estimate, on contract.Date, lang string, book Book) (Answer, error) {
	if err := e.Wrong(on); err != nil {
		return Answer{}, err
	}
	a := Answer{Applies: "unknown", Clocks: []Clock{}, Parts: []Part{}, Compared: []Compared{}, Findings: []finding.Finding{}}
	facts := e.facts()
	for _, f := range book.Judge("estimate", facts, on, lang).Fired {
		a.take(f, e)
	}
	if len(e.Bills) == 0 && !(!e.Visit.IsZero() && e.Visit.Before(on)) {
		// Once the care is over, a price that comes is no price before the care.
		a.clocks(e, on, func(day contract.Date) finding.Verdict { return book.Judge("estimate", facts, day, lang) })
	}
	a.compare(e, on, func(more map[string]any) finding.Verdict {
		for k, v := range facts {
			more[k] = v
		}
		return book.Judge("estimate", more, on, lang)
	})
	a.Next = a.next(e, on)
	return a, nil
}

// facts gives the rules' names to what is known of the estimate itself.
func (e Estimate) facts() map[string]any {
	f := map[string]any{
		"paying": e.Paying, "asked": !e.Asked.IsZero() || !e.Again.IsZero(), "others": e.Others, "repeats": e.Repeats,
		"changed": !e.Changed.IsZero(), "estimate.came": !e.Received.IsZero(),
		"dispute.open": slices.ContainsFunc(e.Disputes, Dispute.open),
	}
	if !e.Scheduled.IsZero() && !e.Visit.IsZero() {
		f["visit.lead"] = deadline.BusinessDaysBetween(e.Scheduled, e.Visit)
	}
	return f
}

func (d Dispute) open() bool { return !d.Started.IsZero() && d.Settled.IsZero() }

// take puts what one rule says of the estimate itself where it belongs.
func (a *Answer) take(f finding.Fired, e Estimate) {
	switch f.Kind {
	case "clock":
		return // said with its own day
	case "part":
		a.Parts = append(a.Parts, Part{ID: f.Sets["part"], Text: f.Words["text"], Has: slices.Contains(e.Has, f.Sets["part"]), Finding: f.Finding})
		return
	case "line":
		a.Least = contract.Money(f.Numbers["least"])
	case "right":
		if f.Decides && f.Sets["applies"] != "" {
			a.Applies = f.Sets["applies"]
		}
	}
	a.Findings = append(a.Findings, f.Finding)
}

// clocks counts each period from its own start, by the law of that day.
func (a *Answer) clocks(e Estimate, on contract.Date, judge func(contract.Date) finding.Verdict) {
	for _, start := range []struct {
		id    string
		since contract.Date // an estimate from this day on answers it
		from  contract.Date // the day from which is counted
		sign  int
	}{
		{"asked", e.Asked, e.Asked, 1},
		{"asked", e.Again, e.Again, 1},
		{"scheduled", e.Scheduled, e.Scheduled, 1},
		{"visit", e.Changed, e.Visit, -1},
	} {
		if start.since.IsZero() || start.from.IsZero() {
			continue
		}
		for _, f := range judge(start.since).Fired {
			if f.Kind != "clock" || f.Sets["starts"] != start.id {
				continue
			}
			c := Clock{Starts: start.id, From: start.from, Days: f.Numbers["business_days"], Finding: f.Finding}
			c.Due = deadline.BusinessDays(start.from, start.sign*c.Days)
			c.Met = !e.Received.IsZero() && !e.Received.Before(start.since)
			c.Late = !c.Met && c.Due.Before(on)
			a.Clocks = append(a.Clocks, c)
			a.Findings = append(a.Findings, f.Finding)
			if !c.Met && (a.Due.IsZero() || c.Due.Before(a.Due)) {
				a.Due, a.Late = c.Due, c.Late
			}
		}
	}
}

// next picks the one thing to do. What has a date that cannot be made good again
// comes first.
func (a Answer) next(e Estimate, on contract.Date) Next {
	if n, ok := a.afterBills(e); ok {
		return n
	}
	switch {
	case e.Paying == "":
		return SayHow
	case !e.SelfPay():
		return Insured
	case !e.Visit.IsZero() && e.Visit.Before(on):
		return Bills
	case e.Received.IsZero() && a.Late:
		return Remind
	case e.Received.IsZero() && !a.Due.IsZero():
		return Wait
	case e.Received.IsZero():
		return Ask
	case !a.Due.IsZero() && (e.Again.IsZero() || e.Again.Before(e.Received)):
		return Fresh
	case !a.Due.IsZero() && a.Late:
		return Remind
	case !a.Due.IsZero():
		return Wait
	case !e.Looked || len(e.Providers) == 0:
		return Look
	case len(a.Missing()) > 0:
		return Mend
	}
	return Bills
}

// afterBills is what the bills ask for, most urgent first.
func (a Answer) afterBills(e Estimate) (Next, bool) {
	if len(e.Bills) == 0 {
		return "", false
	}
	has := func(s State) bool {
		return slices.ContainsFunc(a.Compared, func(c Compared) bool { return c.State == s && !c.Over() })
	}
	pending := slices.ContainsFunc(e.Disputes, Dispute.open)
	switch {
	case has(Possible):
		return Object, true
	case pending:
		return Pending, true
	case has(TooLate):
		return Past, true
	case has(Unlisted) || has(AfterBill):
		return Query, true
	case e.SelfPay():
		return Fine, true
	}
	return "", false
}
