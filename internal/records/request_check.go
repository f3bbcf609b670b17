package records

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// The longest lines and texts of a request, in letters.
const (
	RequestLine = 200
	RequestText = 2000
)

// checking gathers what is wrong.
type checking struct{ faults fault.Faults }

func (k *checking) add(key, field string) {
	k.faults = append(k.faults, fault.New(fault.Invalid, key).On(field))
}

func (k *checking) need(field, value string) {
	if strings.TrimSpace(value) == "" {
		k.add("form.required", field)
	}
}

func (k *checking) oneOf(field, value string, of []string) {
	if value != "" && !slices.Contains(of, value) {
		k.add("form.choice", field)
	}
}

func (k *checking) someOf(field string, values, of []string) {
	for _, v := range values {
		if !slices.Contains(of, v) {
			k.add("form.choice", field)
			return
		}
	}
}

func (k *checking) past(field, value, today string) {
	if value > today {
		k.add("form.date.past", field)
	}
}

func (k *checking) future(field, value, today string) {
	if value != "" && value < today {
		k.add("form.date.future", field)
	}
}

func (k *checking) short(field, value string, most int) {
	if utf8.RuneCountInString(strings.ReplaceAll(value, "\r\n", "\n")) > most {
		k.faults = append(k.faults, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(most)).On(field))
	}
}

// Check lists what is wrong with what was typed, each fault on its field. What the
// authorization still lacks is no fault of the form: LacksOf says it. today is
// YYYY-MM-DD.
func (r Request) Check(today string) error {
	k := &checking{}
	k.need("holder", r.Holder.Name)
	if len(r.Ask.Kinds) == 0 {
		k.add("form.required", "kinds")
	}
	if len(r.Send.To) == 0 {
		k.add("form.required", "to")
	}
	if r.Language != "en" && r.Language != "es" {
		k.add("form.choice", "language")
	}
	k.someOf("kinds", r.Ask.Kinds, AskKinds)
	k.someOf("wants", r.Ask.Wants, PathologyWants)
	k.oneOf("format", r.Ask.Format, Formats)
	k.someOf("to", r.Send.To, []string{ToMe, ToDoctor})
	k.someOf("sensitive", r.Form.Sensitive, SensitiveKinds)
	k.someOf("notes", r.Form.Notes, NotesKinds)
	if len(r.Form.Notes) > 0 && !slices.Contains(r.Send.To, ToDoctor) {
		k.add("records.form.notes.to_doctor", "notes") // else no form would be made, and nobody would notice
	}
	k.oneOf("purpose", r.Form.Purpose, []string{"request", "opinion"})
	k.oneOf("signer", r.Signer.Who, []string{ByPatient, ByRepresentative})
	k.oneOf("authority", r.Signer.Authority, Authorities)
	if r.Signer.State != "" && !casefile.IsState(r.Signer.State) {
		k.add("form.choice", "authority_state")
	}
	k.past("from", r.Ask.From, today)
	k.past("taken", r.Ask.Taken, today)
	if r.Ask.From != "" && r.Ask.Until != "" && r.Ask.Until < r.Ask.From {
		k.add("records.request.until.before", "until")
	}
	k.future("need_by", r.Ask.NeedBy, today)
	k.future("expires", r.Form.Expires, today)
	for field, v := range map[string]string{
		"holder": r.Holder.Name, "office": r.Holder.Office, "fax": r.Holder.Fax, "phone": r.Holder.Phone, "email": r.Holder.Email, "officer": r.Holder.Officer,
		"chart": r.Ask.Chart, "specimen": r.Ask.Specimen, "accession": r.Ask.Accession,
		"send_name": r.Send.Name, "send_place": r.Send.Place, "send_fax": r.Send.Fax, "send_phone": r.Send.Phone,
		"my_phone": r.Sender.Phone, "my_email": r.Sender.Email, "event": r.Form.Event, "signer_name": r.Signer.Name, "document": r.Signer.Document,
	} {
		k.short(field, v, RequestLine)
	}
	for field, v := range map[string]string{"address": r.Holder.Address, "details": r.Ask.Details, "send_address": r.Send.Address, "my_address": r.Sender.Address} {
		k.short(field, v, RequestText)
	}
	slices.SortStableFunc(k.faults, func(a, b *fault.Fault) int { return strings.Compare(a.Field, b.Field) })
	return k.faults.OrNil()
}

// Check lists what is wrong with a sending, each fault on its field.
func (s Sending) Check(today string) error {
	k := &checking{}
	k.need("how", s.How)
	k.oneOf("how", s.How, SendWays)
	if s.On == "" {
		k.add("form.date.required", "on")
	}
	k.past("on", s.On, today)
	k.oneOf("what", s.What, SendKinds)
	k.short("proof", s.Proof, RequestLine)
	return k.faults.OrNil()
}

// Check lists what is wrong with an answer of a request that first went out on a day.
func (a Answer) Check(sent, today string) error {
	k := &checking{}
	k.need("kind", a.Kind)
	k.oneOf("kind", a.Kind, AnswerKinds)
	if a.On == "" {
		k.add("form.date.required", "on")
	}
	k.past("on", a.On, today)
	if a.On != "" && a.On < sent {
		k.add("records.answer.before_sent", "on")
	}
	yesNo := []string{"yes", "no"}
	k.oneOf("written", a.Written, yesNo)
	k.oneOf("offered", a.Offered, yesNo)
	k.oneOf("ground", a.Ground, Grounds)
	if a.Kind == CamePartly {
		k.need("lacks", a.Lacks)
	}
	if a.Kind == Extended {
		k.need("written", a.Written)
	}
	k.short("lacks", a.Lacks, RequestText)
	k.short("reason", a.Reason, RequestText)
	return k.faults.OrNil()
}

// Check lists what is wrong with an arrival.
func (a Arrival) Check(today string) error {
	k := &checking{}
	k.need("whom", a.Whom)
	k.need("came", a.Came)
	k.oneOf("came", a.Came, []string{CameAll, CamePartly, NoRecord})
	if a.Came == CamePartly {
		k.need("what", a.What)
	}
	if a.On == "" {
		k.add("form.date.required", "on")
	}
	k.past("on", a.On, today)
	k.short("whom", a.Whom, RequestLine)
	k.short("what", a.What, RequestText)
	return k.faults.OrNil()
}
