package actions

import (
	"context"
	"time"
)

// Portals are the patient portals that the operator lets people fetch records from,
// by SMART on FHIR. Nothing else is ever asked.
//
// Faults tell what to do: Unauthenticated, the person must sign in again; Forbidden,
// NotFound and Invalid, the portal does not give this; TooMany, wait for its
// "seconds" and try again; TooLarge and Refused, the answer is not taken.
type Portals interface {
	List() []Portal
	// SignIn gives the address at which the person signs in.
	SignIn(ctx context.Context, portal string, ask PortalAsk) (string, error)
	// Token trades the code that came back for a token.
	Token(ctx context.Context, portal string, answer PortalAnswer, ask PortalAsk) (PortalToken, error)
	// Renew trades the token for a new one.
	Renew(ctx context.Context, portal string, t PortalToken) (PortalToken, error)
	// Revoke tells the portal that the token is no longer wanted, where it can be told.
	Revoke(ctx context.Context, portal string, t PortalToken) error
	// Offers lists the types of records that the portal can be asked for.
	Offers(ctx context.Context, portal string, t PortalToken) ([]string, error)
	// Page gives one page of a type: the first where at is "", else the one that the
	// page before named.
	Page(ctx context.Context, portal string, t PortalToken, kind, at string) (PortalPage, error)
	// Attachment gives the bytes of a document that a record points to, and their MIME
	// type.
	Attachment(ctx context.Context, portal string, t PortalToken, a PortalAttachment) ([]byte, string, error)
}

// Portal is one of the operator's list.
type Portal struct {
	ID   string // [a-z0-9-]
	Name string // "General Hospital"
	Host string // where the person signs in, for them to compare
}

// PortalAsk is one try at signing in. All of it but Back is secret.
type PortalAsk struct {
	State    string `json:"state"`
	Verifier string `json:"verifier"` // of PKCE, 43 letters at least
	Back     string `json:"back"`     // where the portal sends the person afterwards
}

// PortalToken is the leave to fetch. It is never logged and never leaves the vault
// but to the portal itself.
type PortalToken struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh,omitempty"`
	Until   time.Time `json:"until,omitzero"` // zero when the portal did not say
	Patient string    `json:"patient"`        // the patient's id at the portal
	Scope   string    `json:"scope,omitempty"`
}

// PortalPage is one page of records.
type PortalPage struct {
	Resources []PortalResource
	Next      string // "" on the last page
	Lost      int    // entries that made no sense
}

// PortalResource is one FHIR resource.
type PortalResource struct {
	Type string
	ID   string
	JSON []byte // on one line
	Sum  string // of what it says, whatever its version is called
	// What it points to and does not hold: documents, and records such as
	// "Medication/123" that are asked for one by one.
	Attachments []PortalAttachment
	Points      []string
}

// PortalAttachment is a document that a record points to.
type PortalAttachment struct {
	URL  string `json:"url"`
	Type string `json:"type,omitempty"` // MIME type as the record says
	Name string `json:"name,omitempty"` // title as the record says
}
