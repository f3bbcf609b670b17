package network

import (
	"bufio"
	"encoding/json"
	"errors"
	"hash/maphash"
	"strings"
)

// The plan's directory. Resources are read one by one, in any order and from any
// number of files; what they refer to is brought together at the end, on disk.

const largestResource = 4 << 20 // bytes of one resource that is read

// What a reference can lead to, in the upper byte of a pair.
const (
	leadsNowhere = iota
	leadsToNPI
	leadsToName // word
	leadsToOrgNPI
	leadsToPlace // row of places
	leadsToAccepting
	leadsSomewhere // it is there: that is all there is to know
)

// Who refers: bits of a reference, above its number among its like.
const (
	slotPractitioner = iota
	slotMember       // the organisation that takes part
	slotOrganization
	slotNetwork
	slotLocation
	slotService
)

var slotNames = [...]string{"practitioner", "participatingOrganization", "organization", "network", "location", "healthcareService"}

// directory is what the plan's directories say, gathered on disk.
type directory struct {
	b      *builder
	defs   *sorter // key, what it is
	refs   *sorter // key, role<<16|slot<<12|number
	roles  *table  // as found; see pending
	places *spill  // rows of placeLen
	wanted map[uint64]bool
	seed   maphash.Seed

	outer, inner []byte // the resource at hand
}

const (
	placeLen  = 6 * 4 // name, address, city, state, ZIP, phone: words
	mostSlots = 1 << 12
	mostPlans = 100_000
)

func newDirectory(b *builder) *directory {
	return &directory{
		b: b, defs: newSorter(b.dir), refs: newGrouper(b.dir), roles: newTable(b.dir), places: newSpill(b.dir),
		wanted: map[uint64]bool{}, seed: maphash.MakeSeed(),
	}
}

func (d *directory) close() {
	d.defs.close()
	d.refs.close()
	d.roles.close()
	d.places.close()
}

