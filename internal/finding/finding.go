// Package finding is the one form of a rule's answer: what it says, which rule and
// version said it, why, and where that stands written. Every engine answers with it.
package finding

// Confidence tells whether the rule's source was read by us.
type Confidence string

// A rule is verified when its source was read. An unverified rule never decides
// alone: its finding says "check this", and with whom.
const (
	Verified   Confidence = "verified"
	Unverified Confidence = "unverified"
)

// Finding is one answer of one rule, explained.
type Finding struct {
	Rule       string     `json:"rule"`       // the id of the rule, never reused: "MED-01"
	Version    int        `json:"version"`    // its version; a rule that has run is never edited
	Effect     string     `json:"effect"`     // what it does, as the rule's row says it
	Reason     string     `json:"reason"`     // one plain sentence in the person's language
	Citation   string     `json:"citation"`   // the law, manual or paper
	Confidence Confidence `json:"confidence"` // verified or unverified
	From       string     `json:"from,omitempty"`
}
