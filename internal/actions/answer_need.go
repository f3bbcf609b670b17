package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/need"
)

// Rules is the book that the engines ask. Topic is a folder of rules; facts are
// what is known, absent meaning unknown.
type Rules interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// ScreenEmergency saves which red flags the person has. Any at all makes the
// answer "emergency", and the journey stops until they are gone.
func (h *House) ScreenEmergency(ctx context.Context, who casefile.Person, c *casefile.Case, flags []string, from casefile.Version) (need.Saved, error) {
	saved, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return saved, err
	}
	list := need.FlagList{}
	for _, f := range flags {
		list = append(list, need.Flag(f))
	}
	saved.Input.Symptoms.RedFlags, saved.Screened = list, true
	return h.saveNeed(ctx, who, c, saved, from, "screen_emergency")
}

// AnswerNeed saves what the person told about their situation and what the rules
// say of it today. What the profile knows (the diagnosis) is taken from there; the
// red flags from the screen.
func (h *House) AnswerNeed(ctx context.Context, who casefile.Person, c *casefile.Case, in need.Input, from casefile.Version) (need.Saved, error) {
	saved, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return saved, err
	}
	if !saved.Screened {
		return saved, fault.New(fault.Invalid, "need.screen_first")
	}
	flags := saved.Input.Symptoms.RedFlags
	saved.Input, saved.Asked = in, true
	saved.Input.Symptoms.RedFlags = flags
	return h.saveNeed(ctx, who, c, saved, from, "answer_need")
}

func (h *House) saveNeed(ctx context.Context, who casefile.Person, c *casefile.Case, s need.Saved, from casefile.Version, verb string) (need.Saved, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return s, err
	}
	s.On = h.today()
	s.Input.Diagnosis.Text, s.Input.Diagnosis.ICD10 = p.Diagnosis.Text, p.Diagnosis.ICD10
	if s.Answer, err = h.NeedAnswer(s, "en"); err != nil {
		return s, err
	}
	return s, h.save(ctx, who, c, casefile.Change{Verb: verb, Drafts: []casefile.Draft{{Ref: need.Ref, From: from, Body: s}}})
}

// NeedAnswer gives the saved answer with its reasons in a language, by the rules of
// the day on which it was given.
func (h *House) NeedAnswer(s need.Saved, lang string) (need.Answer, error) {
	on, err := contract.ParseDate(s.On)
	if err != nil {
		return need.Answer{}, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return need.Check(s.Input, on, lang, h.Rules)
}
