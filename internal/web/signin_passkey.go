package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// The script asks for a challenge (begin) and sends the answer (finish), both as
// JSON. Between the two the challenge lies sealed in a cookie, so that a stranger
// who only asks leaves nothing in the store; that it is answered once is counted
// there.
const (
	ceremonyCookie = "passkey"
	maxPasskey     = 64 << 10 // bytes of one answer
)

// passkeyUser is a person as the browser's protocol sees them.
type passkeyUser struct {
	person actions.Person
	keys   []webauthn.Credential
}

func (u passkeyUser) WebAuthnID() []byte                         { return []byte(u.person.ID) }
func (u passkeyUser) WebAuthnName() string                       { return u.person.Handle }
func (u passkeyUser) WebAuthnDisplayName() string                { return u.person.Display }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.keys }

// user reads a person with their passkeys.
func (d *doors) user(ctx context.Context, who casefile.Person) (u passkeyUser, err error) {
	a, err := d.house.MyAccount(ctx, who)
	if err != nil {
		return u, err
	}
	u.person = a.Person
	for _, c := range a.Passkeys {
		var k webauthn.Credential
		if err := json.Unmarshal(c.Secret, &k); err != nil {
			return u, fault.New(fault.Damaged, "fault.damaged").Because(err)
		}
		u.keys = append(u.keys, k)
	}
	return u, nil
}

// passkeyChallenge begins signing in: any passkey of this site may answer.
func (d *doors) passkeyChallenge(v *Visit) error {
	options, state, err := d.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return internal(err)
	}
	return d.begin(v, "sign-in", state, options)
}

// signInWithPasskey checks the answer and signs the person in.
func (d *doors) signInWithPasskey(v *Visit) error {
	state, body, err := d.finish(v, "sign-in")
	if err != nil {
		return err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return passkeyFault(err)
	}
	p, err := d.house.SignInWithPasskey(v.Context(), actions.Challenge{
		Name: state.Challenge, Good: ceremonyFor, From: d.from(v.R),
		Check: func(ctx context.Context) (actions.Credential, error) { return d.checkPasskey(ctx, state, answer) },
	})
	if err != nil {
		return err
	}
	if err := d.start(v, p); err != nil {
		return err
	}
	return answerJSON(v, map[string]string{})
}

// checkPasskey finds the passkey, checks its signature, and gives it back with its
// new count. The person is named as soon as they are known, for the log.
func (d *doors) checkPasskey(ctx context.Context, state webauthn.SessionData, answer *protocol.ParsedCredentialAssertionData) (actions.Credential, error) {
	c, err := d.house.Accounts.Credential(ctx, passkeyID(answer.RawID))
	if err != nil {
		return actions.Credential{}, err
	}
	found := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != string(c.Person) {
			return nil, errors.New("this passkey is another person's")
		}
		return d.user(ctx, c.Person)
	}
	_, key, err := d.passkeys.ValidatePasskeyLogin(found, state, answer)
	if err != nil {
		return c, err
	}
	if key.Authenticator.CloneWarning {
		return c, errors.New("this passkey's count went backwards: it may have been copied")
	}
	if c.Secret, err = json.Marshal(key); err != nil {
		return c, err
	}
	return c, nil
}

// newPasskeyChallenge begins adding a passkey.
func (d *doors) newPasskeyChallenge(v *Visit) error {
	u, err := d.user(v.Context(), v.Who)
	if err != nil {
		return err
	}
	options, state, err := d.passkeys.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()))
	if err != nil {
		return internal(err)
	}
	return d.begin(v, "add", state, options)
}

// addPasskey checks the new passkey and keeps it.
func (d *doors) addPasskey(v *Visit) error {
	state, body, err := d.finish(v, "add")
	if err != nil {
		return err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return passkeyFault(err)
	}
	u, err := d.user(v.Context(), v.Who)
	if err != nil {
		return err
	}
	key, err := d.passkeys.CreateCredential(u, state, answer)
	if err != nil {
		return passkeyFault(err)
	}
	b, err := json.Marshal(key)
	if err != nil {
		return internal(err)
	}
	err = d.house.AddPasskey(v.Context(), v.Who, actions.Credential{ID: passkeyID(key.ID), Label: device(v.R.UserAgent()), Secret: b})
	if err != nil {
		return err
	}
	return answerJSON(v, map[string]string{"next": "/account?done=passkey#passkeys"})
}

// begin answers with the challenge and lays its state, sealed, into a cookie.
func (d *doors) begin(v *Visit, use string, state *webauthn.SessionData, options any) error {
	b, err := json.Marshal(state)
	if err != nil {
		return internal(err)
	}
	sealed, err := d.sealer.SealValue(b, "passkey", use)
	if err != nil {
		return internal(err)
	}
	d.setCeremony(v, base64.RawURLEncoding.EncodeToString(sealed), int(ceremonyFor.Seconds()))
	return answerJSON(v, options)
}

// finish takes the state out of the cookie and the answer out of the body.
func (d *doors) finish(v *Visit, use string) (state webauthn.SessionData, body []byte, err error) {
	c, err := v.R.Cookie(ceremonyCookie)
	if err != nil {
		return state, nil, passkeyFault(err)
	}
	d.setCeremony(v, "", -1)
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return state, nil, passkeyFault(err)
	}
	b, err := d.sealer.OpenValue(sealed, "passkey", use)
	if err != nil {
		return state, nil, passkeyFault(err)
	}
	if err := json.Unmarshal(b, &state); err != nil {
		return state, nil, passkeyFault(err)
	}
	body, err = io.ReadAll(http.MaxBytesReader(v.W, v.R.Body, maxPasskey))
	if err != nil {
		return state, nil, passkeyFault(err)
	}
	return state, body, nil
}

func (d *doors) setCeremony(v *Visit, value string, age int) {
	http.SetCookie(v.W, &http.Cookie{
		Name: ceremonyCookie, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: d.sessions.Cookie.Secure, SameSite: http.SameSiteStrictMode,
	})
}

func passkeyFault(err error) error {
	return fault.New(fault.Unauthenticated, "passkey.failed").Because(err)
}

func passkeyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func answerJSON(v *Visit, x any) error {
	v.W.Header().Set("Content-Type", "application/json")
	return internal(json.NewEncoder(v.W).Encode(x))
}
