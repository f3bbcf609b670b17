package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// SpecimenOf gives one loan and its version; NotFound when there is none of that id.
func SpecimenOf(c *casefile.Case, id string) (records.Specimen, casefile.Version, error) {
	s, version, err := casefile.Read[records.Specimen](c, records.SpecimenRef(id))
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return s, version, err
}

// KeepSpecimen keeps what is lent; the hand-overs stay as they are.
func (h *House) KeepSpecimen(ctx context.Context, who casefile.Person, c *casefile.Case, s records.Specimen, from casefile.Version) error {
	had, _, err := casefile.Read[records.Specimen](c, records.SpecimenRef(s.ID))
	if err != nil {
		return err
	}
	s.Moves = had.Moves
	if err := s.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, h.specimenChange(s, "keep_specimen", from))
}

// MoveSpecimen writes down one hand-over of slides or blocks.
func (h *House) MoveSpecimen(ctx context.Context, who casefile.Person, c *casefile.Case, id string, m records.Move, from casefile.Version) error {
	s, _, err := SpecimenOf(c, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.Moves, func(had records.Move) bool { return had.ID == m.ID }) {
		return nil
	}
	if err := m.Check(h.today()); err != nil {
		return err
	}
	s.Moves = append(s.Moves, m)
	return h.save(ctx, who, c, h.specimenChange(s, "move_specimen", from))
}

func (h *House) specimenChange(s records.Specimen, verb string, from casefile.Version) casefile.Change {
	due := casefile.Due{Key: "due.specimen_return", Item: s.ID, Page: "records.specimen"}
	if back, _ := s.Back(h.day(), h.Rules); !back.IsZero() {
		due.On = back.String()
	}
	return casefile.Change{
		Verb: verb, Note: s.ID, Due: []casefile.Due{due},
		Drafts: []casefile.Draft{{Ref: records.SpecimenRef(s.ID), From: from, Body: s}},
	}
}

// PrintCustody gives the chain of custody of a loan as PDF to a person who may take
// things out of the case, and writes so in its log.
func (h *House) PrintCustody(ctx context.Context, who casefile.Person, c *casefile.Case, id, lang string) ([]byte, error) {
	return h.printOut(ctx, who, c, "print_custody", id, func() (letters.Letter, error) {
		s, _, err := SpecimenOf(c, id)
		if err != nil {
			return letters.Letter{}, err
		}
		p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
		if err != nil {
			return letters.Letter{}, err
		}
		in := letters.CustodyIn{Today: h.today(), Patient: letters.Patient{Name: p.Patient.Name, BirthDate: p.Patient.BirthDate}, Lab: s.Lab, What: s.What, Accession: s.Accession, Slides: s.Slides, Blocks: s.Blocks, DueBack: s.DueBack}
		for _, m := range s.InOrder() {
			in.Moves = append(in.Moves, letters.Handover{On: m.On, Kind: m.Kind, From: m.From, To: m.To, Courier: m.Courier, Tracking: m.Tracking, Condition: m.Condition, Note: m.Note})
		}
		return letters.Custody(in, lang), nil
	})
}

// SpecimenBack gives the day on which a loan is due back today, and whether the
// laboratory named it.
func (h *House) SpecimenBack(s records.Specimen) (contract.Date, bool) {
	return s.Back(h.day(), h.Rules)
}
