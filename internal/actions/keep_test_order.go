package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/coverage"
)

// KeepTestOrder keeps a test that the second doctor ordered and how it stands with the
// plan; one without an id is new. It gives the id. Its due date goes to the case's
// list: by when to ask the plan, or by when its answer should be there.
func (h *House) KeepTestOrder(ctx context.Context, who casefile.Person, c *casefile.Case, o coverage.Ordered, from casefile.Version) (string, error) {
	for _, f := range []*string{&o.Name, &o.Number, &o.Words} {
		*f = strings.TrimSpace(*f)
	}
	if err := o.Check(h.today()); err != nil {
		return "", err
	}
	saved, _, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil {
		return "", err
	}
	today, err := profileDate(h.today())
	if err != nil {
		return "", err
	}
	if o.ID == "" {
		o.ID = h.NewID()
	}
	o.Due = o.DueOn(today, saved.Answer.Longest()).String()
	ask, hear := casefile.Due{Key: "due.test_ask", Item: o.ID, Page: "coverage.test"}, casefile.Due{Key: "due.test_hear", Item: o.ID, Page: "coverage.test"}
	if o.Answer == "waiting" {
		hear.On = o.Due
	} else {
		ask.On = o.Due
	}
	return o.ID, h.save(ctx, who, c, casefile.Change{
		Verb: "keep_test_order", Due: []casefile.Due{ask, hear},
		Drafts: []casefile.Draft{{Ref: coverage.TestRef(o.ID), From: from, Body: o}},
	})
}
