package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// StartRequest begins a request to a holder for items that the case lacks, and gives
// it. What the case knows is filled in; nothing is sent, signed or said to anybody.
func (h *House) StartRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id, holder string, items []string) (records.Request, error) {
	if had, version, err := casefile.Read[records.Request](c, records.RequestRef(id)); err != nil || version > 0 {
		return had, err
	}
	holder = strings.TrimSpace(holder)
	if holder == "" {
		return records.Request{}, fault.New(fault.Invalid, "form.required").On("holder")
	}
	known := records.CheckItem("").Values()
	for _, i := range items {
		if !slices.Contains(known, i) {
			return records.Request{}, fault.New(fault.Invalid, "form.choice").On("item")
		}
	}
	r, err := h.firstDraft(c, id, holder, items)
	if err != nil {
		return r, err
	}
	return r, h.save(ctx, who, c, casefile.Change{
		Verb: "start_request", Note: id,
		Drafts: []casefile.Draft{{Ref: records.RequestRef(id), Body: r}},
	})
}

// firstDraft fills in what the case knows: the holder's address where it is the first
// doctor, the second doctor as the receiver, what the items are.
func (h *House) firstDraft(c *casefile.Case, id, holder string, items []string) (records.Request, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return records.Request{}, err
	}
	r := records.Request{
		ID: id, Holder: records.Keeper{Name: holder}, Items: items, Language: "en", Home: p.Patient.State,
		Send: records.Where{To: []string{records.ToMe}}, Form: records.Release{Purpose: "opinion"}, Ask: records.Ask{Format: "download"},
	}
	d := p.FirstDoctor
	if holder == d.Name || holder == d.Practice || holder == d.Hospital {
		r.Holder.Address, r.Holder.Phone = d.Address, d.Phone
	}
	if p.Acting.Name == "" {
		r.Signer.Who = records.ByPatient
	}
	r.Ask.Kinds = records.KindsOf(items)
	if r.Ask.Has(records.AskPathology) {
		r.Ask.Wants = []string{"report", "slides"}
	}
	if err := h.nameAsked(c, &r); err != nil {
		return r, err
	}
	second, err := chosenDoctor(c)
	if err != nil {
		return r, err
	}
	r.Send.Name, r.Send.Place, r.Send.Address, r.Send.Phone = second.Name, second.Practice, second.Address, second.Phone
	all, err := records.Requests(c)
	if err != nil {
		return r, err
	}
	for _, before := range all { // what was typed once is not asked again
		if before.Sender != (records.Sender{}) {
			r.Sender = before.Sender
		}
		if strings.EqualFold(before.Holder.Name, holder) && before.Filled {
			r.Holder = before.Holder
			r.Ask.Chart = before.Ask.Chart
		}
	}
	return r, nil
}

// day is today as a date that can be counted with.
func (h *House) day() contract.Date { return contract.DateOf(h.Now()) }
