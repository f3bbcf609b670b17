package appeal

import (
	"net/http"
	"slices"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the one next thing and its day; the law's day, the letter's
// day and which of them counts; what kind of no it is; what to mend first; the whole
// ladder; what may go beside it; and every right and warning with its reason.

type answerView struct {
	appeal.Answer
	Denial   appeal.Denial
	Version  casefile.Version
	Standing standing
	Moves    []move
	Beside   []beside
	Rights   []finding.Finding
	Reasons  []finding.Finding
	Packets  []appeal.Packet
	Promises []appeal.Promise
	On       string // the id of the letter that goes on from this one
	Late     bool   // a tick was made on an older list
}

// move is one of the first moves with its reason.
type move struct {
	appeal.Move
	Done   bool
	Reason *finding.Finding
}

// beside is a route that may run beside the next level, with its reason.
type beside struct {
	appeal.Beside
	Reason *finding.Finding
}

func viewAnswer(v *web.Visit, c *casefile.Case) (answerView, error) {
	id := v.Item("id")
	d, err := actions.DenialOf(c, id)
	if err != nil {
		return answerView{}, err
	}
	a := answerView{Denial: d, Version: c.Version(appeal.Ref(id))}
	if a.Answer, err = v.House.AppealAnswer(d, v.Lang()); err != nil {
		return a, err
	}
	if a.Standing, err = stand(v, d); err != nil {
		return a, err
	}
	if a.On, err = continued(c, id); err != nil {
		return a, err
	}
	if a.Packets, err = packetsOf(c, id); err != nil {
		return a, err
	}
	if a.Promises, err = v.House.PromisesTo(c, d); err != nil {
		return a, err
	}
	a.sort()
	return a, nil
}

// sort puts each finding where it explains something; the rest are reasons.
func (a *answerView) sort() {
	said := map[string]bool{}
	why := func(rule string) *finding.Finding {
		for i := range a.Findings {
			if a.Findings[i].Rule == rule && rule != "" {
				said[rule] = true
				return &a.Findings[i]
			}
		}
		return nil
	}
	for _, m := range a.FirstMoves {
		a.Moves = append(a.Moves, move{m, a.Denial.Has(m.ID), why(m.Rule)})
	}
	for _, b := range a.Answer.Beside {
		a.Beside = append(a.Beside, beside{b, why(b.Rule)})
	}
	for _, f := range a.Findings {
		switch {
		case said[f.Rule]:
		case slices.Contains(a.Answer.Rights, f.Rule):
			a.Rights = append(a.Rights, f)
		default:
			a.Reasons = append(a.Reasons, f)
		}
	}
}

// soon are the routes beside the ladder that have a day of their own, and are not
// done: they must not be missed below.
func (a answerView) soon() []beside {
	var all []beside
	for _, b := range a.Beside {
		if !b.By.IsZero() && !a.Denial.Has(b.ID) && a.Denial.Input.FiledDate.IsZero() && a.Standing.open() {
			all = append(all, b)
		}
	}
	return all
}

// movesDone and besideDone are what is ticked in one of the two lists: each form
// carries what stands in the other, for a tick saves both.
func (a answerView) movesDone() []string {
	return slices.DeleteFunc(slices.Clone(a.Denial.Done), func(id string) bool {
		return !slices.ContainsFunc(a.Moves, func(m move) bool { return m.ID == id })
	})
}

func (a answerView) besideDone() []string {
	return slices.DeleteFunc(slices.Clone(a.Denial.Done), func(id string) bool {
		return !slices.ContainsFunc(a.Beside, func(b beside) bool { return b.ID == id })
	})
}

// first is the first thing that is still to be mended; nil when there is none.
func (a answerView) first() *move {
	for i := range a.Moves {
		if !a.Moves[i].Done {
			return &a.Moves[i]
		}
	}
	return nil
}

// next is the one thing to do now.
func (a answerView) next(v *web.Visit) ui.Step {
	t := v.Say.T
	packet := ui.Link{Label: t("appeal.answer.packet"), Href: v.URL("appeal.packet", a.Denial.ID)}
	switch m := a.first(); {
	case a.Standing.Key == "again":
		return ui.Step{Title: t("appeal.answer.now.again"), Link: ui.Link{Label: t("button.next"), Href: v.URL("appeal.answer", a.On)}}
	case a.Standing.Key == "waiting" || a.Standing.Key == "sent" || a.Standing.Key == "silent":
		return ui.Step{Title: t("appeal.answer.now." + a.Standing.Key), Text: t("appeal.answer.now." + a.Standing.Key + ".text"), Link: ui.Link{Label: t("appeal.answer.replied"), Href: v.URL("appeal.reply", a.Denial.ID)}}
	case a.Standing.Key == "plan" || a.Standing.Key == "date":
		return ui.Step{Title: t("appeal.answer.now." + a.Standing.Key), Text: t("appeal.answer.now." + a.Standing.Key + ".text"), Link: ui.Link{Label: t("appeal.answer.change"), Href: v.URL("appeal.denial", a.Denial.ID)}}
	case a.Standing.Key == "fast":
		return ui.Step{Title: t("appeal.answer.now.fast"), Text: t("appeal.answer.now.fast.text"), Link: ui.Link{Label: t("appeal.answer.now.how"), Href: "#beside-quality_organization"}}
	case a.Standing.Key == "automatic":
		return ui.Step{Title: t("appeal.answer.now.automatic"), Text: t("appeal.answer.now.automatic.text"), Link: packet}
	case m != nil:
		step := ui.Step{Title: m.Title, Text: m.Why, Link: ui.Link{Label: t("appeal.answer.now.how"), Href: "#move-" + m.ID}}
		if !m.By.IsZero() {
			step.Title = t("appeal.answer.now.by", "what", m.Title, "day", day(v, m.By))
		}
		return step
	}
	return ui.Step{Title: t("appeal.answer.now.packet"), Text: t("appeal.answer.now.packet.text"), Link: packet}
}

// dates are the law's day, the letter's, and how they were found.
func (a answerView) dates(v *web.Visit) []ui.Fact {
	n := a.Next
	if n == nil {
		return nil
	}
	fact := func(key, value string) ui.Fact {
		return ui.Fact{Label: v.Say.T("appeal.answer." + key), Value: value, Change: v.URL("appeal.denial", a.Denial.ID)}
	}
	facts := []ui.Fact{{Label: v.Say.T("appeal.answer.level"), Value: n.Title}}
	filed := a.Denial.Input.FiledDate
	if filed.IsZero() {
		facts = append(facts, fact("letter_came", day(v, a.Denial.Input.ReceivedDate)))
	} else {
		facts = append(facts, ui.Fact{Label: v.Say.T("appeal.answer.filed"), Value: day(v, filed)})
	}
	if !n.Automatic && filed.IsZero() {
		law := n.Counted
		if law == "" {
			law = day(v, n.LawDate)
		}
		facts = append(facts, ui.Fact{Label: v.Say.T("appeal.answer.law"), Value: law}, fact("letter_day", day(v, n.LetterDate)))
	}
	if n.DecideWithin != nil {
		facts = append(facts, ui.Fact{Label: v.Say.T("appeal.answer.decide"), Value: span(v, n.DecideWithin)})
	}
	if n.SendTo != "" {
		facts = append(facts, ui.Fact{Label: v.Say.T("appeal.answer.send_to"), Value: n.SendTo})
	}
	for _, need := range n.Needs {
		facts = append(facts, ui.Fact{Label: v.Say.T("appeal.answer.needs"), Value: need})
	}
	return facts
}

// governs says which of two days counts, and why; "" while there is none.
func (a answerView) governs(v *web.Visit) string {
	n := a.Next
	switch {
	case n == nil || n.Automatic || n.FileBy.IsZero() || !a.Denial.Input.FiledDate.IsZero():
		return ""
	case n.LetterDate.IsZero():
		return v.Say.T("appeal.answer.governs.law_only")
	case n.LawDate.IsZero():
		return v.Say.T("appeal.answer.governs.letter_only")
	case n.LetterDate == n.LawDate:
		return v.Say.T("appeal.answer.governs.same")
	case n.FileBy == n.LawDate:
		return v.Say.T("appeal.answer.governs.law_earlier")
	case n.LetterDate.Before(n.LawDate):
		return v.Say.T("appeal.answer.governs.letter_earlier")
	}
	return v.Say.T("appeal.answer.governs.letter_later")
}

// ladder is the figure of all levels.
func (a answerView) ladder(v *web.Visit) ui.Ladder {
	t := v.Say.T
	l := ui.Ladder{Title: t("appeal.answer.ladder"), Yours: t("appeal.answer.ladder.yours"), Theirs: t("appeal.answer.ladder.theirs"), Level: t("appeal.answer.ladder.level"), Table: t("appeal.answer.ladder.table")}
	for _, r := range a.Ladder {
		g := ui.Rung{Name: r.Title, Tag: t("appeal.answer.rung." + r.State), Text: r.Text, State: map[string]ui.State{"past": ui.Done, "next": ui.Next}[r.State]}
		if g.State == "" {
			g.State = ui.Locked
		}
		if r.State == "next" && !a.Denial.Input.FiledDate.IsZero() {
			g.Tag = t("appeal.answer.rung.sent")
		}
		if r.Automatic {
			g.Yours = t("appeal.answer.rung.automatic")
		} else if r.File != nil {
			g.Yours, g.YourDays = span(v, r.File), inDays(*r.File)
		}
		if !r.FileBy.IsZero() && a.Denial.Input.FiledDate.IsZero() {
			g.By = v.Say.T("appeal.by", "day", day(v, r.FileBy))
		}
		if r.DecideDays > 0 {
			g.Theirs, g.TheirDays = v.Say.N("appeal.span.days", r.DecideDays), r.DecideDays
		}
		l.Rungs = append(l.Rungs, g)
	}
	return l
}

// span says a length of time.
func span(v *web.Visit, s *appeal.Span) string { return v.Say.N("appeal.span."+s.Unit, s.Value) }

// inDays is about how many days a time is, for a drawing and for nothing else.
func inDays(s appeal.Span) int {
	switch s.Unit {
	case "hours":
		return (s.Value + 23) / 24
	case "months":
		return s.Value * 365 / 12
	case "business_days":
		return s.Value * 7 / 5
	}
	return s.Value
}

// fast says how fast the fast way is.
func fast(v *web.Visit, e appeal.Expedited) string {
	switch {
	case e.Hours > 0:
		return v.Say.N("appeal.span.hours", e.Hours)
	case e.Days > 0:
		return v.Say.N("appeal.span.days", e.Days)
	}
	return ""
}

// The handlers.

func showAnswer(v *web.Visit) error {
	a, err := viewAnswer(v, v.Case)
	if err != nil {
		return err
	}
	return v.Render(a.Standing.title(v), answerPage(v, a))
}

// The form: which of the first moves are done.

func saveMoves(v *web.Visit) error {
	id := v.Item("id")
	err := v.House.TickMoves(v.Context(), v.Who, v.Case, id, v.Form["done"], v.Version())
	if fault.Is(err, fault.Conflict) {
		// A tick is one click: show the list as it is now and let them tick again.
		c, err := v.House.Load(v.Context(), v.Who, v.Case.ID)
		if err != nil {
			return err
		}
		a, err := viewAnswer(v, c)
		if err != nil {
			return err
		}
		a.Late = true
		return v.RenderAs(http.StatusConflict, a.Standing.title(v), answerPage(v, a))
	}
	if err != nil {
		return err
	}
	return v.Go("appeal.answer", id)
}
