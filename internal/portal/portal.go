// Package portal fetches a patient's records from the portals that the operator
// listed, by SMART on FHIR: it finds out where a person signs in, trades what comes
// back for a token, and asks for the records page by page. It speaks to the
// operator's hosts alone, follows no redirect and takes no answer over its limits.
package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"consilium/internal/actions"
)

// Entry is one portal of the operator's list.
type Entry struct {
	ID       string   `json:"id"`        // small letters, digits and hyphens; part of addresses
	Name     string   `json:"name"`      // what people call it
	Base     string   `json:"base"`      // FHIR R4 base address, https
	ClientID string   `json:"client_id"` // that the portal gave this installation, as a public client
	Scopes   string   `json:"scopes"`    // "" asks for the usual ones
	Hosts    []string `json:"hosts"`     // further hosts of the same portal: where people sign in, where attachments lie
	// Everything asks for all records at once, by $everything, where the portal offers
	// it and it works; else they are asked for type by type, as everywhere.
	Everything bool `json:"everything"`
}

// Limits are what one answer may ask of us.
type Limits struct {
	Answer     int64         // bytes of one page
	Attachment int64         // bytes of one attachment
	Time       time.Duration // for one answer
}

// DefaultLimits fit any page of a real portal.
func DefaultLimits() Limits {
	return Limits{Answer: 32 << 20, Attachment: 128 << 20, Time: 90 * time.Second}
}

// Portals is the operator's list, ready to be asked.
type Portals struct {
	order  []string
	byID   map[string]*portal
	client *http.Client
	limits Limits
	now    func() time.Time
}

// portal is one of them, with what it said of itself.
type portal struct {
	Entry
	base  *url.URL
	hosts []string // host with its port

	mu    sync.Mutex
	found endpoints
	at    time.Time
}

var id = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Read reads the operator's list: {"portals": [{...}, ...]}.
func Read(r io.Reader, limits Limits, now func() time.Time) (*Portals, error) {
	var list struct {
		Portals []Entry `json:"portals"`
	}
	d := json.NewDecoder(io.LimitReader(r, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("the list of portals is no JSON as it should be: %w", err)
	}
	ps := &Portals{byID: map[string]*portal{}, limits: limits, now: now, client: client(limits)}
	for i, e := range list.Portals {
		p, err := check(e)
		if err != nil {
			return nil, fmt.Errorf("portal %d of the list: %w", i+1, err)
		}
		if ps.byID[e.ID] != nil {
			return nil, fmt.Errorf("portal %d of the list: the id %q stands there twice", i+1, e.ID)
		}
		ps.byID[e.ID] = p
		ps.order = append(ps.order, e.ID)
	}
	return ps, nil
}

func check(e Entry) (*portal, error) {
	switch {
	case !id.MatchString(e.ID):
		return nil, errors.New(`"id" must be small letters, digits and hyphens, 40 at most`)
	case strings.TrimSpace(e.Name) == "":
		return nil, errors.New(`"name" is missing`)
	case e.ClientID == "":
		return nil, errors.New(`"client_id" is missing: the portal gives it when you register`)
	}
	base, err := url.Parse(strings.TrimSuffix(e.Base, "/"))
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || !safe(base) {
		return nil, errors.New(`"base" must be an https address, without name, query or fragment`)
	}
	p := &portal{Entry: e, base: base, hosts: []string{base.Host}}
	for _, h := range e.Hosts {
		if h == "" || strings.ContainsAny(h, "/@?#*") {
			return nil, fmt.Errorf(`"hosts": %q is no host`, h)
		}
		p.hosts = append(p.hosts, h)
	}
	return p, nil
}

// safe tells whether an address keeps what is said there to itself: https, or this
// very machine.
func safe(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// ours tells whether an address belongs to the portal.
func (p *portal) ours(u *url.URL) bool {
	return u.User == nil && safe(u) && u.Scheme == p.base.Scheme &&
		slices.ContainsFunc(p.hosts, func(h string) bool { return strings.EqualFold(h, u.Host) })
}

// within tells whether an address lies where the portal's records do: records are
// asked of the base's own origin alone, and of no further host.
func (p *portal) within(u *url.URL) bool { return p.ours(u) && strings.EqualFold(u.Host, p.base.Host) }

// List tells which portals there are, in the operator's order.
func (ps *Portals) List() []actions.Portal {
	var all []actions.Portal
	for _, id := range ps.order {
		p := ps.byID[id]
		all = append(all, actions.Portal{ID: id, Name: p.Name, Host: p.base.Host})
	}
	return all
}

// client follows no redirect: where a portal would send us is not where the operator
// said that we may go.
func client(l Limits) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 256 << 10
	t.MaxConnsPerHost = 4
	return &http.Client{Transport: t, Timeout: l.Time, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
