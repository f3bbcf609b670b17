package actions

import (
	"bytes"
	"context"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// PullPortalJob is the kind of the job that fetches from a portal; its subject is
// the portal's id.
const PullPortalJob = "pull_portal"

// How much one job fetches before it hands on to the next, so that a stop costs
// little and other jobs have their turn; how many pages one type may have; and how often in a row a busy portal is asked again
// before the type counts as missing.
const (
	pagesAtOnce = 40
	pullAtOnce  = 2 * time.Minute
	mostPages   = 5000
	mostTries   = 8
)

// memory is what a pull remembers beside its document.
type memory struct {
	Seen   map[string]string  `json:"seen"`             // "Observation/123": the sum of what it says
	Points []string           `json:"points,omitempty"` // records that others point to, to be asked for
	Attach []PortalAttachment `json:"attach,omitempty"` // documents that records point to, to be fetched
	Lost   []PortalAttachment `json:"lost,omitempty"`   // those that could not be had: tried again next time
	Open   map[string]string  `json:"open,omitempty"`   // of the type that is being fetched: not safe yet
	Pages  int                `json:"pages,omitempty"`  // of that type
	Sent   int64              `json:"sent,omitempty"`   // bytes of its upload
}

// PullPortal begins to fetch everything that a portal has of the patient. One that
// runs already goes on.
func (h *House) PullPortal(ctx context.Context, who casefile.Person, c *casefile.Case, portal string) error {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return err
	}
	if _, err := h.portal(portal); err != nil {
		return err
	}
	conn, _, err := casefile.Read[records.Connection](c, records.ConnectionRef(portal))
	if err != nil {
		return err
	}
	if conn.State != records.PortalConnected {
		return fault.New(fault.Invalid, "records.portal.fault.signed_out")
	}
	had, version, err := casefile.Read[records.Pull](c, records.PullRef(portal))
	if err != nil || version > 0 && had.Ended == "" {
		return err
	}
	return h.Cases.Apply(ctx, casefile.Change{
		Case: c.ID, By: who, At: h.Now(), Verb: "pull_portal",
		Drafts: []casefile.Draft{{Ref: records.PullRef(portal), From: version, Body: records.Pull{Started: h.Now().UTC().Format(time.RFC3339), Memory: had.Memory}}},
		Jobs:   []casefile.Job{{Kind: PullPortalJob, Subject: portal}},
	})
}

// DoPullPortal is one turn of a pull, for the job. It acts for the person who asked
// for the pull, whose right to do so is asked again each time.
func (h *House) DoPullPortal(ctx context.Context, w Work) error {
	c, err := h.Cases.Case(ctx, w.Case)
	if fault.Is(err, fault.NotFound) {
		return nil // erased in the meantime
	}
	if err != nil {
		return err
	}
	t := &pulling{h: h, portal: w.Subject, c: c, begun: h.Now()}
	d, ok := c.Document(records.PullRef(w.Subject))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	t.who = d.By
	if t.pull, t.version, err = casefile.Read[records.Pull](c, d.Ref); err != nil || t.pull.Ended != "" {
		return err
	}
	if err := h.fromAside(ctx, c, t.pull.Memory, &t.memory); err != nil {
		return err
	}
	if t.memory.Seen == nil {
		t.memory.Seen = map[string]string{}
	}
	return t.turn(ctx)
}

// pulling is one turn of a pull.
type pulling struct {
	h       *House
	portal  string
	name    string // the portal's, for the files
	c       *casefile.Case
	who     casefile.Person
	begun   time.Time
	pull    records.Pull
	version casefile.Version
	memory  memory
	token   PortalToken
	pages   int // in this turn
}

// turn fetches until it is time to hand on.
func (t *pulling) turn(ctx context.Context) error {
	if why := t.ready(ctx); why != "" {
		return t.stop(ctx, why)
	}
	if len(t.pull.Types) == 0 {
		offered, err := t.offers(ctx)
		if done, err := t.setBack(ctx, err); done || err != nil {
			return err
		}
		// What could not be had last time is asked for again.
		t.memory.Attach, t.memory.Lost = append(t.memory.Lost, t.memory.Attach...), nil
		for _, k := range append(offered, records.Attachments) {
			t.pull.Types = append(t.pull.Types, records.Pulled{Type: k, State: records.PullWaiting})
		}
	}
	for {
		i := t.pull.Waiting()
		if i < 0 {
			return t.stop(ctx, "")
		}
		if t.pages >= pagesAtOnce || t.h.Now().Sub(t.begun) > pullAtOnce {
			return t.save(ctx, t.h.Now())
		}
		t.pages++
		one := &t.pull.Types[i]
		var err error
		if one.Type == records.Attachments {
			err = t.attachment(ctx, one)
		} else {
			err = t.page(ctx, one)
		}
		if done, err := t.setBack(ctx, err); done || err != nil {
			return err
		}
	}
}

