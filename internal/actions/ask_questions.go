package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/questions"
)

// AskQuestions saves the patient's questions in their order.
func (h *House) AskQuestions(ctx context.Context, who casefile.Person, c *casefile.Case, l questions.List, from casefile.Version) error {
	if err := l.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "ask_questions", Drafts: []casefile.Draft{{Ref: questions.Ref, From: from, Body: l}}})
}
