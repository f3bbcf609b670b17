package letters

import (
	"strconv"
	"strings"

	"consilium/internal/contract"
)

// EstimateIn is what the letters about a price in writing are made of: those that ask
// for a good faith estimate, remind of it, or ask for a new or a whole one.
type EstimateIn struct {
	Today    string // YYYY-MM-DD
	Patient  Patient
	Clinic   Doctor
	Service  string
	Codes    []string // CPT or HCPCS
	ICD10    string
	Insured  bool     // there is insurance, and it will not be used
	Asked    string   // YYYY-MM-DD, when it was asked for before
	Booked   string   // YYYY-MM-DD
	Visit    string   // YYYY-MM-DD
	Due      string   // YYYY-MM-DD, as the rules count it
	Received string   // YYYY-MM-DD, the estimate that came and is not enough
	Changed  string   // YYYY-MM-DD, when date or service changed after it came
	Parts    []string // ids of what must stand in it: "patient", "codes"; of a mend, what is missing
}

// EstimateRequest asks a clinic for a good faith estimate under 45 CFR 149.610.
func EstimateRequest(in EstimateIn, lang string) Letter {
	w := newWriter("estimate_request", lang, in.Patient, in.Today)
	w.billing(in.Clinic, in.Patient, w.say("estimate.subject"))
	w.para(w.insurance(in), w.say("estimate.ask"))
	w.priced(in)
	if in.Due != "" {
		w.para(w.say("estimate.due", "date", Day(in.Due, w.lang)))
	}
	w.mustShow("estimate.parts", in.Parts)
	w.para(w.say("estimate.others"))
	w.para(w.back(in.Patient), w.say("estimate.record"))
	w.sign(in.Patient)
	return w.letter
}

// EstimateReminder says that a good faith estimate is late.
func EstimateReminder(in EstimateIn, lang string) Letter {
	w := newWriter("estimate_reminder", lang, in.Patient, in.Today)
	w.billing(in.Clinic, in.Patient, w.say("estimate.remind.subject"))
	since := ""
	switch {
	case in.Asked != "":
		since = w.say("estimate.remind.asked", "date", Day(in.Asked, w.lang))
	case in.Booked != "":
		since = w.say("estimate.remind.booked", "date", Day(in.Booked, w.lang))
	}
	due := ""
	if in.Due != "" {
		due = w.say("estimate.remind.due", "date", Day(in.Due, w.lang))
	}
	w.para(since, due, w.say("estimate.remind.not_come"))
	w.para(w.insurance(in), w.say("estimate.remind.send"))
	w.priced(in)
	w.mustShow("estimate.parts", in.Parts)
	w.para(w.say("estimate.remind.why"), w.say("estimate.remind.help"))
	w.sign(in.Patient)
	return w.letter
}

// EstimateCorrection asks for a new estimate, because something changed after the
// first or because parts are missing from it.
func EstimateCorrection(in EstimateIn, lang string) Letter {
	w := newWriter("estimate_correction", lang, in.Patient, in.Today)
	w.billing(in.Clinic, in.Patient, w.say("estimate.new.subject"))
	thanks := ""
	if in.Received != "" {
		thanks = w.say("estimate.new.thanks", "date", Day(in.Received, w.lang))
	}
	changed := ""
	switch {
	case in.Changed != "":
		changed = w.say("estimate.new.changed", "date", Day(in.Changed, w.lang))
	case in.Booked != "" && in.Received != "" && in.Received < in.Booked:
		changed = w.say("estimate.new.booked", "date", Day(in.Booked, w.lang))
	}
	w.para(thanks, changed, w.say("estimate.new.ask"))
	if in.Due != "" {
		w.para(w.say("estimate.due", "date", Day(in.Due, w.lang)))
	}
	w.priced(in)
	w.mustShow("estimate.new.missing", in.Parts)
	w.para(w.back(in.Patient), w.say("estimate.record"))
	w.sign(in.Patient)
	return w.letter
}

// billing opens a letter to the office that sets prices and sends bills.
func (w *writer) billing(d Doctor, p Patient, subject string) {
	w.greet(Doctor{}, p, subject)
	w.letter.To = receiver(d)
	w.letter.Blocks[0].Text = w.say("estimate.office")
}

