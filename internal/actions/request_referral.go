package actions

import (
	"context"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
)

// ForReferral is the name of the letter that asks the first doctor for a referral in
// writing, or for the reason of a no.
const ForReferral = "referral"

// referralDays is how long a doctor is asked to take for an answer. No law says it: it
// is a fair time for a yes or a no.
const referralDays = 7

// ReferralPosting is what the person settles about that letter.
type ReferralPosting struct {
	Terms    letters.Terms // language, address and phone of the sender
	Reasons  []string
	Refused  bool   // the doctor said no
	Asked    string // YYYY-MM-DD, when the doctor was asked before
	ReplyBy  string // YYYY-MM-DD
	MemberID string
	Addition string
}

// ReplyToReferralBy suggests by when to ask for an answer: in a week, and never after
// the day on which the person wants to decide.
func (h *House) ReplyToReferralBy(c *casefile.Case) (string, error) {
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return "", err
	}
	today, err := contract.ParseDate(h.today())
	if err != nil {
		return "", err
	}
	by := today.AddDays(referralDays).String()
	if d := profile.DecideBy; d != "" && d > h.today() && d < by {
		by = d
	}
	return by, nil
}

// ReferralLetter drafts the letter from the case's own facts. Only laws whose source
// was read are named in it.
func (h *House) ReferralLetter(c *casefile.Case, p ReferralPosting) (letters.Letter, error) {
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return letters.Letter{}, err
	}
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return letters.Letter{}, err
	}
	asks, err := h.planAsks(c, p.Terms.Language)
	if err != nil {
		return letters.Letter{}, err
	}
	in := letters.ReferIn{
		Today: h.today(),
		Patient: letters.Patient{
			Name: profile.Patient.Name, BirthDate: profile.Patient.BirthDate, Acting: profile.Acting.Name, ActingAs: profile.Acting.As,
			Address: p.Terms.Address, Phone: p.Terms.Phone,
		},
		Doctor:  doctor(profile.FirstDoctor),
		Heard:   letters.Finding{Diagnosis: profile.Diagnosis.Text, ICD10: profile.Diagnosis.ICD10, Treatment: profile.Treatment},
		Refused: p.Refused, Asked: p.Asked, Reasons: p.Reasons, Laws: asks.Laws, MemberID: p.MemberID, ReplyBy: p.ReplyBy,
	}
	if x, ok := short.Find(short.Chosen); ok {
		in.Expert = doctor(x.Doctor)
	}
	return letters.Refer(in, p.Terms.Language), nil
}

// RequestReferral keeps the letter as it is sent.
func (h *House) RequestReferral(ctx context.Context, who casefile.Person, c *casefile.Case, p ReferralPosting, from casefile.Version) error {
	if err := p.check(h.today()); err != nil {
		return err
	}
	l, err := h.ReferralLetter(c, p)
	if err != nil {
		return err
	}
	sent := letters.Sent{
		To: ForReferral, Terms: p.Terms, Addition: strings.TrimSpace(p.Addition), On: h.today(), Letter: l.With(p.Addition),
		Reasons: p.Reasons, MemberID: p.MemberID, Refused: p.Refused, Asked: p.Asked, ReplyBy: p.ReplyBy,
	}
	return h.save(ctx, who, c, casefile.Change{Verb: "request_referral", Drafts: []casefile.Draft{{Ref: letters.Ref(ForReferral), From: from, Body: sent}}})
}

func (p ReferralPosting) check(today string) error {
	fs := fault.All(p.Terms.Check(today))
	if p.Asked > today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.past").On("asked"))
	}
	if p.ReplyBy != "" && p.ReplyBy < today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.future").On("reply_by"))
	}
	for _, f := range []struct {
		field, value string
		most         int
		max          string
	}{{"reasons", strings.Join(p.Reasons, "\n"), 4000, "4000"}, {"addition", p.Addition, 4000, "4000"}, {"member", p.MemberID, 200, "200"}} {
		if utf8.RuneCountInString(f.value) > f.most {
			fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", f.max).On(f.field))
		}
	}
	return fs.OrNil()
}
