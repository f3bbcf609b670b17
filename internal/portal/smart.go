package portal

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
)

// endpoints is where a portal signs people in.
type endpoints struct {
	Issuer       string   `json:"issuer"`
	NamesItself  bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207: says in its answer who it is
	Authorize    string   `json:"authorization_endpoint"`
	Token        string   `json:"token_endpoint"`
	Revoke       string   `json:"revocation_endpoint"`
	Capabilities []string `json:"capabilities"`
	Methods      []string `json:"code_challenge_methods_supported"`
}

// keepFor is how long we believe what a portal said of itself.
const keepFor = time.Hour

func (ps *Portals) portal(id string) (*portal, error) {
	p := ps.byID[id]
	if p == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return p, nil
}

// discover asks the portal where people sign in: by its smart-configuration, or by
// its CapabilityStatement where it has none.
func (ps *Portals) discover(ctx context.Context, p *portal) (endpoints, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found.Token != "" && ps.now().Sub(p.at) < keepFor {
		return p.found, nil
	}
	e, err := ps.smartConfiguration(ctx, p)
	if k := fault.KindOf(err); err != nil && k != fault.TooMany && k != fault.Internal {
		e, err = ps.oauthURIs(ctx, p)
	}
	if err != nil {
		return e, err
	}
	if len(e.Methods) > 0 && !slices.Contains(e.Methods, "S256") {
		return e, nonsense(errors.New("the portal knows no PKCE by S256"))
	}
	for _, s := range []string{e.Authorize, e.Token} {
		if u, err := url.Parse(s); err != nil || !p.ours(u) {
			return e, elsewhere()
		}
	}
	p.found, p.at = e, ps.now()
	return e, nil
}

func (ps *Portals) smartConfiguration(ctx context.Context, p *portal) (e endpoints, err error) {
	b, _, err := ps.ask(ctx, p, request{address: p.base.String() + "/.well-known/smart-configuration", accept: "application/json", limit: 1 << 20})
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(b, &e); err != nil || e.Authorize == "" || e.Token == "" {
		return e, nonsense(errors.New("no smart-configuration"))
	}
	return e, nil
}

const oauthExtension = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"

func (ps *Portals) oauthURIs(ctx context.Context, p *portal) (e endpoints, err error) {
	c, err := ps.metadata(ctx, p, "")
	if err != nil {
		return e, err
	}
	for _, r := range c.Rest {
		for _, x := range r.Security.Extension {
			if x.URL != oauthExtension {
				continue
			}
			for _, y := range x.Extension {
				switch y.URL {
				case "authorize":
					e.Authorize = y.ValueURI
				case "token":
					e.Token = y.ValueURI
				case "revoke":
					e.Revoke = y.ValueURI
				}
			}
		}
	}
	if e.Authorize == "" || e.Token == "" {
		return e, nonsense(errors.New("the portal does not say where people sign in"))
	}
	return e, nil
}

// scopes are what we ask for: to read, of this patient, everything; and to go on
// when the person is away, for a pull may last.
func (p *portal) scopes(e endpoints) string {
	if p.Scopes != "" {
		return p.Scopes
	}
	read := "patient/*.read"
	if slices.Contains(e.Capabilities, "permission-v2") {
		read = "patient/*.rs"
	}
	return "launch/patient openid fhirUser offline_access " + read
}

