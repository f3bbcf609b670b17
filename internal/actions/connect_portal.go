package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// PortalBack is the path to which a portal sends a person back. The operator
// registers it at each portal, behind the address that people type.
const PortalBack = "/portal/back"

// portalSecret is what nobody but the portal may see. It lies sealed in the vault and
// in no document, so that forgetting it leaves no copy in a history.
type portalSecret struct {
	Ask    PortalAsk   `json:"ask,omitzero"`
	SignIn string      `json:"sign_in,omitempty"` // the address at which the person signs in
	Token  PortalToken `json:"token,omitzero"`
}

// PortalList is the operator's list; none when there is no list.
func (h *House) PortalList() []Portal {
	if h.Portals == nil {
		return nil
	}
	return h.Portals.List()
}

// portal finds a portal of the operator's list.
func (h *House) portal(id string) (Portal, error) {
	for _, p := range h.PortalList() {
		if p.ID == id {
			return p, nil
		}
	}
	return Portal{}, fault.New(fault.NotFound, "fault.not_found")
}

// ConnectPortal gets ready to sign in at a portal: the address to go to is then
// PortalSignIn's. What was agreed with the portal before is forgotten.
func (h *House) ConnectPortal(ctx context.Context, who casefile.Person, c *casefile.Case, portal string) error {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return err
	}
	if _, err := h.portal(portal); err != nil {
		return err
	}
	ask := PortalAsk{State: h.NewID() + h.NewID(), Verifier: h.NewID() + h.NewID(), Back: h.Public + PortalBack}
	to, err := h.Portals.SignIn(ctx, portal, ask)
	if err != nil {
		return err
	}
	had, version, err := casefile.Read[records.Connection](c, records.ConnectionRef(portal))
	if err != nil {
		return err
	}
	return h.keepConnection(ctx, who, c, "connect_portal", had, version, portalSecret{Ask: ask, SignIn: to}, records.Connection{
		Portal: portal, State: records.PortalAsked, Asked: hashed(ask.State),
	})
}

// PortalSignIn gives the address at which the person who asked for it signs in.
func (h *House) PortalSignIn(ctx context.Context, who casefile.Person, c *casefile.Case, portal string) (string, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return "", err
	}
	asked, _ := c.Document(records.ConnectionRef(portal))
	conn, _, err := casefile.Read[records.Connection](c, records.ConnectionRef(portal))
	if err != nil || !h.asking(conn) || asked.By != who {
		return "", err
	}
	secret, err := h.portalSecret(ctx, c, conn.Secret)
	return secret.SignIn, err
}

// asking tells whether a portal may still answer.
func (h *House) asking(conn records.Connection) bool {
	at, err := time.Parse(time.RFC3339, conn.At)
	return err == nil && conn.State == records.PortalAsked && h.Now().Sub(at) < records.AskFor
}

// PortalAnswer is what a portal sends a person back with.
type PortalAnswer struct {
	State string
	Code  string
	Error string // OAuth's word for why there is no code: "access_denied"
	// Issuer is who says that it answers (iss, RFC 9207); "" where it does not say.
	Issuer string
}

// EndSignIn takes a person back from a portal: it finds the case by the state that
// the person was sent with, and trades the code for a token. The state works once,
// for the person who asked, and for half an hour.
func (h *House) EndSignIn(ctx context.Context, who casefile.Person, a PortalAnswer) (casefile.ID, string, error) {
	c, conn, err := h.askedFor(ctx, who, a.State)
	if err != nil {
		return "", "", err
	}
	if err := h.mayAdd(ctx, who, c); err != nil {
		return "", "", err
	}
	secret, err := h.portalSecret(ctx, c, conn.Secret)
	if err != nil {
		return "", "", err
	}
	version := c.Version(records.ConnectionRef(conn.Portal))
	var token PortalToken
	if a.Error == "" && a.Code != "" {
		token, err = h.Portals.Token(ctx, conn.Portal, a, secret.Ask)
	}
	if token.Access == "" || err != nil {
		// The state has been used: whoever tries again begins again.
		ended := records.Connection{Portal: conn.Portal, State: records.PortalEnded}
		if saved := h.keepConnection(ctx, who, c, "refused_by_portal", conn, version, portalSecret{}, ended); saved != nil {
			return "", "", saved
		}
		return c.ID, conn.Portal, nil
	}
	return c.ID, conn.Portal, h.keepConnection(ctx, who, c, "connected_portal", conn, version, portalSecret{Token: token}, connected(conn.Portal, token))
}

