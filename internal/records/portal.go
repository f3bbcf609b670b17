package records

import (
	"slices"
	"time"

	"consilium/internal/casefile"
)

// The kinds of document that tell of a portal, one for each portal of the
// operator's list.
const (
	ConnectionKind casefile.Kind = "portal" // Connection
	PullKind       casefile.Kind = "pull"   // Pull
)

// ConnectionRef is where a portal's Connection lies.
func ConnectionRef(portal string) casefile.Ref {
	return casefile.Ref{Kind: ConnectionKind, Name: portal}
}

// PullRef is where the newest Pull from a portal lies.
func PullRef(portal string) casefile.Ref { return casefile.Ref{Kind: PullKind, Name: portal} }

// PortalState is how the house and a portal stand.
type PortalState string

// The states. The zero value is a portal that nobody has connected.
const (
	PortalAsked     PortalState = "asked"     // the person is about to sign in at the portal
	PortalConnected PortalState = "connected" // the portal gave a token
	PortalEnded     PortalState = "ended"     // the portal no longer takes the token: sign in again
	PortalForgotten PortalState = "forgotten" // the person ended it, and the token is gone
)

// Connection is the leave that a person got at a portal to fetch their records. The
// token itself is no part of it: that lies sealed in the vault under Secret, so that
// forgetting it leaves no copy in the history of this document.
type Connection struct {
	Portal string         `json:"portal"` // id in the operator's list
	State  PortalState    `json:"state"`
	Asked  string         `json:"asked,omitempty"`  // SHA-256 of the state that the portal must send back, hexadecimal
	At     string         `json:"at"`               // instant of this state, RFC 3339
	Until  string         `json:"until,omitempty"`  // instant at which the token ends, RFC 3339; "" when not told
	Renews bool           `json:"renews,omitempty"` // the portal lets the token be renewed without the person
	Secret *casefile.Part `json:"secret,omitempty"`
}

// AskFor is how long a person has for signing in at the portal.
const AskFor = 30 * time.Minute

// PullState is how one kind of record stands in a pull.
type PullState string

// The states of one kind of record.
const (
	PullWaiting PullState = "waiting" // not asked for yet, or not whole
	PullHere    PullState = "here"    // all of it came
	PullMissing PullState = "missing" // it, or a part of it, could not be had
)

// Pull is one run of fetching everything that a portal has of the patient.
type Pull struct {
	Started string   `json:"started"`           // instant, RFC 3339
	Ended   string   `json:"ended,omitempty"`   // instant, RFC 3339; "" while it runs
	Stopped string   `json:"stopped,omitempty"` // why it ended before everything was asked for: a text key's last word
	Types   []Pulled `json:"types"`
	// How to go on after an interruption: the upload that takes the resources of the
	// first waiting type, and the address of its next page.
	Upload string `json:"upload,omitempty"`
	Next   string `json:"next,omitempty"`
	// Memory lies sealed in the vault: which resources came in this and earlier pulls,
	// so that none is stored twice.
	Memory *casefile.Part `json:"memory,omitempty"`
	Tries  int            `json:"tries,omitempty"` // in a row without anything coming
}

// Pulled is what came of one kind of record.
type Pulled struct {
	Type  string    `json:"type"` // FHIR resource type, or Attachments
	State PullState `json:"state"`
	Found int       `json:"found"`          // resources that the portal showed
	New   int       `json:"new"`            // of them not had before
	Why   string    `json:"why,omitempty"`  // for a missing one: "refused", "broken", "too_large", "busy"
	Lost  int       `json:"lost,omitempty"` // attachments that could not be had
}

// Everything stands among the types, in place of those that can be searched for, where
// a portal gives all of them at once.
const Everything = "Everything"

// Attachments stands among the types for the documents that records point to.
const Attachments = "Attachments"

// Waiting gives the place of the first type that is not done; -1 when all are.
func (p Pull) Waiting() int {
	return slices.IndexFunc(p.Types, func(t Pulled) bool { return t.State == PullWaiting })
}

// Missing lists the types that could not be had whole.
func (p Pull) Missing() []Pulled {
	var all []Pulled
	for _, t := range p.Types {
		if t.State == PullMissing {
			all = append(all, t)
		}
	}
	return all
}

// Found and New count over all types.
func (p Pull) Found() (n int) {
	for _, t := range p.Types {
		n += t.Found
	}
	return n
}

// New counts what was not had before, over all types.
func (p Pull) New() (n int) {
	for _, t := range p.Types {
		n += t.New
	}
	return n
}
