package appeal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"consilium/internal/contract"
	"consilium/internal/fault"
)

// The most letters that a line and a longer text may have, and the most entries of a
// list.
const (
	LineMax = 200
	TextMax = 4000
	listMax = 200
)

// faults gathers what is wrong with a saved noun.
type faults struct{ fault.Faults }

func (f *faults) on(field, key string) {
	f.Faults = append(f.Faults, fault.New(fault.Invalid, key).On(field))
}

func (f *faults) long(field, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		f.Faults = append(f.Faults, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(most)).On(field))
	}
}

func (f *faults) choice(field, value string, of ...string) {
	if !slices.Contains(of, value) {
		f.on(field, "form.choice")
	}
}

// day checks a date that may be left out.
func (f *faults) day(field, value string) (contract.Date, bool) {
	if value == "" {
		return contract.Date{}, false
	}
	d, err := contract.ParseDate(value)
	if err != nil {
		f.on(field, "form.date.real")
		return d, false
	}
	return d, true
}

var (
	isICD10 = regexp.MustCompile(`^[A-Za-z][0-9][0-9A-Za-z](\.?[0-9A-Za-z]{1,4})?$`)
	isCode  = regexp.MustCompile(`^[0-9A-Z][0-9]{3}[0-9A-Z]$`) // CPT and HCPCS: 19301, 0042T, G0463
	isHash  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Check lists what is wrong with a denial, each fault on its field: those of the
// plan and the claim as "plan.name", "claim.icd10", those of the letter as Input
// names them ("notice_date", "denial.carc[0]"). today is YYYY-MM-DD.
func (d Denial) Check(today string) error {
	var f faults
	for _, l := range []struct{ field, value string }{
		{"plan.name", d.Plan.Name},
		{"plan.fax", d.Plan.Fax},
		{"plan.phone", d.Plan.Phone},
		{"plan.member", d.Plan.Member},
		{"plan.group", d.Plan.Group},
		{"claim.number", d.Claim.Number},
		{"claim.service", d.Claim.Service},
		{"claim.provider", d.Claim.Provider},
	} {
		f.long(l.field, l.value, LineMax)
	}
	f.long("plan.address", d.Plan.Address, 2*LineMax)
	f.long("denial.reason", d.Input.Denial.Reason, TextMax)
	f.day("claim.on", d.Claim.On)
	if c := strings.TrimSpace(d.Claim.ICD10); c != "" && !isICD10.MatchString(c) {
		f.on("claim.icd10", "form.icd10")
	}
	for i, c := range d.Claim.Codes {
		if !isCode.MatchString(c) {
			f.on(at("claim.codes", i), "appeal.wrong.code")
		}
	}
	if d.Letter != "" && !isHash.MatchString(d.Letter) {
		f.on("letter", "form.file")
	}
	f.choice("settled", d.Settled, "", "won", "partly", "dropped")
	if len(d.Done) > listMax || len(d.Claim.Codes) > listMax || len(d.Input.Denial.CARC) > listMax || len(d.Input.Denial.RARC) > listMax {
		f.on("", "fault.too_large")
	}
	f.Faults = append(f.Faults, fault.All(d.Input.Check(today))...)
	return f.OrNil()
}

// Check lists what is wrong with a packet that is being put together, each fault on
// its field. today is YYYY-MM-DD.
func (d Draft) Check(string) error {
	var f faults
	f.choice("language", d.Language, "en", "es")
	f.choice("doctor", d.Doctor, "", "first", "second")
	f.long("address", d.Address, 2*LineMax)
	f.long("phone", d.Phone, LineMax)
	f.long("harm", d.Harm, TextMax)
	f.long("tried", d.Tried, TextMax)
	f.long("addition", d.Addition, TextMax)
	for i, h := range d.Enclosed {
		if !isHash.MatchString(h) {
			f.on(at("enclosed", i), "form.choice")
		}
	}
	for i, h := range d.Have {
		if !isItem.MatchString(h) {
			f.on(at("have", i), "form.choice")
		}
	}
	if len(d.Enclosed) > listMax || len(d.Have) > listMax {
		f.on("", "fault.too_large")
	}
	return f.OrNil()
}

// Check lists what is wrong with a packet as it was sent, each fault on its field.
// today is YYYY-MM-DD; a packet cannot have been sent after it.
func (p Packet) Check(today string) error {
	var f faults
	switch sent, ok := f.day("on", p.On); {
	case p.On == "":
		f.on("on", "form.date.required")
	case ok && sent.String() > today:
		f.on("on", "form.date.past")
	}
	f.choice("how", p.How, "mail", "fax", "portal", "hand", "phone")
	f.long("proof", p.Proof, LineMax)
	if by, ok := f.day("decide_by", p.DecideBy); ok && by.String() < p.On {
		f.on("decide_by", "appeal.wrong.decide_by")
	}
	if p.Denial == "" || p.Level == "" {
		f.on("", "fault.invalid")
	}
	if p.SHA256 != "" && !isHash.MatchString(p.SHA256) {
		f.on("", "fault.invalid")
	}
	if len(p.Enclosed) > listMax {
		f.on("", "fault.too_large")
	}
	return f.OrNil()
}
