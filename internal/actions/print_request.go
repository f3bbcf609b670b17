package actions

import (
	"context"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// The letters that follow a request, by the name under which a page asks for them. The
// papers of the request itself are named in records: records.AccessPaper and so on.
const (
	RequestChaser    = records.SentChaser
	RequestOverdue   = records.SentOverdue
	RequestMoreTime  = records.SentMoreTime
	RequestFee       = records.SentFee
	RequestReview    = records.SentReview
	RequestComplaint = records.SentComplaint
	RequestFax       = "fax"
)

// RequestOf gives one request and its version; NotFound when there is none of that id.
func RequestOf(c *casefile.Case, id string) (records.Request, casefile.Version, error) {
	r, version, err := casefile.Read[records.Request](c, records.RequestRef(id))
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return r, version, err
}

// RequestClock tells how a request stands today.
func (h *House) RequestClock(r records.Request, lang string) records.Clock {
	return r.ClockOn(h.day(), lang, h.Rules)
}

// RequestPaper makes one paper or letter of a request from the case's own facts, not
// signed. NotFound for a name that there is none of.
func (h *House) RequestPaper(c *casefile.Case, r records.Request, which string) (letters.Letter, error) {
	return h.requestPaper(c, r, which, "")
}

// requestPaper is RequestPaper with the date that a letter bears; "" for today, and for
// the papers of the request their own.
func (h *House) requestPaper(c *casefile.Case, r records.Request, which, dated string) (letters.Letter, error) {
	in, err := h.requestFacts(c, r, which)
	if dated != "" {
		in.Today = dated
	}
	if err != nil {
		return letters.Letter{}, err
	}
	lang := r.Language
	switch which {
	case records.AccessPaper:
		return letters.Access(in, lang), nil
	case records.AuthorizationPaper, records.PsychotherapyPaper, records.CounselingPaper:
		return letters.Authorization(in, which, lang), nil
	case RequestChaser:
		return letters.Chaser(in, lang), nil
	case RequestOverdue:
		return letters.Escalation(in, lang), nil
	case RequestMoreTime:
		return letters.MoreTime(in, lang), nil
	case RequestFee:
		return letters.FeeDispute(in, lang), nil
	case RequestReview:
		return letters.Review(in, lang), nil
	case RequestComplaint:
		return letters.Complaint(in, lang), nil
	case RequestFax:
		return letters.FaxCover(in, lang), nil
	}
	return letters.Letter{}, fault.New(fault.NotFound, "fault.not_found")
}

// requestFacts gathers what the papers are made of. What is not known stays empty, and
// is not written.
func (h *House) requestFacts(c *casefile.Case, r records.Request, which string) (letters.AccessIn, error) {
	var in letters.AccessIn
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return in, err
	}
	k := h.RequestClock(r, r.Language)
	if slices.Contains(records.Follows, which) && k.Sent.IsZero() {
		return in, fault.New(fault.NotFound, "fault.not_found")
	}
	dated := r.Dated
	if dated == "" || slices.Contains(records.Follows, which) {
		dated = h.today()
	}
	in = letters.AccessIn{
		Today:  dated,
		Holder: letters.Holder{Name: r.Holder.Name, Office: r.Holder.Office, Address: r.Holder.Address, Fax: r.Holder.Fax, Phone: r.Holder.Phone, Officer: r.Holder.Officer},
		Kinds:  r.Ask.Kinds, Details: r.Ask.Details, From: r.Ask.From, Until: r.Ask.Until, Chart: r.Ask.Chart, Format: r.Ask.Format, NeedBy: r.Ask.NeedBy, To: r.Send.To,
		Recipient: letters.Doctor{Name: r.Send.Name, Practice: r.Send.Place, Address: r.Send.Address, Phone: r.Send.Phone}, Fax: r.Send.Fax,
		Signer:  requestSigner(r, p),
		Release: letters.Release{Purpose: r.Form.Purpose, Expires: r.Form.Expires, Event: r.Form.Event, Sensitive: r.Form.Sensitive, Insurer: r.Holder.Insurer},
		Sent:    r.FirstSent(), Received: r.Received, Due: k.Due.String(),
	}
	in.Patient = letters.Patient{Name: p.Patient.Name, BirthDate: p.Patient.BirthDate, Address: r.Sender.Address, Phone: r.Sender.Phone, Email: r.Sender.Email}
	if in.Signer.For {
		in.Patient.Acting, in.Patient.ActingAs = in.Signer.Name, p.Acting.As
	}
	if r.Ask.Has(records.AskPathology) {
		in.Specimen = letters.Specimen{What: r.Ask.Specimen, Accession: r.Ask.Accession, Taken: r.Ask.Taken, Wants: r.Ask.Wants}
	}
	for _, s := range r.Sent {
		if s.What == "request" && s.On == in.Sent {
			in.How, in.Proof = s.How, s.Proof
		}
	}
	h.requestNumbers(&in, r)
	h.requestAnswers(&in, r)
	return in, nil
}