func (w *writer) insurance(in EstimateIn) string {
	if in.Insured {
		return w.say("estimate.not_using", "patient", in.Patient.Name)
	}
	return w.say("estimate.no_insurance", "patient", in.Patient.Name)
}

// back says where the estimate should go; a letter without an address names none.
func (w *writer) back(p Patient) string {
	if oneLine(p.Address) == "" {
		return w.say("estimate.send.bare")
	}
	return w.say("estimate.send")
}

// UsualService names the visit for a second opinion, for a form to start from.
func UsualService(lang string) string {
	return newWriter("", lang, Patient{}, "").say("estimate.service.usual")
}

// service is the care in one line. The words that a form starts from are said in the
// language of the letter; what somebody wrote is never changed.
func (w *writer) service(s string) string {
	s = oneLine(s)
	for _, words := range texts {
		if s != "" && s == words["estimate.service.usual"] {
			return w.say("estimate.service.usual")
		}
	}
	return s
}

// priced says which care the price is for.
func (w *writer) priced(in EstimateIn) {
	visit := w.say("estimate.visit.open")
	if in.Visit != "" {
		visit = Day(in.Visit, w.lang)
	}
	w.heading("estimate.care")
	w.rows([][2]string{
		{"estimate.service", w.service(in.Service)}, {"estimate.codes", strings.Join(in.Codes, ", ")}, {"estimate.icd10", in.ICD10}, {"estimate.visit", visit}, {"estimate.booked", Day(in.Booked, w.lang)},
	})
}

func (w *writer) mustShow(heading string, parts []string) {
	var items []string
	for _, p := range parts {
		if _, ok := texts[w.lang]["estimate.part."+p]; ok {
			items = append(items, w.say("estimate.part."+p))
		}
	}
	if len(items) > 0 {
		w.heading(heading)
		w.list(List, items)
	}
}

// BillIn is what the letters about a bill far above its estimate are made of: one
// provider alone, always.
type BillIn struct {
	Today     string // YYYY-MM-DD
	Patient   Patient
	Provider  Doctor
	NPI       string
	TIN       string
	Service   string
	Visit     string   // YYYY-MM-DD
	Estimated string   // YYYY-MM-DD, the day on which the estimate came
	Lines     []Priced // what the estimate says of this provider
	Bills     []Priced // each bill that counts
	Expected  contract.Money
	Billed    contract.Money
	Above     contract.Money
	Least     contract.Money // from how much above a bill may be disputed, as the rules say
	First     string         // YYYY-MM-DD, when the first bill came
	Until     string         // YYYY-MM-DD, the last day to start a federal dispute
	ReplyBy   string         // YYYY-MM-DD, by when an answer is asked for
	Fee       contract.Money
	Wrote     string // YYYY-MM-DD, when the provider was asked to correct the bill
}

// Priced is one item of an estimate, or one bill, with its amount.
type Priced struct {
	What   string
	Amount contract.Money
}

// BillOf names a bill by the day on which it came, and by its number when it has one.
func BillOf(received, number, lang string) string {
	w := newWriter("", lang, Patient{}, "")
	if number = strings.TrimSpace(number); number != "" {
		return w.say("dispute.bill.number", "date", Day(received, w.lang), "number", number)
	}
	return w.say("dispute.bill", "date", Day(received, w.lang))
}

// BillDispute asks a provider to bring a bill down to what its own estimate said.
func BillDispute(in BillIn, lang string) Letter {
	w := newWriter("bill_dispute", lang, in.Patient, in.Today)
	w.billing(in.Provider, in.Patient, w.say("dispute.subject"))
	w.para(w.came(in), w.say("dispute.far", "above", Dollars(in.Above)))
	if in.Visit != "" {
		w.rows([][2]string{{"estimate.visit", Day(in.Visit, w.lang)}})
	}
	w.beside(in, "dispute")
	w.para(w.say("dispute.correct", "expected", Dollars(in.Expected)), w.say("dispute.or_why"))
	if in.ReplyBy != "" {
		w.para(w.say("dispute.reply", "date", Day(in.ReplyBy, w.lang)), w.say("dispute.collections"))
	}
	until := ""
	if in.Until != "" {
		until = w.say("dispute.until", "date", Day(in.Until, w.lang))
	}
	w.para(w.say("dispute.law", "least", Dollars(in.Least)), until, w.say("dispute.rather"))
	w.sign(in.Patient)
	return w.letter
}