func connected(portal string, t PortalToken) records.Connection {
	conn := records.Connection{Portal: portal, State: records.PortalConnected, Renews: t.Refresh != ""}
	if !t.Until.IsZero() {
		conn.Until = t.Until.UTC().Format(time.RFC3339)
	}
	return conn
}

// askedFor finds the case and portal that a state was made for, among the person's
// own: nobody ends what somebody else began.
func (h *House) askedFor(ctx context.Context, who casefile.Person, state string) (*casefile.Case, records.Connection, error) {
	unknown := fault.New(fault.NotFound, "records.portal.fault.state")
	if state == "" || h.Portals == nil {
		return nil, records.Connection{}, unknown
	}
	cases, err := h.Cases.Of(ctx, who, h.Now())
	if err != nil {
		return nil, records.Connection{}, err
	}
	for _, s := range cases {
		c, err := h.Cases.Case(ctx, s.ID)
		if err != nil {
			return nil, records.Connection{}, err
		}
		if !consent.May(c.Grants, string(who), consent.Write, h.Now()) {
			continue
		}
		for _, d := range c.Named(records.ConnectionKind) {
			conn, _, err := casefile.Read[records.Connection](c, d.Ref)
			if err == nil && conn.Asked == hashed(state) && d.By == who && h.asking(conn) {
				return c, conn, nil
			}
		}
	}
	return nil, records.Connection{}, unknown
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// keepConnection saves how a portal stands, with its secret, and takes away the
// secret that was there before.
func (h *House) keepConnection(ctx context.Context, who casefile.Person, c *casefile.Case, verb string, had records.Connection, from casefile.Version, secret portalSecret, now records.Connection) error {
	now.At = h.Now().UTC().Format(time.RFC3339)
	if secret != (portalSecret{}) {
		part, err := h.aside(ctx, c, secret)
		if err != nil {
			return err
		}
		now.Secret = &part
	}
	err := h.Cases.Apply(ctx, casefile.Change{
		Case: c.ID, By: who, At: h.Now(), Verb: verb,
		Drafts: []casefile.Draft{{Ref: records.ConnectionRef(now.Portal), From: from, Body: now}},
	})
	gone := had.Secret
	if err != nil {
		gone = now.Secret
	}
	if gone != nil {
		_ = h.Vault.Remove(context.WithoutCancel(ctx), []casefile.Part{*gone})
	}
	return err
}

// aside seals what is no document in the vault.
func (h *House) aside(ctx context.Context, c *casefile.Case, what any) (casefile.Part, error) {
	b, err := json.Marshal(what)
	if err != nil {
		return casefile.Part{}, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return casefile.Part{}, err
	}
	return h.Vault.Put(ctx, key, h.NewID(), bytes.NewReader(b))
}

// fromAside opens what aside sealed; nothing where there is none.
func (h *House) fromAside(ctx context.Context, c *casefile.Case, part *casefile.Part, into any) error {
	if part == nil {
		return nil
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return err
	}
	r, err := h.Vault.Open(ctx, key, []casefile.Part{*part})
	if err != nil {
		return err
	}
	defer r.Close()
	if err := json.NewDecoder(io.NewSectionReader(r, 0, r.Size())).Decode(into); err != nil {
		return fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return nil
}

func (h *House) portalSecret(ctx context.Context, c *casefile.Case, part *casefile.Part) (s portalSecret, err error) {
	err = h.fromAside(ctx, c, part, &s)
	return s, err
}

// Connections gives how each portal of the list stands in a case, in the list's
// order, and after them those that the operator has taken off it.
func (h *House) Connections(c *casefile.Case) ([]records.Connection, error) {
	had, err := casefile.ReadAll[records.Connection](c, records.ConnectionKind)
	if err != nil {
		return nil, err
	}
	var all []records.Connection
	for _, p := range h.PortalList() {
		i := slices.IndexFunc(had, func(x records.Connection) bool { return x.Portal == p.ID })
		if i < 0 {
			all = append(all, records.Connection{Portal: p.ID})
			continue
		}
		all = append(all, had[i])
		had = slices.Delete(had, i, i+1)
	}
	return append(all, had...), nil
}
