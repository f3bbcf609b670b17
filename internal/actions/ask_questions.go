package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/questions"
)

// AskQuestions saves the person's questions in their order. A question without an
// id is new and gets one; what is empty is left out.
func (h *House) AskQuestions(ctx context.Context, who casefile.Person, c *casefile.Case, l questions.List, from casefile.Version) error {
	var items []questions.Item
	for _, i := range l.Items {
		if i.Text = strings.TrimSpace(i.Text); i.Text == "" {
			continue
		}
		if i.ID == "" {
			i.ID = h.NewID()
		}
		items = append(items, i)
	}
	l.Items = items
	if err := l.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "ask_questions", Drafts: []casefile.Draft{{Ref: questions.Ref, From: from, Body: l}}})
}