// requestSigner is who signs. A person who acts for the patient signs only where they
// said by what right: it is never inferred.
func requestSigner(r records.Request, p casefile.Profile) letters.Signer {
	if r.Signer.Who != records.ByRepresentative {
		return letters.Signer{Name: p.Patient.Name}
	}
	return letters.Signer{Name: r.Signer.Name, For: true, Authority: r.Signer.Authority, Document: r.Signer.Document, State: r.Signer.State}
}

// requestNumbers takes from the rules how many days a holder has.
func (h *House) requestNumbers(in *letters.AccessIn, r records.Request) {
	facts := map[string]any{"asks.access": true, "extension.written": true, "extension.reason": true, "extension.dated": true, "extension.in_time": true}
	for _, f := range h.Rules.Judge(records.RequestTopic, facts, h.day(), r.Language).Fired {
		switch f.Kind {
		case "clock":
			in.Act = f.Numbers["days"]
		case "extension":
			in.More = f.Numbers["days"]
		case "complaint":
			in.Complain = f.Numbers["days"]
		}
	}
}

// requestAnswers adds what the holder said and billed.
func (h *House) requestAnswers(in *letters.AccessIn, r records.Request) {
	for _, a := range r.Answers {
		if a.Kind == records.Extended {
			in.Asked = a.On
		}
	}
	k := h.RequestClock(r, r.Language)
	in.First, in.Flaw, in.LastDay = k.First.String(), k.NotSo, k.Complain.String()
	if a, ok := r.Last(); ok {
		in.Lacks = a.Lacks
		if a.Kind == records.Refused {
			in.Answered, in.Reason = a.On, a.Reason
		}
	}
	if missed, ok := r.MissedThere(); ok && missed.What != "" {
		in.Lacks = missed.What
	}
	if len(r.Bills) == 0 {
		return
	}
	bill := r.Bills[len(r.Bills)-1]
	for _, l := range bill.Lines {
		if l.Amount > 0 {
			in.Fee = append(in.Fee, letters.FeeLine{Part: l.Part, Amount: "$" + l.Amount.String()})
		}
	}
	a := bill.FeeOn(h.day(), r.Language, h.Rules)
	for _, l := range a.Barred {
		in.Barred = append(in.Barred, l.Part)
	}
	if a.Flat > 0 {
		in.FlatMost = "$" + a.Flat.String()
	}
}

// PrintRequest gives a paper or a letter of a request as PDF to a person who may take
// things out of the case, writes so in its log, and keeps a copy of exactly what it gave.
// A form that lacks something the law wants in it is not printed: the fault names what.
func (h *House) PrintRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id, which string) ([]byte, error) {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return nil, err
	}
	if slices.Contains(records.FormPapers, which) {
		if l := r.LacksOn(h.day(), r.Language, which, h.Rules); len(l.Parts) > 0 {
			return nil, fault.New(fault.Invalid, "records.request.lacks")
		}
	}
	var l letters.Letter
	pdf, err := h.printOut(ctx, who, c, "print_request", which, func() (letters.Letter, error) {
		l, err = h.RequestPaper(c, r, which)
		return l, err
	})
	if err != nil || which == RequestFax {
		return pdf, err
	}
	dated := r.Dated
	if slices.Contains(records.Follows, which) {
		dated = h.today()
	}
	return pdf, h.keepCopy(ctx, who, c, h.newCopy(r.ID, which, l.Fingerprint(), dated, pdf), pdf)
}

// OpenSigned opens a signed paper exactly as it was sealed, for a person who may take
// things out of the case, and writes so in its log. Whoever opens it closes it.
func (h *House) OpenSigned(ctx context.Context, who casefile.Person, c *casefile.Case, id, paper string) (Reader, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	r, _, err := RequestOf(c, id)
	if err != nil {
		return nil, err
	}
	s, ok := r.SignatureOf(paper)
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return h.openNoted(ctx, c, s.SHA256, casefile.Change{By: who, Verb: "open_signed", Note: s.SHA256})
}
