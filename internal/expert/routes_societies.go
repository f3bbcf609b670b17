package expert

import (
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Society is a place to look by illness: a society with a directory of doctors, a
// group of patients, a list of centres, or a register that checks a doctor.
type Society struct {
	ID    string // of its rule
	Kind  string // directory, group, center, register
	Class string // the class of conditions: cancer, rare, nerve, immune, gland, heart, bone, pregnancy, special, any
	Name  string
	Site  string // the owner's domain, "" where we are not sure
	Says  finding.Finding
}

// Societies gives those that fit the patient's condition, and those that fit anybody
// last, in the order of the rows.
func Societies(s Situation, on contract.Date, lang string, rules RouteRules) []Society {
	var own, any []Society
	for _, f := range rules.Judge("societies", s.facts(), on, lang).Fired {
		x := Society{ID: f.Rule, Kind: f.Kind, Class: f.Sets["class"], Name: f.Sets["name"], Site: f.Sets["site"], Says: f.Finding}
		if x.Class == "any" {
			any = append(any, x)
		} else {
			own = append(own, x)
		}
	}
	return append(own, any...)
}