// readPlanNet reads one document: a Bundle, a resource, or one of them on each line.
func (b *builder) readPlanNet(doc document) error {
	buffered := bufio.NewReaderSize(doc.r, 4096)
	if head, _ := buffered.Peek(3); string(head) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	in, free, stop := pump(buffered)
	defer stop()
	s := newScanner(in, free, b.issue)
	n := int64(0)
	for ; s.peek() != 0; n++ {
		if s.buf[s.i] == '<' {
			s.broken("XML: ask the plan for its directory as JSON")
		}
		if s.err == nil {
			b.net.top(s)
		}
		if s.err != nil {
			return s.err
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	b.src.Counts.Bytes += s.offset()
	if s.err == nil && n == 0 {
		return errors.New("nothing in it")
	}
	return s.err
}

// top reads one value of a document. A Bundle's entries are read as they come, so that
// it may be of any size.
func (d *directory) top(s *scanner) {
	if s.peek() != '{' {
		s.broken("expected a FHIR resource")
		return
	}
	s.enter('{', "")
	bundle := false
	whole, ok := d.gather(s, d.outer[:0], func() bool {
		if s.peek() != '[' {
			return false
		}
		bundle = true
		s.enter('[', "entry")
		for s.next() {
			d.entry(s)
		}
		return true
	})
	d.outer = whole
	switch {
	case s.err != nil || bundle:
	case !ok:
		s.complain("", "a resource of more than 4 MB: left out")
	default:
		d.resource(s, "", whole)
	}
}

// readFields are those that are read; the rest, such as the narrative, is passed over.
var readFields = map[string]bool{
	"resourceType": true, "id": true, "meta": true, "active": true, "status": true, "period": true, "identifier": true, "name": true,
	"address": true, "telecom": true, "type": true, "extension": true, "practitioner": true, "organization": true, "participatingOrganization": true,
	"network": true, "location": true, "healthcareService": true, "specialty": true,
}

// gather copies the fields of an object that are read, into whole; not ok when they are
// too long. The object was entered.
func (d *directory) gather(s *scanner, whole []byte, entry func() bool) (_ []byte, ok bool) {
	whole, ok = append(whole, '{'), true
	for s.field() {
		if string(s.key) == "entry" && entry() {
			continue
		}
		if !ok || !readFields[string(s.key)] {
			s.skip()
			continue
		}
		if len(whole) > 1 {
			whole = append(whole, ',')
		}
		whole = append(append(append(whole, '"'), s.key...), '"', ':')
		whole, ok = s.raw(whole, largestResource)
	}
	return append(whole, '}'), ok
}

func (d *directory) entry(s *scanner) {
	if !s.enter('{', "") {
		return
	}
	full, any := "", false
	for s.field() {
		switch string(s.key) {
		case "fullUrl":
			t, _ := s.scalar("fullUrl")
			full = string(t[:min(len(t), 2000)])
		case "resource":
			if !s.enter('{', "resource") {
				continue
			}
			d.inner, any = d.gather(s, d.inner[:0], func() bool { return false })
			if !any {
				s.complain("resource", "a resource of more than 4 MB: left out")
			}
		default:
			s.skip()
		}
	}
	if any && s.err == nil {
		d.resource(s, full, d.inner)
	}
}

func (d *directory) resource(s *scanner, full string, raw []byte) {
	var r resource
	if err := json.Unmarshal(raw, &r); err != nil {
		var kind *json.UnmarshalTypeError
		if !errors.As(err, &kind) {
			s.complain("", "not JSON: "+err.Error())
			return
		}
		s.complain(cut(r.Type+"/"+r.ID, 100)+"."+kind.Field, "expected "+kind.Type.String()+", found "+kind.Value)
	}
	d.b.src.Counts.Resources++
	d.date(r.Meta.LastUpdated)
	d.define(full, &r, leadsSomewhere, 0)
	switch r.Type {
	case "Practitioner":
		if n, ok := d.npiOf(s, &r); ok {
			d.define(full, &r, leadsToNPI, n)
		} else {
			d.b.src.Counts.Nameless++
		}
	case "Organization":
		d.organization(s, full, &r)
	case "Location":
		d.location(full, &r)
	case "HealthcareService":
		d.acceptingAt(full, &r)
	case "InsurancePlan":
		d.insurance(&r)
	case "PractitionerRole":
		d.role(s, &r)
	case "OrganizationAffiliation":
		d.role(s, &r)
	case "Bundle":
		s.complain("", "a Bundle inside a Bundle, or one without entries: left out")
	case "":
		s.complain("", "no resourceType: this is no FHIR resource")
	}
}

// date keeps the newest and the oldest day.
func (d *directory) date(when string) {
	if len(when) < 10 {
		return
	}
	day := strings.Clone(when[:10])
	src := d.b.src
	if day > src.Updated {
		src.Updated = day
	}
	if src.Oldest == "" || day < src.Oldest {
		src.Oldest = day
	}
}

// key is a reference's or a resource's address as a number: Type/id for whatever server,
// or a urn as it stands.
func (d *directory) key(address string) uint64 {
	if at := strings.Index(address, "/_history/"); at >= 0 {
		address = address[:at]
	}
	if !strings.HasPrefix(address, "urn:") {
		if last := strings.LastIndexByte(address, '/'); last > 0 {
			if before := strings.LastIndexByte(address[:last], '/'); before >= 0 {
				address = address[before+1:]
			}
		}
	}
	return maphash.String(d.seed, address)
}

func (d *directory) define(full string, r *resource, what, value uint64) {
	if r.ID != "" {
		d.defs.add(d.key(r.Type+"/"+r.ID), what<<56|value)
	}
	if strings.HasPrefix(full, "urn:") || full != "" && r.ID == "" {
		d.defs.add(d.key(full), what<<56|value)
	}
}

// npiOf finds a resource's NPI; one that is none is noted.
func (d *directory) npiOf(s *scanner, r *resource) (uint64, bool) {
	for _, id := range r.Identifier {
		if id.System != npiSystem && id.System != "urn:oid:2.16.840.1.113883.4.6" {
			continue
		}
		if n, ok := wholeOf([]byte(id.Value)); ok && d.b.npi(n) {
			return n, true
		} else if !ok {
			d.b.src.Counts.BadNPI++
		}
		s.complain(cut(r.Type+"/"+r.ID, 100)+".identifier", "not an NPI")
	}
	return 0, false
}

func (d *directory) organization(s *scanner, full string, r *resource) {
	name := textOf(r.Name)
	if name != "" {
		d.define(full, r, leadsToName, uint64(d.b.word([]byte(name))))
	}
	var kinds []concept
	json.Unmarshal(r.Kind, &kinds) // of another shape: no kinds
	for _, k := range kinds {
		for _, c := range k.Coding {
			if c.Code == "ntwk" {
				d.b.src.Names = named(d.b.src.Names, name)
			}
		}
	}
	if d.b.asks(name, r.ID) {
		d.want(d.key("Organization/" + r.ID))
		if full != "" {
			d.want(d.key(full))
		}
	}
	if n, ok := d.npiOf(s, r); ok {
		d.define(full, r, leadsToOrgNPI, n)
	}
}

func (d *directory) want(key uint64) {
	if len(d.wanted) < mostPlans {
		d.wanted[key] = true
	}
}

func (d *directory) location(full string, r *resource) {
	var a struct {
		Line                    []string
		City, State, PostalCode string
	}
	json.Unmarshal(r.Address, &a) // of another shape: no address
	phone := ""
	for _, t := range r.Telecom {
		if t.System == "phone" && phone == "" {
			phone = t.Value
		}
	}
	n := uint64(d.places.len / placeLen)
	for _, t := range []string{textOf(r.Name), strings.Join(a.Line, ", "), a.City, a.State, a.PostalCode, phone} {
		d.places.number(d.b.word([]byte(cut(t, 300))))
	}
	d.define(full, r, leadsToPlace, n)
	d.acceptingAt(full, r)
}

// acceptingAt keeps what a place or a service says of new patients, for the roles that
// do not say it themselves.
func (d *directory) acceptingAt(full string, r *resource) {
	for _, a := range d.accepting(r) {
		d.define(full, r, leadsToAccepting, a.network&(1<<48-1)<<8|uint64(a.value))
	}
}

func (d *directory) insurance(r *resource) {
	name := textOf(r.Name)
	if d.b.src.Plan == "" {
		d.b.src.Plan = cut(name, 200)
	}
	if d.b.asks(name, r.ID) {
		for _, n := range r.Network {
			d.want(d.key(n.Reference))
		}
	}
}