// ready loads the token; a word tells why the pull cannot go on.
func (t *pulling) ready(ctx context.Context) string {
	p, err := t.h.portal(t.portal)
	if err != nil {
		return "unlisted"
	}
	t.name = p.Name
	if t.h.mayAdd(ctx, t.who, t.c) != nil {
		return "not_allowed"
	}
	conn, _, err := casefile.Read[records.Connection](t.c, records.ConnectionRef(t.portal))
	if err != nil || conn.State != records.PortalConnected {
		return "signed_out"
	}
	secret, err := t.h.portalSecret(ctx, t.c, conn.Secret)
	if err != nil || secret.Token.Access == "" {
		return "signed_out"
	}
	t.token = secret.Token
	return ""
}

func (t *pulling) offers(ctx context.Context) (all []string, err error) {
	err = t.signedIn(ctx, func() (err error) {
		all, err = t.h.Portals.Offers(ctx, t.portal, t.token)
		return err
	})
	return all, err
}

// signedIn asks the portal something, with a token that is renewed when it is over.
func (t *pulling) signedIn(ctx context.Context, ask func() error) error {
	renewed := false
	if !t.token.Until.IsZero() && t.token.Refresh != "" && !t.h.Now().Add(time.Minute).Before(t.token.Until) {
		if err := t.renew(ctx); err != nil {
			return err
		}
		renewed = true
	}
	err := ask()
	if !fault.Is(err, fault.Unauthenticated) || renewed {
		return err
	}
	if err := t.renew(ctx); err != nil {
		return err
	}
	return ask()
}

// renew gets a new token and keeps it before it is used: many portals take the old
// leave back with the first use.
func (t *pulling) renew(ctx context.Context) error {
	fresh, err := t.h.Portals.Renew(ctx, t.portal, t.token)
	if err != nil {
		return err
	}
	c, err := t.h.Cases.Case(ctx, t.c.ID)
	if err != nil {
		return err
	}
	conn, version, err := casefile.Read[records.Connection](c, records.ConnectionRef(t.portal))
	if err != nil {
		return err
	}
	if conn.State != records.PortalConnected {
		_ = t.h.Portals.Revoke(ctx, t.portal, fresh) // forgotten at this very moment
		return fault.New(fault.Unauthenticated, "records.portal.fault.signed_out")
	}
	if err := t.h.keepConnection(ctx, t.who, c, "renew_portal", conn, version, portalSecret{Token: fresh}, connected(t.portal, fresh)); err != nil {
		return err
	}
	t.token = fresh
	return nil
}

// page fetches one page of a type and stores what is new of it.
func (t *pulling) page(ctx context.Context, one *records.Pulled) error {
	at := t.pull.Next
	if at == "" {
		at = t.pointed(one.Type)
		t.memory.Open, t.memory.Pages, t.memory.Sent = map[string]string{}, 0, 0
		one.Found, one.New = 0, 0
	}
	if t.memory.Pages++; t.memory.Pages > mostPages {
		return fault.New(fault.TooLarge, "records.portal.fault.too_large")
	}
	var page PortalPage
	err := t.signedIn(ctx, func() (err error) {
		page, err = t.h.Portals.Page(ctx, t.portal, t.token, one.Type, at)
		return err
	})
	if err != nil {
		return err
	}
	if err := t.take(ctx, one, page); err != nil {
		return err
	}
	t.pull.Tries = 0
	if t.pull.Next = page.Next; page.Next != "" {
		return nil
	}
	return t.typeDone(ctx, one, records.PullHere, "")
}

// pointed is where a type begins that is asked for one by one.
func (t *pulling) pointed(kind string) string {
	var all []string
	for _, p := range t.memory.Points {
		if _, had := t.memory.Seen[p]; !had && strings.HasPrefix(p, kind+"/") {
			all = append(all, p)
		}
	}
	return strings.Join(all, "\n")
}

