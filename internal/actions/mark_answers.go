package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
)

// MarkAnswers saves what an opinion says to the patient's own questions. What is
// marked already for questions that are not named here stays.
func (h *House) MarkAnswers(ctx context.Context, who casefile.Person, c *casefile.Case, id string, answers []opinion.Given, from casefile.Version) error {
	o, version, err := casefile.Read[opinion.Opinion](c, opinion.Ref(id))
	if err != nil {
		return err
	}
	if version == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := (opinion.Opinion{By: o.By, Options: o.Options, Diagnoses: o.Diagnoses, Upload: o.Upload, Recommendation: o.Recommendation, Answers: answers}).Check(""); err != nil {
		return err // each fault at its place in the answers given
	}
	named := map[string]bool{}
	kept := []opinion.Given{}
	for _, a := range answers {
		named[a.Question] = true
		if a.Outcome != "" || a.Text != "" {
			kept = append(kept, a)
		}
	}
	for _, a := range o.Answers {
		if !named[a.Question] {
			kept = append(kept, a)
		}
	}
	o.Answers = kept
	return h.save(ctx, who, c, casefile.Change{Verb: "mark_answers", Note: id, Drafts: []casefile.Draft{{Ref: opinion.Ref(id), From: from, Body: o}}})
}
