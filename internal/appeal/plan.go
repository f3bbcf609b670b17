package appeal

import (
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// The folders of rules: one about levels, rights and packets, which is asked for the
// day of the letter, and one about what was counted, for the day of filing.
const (
	ladders = "appeal"
	clocks  = "appeal_clock"
)

// Plan answers for a day, in "en" or "es". The error is of type contract.Problems and
// names each wrong field; then nothing is computed. A date in the input goes before
// on.
//
// The law is taken as it stood on the day of the letter; the least amount in dispute,
// as it stands on the day of filing.
func Plan(in Input, on contract.Date, lang string, book Book) (Answer, error) {
	if !in.On.IsZero() {
		on = in.On
	}
	if err := validate(in, on, lang); err != nil {
		return Answer{}, err
	}
	p := planner{in: in, on: on, lang: lang, read: classify(in, on, lang, book)}
	if err := p.read.Unknown.OrNil(); err != nil {
		return Answer{}, err
	}
	p.facts = p.known()
	p.law = book.Judge(ladders, p.facts, p.lawDay(), lang)
	p.rungs = rungs(p.law)
	p.settle()
	for name, value := range p.counted() {
		p.facts[name] = value
	}
	p.now = book.Judge(clocks, p.facts, p.filingDay(), lang)
	return p.answer(), nil
}

// planner holds one question while it is answered.
type planner struct {
	in    Input
	on    contract.Date
	lang  string
	read  classified
	facts map[string]any
	law   finding.Verdict // on the day of the letter
	now   finding.Verdict // on the day of filing, with what was counted
	rungs []rung
	at    int // which rung is next; len(rungs) when none is left
	next  dates
}

// lawDay is the day whose law counts: that of the letter.
func (p *planner) lawDay() contract.Date {
	for _, d := range []contract.Date{p.in.NoticeDate, p.in.ReceivedDate} {
		if !d.IsZero() {
			return d
		}
	}
	return p.on
}

func (p *planner) filingDay() contract.Date {
	if !p.in.FiledDate.IsZero() {
		return p.in.FiledDate
	}
	return p.on
}

// known gives the rules' names to what is known.
func (p *planner) known() map[string]any {
	in := p.in
	facts := map[string]any{
		"regime": in.law(), "level": in.Level, "service": in.Service, "urgent": in.Urgent, "drug": in.Drug,
		"plan.grandfathered": in.Grandfathered, "plan.funding": in.Funding, "state": in.State, "ending": in.Ending,
		"denial.class": p.read.Class, "denial.classes": p.read.Classes,
	}
	if in.Funding == "unknown" {
		facts["plan.funding"] = ""
	}
	if in.Level == "" {
		facts["level"] = "initial_denial"
	}
	if !in.EffectiveDate.IsZero() {
		facts["care.cut"] = true
	}
	if !in.PeerToPeerBy.IsZero() && !p.on.IsZero() {
		facts["talk.open"] = !in.PeerToPeerBy.Before(p.on)
	}
	return facts
}

// settle finds the level to ask for now, and its dates.
func (p *planner) settle() {
	level := p.facts["level"].(string)
	p.at = slices.IndexFunc(p.rungs, func(r rung) bool { return slices.Contains(r.opens, level) })
	if p.at < 0 {
		p.at = len(p.rungs)
		return
	}
	p.next = p.dates(p.rungs[p.at])
}

// answer puts together what both verdicts say.
func (p *planner) answer() Answer {
	a := Answer{
		Class: p.read.Class, Plain: p.read.Plain, Owes: p.read.Owes, FirstMoves: p.read.Moves,
		Ladder: []Rung{}, Beside: []Beside{}, Packet: []Item{}, Rights: []string{}, Warnings: []string{}, Findings: []finding.Finding{},
	}
	for i, r := range p.rungs {
		a.Ladder = append(a.Ladder, p.rung(i, r))
		a.Findings = append(a.Findings, r.row.Finding)
		for _, w := range r.windows {
			a.Findings = append(a.Findings, w.Finding)
		}
	}
	a.Next = p.level()
	p.beside(&a)
	for _, f := range p.now.Fired {
		if f.Kind == "warning" || f.Kind == "clock" {
			f.Reason = p.fill(f.Reason)
			a.Findings = append(a.Findings, f.Finding)
			if f.Kind == "warning" {
				a.Warnings = append(a.Warnings, f.Reason)
			}
		}
		if f.Kind == "amount" && p.at < len(p.rungs) && f.Sets["level"] == p.rungs[p.at].level {
			a.Findings = append(a.Findings, f.Finding)
		}
	}
	a.Warnings = append(a.Warnings, p.read.Warnings...)
	a.Findings = append(a.Findings, p.read.Findings...)
	return a
}

// beside takes from the rows what stands beside the ladder: other routes, rights,
// the packet, and what else is good to know.
func (p *planner) beside(a *Answer) {
	for _, f := range p.law.Fired {
		switch f.Kind {
		case "beside":
			by := p.by(f)
			a.Beside = append(a.Beside, Beside{ID: f.Sets["beside"], Rule: f.Rule, Title: f.Words["title"], Text: f.Reason, By: by})
		case "right":
			if f.Decides {
				a.Rights = append(a.Rights, f.Rule)
			}
		case "packet":
			a.Packet = append(a.Packet, Item{Rule: f.Rule, Item: f.Words["item"], Who: f.Sets["who"], Have: slices.Contains(p.in.Have, f.Rule)})
			continue // the item names its rule itself
		case "note":
		default:
			continue
		}
		a.Findings = append(a.Findings, f.Finding)
	}
}

// by is the last day of a route beside the ladder, where it has one.
func (p *planner) by(f finding.Fired) contract.Date {
	in := p.in
	switch f.Sets["by"] {
	case "talk":
		return in.PeerToPeerBy
	case "ends":
		return in.EndsOn
	case "received":
		r := deadline.Count(deadline.Rule{Start: deadline.Received, Length: f.Numbers["days"], Unit: deadline.Days}, p.events())
		return first(r.Date, r.Safe)
	case "keep":
		// The later of so many days after the letter and the day before the care is
		// cut; a letter without a date leaves only that day.
		by := deadline.Add(in.NoticeDate, f.Numbers["days"], deadline.Days)
		if cut := in.EffectiveDate; !cut.IsZero() && cut.AddDays(-1).After(by) {
			by = cut.AddDays(-1)
		}
		return by
	case "cut":
		if !in.EffectiveDate.IsZero() {
			return in.EffectiveDate.AddDays(-1)
		}
	case "level":
		for _, r := range p.rungs {
			if r.level == f.Sets["level"] {
				return p.dates(r).law
			}
		}
	}
	return contract.Date{}
}

func first(dates ...contract.Date) contract.Date {
	for _, d := range dates {
		if !d.IsZero() {
			return d
		}
	}
	return contract.Date{}
}

// fill puts dates in place of <file_by> and the like, which the rows cannot know.
func (p *planner) fill(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	n := p.next
	return strings.NewReplacer(
		"<file_by>", deadline.Date(n.keep, p.lang), "<law_date>", deadline.Date(n.law, p.lang), "<letter_date>", deadline.Date(p.in.LetterDeadline, p.lang),
		"<safe_date>", deadline.Date(n.safe, p.lang), "<presumed_date>", deadline.Date(n.presumed, p.lang), "<last_working_day>", deadline.Date(n.workingDay, p.lang),
		"<decide_by>", deadline.Date(n.decideBy, p.lang), "<received>", deadline.Date(p.in.ReceivedDate, p.lang),
		"<unmoved>", deadline.Date(n.unmoved, p.lang),
	).Replace(s)
}