// take stores the resources of a page that were not had before.
func (t *pulling) take(ctx context.Context, one *records.Pulled, page PortalPage) error {
	var lines bytes.Buffer
	for _, r := range page.Resources {
		key := r.Type + "/" + r.ID
		for _, p := range r.Points {
			if !slices.Contains(t.memory.Points, p) {
				t.memory.Points = append(t.memory.Points, p)
			}
		}
		if _, twice := t.memory.Open[key]; twice {
			continue
		}
		one.Found++
		t.memory.Open[key] = r.Sum
		if t.memory.Seen[key] == r.Sum {
			continue
		}
		one.New++
		lines.Write(r.JSON)
		lines.WriteByte('\n')
		t.memory.Attach = append(t.memory.Attach, r.Attachments...)
	}
	one.Lost += page.Lost
	if lines.Len() == 0 {
		return nil
	}
	if t.pull.Upload == "" {
		u, err := t.h.StartUpload(ctx, t.who, t.c, t.file(one.Type+".ndjson"), -1)
		if err != nil {
			return err
		}
		t.pull.Upload = u.ID
	}
	u, err := t.h.AppendUpload(ctx, t.who, t.c, t.pull.Upload, t.memory.Sent, &lines)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		// A turn was cut off after it stored more than it wrote down. The type begins
		// again, from its first page.
		return t.again(ctx, one)
	}
	t.memory.Sent = u.Received
	return err
}

// errAgain begins a type again.
var errAgain = fault.New(fault.Conflict, "fault.conflict")

func (t *pulling) again(ctx context.Context, one *records.Pulled) error {
	t.dropUpload(ctx)
	one.Found, one.New, one.Lost = 0, 0, 0
	return errAgain
}

// dropUpload gives up what came of a type that is not whole.
func (t *pulling) dropUpload(ctx context.Context) {
	if t.pull.Upload != "" {
		_ = t.h.DropUpload(ctx, t.who, t.c, t.pull.Upload)
	}
	t.pull.Upload, t.pull.Next, t.memory.Open, t.memory.Sent = "", "", nil, 0
}

// typeDone makes what came of a type a record of the case and goes on to the next.
// What came before a type broke off is kept as well: it is the patient's.
func (t *pulling) typeDone(ctx context.Context, one *records.Pulled, state records.PullState, why string) error {
	if t.pull.Upload != "" {
		if _, err := t.h.FinishUpload(ctx, t.who, t.c, t.pull.Upload); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for k, sum := range t.memory.Open {
		t.memory.Seen[k] = sum
	}
	t.pull.Upload, t.pull.Next, t.memory.Open, t.memory.Sent = "", "", nil, 0
	one.State, one.Why = state, why
	return t.write(ctx, nil)
}

// attachment fetches one document that a record points to.
func (t *pulling) attachment(ctx context.Context, one *records.Pulled) error {
	if len(t.memory.Attach) == 0 {
		state, why := records.PullHere, ""
		if one.Lost > 0 {
			state, why = records.PullMissing, "refused"
		}
		return t.typeDone(ctx, one, state, why)
	}
	a := t.memory.Attach[0]
	var b []byte
	var kind string
	err := t.signedIn(ctx, func() (err error) {
		b, kind, err = t.h.Portals.Attachment(ctx, t.portal, t.token, a)
		return err
	})
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.Refused, fault.TooLarge:
		t.memory.Attach, t.memory.Lost = t.memory.Attach[1:], append(t.memory.Lost, a)
		one.Lost++
		return nil
	}
	if err != nil {
		return err
	}
	u, err := t.h.StartUpload(ctx, t.who, t.c, t.file(attachmentName(a, kind, b)), int64(len(b)))
	if err != nil {
		return err
	}
	if u, err = t.h.AppendUpload(ctx, t.who, t.c, u.ID, 0, bytes.NewReader(b)); err != nil {
		return err
	}
	if _, err = t.h.FinishUpload(ctx, t.who, t.c, u.ID); err != nil {
		return err
	}
	t.memory.Attach = t.memory.Attach[1:]
	one.Found++
	one.New++
	t.pull.Tries = 0
	return nil
}

// file names a file of this pull: the portal, the day, and what is in it.
func (t *pulling) file(base string) string {
	started, _, _ := strings.Cut(t.pull.Started, "T")
	return strings.ReplaceAll(t.name, "/", "-") + "/" + started + "/" + base
}

// attachmentName calls a document what its record calls it, with an ending that
// tells what kind of file it is.
func attachmentName(a PortalAttachment, kind string, b []byte) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.TrimSpace(a.Name))
	if name == "" {
		name = "document-" + hashed(a.URL)[:8]
	}
	known := map[string]string{
		"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/rtf": ".rtf", "application/rtf": ".rtf",
		"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "application/dicom": ".dcm", "application/xml": ".xml", "text/xml": ".xml",
	}
	kind, _, _ = mime.ParseMediaType(kind)
	if ending := known[kind]; ending != "" && path.Ext(name) != ending {
		name += ending
	}
	return name
}

