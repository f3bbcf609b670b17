package web

import (
	"bytes"
	"embed"
	"io/fs"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/journey"
	"consilium/internal/records"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

//go:embed words/*.json
var words embed.FS

// Words are the texts of the pages that belong to no step: home, sign-in, account,
// faults.
var Words, _ = fs.Sub(words, "words")

// listed is one case as the list of cases shows it.
type listed struct {
	URL       string
	Name      string
	Diagnosis string
	Closed    bool
	Next      string // the next step's id, "" when all are done
	Due       string // the soonest date of an open case, in words
}

// cases shows every case that the person may open, or takes them into the only one.
func (s *Server) cases(v *Visit) error {
	mine, err := v.House.Mine(v.Context(), v.Who)
	if err != nil {
		return err
	}
	var all []listed
	for _, m := range mine {
		c, err := v.House.Load(v.Context(), v.Who, m.ID)
		if err != nil {
			return err
		}
		p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
		if err != nil {
			return err
		}
		all = append(all, listed{
			URL: caseURL(m.ID, ""), Name: p.Patient.Name, Diagnosis: p.Diagnosis.Text,
			Closed: m.State == casefile.Closed, Next: journey.Next(c), Due: v.soonest(m),
		})
	}
	return v.Render(v.Say.T("cases.title"), casesPage(v.Say, all))
}

// newCase opens an empty case and takes the person to its first step.
func (s *Server) newCase(v *Visit) error {
	id, err := v.House.OpenCase(v.Context(), v.Who)
	if err != nil {
		return err
	}
	if v.Case, err = v.House.Load(v.Context(), v.Who, id); err != nil {
		return err
	}
	return v.Go("start")
}

// standing is one step as the home page shows it.
type standing struct {
	ID    string
	URL   string
	State journey.Standing
}

// homeView is what a case's home shows: where it stands, what is next, what is due.
type homeView struct {
	Profile     casefile.Profile
	Closed      bool
	Emergency   bool
	Next        standing
	Steps       []standing
	Roads       []standing
	Due         dueView
	Records     []ui.Fact // how long ago records were asked for, and since when they are here
	LogURL      string
	RequestsURL string
	CloseURL    string
}

// next is the one thing to do next.
func (h homeView) next(say text.Speaker) ui.Step {
	s := ui.Step{Title: say.T("step." + h.Next.ID), Text: say.T("home.why." + h.Next.ID), Link: ui.Link{Label: say.T("home.next_go"), Href: h.Next.URL}}
	if h.Next.ID == "start" {
		s.Link.Label = say.T("home.next_start")
	}
	if h.Next.State == journey.Again {
		s.Text = say.T("home.next_again") + " " + s.Text
	}
	return s
}

// recordsClocks are the two clocks of the records, once something was asked for.
func recordsClocks(v *Visit) ([]ui.Fact, error) {
	all, err := records.Requests(v.Case)
	if err != nil {
		return nil, err
	}
	both := records.ClocksOf(all, func(r records.Request) records.Clock { return v.House.RequestClock(r, v.Lang()) })
	if both.First.IsZero() {
		return nil, nil
	}
	today := contract.DateOf(v.House.Now())
	whole := v.Say.T("home.records.not_whole")
	if !both.Whole.IsZero() {
		whole = v.Say.N("home.records.days", both.Whole.DaysUntil(today))
	}
	return []ui.Fact{
		{Label: v.Say.T("home.records.asked"), Value: v.Say.N("home.records.days", both.First.DaysUntil(today))},
		{Label: v.Say.T("home.records.whole"), Value: whole},
	}, nil
}

// home shows where the case stands, what is next and what is due.
func (s *Server) home(v *Visit) error {
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return err
	}
	h := homeView{
		Profile: p, Closed: v.Case.State == casefile.Closed, Emergency: journey.Emergency(v.Case),
		Due: s.due(v), RequestsURL: v.URL("records.requests"), LogURL: v.URL("") + "/log", CloseURL: v.URL("decide.close"),
	}
	if h.Records, err = recordsClocks(v); err != nil {
		return err
	}
	next := journey.Next(v.Case)
	for _, step := range journey.Steps {
		st := standing{ID: step.ID, URL: v.URL(step.ID), State: journey.Stands(v.Case, step.ID)}
		if step.ID == next {
			h.Next = st
		}
		h.Steps = append(h.Steps, st)
	}
	for _, road := range journey.Roads {
		h.Roads = append(h.Roads, standing{ID: road.ID, URL: v.URL(road.ID), State: journey.Stands(v.Case, road.ID)})
	}
	title := v.Say.T("home.title")
	if p.Patient.Name != "" {
		title = v.Say.T("home.title_of", "name", p.Patient.Name)
	}
	return v.Render(title, homePage(v.Say, title, h))
}

// caseLog gives the case's log with its signed checkpoints, in the form that
// `consilium log verify` checks without this server.
func (s *Server) caseLog(v *Visit) error {
	var b bytes.Buffer
	if err := v.House.TakeLog(v.Context(), v.Who, v.Case, &b); err != nil {
		return err
	}
	if b.Len() == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return v.Send("text/plain; charset=utf-8", "consilium-log.txt", v.House.Now(), bytes.NewReader(b.Bytes()))
}