// DisputePacket is the first page of what goes to the federal patient-provider
// dispute process about one provider (45 CFR 149.620).
func DisputePacket(in BillIn, lang string) Letter {
	w := newWriter("dispute_packet", lang, in.Patient, in.Today)
	w.billing(Doctor{Name: w.say("packet.to")}, in.Patient, w.say("packet.subject"))
	w.letter.Blocks = w.letter.Blocks[:0] // no person is addressed
	w.para(w.say("packet.open", "patient", in.Patient.Name), w.say("packet.alone"))
	w.heading("packet.care")
	w.rows([][2]string{{"estimate.service", w.service(in.Service)}, {"packet.date", Day(in.Visit, w.lang)}})
	w.heading("packet.provider")
	w.rows([][2]string{{"records.name", in.Provider.Name}, {"records.address", oneLine(in.Provider.Address)}, {"records.phone", in.Provider.Phone}, {"packet.npi", in.NPI}, {"packet.tin", in.TIN}})
	w.heading("packet.amounts")
	w.beside(in, "packet")
	w.rows([][2]string{{"packet.estimated", Day(in.Estimated, w.lang)}, {"packet.first", Day(in.First, w.lang)}, {"packet.until", Day(in.Until, w.lang)}})
	asked := ""
	if in.Wrote != "" {
		asked = w.say("packet.wrote", "date", Day(in.Wrote, w.lang))
	}
	w.para(asked)
	w.heading("packet.enclosed")
	enclosed := []string{w.say("packet.enclosed.estimate"), w.say("packet.enclosed.bill")}
	if in.Wrote != "" {
		enclosed = append(enclosed, w.say("packet.enclosed.letter"))
	}
	if in.Fee > 0 {
		enclosed = append(enclosed, w.say("packet.enclosed.fee", "fee", Dollars(in.Fee)))
	}
	w.list(Numbered, enclosed)
	w.para(w.say("packet.reach"))
	w.sign(in.Patient)
	return w.letter
}

// came says which estimate the bill is measured against.
func (w *writer) came(in BillIn) string {
	service := strings.TrimRight(w.service(in.Service), ".")
	switch {
	case service == "":
		return ""
	case in.Estimated == "":
		return w.say("dispute.open", "service", service)
	}
	return w.say("dispute.open.on", "service", service, "date", Day(in.Estimated, w.lang))
}

// beside sets the estimate's lines and the bills under one another, with the sums.
// keys are those of the letter: a provider is told of its own bill.
func (w *writer) beside(in BillIn, keys string) {
	rows := [][]string{}
	add := func(what string, m contract.Money) { rows = append(rows, []string{what, Dollars(m)}) }
	for i, l := range in.Lines {
		what := oneLine(l.What)
		if what == "" {
			what = w.say("dispute.item", "n", strconv.Itoa(i+1))
		}
		add(what, l.Amount)
	}
	add(w.say(keys+".expected"), in.Expected)
	if len(in.Bills) > 1 {
		for _, b := range in.Bills {
			add(b.What, b.Amount)
		}
	}
	if len(in.Bills) == 1 {
		add(in.Bills[0].What, in.Billed) // its day and number, so that the office finds it
	} else {
		add(w.say(keys+".billed"), in.Billed)
	}
	add(w.say("dispute.above"), in.Above)
	w.add(Block{Sort: Table, Head: []string{w.say("dispute.what"), w.say("dispute.amount")}, Rows: rows})
}

// rows adds a table of what is known.
func (w *writer) rows(pairs [][2]string) {
	rows := [][]string{}
	for _, p := range pairs {
		if s := strings.TrimSpace(p[1]); s != "" {
			rows = append(rows, []string{w.say(p[0]), s})
		}
	}
	if len(rows) > 0 {
		w.add(Block{Sort: Table, Rows: rows})
	}
}

// Dollars writes an amount as both languages do in the United States: "$1,283.50".
func Dollars(m contract.Money) string {
	s, sign := m.String(), ""
	if m < 0 {
		s, sign = s[1:], "-"
	}
	for i := len(s) - 6; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + "$" + s
}
