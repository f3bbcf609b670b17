package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// TellStory adds an entry to the person's own account.
func (h *House) TellStory(ctx context.Context, who casefile.Person, c *casefile.Case, e records.Entry, from casefile.Version) error {
	e.Text = strings.TrimSpace(e.Text)
	if err := e.Check(h.today()); err != nil {
		return err
	}
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return err
	}
	e.ID = h.NewID()
	story.Entries = append(story.Entries, e)
	return h.saveStory(ctx, who, c, story, from)
}

// UntellStory takes an entry out of the person's own account; earlier versions of
// it stay in the case.
func (h *House) UntellStory(ctx context.Context, who casefile.Person, c *casefile.Case, id string, from casefile.Version) error {
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(story.Entries, func(e records.Entry) bool { return e.ID == id })
	if at < 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	story.Entries = slices.Delete(story.Entries, at, at+1)
	return h.saveStory(ctx, who, c, story, from)
}

func (h *House) saveStory(ctx context.Context, who casefile.Person, c *casefile.Case, s records.Story, from casefile.Version) error {
	return h.save(ctx, who, c, casefile.Change{
		Verb: "tell_story", Drafts: []casefile.Draft{{Ref: records.StoryRef, From: from, Body: s}},
	})
}
