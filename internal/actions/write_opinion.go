package actions

import (
	"context"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/records"
)

// WriteOpinion saves what one doctor says. Its id is "first" for the doctor with whom
// it began, that of an opinion in the case, or the next free one, opinion.NextID. An
// opinion without answers keeps those that are marked already.
func (h *House) WriteOpinion(ctx context.Context, who casefile.Person, c *casefile.Case, o opinion.Opinion, from casefile.Version) error {
	if o.ID != opinion.First && o.ID != opinion.NextID(c) && !c.Has(opinion.Ref(o.ID)) || o.ID == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	faults := fault.All(o.Check(h.today()))
	if sha := o.Upload.SHA256; sha != "" {
		received, version, err := casefile.Read[records.Received](c, records.Ref(sha))
		if err != nil {
			return err
		}
		if version == 0 {
			faults = append(faults, fault.New(fault.Invalid, "form.choice").On("upload.sha256"))
		}
		o.Upload.Name = received.Base()
	} else if strings.TrimSpace(o.Upload.Summary) != "" {
		faults = append(faults, fault.New(fault.Invalid, "form.required").On("upload.sha256"))
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	saved, _, err := casefile.Read[opinion.Opinion](c, opinion.Ref(o.ID))
	if err != nil {
		return err
	}
	if o.Answers == nil {
		o.Answers = saved.Answers
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "write_opinion", Note: o.ID, Drafts: []casefile.Draft{{Ref: opinion.Ref(o.ID), From: from, Body: o}}})
}
