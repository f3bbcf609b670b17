package actions

import (
	"context"
	"reflect"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	"consilium/internal/records"
)

// FillRequest keeps what the person filled in. What has happened since (signatures,
// sendings, answers) stays as it is; a signature no longer fits a paper that reads
// otherwise now, and RequestSigned says so.
func (h *House) FillRequest(ctx context.Context, who casefile.Person, c *casefile.Case, r records.Request, from casefile.Version) error {
	had, _, err := RequestOf(c, r.ID)
	if err != nil {
		return err
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return err
	}
	r.Items, r.Signed, r.Sent, r.Received, r.Answers, r.Bills, r.Arrivals, r.Dropped = had.Items, had.Signed, had.Sent, had.Received, had.Answers, had.Bills, had.Arrivals, had.Dropped
	r.Filled, r.Home = true, p.Patient.State
	if r.Dated = had.Dated; !reflect.DeepEqual(r, had) {
		r.Dated = h.today() // what was signed before reads otherwise now
	}
	if err := r.Check(h.today()); err != nil {
		return err
	}
	return h.save(ctx, who, c, h.requestChange(r, "fill_request", from))
}

// requestChange is a change that saves a request with its one date for the due list.
func (h *House) requestChange(r records.Request, verb string, from casefile.Version) casefile.Change {
	return casefile.Change{
		Verb: verb, Note: r.ID, Due: h.requestDues(r),
		Drafts: []casefile.Draft{{Ref: records.RequestRef(r.ID), From: from, Body: r}},
	}
}

// requestDues are the day by which a holder must have answered, while an answer is
// awaited; and the last day for a complaint, once there is something to complain of.
func (h *House) requestDues(r records.Request) []casefile.Due {
	due := casefile.Due{Key: "due.records_request", Item: r.ID, Page: "records.request"}
	complain := casefile.Due{Key: "due.records_complaint", Item: r.ID, Page: "records.complaint"}
	k := h.RequestClock(r, "en")
	if k.Open() {
		due.On = k.Due.String()
	}
	if _, done := r.LastSent(records.SentComplaint); !done && !k.Complain.IsZero() {
		complain.On = k.Complain.String()
	}
	return []casefile.Due{due, complain}
}

// chosenDoctor is the second doctor, as far as one was chosen or has written.
func chosenDoctor(c *casefile.Case) (letters.Doctor, error) {
	all, err := opinion.All(c)
	if err != nil {
		return letters.Doctor{}, err
	}
	d, _, err := secondSigner(c, all)
	if err != nil || d.Name != "" {
		return d, err
	}
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if x, ok := short.Find(short.Chosen); ok {
		return doctor(x.Doctor), err
	}
	return d, err
}

// SendRequest keeps that the papers of a request, or a letter that follows it, went
// out by the person's own hand: on which day, how, under which number, and exactly what.
// From the first time on the holder's time runs. Where a paper of the request is not
// signed in the case, the person says how it stands: nobody is kept from sending it.
func (h *House) SendRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id string, s records.Sending, signed records.Signature, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.Sent, func(had records.Sending) bool { return had.ID == s.ID }) {
		return nil // the same form sent twice
	}
	if err := h.maySend(c, r, s, signed); err != nil {
		return err
	}
	var fresh [][]byte
	if s.Copies, fresh, err = h.wentOut(c, r, s, string(signed)); err != nil {
		return err
	}
	r.Sent = append(r.Sent, s)
	if s.What == records.SentRequest && r.Received == "" && s.How != "mail" {
		r.Received = s.On // a fax, a message and a hand bring it on the same day
	}
	return h.saveAllSealed(ctx, who, c, fresh, h.requestChange(r, "send_request", from))
}

// maySend lists what stands in the way of a sending, each fault on its field.
func (h *House) maySend(c *casefile.Case, r records.Request, s records.Sending, signed records.Signature) error {
	if err := s.Check(h.today()); err != nil {
		return err
	}
	if s.What != records.SentRequest && r.FirstSent() == "" || s.What == records.SentRequest && !r.Filled {
		return fault.New(fault.Invalid, "records.sent.not_ready")
	}
	if s.What != records.SentRequest {
		if s.On < r.FirstSent() {
			return fault.New(fault.Invalid, "records.answer.before_sent").On("on")
		}
		return nil
	}
	for _, p := range r.Papers() {
		if l := r.LacksOn(h.day(), "en", p, h.Rules); len(l.Parts) > 0 {
			return fault.New(fault.Invalid, "records.request.lacks")
		}
	}
	if signed != records.WithPen && signed != records.NotAtAll && len(h.NotSigned(c, r)) > 0 {
		return fault.New(fault.Invalid, "records.sent.signed.needed").On("signed")
	}
	return nil
}

// ReceiveRequest keeps the day on which the holder got the request, as a receipt or
// tracking shows: the law's time runs from it.
func (h *House) ReceiveRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id, on string, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	switch first := r.FirstSent(); {
	case on > h.today():
		return fault.New(fault.Invalid, "form.date.past").On("received")
	case first == "" || on != "" && on < first:
		return fault.New(fault.Invalid, "records.answer.before_sent").On("received")
	}
	r.Received = on
	return h.save(ctx, who, c, h.requestChange(r, "receive_request", from))
}

// AnswerRequest keeps what the holder answered: it came, a part of it, a no, more time.
func (h *House) AnswerRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id string, a records.Answer, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.Answers, func(had records.Answer) bool { return had.ID == a.ID }) {
		return nil
	}
	if r.FirstSent() == "" {
		return fault.New(fault.Invalid, "records.sent.not_ready")
	}
	fs := fault.All(a.Check(r.FirstSent(), h.today()))
	for _, f := range a.Files {
		if !c.Has(records.Ref(f)) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("files"))
		}
	}
	if err := fs.OrNil(); err != nil {
		return err
	}
	r.Answers = append(r.Answers, a)
	return h.save(ctx, who, c, h.requestChange(r, "answer_request", from))
}

// BillRequest keeps a bill for copies.
func (h *House) BillRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id string, f records.Fee, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.Bills, func(had records.Fee) bool { return had.ID == f.ID }) {
		return nil
	}
	if err := f.Check(h.today()); err != nil {
		return err
	}
	r.Bills = append(r.Bills, f)
	return h.save(ctx, who, c, h.requestChange(r, "bill_request", from))
}

// ConfirmArrival keeps what the second doctor's side said has reached them.
func (h *House) ConfirmArrival(ctx context.Context, who casefile.Person, c *casefile.Case, id string, a records.Arrival, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.Arrivals, func(had records.Arrival) bool { return had.ID == a.ID }) {
		return nil
	}
	if err := a.Check(h.today()); err != nil {
		return err
	}
	r.Arrivals = append(r.Arrivals, a)
	return h.save(ctx, who, c, h.requestChange(r, "confirm_arrival", from))
}

// DropRequest lets a request go that is not needed any more, or takes it up again.
func (h *House) DropRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id string, dropped records.Stands, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	r.Dropped = dropped == records.LetGo
	return h.save(ctx, who, c, h.requestChange(r, "drop_request", from))
}
