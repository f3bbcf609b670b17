package web

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// heldFor is how long a form that was posted without a session can be saved after
// all.
const heldFor = time.Hour

// held is a form that was posted while nobody was signed in.
type held struct {
	Path  string     `json:"path"`
	Form  url.Values `json:"form"`
	Until time.Time  `json:"until"`
}

// Ask sends whoever is not signed in to sign in, and back here afterwards. A posted
// form goes along, sealed, in the sign-in page itself: so nothing has to be kept
// for a person whom nobody knows yet.
func (d *doors) Ask(w http.ResponseWriter, r *http.Request, form url.Values) {
	v := d.pages.visit(w, r)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		back := url.Values{"back": {r.URL.RequestURI()}}
		if r.URL.RequestURI() == "/" {
			back = nil
		}
		http.Redirect(w, r, join("/sign-in", back), http.StatusSeeOther)
	case http.MethodPost:
		s := signInView{Back: local(r.URL.Path), Lost: true}
		if holdable(r) {
			sealed, err := d.hold(r.URL.RequestURI(), form)
			if err != nil {
				d.pages.fail(v, err)
				return
			}
			s.Held = sealed
		}
		if err := d.renderSignIn(v, http.StatusUnauthorized, s); err != nil {
			d.pages.fail(v, err)
		}
	default:
		http.Error(w, "sign in first", http.StatusUnauthorized)
	}
}

// holdable tells whether the posted form may be kept: a form of fields, and not one
// of the doors' own, which hold secrets.
func holdable(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded" &&
		!strings.HasPrefix(r.URL.Path, "/account") && !strings.HasPrefix(r.URL.Path, "/sign-in")
}

func join(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// hold seals a form for an hour.
func (d *doors) hold(path string, form url.Values) (string, error) {
	b, err := json.Marshal(held{Path: path, Form: form, Until: d.house.Now().Add(heldFor)})
	if err != nil {
		return "", internal(err)
	}
	var small bytes.Buffer
	z, _ := flate.NewWriter(&small, flate.BestSpeed) // fails only for a level that is none
	if _, err = z.Write(b); err == nil {
		err = z.Close()
	}
	if err != nil {
		return "", internal(err)
	}
	// Whatever leaves with this page comes back with the path it was posted to: a
	// form can never be turned to another page.
	sealed, err := d.sealer.SealValue(small.Bytes(), "held-form", path)
	if err != nil {
		return "", internal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed) + "." + base64.RawURLEncoding.EncodeToString([]byte(path)), nil
}

// unhold opens a held form; ok is false when it is too old or was not sealed by us.
func (d *doors) unhold(s string) (h held, ok bool) {
	sealed64, path64, found := bytes.Cut([]byte(s), []byte("."))
	sealed, err1 := base64.RawURLEncoding.DecodeString(string(sealed64))
	path, err2 := base64.RawURLEncoding.DecodeString(string(path64))
	if !found || err1 != nil || err2 != nil {
		return h, false
	}
	small, err := d.sealer.OpenValue(sealed, "held-form", string(path))
	if err != nil {
		return h, false
	}
	// What we sealed came from a form of at most maxForm; JSON writes some signs in
	// six letters.
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(small)), 8*maxForm))
	if err != nil || json.Unmarshal(b, &h) != nil {
		return h, false
	}
	return h, h.Path == string(path) && local(h.Path) == h.Path && d.house.Now().Before(h.Until)
}

// answers counts the fields that the person filled in.
func (h held) answers() int {
	n := 0
	for name, values := range h.Form {
		if name == "version" {
			continue
		}
		for _, x := range values {
			if x != "" {
				n++
				break
			}
		}
	}
	return n
}

// showHeld offers a held form to the person who has just signed in.
func (d *doors) showHeld(v *Visit, h held) error {
	v.once = true
	return v.Render(v.Say.T("held.title"), heldPage(v.Say, h))
}

// names lists the fields in a fixed order.
func (h held) names() []string { return slices.Sorted(maps.Keys(h.Form)) }

// heldFormID is the form that the page sends on after a passkey; "" when nothing
// was held.
func heldFormID(s signInView) string {
	if s.Held == "" {
		return ""
	}
	return "held"
}

// lostText says what became of what the person had sent.
func lostText(s signInView) string {
	if s.Held == "" {
		return "signin.lost_files"
	}
	return "signin.lost"
}
