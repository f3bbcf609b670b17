package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// How long a session holds: 12 hours after the last page, and 7 days at most.
const (
	idleFor    = 12 * time.Hour
	sessionFor = 7 * 24 * time.Hour
	// A session's last use is written down only this often, so that reading pages
	// does not write.
	seenEvery = 5 * time.Minute
)

// sessionManager keeps a session's contents under the hash of a random token that
// stands in a cookie no script can read.
func sessionManager(store scs.CtxStore, now func() time.Time, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = idleStore{store, now}
	m.Lifetime = sessionFor
	m.Cookie.Name = "session"
	if secure {
		// Browsers refuse this prefix from anywhere but this very host over TLS.
		m.Cookie.Name = "__Host-session"
	}
	m.Cookie.Secure = secure
	m.Cookie.HttpOnly = true
	// Not Strict: a person who follows a link from their mail would arrive signed
	// out. What Lax leaves open (a top-level GET) changes nothing here, and posts
	// from other sites are refused by the cross-origin check.
	m.Cookie.SameSite = http.SameSiteLaxMode
	return m
}

// idleStore lets a session expire in the store when it has been idle for too long.
// The session manager could do that itself, but only by its own clock and by
// writing at every request.
type idleStore struct {
	scs.CtxStore
	now func() time.Time
}

// CommitCtx keeps contents no longer than an idle session may last.
func (s idleStore) CommitCtx(ctx context.Context, token string, b []byte, expires time.Time) error {
	if idle := s.now().Add(idleFor); idle.Before(expires) {
		expires = idle
	}
	return s.CtxStore.CommitCtx(ctx, token, b, expires)
}

// What a session holds. Times are Unix seconds.
const (
	sessionPerson = "person"
	sessionSince  = "since"
	sessionSeen   = "seen"
)

type personKey struct{}

// Who tells whose session the request carries.
func (d *doors) Who(r *http.Request) (casefile.Person, bool) {
	p, ok := r.Context().Value(personKey{}).(casefile.Person)
	return p, ok
}

// Wrap loads the session of every request.
func (d *doors) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") || r.URL.Path == "/health" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Cookie")
		ctx, err := d.load(r)
		if err != nil {
			d.pages.fail(d.pages.visit(w, r), err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// load reads the session and ends it when it is too old.
func (d *doors) load(r *http.Request) (context.Context, error) {
	token := ""
	if c, err := r.Cookie(d.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := d.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	who := casefile.Person(d.sessions.GetString(ctx, sessionPerson))
	if who == "" {
		return ctx, nil
	}
	now := d.house.Now()
	seen := time.Unix(d.sessions.GetInt64(ctx, sessionSeen), 0)
	since := time.Unix(d.sessions.GetInt64(ctx, sessionSince), 0)
	if now.Sub(seen) > idleFor || now.Sub(since) > sessionFor {
		return ctx, internal(d.sessions.Destroy(ctx))
	}
	if now.Sub(seen) >= seenEvery {
		if held, err := d.touch(ctx, r, who); err != nil || !held {
			return ctx, err
		}
	}
	return context.WithValue(ctx, personKey{}, who), nil
}

// touch writes down that the session is in use. A session that was revoked at the
// same moment is not brought back: saving its contents does not make it the
// person's again, and then it is destroyed.
func (d *doors) touch(ctx context.Context, r *http.Request, who casefile.Person) (held bool, err error) {
	d.sessions.Put(ctx, sessionSeen, d.house.Now().Unix())
	token, _, err := d.sessions.Commit(ctx)
	if err != nil {
		return false, internal(err)
	}
	mine, err := d.house.Accounts.SessionsOf(ctx, who, d.house.Now())
	if err != nil {
		return false, err
	}
	for _, s := range mine {
		if s.ID == d.sessionID(token) {
			return true, d.own(ctx, r, who)
		}
	}
	return false, internal(d.sessions.Destroy(ctx))
}

// own writes down whose session this is, where, and until when.
func (d *doors) own(ctx context.Context, r *http.Request, who casefile.Person) error {
	since := time.Unix(d.sessions.GetInt64(ctx, sessionSince), 0).UTC()
	now := d.house.Now()
	expires := now.Add(idleFor)
	if most := since.Add(sessionFor); most.Before(expires) {
		expires = most
	}
	return d.house.Accounts.OwnSession(ctx, d.sessions.Token(ctx), actions.Session{
		Person: who, Device: device(r.UserAgent()), Created: since, Seen: now, Expires: expires,
	})
}

// start signs the person in: with a token that nobody could have known before.
func (d *doors) start(v *Visit, p actions.Person) error {
	ctx := v.Context()
	if err := d.sessions.RenewToken(ctx); err != nil {
		return internal(err)
	}
	now := d.house.Now().Unix()
	d.sessions.Put(ctx, sessionPerson, string(p.ID))
	d.sessions.Put(ctx, sessionSince, now)
	d.sessions.Put(ctx, sessionSeen, now)
	token, expiry, err := d.sessions.Commit(ctx)
	if err != nil {
		return internal(err)
	}
	if err := d.own(ctx, v.R, p.ID); err != nil {
		return err
	}
	d.sessions.WriteSessionCookie(ctx, v.W, token, expiry)
	v.W.Header().Set("Cache-Control", "no-store") // the line above weakens it
	v.Who = p.ID
	if p.Language != "" {
		keepLanguage(v.W, p.Language)
		v.Say = d.pages.words.In(p.Language)
	}
	return nil
}

// end forgets the session, here and in the browser.
func (d *doors) end(v *Visit) error {
	if err := d.sessions.Destroy(v.Context()); err != nil {
		return internal(err)
	}
	d.sessions.WriteSessionCookie(v.Context(), v.W, "", time.Time{})
	v.W.Header().Set("Cache-Control", "no-store")
	v.Who = ""
	return nil
}

// here is the id of the session that the visit comes with.
func (d *doors) here(v *Visit) string { return d.sessionID(d.sessions.Token(v.Context())) }

func internal(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Internal, "fault.internal").Because(err)
}

// device says in a few words what the browser says it is: "Firefox, Windows". It
// is a help to the person, never a proof.
func device(agent string) string {
	find := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	// Order matters: each browser also names those it came from.
	browser := find("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS", "Firefox", "SamsungBrowser", "Samsung Internet",
		"CriOS", "Chrome", "Chrome/", "Chrome", "Chromium", "Chromium", "Safari/", "Safari", "curl/", "curl")
	system := find("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "CrOS", "ChromeOS", "Mac OS X", "Mac", "Linux", "Linux")
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + ", " + system
}
