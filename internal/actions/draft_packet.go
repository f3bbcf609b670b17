package actions

import (
	"context"
	"slices"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	"consilium/internal/records"
)

// The letters of an appeal, by the name under which a page asks for them. The first
// two go to the plan as they are. The letter of medical necessity is a draft: the
// doctor puts it on paper of their own and signs it, so it goes with the packet as an
// enclosure, and never with our brackets in it. The sheet is for the doctor who talks
// with the plan, and the request for the file may go ahead of the appeal.
const (
	CoverLetter     = "cover"
	AppealLetter    = "appeal"
	NecessityLetter = "necessity"
	PeerSheet       = "peer"
	FileRequest     = "file"
)

// AppealLetters lists their names in the order of a page.
var AppealLetters = []string{CoverLetter, AppealLetter, NecessityLetter, PeerSheet, FileRequest}

// DraftPacket keeps what the person adds to the packet of a denial: their own words,
// what is enclosed, what is there already.
func (h *House) DraftPacket(ctx context.Context, who casefile.Person, c *casefile.Case, d appeal.Draft, from casefile.Version) error {
	if _, err := DenialOf(c, d.Denial); err != nil {
		return err
	}
	fs := fault.All(d.Check(h.today()))
	for _, sha256 := range d.Enclosed {
		if !c.Has(records.Ref(sha256)) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("enclosed"))
		}
	}
	for _, x := range d.Circumstances {
		if !slices.Contains(letters.Circumstances(), letters.Circumstance(x)) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("circumstances"))
		}
	}
	if err := fs.OrNil(); err != nil {
		return err
	}
	d.Dated = h.today() // what is printed tomorrow is still what was put together today
	return h.save(ctx, who, c, casefile.Change{
		Verb: "draft_packet", Note: d.Denial,
		Drafts: []casefile.Draft{{Ref: appeal.DraftRef(d.Denial), From: from, Body: d}},
	})
}

// DraftOf gives what was put together for a denial, and its version. Before anything
// was, it gives what a draft begins with: the language, the doctor, every file that
// belongs to the letter.
func (h *House) DraftOf(c *casefile.Case, d appeal.Denial, lang string) (appeal.Draft, casefile.Version, error) {
	draft, version, err := casefile.Read[appeal.Draft](c, appeal.DraftRef(d.ID))
	if err != nil || version > 0 {
		return draft, version, err
	}
	draft = appeal.Draft{Denial: d.ID, Language: lang, Doctor: opinion.First, Enclosed: d.Papers()}
	draft.Expedited = isYes(d.Input.Urgent) && d.Answer.Next != nil && d.Answer.Next.Expedited.Available
	promises, err := h.PromisesTo(c, d)
	draft.WithCalls = len(appeal.Exhibit(promises)) > 0
	return draft, 0, err
}

// PacketAnswer gives the answer for a denial with the items of the packet marked that
// the case has, in a language.
func (h *House) PacketAnswer(c *casefile.Case, d appeal.Denial, draft appeal.Draft, lang string) (appeal.Answer, error) {
	have, err := h.havePacket(c, d, draft)
	if err != nil {
		return appeal.Answer{}, err
	}
	d.Input.Have = have
	return h.AppealAnswer(d, lang)
}

// havePacket tells which items of the packet are there: those that the case's own
// nouns fill, and those that the person ticked.
func (h *House) havePacket(c *casefile.Case, d appeal.Denial, draft appeal.Draft) ([]string, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, err
	}
	opinions, err := opinion.All(c)
	if err != nil {
		return nil, err
	}
	said := d.Input.Denial.Reason != "" || len(d.Input.Denial.CARC) > 0
	has := map[string]bool{
		"LMN-02": p.Patient.Name != "" && p.Patient.BirthDate != "" && d.Plan.Member != "" && d.Claim.Number != "" && !d.Input.NoticeDate.IsZero() && said,
		"LMN-03": d.Claim.Service != "", // the appeal letter asks for it in its first sentence
		"LMN-04": d.Claim.ICD10 != "" && len(d.Claim.Codes) > 0 && d.Claim.Provider != "",
		"LMN-05": draft.Tried != "",
		"LMN-06": draft.Definition != "",
		"LMN-07": slices.ContainsFunc(opinions, rested),
		"LMN-08": draft.Harm != "",
		"LMN-09": len(opinions) > 1,
		"LMN-10": len(d.Answer.Rights) > 0, // the appeal letter names them
		"LMN-11": len(draft.Enclosed) > 0,
		"LMN-12": d.Answer.Next != nil, // the appeal letter names the law of the level
	}
	have := slices.Clone(draft.Have)
	for id, there := range has {
		if there && !slices.Contains(have, id) {
			have = append(have, id)
		}
	}
	slices.Sort(have)
	return have, nil
}

// rested tells whether an opinion names a guideline or a study for what it advises.
func rested(o opinion.Opinion) bool {
	return slices.ContainsFunc(o.Options, func(x opinion.Option) bool {
		return slices.ContainsFunc(x.Evidence, func(e opinion.Evidence) bool { return e.Kind == "guideline" || e.Kind == "study" })
	})
}
