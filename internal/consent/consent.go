// Package consent says who may do what with a case, from when and until when, and
// to which wording each person agreed. Whatever is not granted is refused.
package consent

import "time"

// Role is the part a person plays in one case.
type Role string

// The roles. A parent who acts for a child holds Patient: the case is theirs to
// run; who they are is written in the case's profile.
const (
	Patient     Role = "patient"
	Companion   Role = "companion"
	Advocate    Role = "advocate"
	Coordinator Role = "coordinator"
	Reviewer    Role = "reviewer"
)

// Verb is a thing that a person may be allowed to do with a case.
type Verb string

// The verbs that grants speak of.
const (
	See    Verb = "see"    // read the case's pages and files
	Write  Verb = "write"  // answer, upload, decide
	Share  Verb = "share"  // give and revoke grants
	Export Verb = "export" // take letters, files and the log away
	Close  Verb = "close"  // close and reopen the case
)

// allowed lists what each role may do. A role or verb that is not here is refused.
var allowed = map[Role][]Verb{
	Patient:     {See, Write, Share, Export, Close},
	Companion:   {See},
	Advocate:    {See, Write, Export},
	Coordinator: {See, Write},
	Reviewer:    {See},
}

// Grant lets one person play one role in one case for a time.
type Grant struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"` // the person's id; never a name
	Role    Role      `json:"role"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"`   // zero: until it is revoked
	Revoked time.Time `json:"revoked,omitzero"` // zero: in force
	Wording string    `json:"wording"`          // key and version of the text they agreed to: "owner.v1"
}

// InForce tells whether the grant holds at this moment.
func (g Grant) InForce(at time.Time) bool {
	return !at.Before(g.From) && (g.Until.IsZero() || at.Before(g.Until)) && (g.Revoked.IsZero() || at.Before(g.Revoked))
}

// May tells whether any of the grants lets the person do this at this moment.
func May(grants []Grant, person string, verb Verb, at time.Time) bool {
	for _, g := range grants {
		if g.Person != person || !g.InForce(at) {
			continue
		}
		for _, v := range allowed[g.Role] {
			if v == verb {
				return true
			}
		}
	}
	return false
}
