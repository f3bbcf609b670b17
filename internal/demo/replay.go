package demo

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/letters"
	"consilium/internal/need"
	"consilium/internal/opinion"
	"consilium/internal/questions"
	"consilium/internal/records"
	"consilium/people"
)

// replay is one person's case being lived through by the owner of the demo.
type replay struct {
	house *actions.House
	owner casefile.Person
	work  func(context.Context) (bool, error)
	who   people.Person
	told  people.Case
	id    casefile.ID
}

// live leads one of the cast through every step that their story has reached.
func (r *replay) live(ctx context.Context) (err error) {
	lang := "en"
	if r.told, err = r.who.Case(lang); err != nil {
		return err
	}
	if r.told.Profile.Patient.Language == "es" {
		if r.told, err = r.who.Case("es"); err != nil {
			return err
		}
	}
	if r.id, err = r.house.OpenCase(ctx, r.owner); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context, *casefile.Case) error
	}{
		{"start", r.start},
		{"screen", r.screen},
		{"need", r.need},
		{"coverage", r.coverage},
		{"expert", r.candidates},
		{"cost", r.cost},
		{"records", r.records},
		{"prepare", r.prepare},
		{"visit", r.visit},
		{"opinion", r.opinions},
		{"answers", r.answers},
		{"compare", r.compare},
		{"weigh", r.weigh},
		{"decide", r.decide},
		{"letters", r.letters},
		{"refused", r.refused},
		{"packet", r.packet},
	} {
		c, err := r.house.Load(ctx, r.owner, r.id)
		if err == nil {
			err = step.do(ctx, c)
		}
		if err != nil {
			return fmt.Errorf("%s, %s: %w", r.who.Folder, step.name, err)
		}
	}
	return nil
}

// start tells who is ill. The cast lives on one day; on a later one the date by
// which they want to decide moves along.
func (r *replay) start(ctx context.Context, c *casefile.Case) error {
	p := r.told.Profile
	today := r.house.Now().Format(time.DateOnly)
	if p.DecideBy != "" && today > people.Day {
		by, err := time.Parse(time.DateOnly, p.DecideBy)
		if err != nil {
			return err
		}
		then, err := time.Parse(time.DateOnly, people.Day)
		if err != nil {
			return err
		}
		now, err := time.Parse(time.DateOnly, today)
		if err != nil {
			return err
		}
		p.DecideBy = by.Add(now.Sub(then)).Format(time.DateOnly)
	}
	return r.house.DescribePatient(ctx, r.owner, c, p, 0)
}

func (r *replay) screen(ctx context.Context, c *casefile.Case) error {
	_, err := r.house.ScreenEmergency(ctx, r.owner, c, nil, 0)
	return err
}

func (r *replay) need(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Need) == 0 {
		return nil
	}
	var in need.Input
	if err := contract.Decode(strings.NewReader(string(r.told.Need)), &in); err != nil {
		return err
	}
	_, err := r.house.AnswerNeed(ctx, r.owner, c, in, c.Version(need.Ref))
	return err
}

func (r *replay) coverage(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Coverage) == 0 {
		return nil
	}
	var in coverage.Input
	if err := contract.Decode(strings.NewReader(string(r.told.Coverage)), &in); err != nil {
		return err
	}
	_, err := r.house.CheckCoverage(ctx, r.owner, c, in, 0)
	return err
}

// cost tells what each visit may cost; the doctors are those of the shortlist.
func (r *replay) cost(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Cost) == 0 {
		return nil
	}
	var s coverage.CostSaved
	if err := contract.Decode(strings.NewReader(string(r.told.Cost)), &s); err != nil {
		return err
	}
	list, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return err
	}
	for i := range s.Visits {
		for _, x := range list.Candidates {
			if x.Doctor.Name == s.Visits[i].Name {
				s.Visits[i].Doctor = x.ID
			}
		}
	}
	return r.house.PlanCost(ctx, r.owner, c, s, 0)
}

