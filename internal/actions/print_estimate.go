package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/fault"
	"consilium/internal/letters"
)

// The letters to a clinic about a price in writing.
const (
	EstimateRequest    = "request"
	EstimateReminder   = "reminder"
	EstimateCorrection = "new"
)

// The letters about a bill far above its estimate: to the provider first, then the
// first page of what goes to the federal process.
const (
	BillDispute   = "provider"
	DisputePacket = "packet"
)

// replyDays is how long a provider is asked to take for an answer. No law says it:
// it is a fair time that leaves most of the days of the federal way.
const replyDays = 14

// EstimateLetter drafts a letter to the clinic: EstimateRequest, EstimateReminder,
// EstimateCorrection. NotFound for any other.
func (h *House) EstimateLetter(c *casefile.Case, id, which, lang string) (letters.Letter, error) {
	e, _, err := FindEstimate(c, id)
	if err != nil {
		return letters.Letter{}, err
	}
	a, err := h.EstimateAnswer(e, lang)
	if err != nil {
		return letters.Letter{}, err
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return letters.Letter{}, err
	}
	in := letters.EstimateIn{
		Today: h.today(), Patient: writer(p, e.Writer),
		Clinic:  letters.Doctor{Name: e.Clinic.Name, Address: e.Clinic.Address},
		Service: e.Service, Codes: e.Codes, ICD10: p.Diagnosis.ICD10, Insured: e.Paying == estimate.NotUsing,
		Asked: e.Asked.String(), Booked: e.Scheduled.String(), Visit: e.Visit.String(), Due: a.Due.String(), Received: e.Received.String(), Changed: e.Changed.String(),
	}
	for _, part := range a.Parts {
		in.Parts = append(in.Parts, part.ID)
	}
	switch which {
	case EstimateRequest:
		if e.Asked.IsZero() {
			in.Due = h.dueWhenAskedToday(e, lang)
		}
		return letters.EstimateRequest(in, lang), nil
	case EstimateReminder:
		if !e.Again.IsZero() {
			in.Asked = e.Again.String()
		}
		return letters.EstimateReminder(in, lang), nil
	case EstimateCorrection:
		in.Parts = nil
		if e.Looked {
			for _, part := range a.Missing() {
				in.Parts = append(in.Parts, part.ID)
			}
		}
		if !e.Received.Before(e.Changed) {
			in.Changed = "" // the paper at hand came after the change
		}
		return letters.EstimateCorrection(in, lang), nil
	}
	return letters.Letter{}, fault.New(fault.NotFound, "fault.not_found")
}

// dueWhenAskedToday is the day by which the estimate is due when the letter goes out
// today.
func (h *House) dueWhenAskedToday(e estimate.Estimate, lang string) string {
	today, err := contract.ParseDate(h.today())
	if err != nil {
		return ""
	}
	e.Asked = today
	a, err := h.EstimateAnswer(e, lang)
	if err != nil {
		return "" // then the letter names no day
	}
	return a.Due.String()
}

// DisputeLetter drafts a letter about one provider's bills: BillDispute or
// DisputePacket. NotFound where the bills are not far enough above, and for a packet
// once the federal way is closed.
func (h *House) DisputeLetter(c *casefile.Case, id, provider, which, lang string) (letters.Letter, error) {
	missing := fault.New(fault.NotFound, "fault.not_found")
	e, _, err := FindEstimate(c, id)
	if err != nil {
		return letters.Letter{}, err
	}
	a, err := h.EstimateAnswer(e, lang)
	if err != nil {
		return letters.Letter{}, err
	}
	s, ok := a.Of(provider)
	if !ok || s.State != estimate.Possible && (s.State != estimate.TooLate || which == DisputePacket) {
		return letters.Letter{}, missing
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return letters.Letter{}, err
	}
	in := h.billFacts(e, a, s, lang)
	in.Patient = writer(p, e.Writer)
	switch which {
	case BillDispute:
		return letters.BillDispute(in, lang), nil
	case DisputePacket:
		return letters.DisputePacket(in, lang), nil
	}
	return letters.Letter{}, missing
}

func (h *House) billFacts(e estimate.Estimate, a estimate.Answer, s estimate.Compared, lang string) letters.BillIn {
	in := letters.BillIn{
		Today:    h.today(),
		Provider: letters.Doctor{Name: s.Name, Address: firstOf(s.Dispute.SendTo, s.Provider.Address), Phone: s.Provider.Phone}, NPI: s.Provider.NPI, TIN: s.Provider.TIN,
		Service: e.Service, Visit: e.Visit.String(), Estimated: e.Received.String(), Expected: s.Expected, Billed: s.Billed, Above: s.Above, Least: a.Least,
		First: s.First.String(), Until: s.Until.String(), Fee: s.Fee, Wrote: s.Dispute.Wrote.String(),
	}
	if s.State == estimate.TooLate {
		in.Until = "" // that day is gone
	}
	if today, err := contract.ParseDate(in.Today); err == nil {
		reply := today.AddDays(replyDays)
		if s.State == estimate.Possible && reply.After(s.Until) {
			reply = s.Until
		}
		in.ReplyBy = reply.String()
	}
	for _, l := range s.Provider.Lines {
		what := l.What
		if l.Code != "" {
			what = strings.TrimSpace(what + " (" + l.Code + ")")
		}
		in.Lines = append(in.Lines, letters.Priced{What: what, Amount: l.Amount})
	}
	for _, b := range s.Bills {
		replaced := slices.ContainsFunc(s.Bills, func(x estimate.Bill) bool { return x.InPlaceOf == b.ID })
		if !replaced {
			in.Bills = append(in.Bills, letters.Priced{What: letters.BillOf(b.Received.String(), b.Number, lang), Amount: b.Total})
		}
	}
	return in
}

// writer is who the letters come from.
func writer(p casefile.Profile, w estimate.Writer) letters.Patient {
	return letters.Patient{
		Name: p.Patient.Name, BirthDate: p.Patient.BirthDate, Acting: p.Acting.Name, ActingAs: p.Acting.As,
		Address: w.Address, Phone: w.Phone, Email: w.Email,
	}
}

func firstOf(all ...string) string {
	for _, s := range all {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// PrintEstimateLetter gives a letter to the clinic as PDF to a person who may take
// things out of the case, and writes so in its log.
func (h *House) PrintEstimateLetter(ctx context.Context, who casefile.Person, c *casefile.Case, id, which, lang string) ([]byte, error) {
	return h.printOut(ctx, who, c, "print_estimate_letter", which, func() (letters.Letter, error) { return h.EstimateLetter(c, id, which, lang) })
}

// DisputePaper names one letter about one provider's bills.
type DisputePaper struct {
	Estimate string // id
	Provider string // as estimate.Compared names it
	Which    string // BillDispute, DisputePacket
	Lang     string
}

// PrintDisputeLetter gives a letter about one provider's bills as PDF, as
// PrintEstimateLetter does.
func (h *House) PrintDisputeLetter(ctx context.Context, who casefile.Person, c *casefile.Case, d DisputePaper) ([]byte, error) {
	return h.printOut(ctx, who, c, "print_dispute_letter", d.Which, func() (letters.Letter, error) {
		return h.DisputeLetter(c, d.Estimate, d.Provider, d.Which, d.Lang)
	})
}

func (h *House) printOut(ctx context.Context, who casefile.Person, c *casefile.Case, verb, note string, draft func() (letters.Letter, error)) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	l, err := draft()
	if err != nil {
		return nil, err
	}
	pdf, err := h.Paper.Print(l)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: verb, Note: note})
}
