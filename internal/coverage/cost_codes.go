package coverage

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Code is a number that may stand on a bill for a second opinion, in plain words
// of our own.
type Code struct {
	Codes   string // as they are written: "99202-99205"
	Kind    string // visit, consult, between_doctors, long_work, slides, imaging, modifier, diagnosis
	Plain   string // what it means
	Note    string // what to know of it; may be empty
	Unpaid  bool   // Medicare does not pay it
	Retired bool   // no longer used: a bill that shows it is wrong
	Confirm bool   // we have not read its source ourselves
	Finding finding.Finding
}

// Codes lists every number that we can explain, in the order in which a person may
// meet them, in "en" or "es".
func Codes(on contract.Date, lang string, book Book) []Code {
	return codesOf(book.Judge("codes", map[string]any{"asked.all": true}, on, lang))
}

// CodeOf explains one number of a bill; ok is false when we cannot.
func CodeOf(code string, on contract.Date, lang string, book Book) (c Code, ok bool) {
	list := codesOf(book.Judge("codes", map[string]any{"asked.all": false, "code": code}, on, lang))
	if len(list) == 0 {
		return c, false
	}
	return list[0], true
}

func codesOf(v finding.Verdict) []Code {
	var out []Code
	for _, f := range v.Fired {
		if f.Kind != "code" {
			continue
		}
		out = append(out, Code{
			Codes: f.Sets["codes"], Kind: f.Sets["kind"], Plain: f.Words["plain"], Note: f.Words["note"],
			Unpaid: f.Sets["medicare"] == "no", Retired: f.Sets["use"] == "no", Confirm: !f.Decides, Finding: f.Finding,
		})
	}
	return out
}
