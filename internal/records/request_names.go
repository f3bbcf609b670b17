package records

import (
	"slices"
	"strings"
)

// Named is something that a holder can find by what the records say of it.
type Named struct {
	What   string // the title that the records give it, else how it was made
	Date   string // as exact as it is known
	Number string // of the order: "" where no record gives it
}

// mostNamed is how many studies one request names.
const mostNamed = 20

// StudiesToAsk lists the studies of which only the report is here, for a request to a
// holder. What another place wrote is left out: a request tells a place nothing of what
// was done elsewhere.
func StudiesToAsk(a CheckAnswer, holder string) []Named {
	var out []Named
	for _, al := range a.Alarms {
		if al.Kind != "report_without_images" || !mayHold(al.From, holder) || len(out) == mostNamed {
			continue
		}
		n := Named{al.About, al.Date, al.Number}
		if n.What == "" {
			n.What = strings.Join(al.Modality, ", ")
		}
		if n.What != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// TissueToAsk gives the specimen that pathology reports of a holder name by number,
// where they name one only.
func TissueToAsk(have []Held, holder string) (Named, bool) {
	var out []Named
	for _, h := range have {
		if h.Item != "pathology_report" || h.number() == "" || !mayHold(h.Holder, holder) {
			continue
		}
		if !slices.ContainsFunc(out, func(n Named) bool { return plainNumber(n.Number) == plainNumber(h.number()) }) {
			out = append(out, Named{h.Description, h.Date, h.number()})
		}
	}
	if len(out) != 1 {
		return Named{}, false
	}
	return out[0], true
}

// mayHold tells whether what somebody wrote may lie with a holder: the place itself
// wrote it, or a person, or nobody says who.
func mayHold(from, holder string) bool {
	if from == "" || SameHolder(from, holder) {
		return true
	}
	_, person := holderKey(from)
	return person
}
