package estimate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

// The most that an estimate may hold.
const (
	LineMax      = 200
	ServiceMax   = 500
	NoteMax      = 2000
	ProvidersMax = 8
	LinesMax     = 12 // of one provider
	BillsMax     = 40
	CodesMax     = 12
	amountMax    = contract.Money(10_000_000_00)

	// Days that no estimate of today can have; counting working days over centuries
	// would only keep a machine busy.
	firstYear  = 2000
	yearsAhead = 5
)

var (
	// A service code as a clinic writes it: CPT, HCPCS, a revenue code, a modifier.
	code = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z .-]{0,19}$`)
	tin  = regexp.MustCompile(`^[0-9]{2}-?[0-9]{7}$`)
	// SHA-256 of a file of the case.
	hash = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// faults gathers what is wrong, each on its field.
type faults struct{ all fault.Faults }

func (f *faults) say(field, key string) {
	f.all = append(f.all, fault.New(fault.Invalid, key).On(field))
}

func (f *faults) long(field, value string, most int) {
	if utf8.RuneCountInString(strings.ReplaceAll(value, "\r\n", "\n")) > most {
		f.all = append(f.all, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(most)).On(field))
	}
}

func (f *faults) past(field string, d, on contract.Date) {
	switch {
	case d.After(on):
		f.say(field, "form.date.past")
	case !d.IsZero() && d.Year() < firstYear:
		f.say(field, "form.date.year")
	}
}

func (f *faults) money(field string, m contract.Money) {
	switch {
	case m < 0:
		f.say(field, "cost.estimate.wrong.negative")
	case m > amountMax:
		f.say(field, "form.money")
	}
}

// Wrong lists what cannot be, each fault on its field; nil when nothing is. on is
// today. Fields are named as the pages name them: "clinic", "visit", "p0_l1_amount"
// for the second line of the first provider, "bill_on".
func (e Estimate) Wrong(on contract.Date) error {
	var f faults
	e.wrongAsk(&f, on)
	e.wrongCame(&f, on)
	for _, b := range e.Bills {
		b.wrong(&f, e, on)
	}
	if len(e.Bills) > BillsMax {
		f.say("", "fault.too_large")
	}
	for _, d := range e.Disputes {
		d.wrong(&f, on)
	}
	return f.all.OrNil()
}

func (e Estimate) wrongAsk(f *faults, on contract.Date) {
	if strings.TrimSpace(e.Clinic.Name) == "" {
		f.say("clinic", "form.required")
	}
	if strings.TrimSpace(e.Service) == "" {
		f.say("service", "form.required")
	}
	f.long("clinic", e.Clinic.Name, LineMax)
	f.long("clinic_address", e.Clinic.Address, 2*LineMax)
	f.long("clinic_phone", e.Clinic.Phone, 40)
	f.long("service", e.Service, ServiceMax)
	f.long("address", e.Writer.Address, 2*LineMax)
	f.long("phone", e.Writer.Phone, 40)
	f.long("email", e.Writer.Email, LineMax)
	if !slices.Contains([]string{"", NoInsurance, NotUsing, Insurance}, e.Paying) {
		f.say("paying", "form.choice")
	}
	if len(e.Codes) > CodesMax || slices.ContainsFunc(e.Codes, func(c string) bool { return !code.MatchString(c) }) {
		f.say("codes", "cost.estimate.wrong.code")
	}
	f.past("asked", e.Asked, on)
	f.past("scheduled", e.Scheduled, on)
	switch {
	case e.Visit.IsZero():
	case e.Visit.Before(e.Scheduled):
		f.say("visit", "cost.estimate.wrong.visit")
	case e.Visit.Year() < firstYear || e.Visit.Year() > on.Year()+yearsAhead:
		f.say("visit", "form.date.year")
	}
}

func (e Estimate) wrongCame(f *faults, on contract.Date) {
	f.past("received", e.Received, on)
	f.past("changed", e.Changed, on)
	f.past("again", e.Again, on)
	if !e.Again.IsZero() && e.Again.Before(e.first()) {
		f.say("again", "cost.estimate.wrong.again")
	}
	if first := e.first(); !e.Received.IsZero() && !first.IsZero() && e.Received.Before(first) {
		f.say("received", "cost.estimate.wrong.received")
	}
	if len(e.Providers) > 0 && e.Received.IsZero() {
		f.say("received", "form.date.required")
	}
	if e.File != "" && !hash.MatchString(e.File) {
		f.say("file", "form.choice")
	}
	if len(e.Providers) > ProvidersMax {
		f.say("", "fault.too_large")
	}
	names := map[string]bool{}
	for i, p := range e.Providers {
		at := fmt.Sprintf("p%d", i)
		switch name := plain(p.Name); {
		case name == "":
			f.say(at, "form.required")
		case names[name]:
			f.say(at, "cost.estimate.wrong.twice") // two blocks of one provider would be measured apart
		default:
			names[name] = true
		}
		f.long(at, p.Name, LineMax)
		if p.NPI != "" && !casefile.IsNPI(p.NPI) {
			f.say(at+"_npi", "form.npi")
		}
		if p.TIN != "" && !tin.MatchString(p.TIN) {
			f.say(at+"_tin", "cost.estimate.wrong.tin")
		}
		if len(p.Lines) > LinesMax {
			f.say(at, "fault.too_large")
		}
		for n, l := range p.Lines {
			line := fmt.Sprintf("%s_l%d", at, n)
			f.money(line+"_amount", l.Amount)
			f.long(line+"_what", l.What, LineMax)
			if l.Code != "" && !code.MatchString(l.Code) {
				f.say(line+"_code", "cost.estimate.wrong.code")
			}
		}
	}
}

// first is the day on which the estimate was first owed: asked for or booked.
func (e Estimate) first() contract.Date {
	switch {
	case e.Asked.IsZero(), !e.Scheduled.IsZero() && e.Scheduled.Before(e.Asked):
		return e.Scheduled
	}
	return e.Asked
}

func (b Bill) wrong(f *faults, e Estimate, on contract.Date) {
	if strings.TrimSpace(b.Name) == "" {
		f.say("bill_name", "form.required")
	}
	f.long("bill_name", b.Name, LineMax)
	f.long("bill_number", b.Number, LineMax)
	if b.Received.IsZero() {
		f.say("bill_on", "form.date.required")
	}
	f.past("bill_on", b.Received, on)
	f.money("bill_total", b.Total)
	if b.InPlaceOf == "" {
		return
	}
	old, ok := e.Find(b.InPlaceOf)
	switch {
	case !ok || b.InPlaceOf == b.ID || b.circular(e):
		f.say("bill_in_place_of", "form.choice")
	case e.side(old) != e.side(b):
		f.say("bill_in_place_of", "cost.estimate.wrong.other_provider")
	case old.Received.After(b.Received):
		f.say("bill_on", "cost.estimate.wrong.corrected")
	}
}

// circular tells whether bills correct one another in a ring: then none would count.
func (b Bill) circular(e Estimate) bool {
	for steps := 0; b.InPlaceOf != ""; steps++ {
		next, ok := e.Find(b.InPlaceOf)
		if !ok {
			return false
		}
		if steps > len(e.Bills) {
			return true
		}
		b = next
	}
	return false
}

// side names the provider whose bill it is.
func (e Estimate) side(b Bill) string {
	if p := e.listed(b); p != nil {
		return p.ID
	}
	return "name:" + plain(b.Name)
}

func (d Dispute) wrong(f *faults, on contract.Date) {
	f.past("wrote", d.Wrote, on)
	f.past("started", d.Started, on)
	f.past("settled", d.Settled, on)
	if d.Outcome != "" && !slices.Contains(Outcomes, d.Outcome) {
		f.say("outcome", "form.choice")
	}
	if !d.Settled.IsZero() && d.Settled.Before(d.Started) {
		f.say("settled", "cost.estimate.wrong.settled")
	}
	f.long("note", d.Note, NoteMax)
	f.long("send_to", d.SendTo, 2*LineMax)
}