func (r *replay) candidates(ctx context.Context, c *casefile.Case) error {
	chosen := ""
	for _, x := range r.told.Candidates {
		id, err := r.house.ShortlistExpert(ctx, r.owner, c, expert.Candidate{
			Doctor:      casefile.Doctor{Name: x.Name, NPI: x.NPI, Practice: x.Practice, Address: x.Address, Specialty: x.Specialty, Phone: x.Phone, Hospital: x.Hospital},
			Credentials: x.Credentials, Notes: x.Notes,
			Criteria: expert.Criteria{
				Expertise: expert.Reply(x.Criteria.Expertise), Independent: expert.Reply(x.Criteria.Independent),
				Certified: expert.Reply(x.Criteria.BoardCertified), Plan: expert.Reply(x.Criteria.AcceptsPlan),
			},
		}, c.Version(expert.Ref))
		if err != nil {
			return err
		}
		if x.Chosen {
			chosen = id
		}
		if c, err = r.house.Load(ctx, r.owner, r.id); err != nil {
			return err
		}
	}
	if chosen == "" {
		return nil
	}
	return r.house.ChooseExpert(ctx, r.owner, c, chosen, c.Version(expert.Ref))
}

// records hands in the files and has them read at once, so that nobody meets a page
// that is still reading.
func (r *replay) records(ctx context.Context, c *casefile.Case) error {
	for _, x := range r.told.Records {
		if _, err := r.handIn(ctx, c, x.File); err != nil {
			return fmt.Errorf("%s: %w", x.File, err)
		}
		var err error
		if c, err = r.house.Load(ctx, r.owner, r.id); err != nil {
			return err
		}
	}
	for {
		did, err := r.work(ctx)
		if err != nil || !did {
			return err
		}
	}
}

func (r *replay) handIn(ctx context.Context, c *casefile.Case, name string) (records.Received, error) {
	f, err := r.who.FS.Open(name)
	if err != nil {
		return records.Received{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return records.Received{}, err
	}
	u, err := r.house.StartUpload(ctx, r.owner, c, path.Base(name), info.Size())
	if err != nil {
		return records.Received{}, err
	}
	if _, err := r.house.AppendUpload(ctx, r.owner, c, u.ID, 0, f); err != nil {
		return records.Received{}, err
	}
	return r.house.FinishUpload(ctx, r.owner, c, u.ID)
}

func (r *replay) prepare(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Questions) == 0 {
		return nil
	}
	var list questions.List
	asked := slices.Clone(r.told.Questions)
	slices.SortFunc(asked, func(a, b people.Question) int { return a.Rank - b.Rank })
	for _, q := range asked {
		list.Questions = append(list.Questions, questions.Question{ID: own(q.ID), Category: questions.Category(q.Category), Text: q.Text})
	}
	return r.house.AskQuestions(ctx, r.owner, c, list, 0)
}

// own is the id under which the list keeps a question in the person's own words.
func own(id string) string { return "own-" + strings.TrimPrefix(id, "q") }

func (r *replay) visit(ctx context.Context, c *casefile.Case) error {
	if r.told.Companion == nil {
		return nil
	}
	list, version, err := casefile.Read[questions.List](c, questions.Ref)
	if err != nil {
		return err
	}
	list.Companion = questions.Companion{Name: r.told.Companion.Name, Related: r.told.Companion.Related, Task: r.told.Companion.Task}
	return r.house.AskQuestions(ctx, r.owner, c, list, version)
}

func (r *replay) opinions(ctx context.Context, c *casefile.Case) error {
	for _, o := range r.told.Opinions {
		if err := r.house.WriteOpinion(ctx, r.owner, c, r.opinion(o), 0); err != nil {
			return err
		}
		var err error
		if c, err = r.house.Load(ctx, r.owner, r.id); err != nil {
			return err
		}
	}
	return nil
}

// opinion puts what the cast tells of an opinion into the opinion's sections.
func (r *replay) opinion(o people.Opinion) opinion.Opinion {
	out := opinion.Opinion{
		ID: o.ID, Date: o.Date, Plain: o.Summary, Missing: o.Missing, Aims: o.Aims,
		By: opinion.Author{Name: o.By.Name, SpecialtyNUCC: o.By.SpecialtyNUCC},
	}
	if o.ID == opinion.First {
		d := r.told.Profile.FirstDoctor
		out.By.Specialty, out.By.Practice, out.By.Address, out.By.NPI = d.Specialty, d.Practice, d.Address, d.NPI
	}
	for _, x := range r.told.Candidates {
		if x.Name == o.By.Name {
			out.By.Specialty, out.By.Practice, out.By.Address, out.By.NPI = x.Specialty, x.Practice, x.Address, x.NPI
		}
	}
	if o.UrgencyDays > 0 {
		out.UrgencyDays = &o.UrgencyDays
	}
	for _, x := range o.ReliedOn {
		out.ReliedOn = append(out.ReliedOn, opinion.Record{What: x})
	}
	for _, x := range o.Tests {
		out.Tests = append(out.Tests, opinion.FurtherTest{What: x})
	}
	for _, d := range o.Diagnoses {
		out.Diagnoses = append(out.Diagnoses, opinion.Diagnosis{Text: d.Text, ICD10: d.ICD10, Certainty: d.Certainty, Stage: d.Stage})
	}
	for _, x := range o.Options {
		option := opinion.Option{Text: x.Text, Kind: x.Kind, Recommended: &x.Recommended, Benefits: x.Benefits, Harms: x.Harms}
		for _, e := range x.Evidence {
			option.Evidence = append(option.Evidence, opinion.Evidence{Kind: e.Kind, Text: e.Text})
		}
		out.Options = append(out.Options, option)
	}
	return out
}

