package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/questions"
)

// Comparison lays the case's opinions side by side, in a language, with what the
// case knows of the plan, of the patient's questions and of what matters to them.
// Fewer than two opinions are NotFound.
func (h *House) Comparison(c *casefile.Case, lang string) (opinion.Input, opinion.Answer, error) {
	all, err := opinion.All(c)
	if err != nil {
		return opinion.Input{}, opinion.Answer{}, err
	}
	if len(all) < 2 {
		return opinion.Input{}, opinion.Answer{}, fault.New(fault.NotFound, "fault.not_found")
	}
	in := opinion.Input{On: h.today()}
	for _, o := range all {
		in.Opinions = append(in.Opinions, o.Stated())
	}
	decision, _, err := casefile.Read[opinion.Decision](c, opinion.DecisionRef)
	if err != nil {
		return in, opinion.Answer{}, err
	}
	in.Values = decision.Values
	plan, _, err := casefile.Read[struct {
		Input struct {
			Plan coverage.Plan `json:"plan"`
		} `json:"input"`
	}](c, casefile.Ref{Kind: "coverage"})
	if err != nil {
		return in, opinion.Answer{}, err
	}
	in.PlanKind, in.PlanFunding, in.PlanState = plan.Input.Plan.Kind, plan.Input.Plan.Funding, plan.Input.Plan.SitusState
	list, _, err := casefile.Read[questions.List](c, questions.Ref)
	if err != nil {
		return in, opinion.Answer{}, err
	}
	for _, q := range list.Questions {
		if of := asked(q, all); len(of) > 0 {
			in.Questions = append(in.Questions, opinion.Asked{ID: q.ID, Text: q.In(lang), Of: of})
		}
	}
	answer, err := opinion.Compare(in, lang, h.Rules)
	if err != nil {
		// The documents passed their own checks: what the engine refuses is ours to mend.
		return in, answer, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return in, answer, nil
}

// asked tells which doctors were asked a question: those for whom the list says so or
// an answer is marked. The patient writes the list for the doctors who come after the
// first; one of those counts as soon as the person has marked any of their answers.
func asked(q questions.Question, all []opinion.Opinion) []string {
	var of []string
	for _, o := range all {
		if slices.Contains(q.Asked, o.ID) || o.Outcome(q.ID) != "" || o.ID != opinion.First && len(o.Answers) > 0 {
			of = append(of, o.ID)
		}
	}
	return of
}

// CompareOpinions saves the comparison that the person has read. read lists the
// opinions as they were when the page was shown: where one has changed since, nobody
// has read the comparison as it is now, and the save is a Conflict.
func (h *House) CompareOpinions(ctx context.Context, who casefile.Person, c *casefile.Case, read Reading, from casefile.Version) error {
	if !slices.Equal(read.Of, opinion.Now(c)) {
		return fault.New(fault.Conflict, "fault.conflict")
	}
	in, answer, err := h.Comparison(c, read.Language)
	if err != nil {
		return err
	}
	body := opinion.Comparison{On: h.today(), Language: read.Language, Of: read.Of, Input: in, Answer: answer}
	return h.save(ctx, who, c, casefile.Change{Verb: "compare_opinions", Drafts: []casefile.Draft{{Ref: opinion.ComparisonRef, From: from, Body: body}}})
}

// Reading is which opinions a person read side by side, and in which language.
type Reading struct {
	Of       []opinion.Made
	Language string
}