// setBack deals with what stood in the way of a question. done says that this turn
// is over.
func (t *pulling) setBack(ctx context.Context, err error) (done bool, _ error) {
	if err == nil || err == errAgain {
		return false, nil
	}
	switch k := fault.KindOf(err); k {
	case fault.Unauthenticated:
		return true, t.stop(ctx, "signed_out")
	case fault.TooMany:
		return t.wait(ctx, err)
	case fault.Invalid, fault.Forbidden, fault.NotFound:
		return t.miss(ctx, "refused")
	case fault.Refused:
		return t.miss(ctx, "broken")
	case fault.TooLarge:
		return t.miss(ctx, "too_large")
	}
	return true, err // ours: the queue tries again
}

// wait puts the pull off for as long as the portal says, longer each time; a portal
// that never has time for a type has lost that type.
func (t *pulling) wait(ctx context.Context, err error) (bool, error) {
	t.pull.Tries++
	if t.pull.Tries > mostTries {
		t.pull.Tries = 0
		return t.miss(ctx, "busy")
	}
	seconds := 30
	if all := fault.All(err); len(all) > 0 {
		if n, err := strconv.Atoi(all[0].Vars["seconds"]); err == nil {
			seconds = n
		}
	}
	wait := max(time.Duration(seconds)*time.Second, time.Second<<min(t.pull.Tries-1, 10))
	return true, t.save(ctx, t.h.Now().Add(wait))
}

// miss says that a type, or what is left of it, could not be had, and goes on.
func (t *pulling) miss(ctx context.Context, why string) (bool, error) {
	i := t.pull.Waiting()
	if i < 0 {
		return true, t.stop(ctx, "refused") // not even what there is could be asked
	}
	if err := t.typeDone(ctx, &t.pull.Types[i], records.PullMissing, why); err != nil {
		return true, err
	}
	return false, nil
}

// stop ends the pull. Types that are not done are missing, for the same reason.
func (t *pulling) stop(ctx context.Context, why string) error {
	for i := t.pull.Waiting(); i >= 0; i = t.pull.Waiting() {
		if t.pull.Upload != "" && why == "not_allowed" {
			t.dropUpload(ctx)
		}
		one := &t.pull.Types[i]
		one.State, one.Why = records.PullMissing, why
		if t.pull.Upload != "" {
			if err := t.typeDone(ctx, one, records.PullMissing, why); err != nil {
				return err
			}
		}
	}
	t.pull.Stopped, t.pull.Ended = why, t.h.Now().UTC().Format(time.RFC3339)
	if why == "signed_out" {
		if err := t.endConnection(ctx); err != nil {
			return err
		}
	}
	return t.write(ctx, nil)
}

// endConnection writes down that the person must sign in again.
func (t *pulling) endConnection(ctx context.Context) error {
	c, err := t.h.Cases.Case(ctx, t.c.ID)
	if err != nil {
		return err
	}
	conn, version, err := casefile.Read[records.Connection](c, records.ConnectionRef(t.portal))
	if err != nil || conn.State != records.PortalConnected {
		return err
	}
	return t.h.keepConnection(ctx, t.who, c, "ended_by_portal", conn, version, portalSecret{}, records.Connection{Portal: t.portal, State: records.PortalEnded})
}

// save writes down how far the pull has come and hands on to the next turn.
func (t *pulling) save(ctx context.Context, after time.Time) error {
	return t.write(ctx, []casefile.Job{{Kind: PullPortalJob, Subject: t.portal, After: after}})
}

// write saves the pull and its memory. The memory before it goes once nothing refers
// to it.
func (t *pulling) write(ctx context.Context, jobs []casefile.Job) error {
	had := t.pull.Memory
	part, err := t.h.aside(ctx, t.c, t.memory)
	if err != nil {
		return err
	}
	t.pull.Memory = &part
	err = t.h.Cases.Apply(ctx, casefile.Change{
		Case: t.c.ID, By: t.who, At: t.h.Now(), Verb: "pulled_portal", Jobs: jobs,
		Drafts: []casefile.Draft{{Ref: records.PullRef(t.portal), From: t.version, Body: t.pull}},
	})
	if err != nil {
		_ = t.h.Vault.Remove(ctx, []casefile.Part{part})
		t.pull.Memory = had
		return err
	}
	t.version++
	if had != nil {
		_ = t.h.Vault.Remove(ctx, []casefile.Part{*had})
	}
	return nil
}