// SignIn gives the address at which the person signs in.
func (ps *Portals) SignIn(ctx context.Context, id string, ask actions.PortalAsk) (string, error) {
	p, err := ps.portal(id)
	if err != nil {
		return "", err
	}
	e, err := ps.discover(ctx, p)
	if err != nil {
		return "", err
	}
	u, _ := url.Parse(e.Authorize) // discover parsed it
	q := u.Query()
	sum := sha256.Sum256([]byte(ask.Verifier))
	for k, v := range map[string]string{
		"response_type": "code", "client_id": p.ClientID, "redirect_uri": ask.Back, "scope": p.scopes(e), "state": ask.State,
		"aud": p.base.String(), "code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256",
	} {
		q.Set(k, v)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Token trades the code that came back for a token. An answer that is not this
// portal's own is refused before its code is shown to anybody.
func (ps *Portals) Token(ctx context.Context, id string, a actions.PortalAnswer, ask actions.PortalAsk) (actions.PortalToken, error) {
	p, err := ps.portal(id)
	if err != nil {
		return actions.PortalToken{}, err
	}
	e, err := ps.discover(ctx, p)
	if err != nil {
		return actions.PortalToken{}, err
	}
	if err := e.answered(a.Issuer); err != nil {
		return actions.PortalToken{}, err
	}
	return ps.trade(ctx, id, actions.PortalToken{}, url.Values{
		"grant_type": {"authorization_code"}, "code": {a.Code}, "redirect_uri": {ask.Back}, "code_verifier": {ask.Verifier},
	})
}

// answered tells whether an answer came from this portal, by the iss of RFC 9207: all
// portals send people back to one address, and none may pass another's answer off as
// its own. One that says nothing of iss is held to nothing.
func (e endpoints) answered(issuer string) error {
	switch {
	case e.NamesItself && issuer == "":
		return nonsense(errors.New("the answer lacks its issuer"))
	case issuer != "" && issuer != e.Issuer && (e.Issuer != "" || e.NamesItself):
		return nonsense(errors.New("the answer names another issuer"))
	}
	return nil
}

// Renew trades the token for a new one. A portal that gives no new leave to renew
// lets the old one stand.
func (ps *Portals) Renew(ctx context.Context, id string, t actions.PortalToken) (actions.PortalToken, error) {
	if t.Refresh == "" {
		return t, signedOut()
	}
	return ps.trade(ctx, id, t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh}})
}

func (ps *Portals) trade(ctx context.Context, id string, had actions.PortalToken, form url.Values) (actions.PortalToken, error) {
	p, err := ps.portal(id)
	if err != nil {
		return had, err
	}
	e, err := ps.discover(ctx, p)
	if err != nil {
		return had, err
	}
	form.Set("client_id", p.ClientID)
	b, _, err := ps.ask(ctx, p, request{address: e.Token, accept: "application/json", form: form, limit: 1 << 20})
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Forbidden: // invalid_grant and its like
		return had, signedOut()
	}
	if err != nil {
		return had, err
	}
	var said struct {
		Access  string  `json:"access_token"`
		Type    string  `json:"token_type"`
		Refresh string  `json:"refresh_token"`
		Expires float64 `json:"expires_in"`
		Patient string  `json:"patient"`
		Scope   string  `json:"scope"`
		ID      string  `json:"id_token"`
	}
	if err := json.Unmarshal(b, &said); err != nil || said.Access == "" || !strings.EqualFold(said.Type, "bearer") {
		return had, nonsense(errors.New("no token"))
	}
	t := actions.PortalToken{Access: said.Access, Refresh: said.Refresh, Patient: said.Patient, Scope: said.Scope}
	if said.Expires > 0 && said.Expires < 1e9 {
		t.Until = ps.now().Add(time.Duration(said.Expires) * time.Second)
	}
	if t.Refresh == "" {
		t.Refresh = had.Refresh
	}
	if t.Patient == "" {
		t.Patient = had.Patient
	}
	if t.Patient == "" {
		t.Patient = patientOf(said.ID)
	}
	if !fhirID(t.Patient) {
		return had, nonsense(errors.New("the portal does not say whose records these are"))
	}
	return t, nil
}

// patientOf reads from an id token who signed in, where it is the patient. It came
// from the portal itself over TLS, which stands for its signature (OpenID Connect
// Core 3.1.3.7).
func patientOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		User string `json:"fhirUser"`
	}
	if json.Unmarshal(b, &claims) != nil {
		return ""
	}
	if i := strings.LastIndex(claims.User, "Patient/"); i >= 0 {
		return claims.User[i+len("Patient/"):]
	}
	return ""
}

// Revoke tells the portal that the token is no longer wanted, where it can be told.
func (ps *Portals) Revoke(ctx context.Context, id string, t actions.PortalToken) error {
	p, err := ps.portal(id)
	if err != nil {
		return err
	}
	e, err := ps.discover(ctx, p)
	if err != nil || e.Revoke == "" {
		return err
	}
	for _, one := range []struct{ token, hint string }{{t.Refresh, "refresh_token"}, {t.Access, "access_token"}} {
		if one.token == "" {
			continue
		}
		form := url.Values{"token": {one.token}, "token_type_hint": {one.hint}, "client_id": {p.ClientID}}
		if _, _, wrong := ps.ask(ctx, p, request{address: e.Revoke, accept: "application/json", form: form, limit: 1 << 20}); wrong != nil {
			err = wrong
		}
	}
	return err
}