// answers marks what each opinion says to the person's questions. A question that
// the story's opinion does not answer is marked as not answered.
func (r *replay) answers(ctx context.Context, c *casefile.Case) error {
	for _, o := range r.told.Opinions {
		if len(o.Answers) == 0 {
			continue
		}
		var given []opinion.Given
		for _, q := range r.told.Questions {
			g := opinion.Given{Question: own(q.ID), Outcome: "not"}
			for _, a := range o.Answers {
				if a.Question == q.ID {
					g.Text, g.Outcome = a.Text, "answered"
				}
			}
			given = append(given, g)
		}
		if err := r.house.MarkAnswers(ctx, r.owner, c, o.ID, given, c.Version(opinion.Ref(o.ID))); err != nil {
			return err
		}
		var err error
		if c, err = r.house.Load(ctx, r.owner, r.id); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) compare(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Opinions) < 2 {
		return nil
	}
	return r.house.CompareOpinions(ctx, r.owner, c, actions.Reading{Of: opinion.Now(c), Language: r.lang()}, 0)
}

func (r *replay) lang() string {
	if r.told.Profile.Patient.Language == "es" {
		return "es"
	}
	return "en"
}

func (r *replay) weigh(ctx context.Context, c *casefile.Case) error {
	if len(r.told.Values) == 0 {
		return nil
	}
	var values []opinion.Value
	for _, x := range r.told.Values {
		values = append(values, opinion.Value{What: x.What, Weight: x.Weight})
	}
	return r.house.WeighOptions(ctx, r.owner, c, values, nil, c.Version(opinion.DecisionRef))
}

func (r *replay) decide(ctx context.Context, c *casefile.Case) error {
	d := r.told.Decision
	if d == nil {
		return nil
	}
	choice := actions.Choosing{Chosen: actions.Own, Own: d.Choice, Reasons: d.Reasons}
	for _, o := range r.told.Opinions {
		if o.By.Name == d.With {
			choice.With = o.ID
		}
	}
	for _, q := range opinion.CertaintyQuestions() {
		choice.Certainty = append(choice.Certainty, opinion.Certain{Question: q, Answer: "yes"})
	}
	return r.house.Decide(ctx, r.owner, c, choice, c.Version(opinion.DecisionRef))
}

func (r *replay) letters(ctx context.Context, c *casefile.Case) error {
	if r.told.Decision == nil {
		return nil
	}
	return r.house.WriteLetters(ctx, r.owner, c, actions.Posting{Terms: letters.Terms{Language: "en", Talk: letters.Given}}, 0)
}

// refused hands in the letter in which the plan said no, and enters it.
func (r *replay) refused(ctx context.Context, c *casefile.Case) error {
	told := r.told.Refused
	if told == nil {
		return nil
	}
	letter, err := r.handIn(ctx, c, told.Letter)
	if err != nil {
		return err
	}
	if c, err = r.house.Load(ctx, r.owner, r.id); err != nil {
		return err
	}
	d := told.Denial
	d.ID, d.Letter = r.house.NewID(), letter.SHA256
	if _, err = r.house.EnterDenial(ctx, r.owner, c, d, 0); err != nil {
		return err
	}
	_, err = r.work(ctx)
	return err
}

// packet writes what the person adds to the papers of the appeal.
func (r *replay) packet(ctx context.Context, c *casefile.Case) error {
	if r.told.Refused == nil {
		return nil
	}
	for _, d := range c.Named(appeal.Kind) {
		draft := r.told.Refused.Draft
		draft.Denial, draft.Doctor = d.Ref.Name, "first"
		return r.house.DraftPacket(ctx, r.owner, c, draft, 0)
	}
	return nil
}
