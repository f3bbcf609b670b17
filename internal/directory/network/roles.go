package network

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// pending is a role as it was found, its references not yet followed.
type pending struct {
	Source      int         `json:"s"`
	ID          string      `json:"i"`
	Updated     string      `json:"u,omitempty"`
	Specialties []string    `json:"c,omitempty"`
	Accepts     [][2]uint64 `json:"a,omitempty"` // value, network
	Networks    []uint64    `json:"n,omitempty"` // keys
	Named       []string    `json:"t,omitempty"` // what the references call the networks
	NPI         uint64      `json:"p,omitempty"` // said by the reference itself
}

// asks tells whether a network was asked for by its name or id. With none asked for,
// none has to be looked for.
func (b *builder) asks(name, id string) bool {
	for _, o := range b.plan.Only {
		if strings.EqualFold(o, name) || o == id && id != "" {
			return true
		}
	}
	return false
}

// role reads a PractitionerRole or an OrganizationAffiliation.
func (d *directory) role(s *scanner, r *resource) {
	if r.Active != nil && !*r.Active || d.b.plan.On != "" && len(r.Period.End) >= 10 && r.Period.End[:10] < d.b.plan.On {
		return // no longer so
	}
	p := pending{Source: len(d.b.report.Sources) - 1, ID: cut(r.Type+"/"+r.ID, 100)}
	if len(r.Meta.LastUpdated) >= 10 {
		p.Updated = r.Meta.LastUpdated[:10]
	}
	for _, a := range d.accepting(r) {
		p.Accepts = append(p.Accepts, [2]uint64{uint64(a.value), a.network})
	}
	for _, c := range r.Specialty {
		for _, k := range c.Coding {
			if k.System == nuccSystem && len(k.Code) == 10 && len(p.Specialties) < 50 && !slices.Contains(p.Specialties, k.Code) {
				p.Specialties = append(p.Specialties, k.Code)
			}
		}
	}
	n := uint64(d.roles.rows)
	refer := func(slot uint64, number int, to *reference) {
		if number < mostSlots && to.Reference != "" {
			d.refs.add(d.key(to.Reference), n<<16|slot<<12|uint64(number))
		}
	}
	subject, slot := r.Practitioner, uint64(slotPractitioner)
	if r.Type == "OrganizationAffiliation" {
		subject, slot = r.Participant, slotMember
	}
	switch {
	case subject == nil || subject.Reference == "" && subject.Identifier == nil:
		s.complain(p.ID, "names no "+slotNames[slot]+": left out")
		return
	case subject.Reference != "":
		refer(slot, 0, subject)
	case subject.Identifier.System == npiSystem:
		if npi, ok := wholeOf([]byte(subject.Identifier.Value)); ok && d.b.npi(npi) {
			p.NPI = npi
		}
	}
	if org := r.Organization; org != nil && slot == slotPractitioner { // of an affiliation it is the one taken part in
		refer(slotOrganization, 0, org)
	}
	for k := range r.Location {
		refer(slotLocation, k, &r.Location[k])
	}
	for k := range r.Service {
		refer(slotService, k, &r.Service[k])
	}
	d.networks(r, &p, refer)
	row, err := json.Marshal(p)
	if err != nil {
		s.complain(p.ID, "cannot be kept")
		return
	}
	d.b.src.Counts.Roles++
	d.roles.push(row)
}

func (d *directory) networks(r *resource, p *pending, refer func(uint64, int, *reference)) {
	add := func(to *reference) {
		if to.Reference == "" || len(p.Networks) >= 1000 {
			return
		}
		refer(slotNetwork, len(p.Networks), to)
		p.Networks = append(p.Networks, d.key(to.Reference))
		name := to.Display
		if name == "" {
			name = to.Reference[strings.LastIndexByte(to.Reference, '/')+1:]
		}
		if d.b.asks(name, to.Reference[strings.LastIndexByte(to.Reference, '/')+1:]) {
			d.want(d.key(to.Reference))
		}
		p.Named = append(p.Named, cut(name, 300))
	}
	for k := range r.Network {
		add(&r.Network[k])
	}
	for _, e := range r.Extension {
		if strings.HasSuffix(e.URL, definitions+"network-reference") && e.Reference != nil {
			add(e.Reference)
		}
	}
}

// found is what a role's references led to.
type found struct {
	npis     []uint64
	org      uint32
	networks map[int]uint32
	places   []uint64
	accepts  []accepting
}

// join follows every reference, and hands each role over under its NPIs.
func (d *directory) join() error {
	led := newSorter(d.b.dir)
	defer led.close()
	if err := d.follow(led); err != nil {
		return err
	}
	leads, err := led.sorted()
	if err != nil {
		return err
	}
	leads.step()
	rows, err := d.roles.reader()
	if err != nil {
		return err
	}
	if d.places.flush(); d.places.err != nil {
		return d.places.err
	}
	for n := uint64(0); n < uint64(d.roles.rows); n++ {
		row, err := rows.next()
		if err != nil {
			return err
		}
		var p pending
		if err := json.Unmarshal(row, &p); err != nil {
			return err
		}
		f := found{networks: map[int]uint32{}}
		d.b.src = &d.b.report.Sources[p.Source]
		for ; leads.ok && leads.now.a>>16 == n; leads.step() {
			d.take(&f, &p, leads.now)
		}
		if p.NPI != 0 {
			f.npis = append(f.npis, p.NPI)
		}
		if err := d.settle(&p, &f); err != nil {
			return err
		}
	}
	return leads.err
}

// follow brings references and what they lead to together.
func (d *directory) follow(led *sorter) error {
	defs, err := d.defs.sorted()
	if err != nil {
		return err
	}
	refs, err := d.refs.sorted()
	if err != nil {
		return err
	}
	defs.step()
	var here []uint64
	last := uint64(0)
	for first := true; refs.step(); first = false {
		if first || refs.now.a != last {
			last, here = refs.now.a, here[:0]
			for defs.ok && defs.now.a < last {
				defs.step()
			}
			for ; defs.ok && defs.now.a == last; defs.step() {
				if len(here) < 1000 { // of one address: more is a mistake
					here = append(here, defs.now.b)
				}
			}
			if len(here) == 0 {
				here = append(here, leadsNowhere)
			}
		}
		for _, what := range here {
			led.add(refs.now.b, what)
		}
	}
	if defs.err != nil {
		return defs.err
	}
	return refs.err
}

func (d *directory) take(f *found, p *pending, lead pair) {
	slot, number := int(lead.a>>12&0xf), int(lead.a&0xfff)
	what, value := lead.b>>56, lead.b&(1<<56-1)
	switch {
	case what == leadsNowhere:
		d.b.src.Counts.Missing++
		d.b.issue(fmt.Sprintf("%s.%s[%d]", p.ID, slotNames[slot], number), "refers to what is in none of the files", 0)
	case slot == slotPractitioner && what == leadsToNPI, slot == slotMember && what == leadsToOrgNPI:
		f.npis = append(f.npis, value)
	case (slot == slotOrganization || slot == slotMember) && what == leadsToName:
		f.org = uint32(value)
	case slot == slotNetwork && what == leadsToName:
		f.networks[number] = uint32(value)
	case slot == slotLocation && what == leadsToPlace:
		f.places = append(f.places, value)
	case what == leadsToAccepting && (slot == slotLocation || slot == slotService):
		f.accepts = append(f.accepts, accepting{Accepting(value & 0xff), value >> 8})
	}
}

// settle writes a role down for each of its places, if it is in a network asked for.
func (d *directory) settle(p *pending, f *found) error {
	in := map[uint64]bool{} // lower 48 bits of the keys of the networks that count
	var names []uint32
	for k, key := range p.Networks {
		if len(d.b.plan.Only) > 0 && !d.wanted[key] {
			continue
		}
		in[key&(1<<48-1)] = true
		if name, ok := f.networks[k]; ok {
			names = append(names, name)
		} else {
			names = append(names, d.b.word([]byte(p.Named[k])))
		}
	}
	if len(d.b.plan.Only) > 0 && len(names) == 0 || len(f.npis) == 0 {
		return nil
	}
	if len(p.Networks) == 0 {
		d.b.issue(p.ID, "names no network: counted, since the directory is the plan's", 0)
	}
	accepts := acceptsIn(p, f, in)
	places := f.places
	if len(places) == 0 {
		places = []uint64{1 << 55}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, at := range slices.Compact(places) {
		row := numbers(nil, f.org)
		if at == 1<<55 {
			row = append(row, make([]byte, placeLen)...)
		} else {
			var place [placeLen]byte
			if _, err := d.places.f.ReadAt(place[:], int64(at)*placeLen); err != nil && err != io.EOF {
				return err
			}
			row = append(row, place[:]...)
		}
		row = numbers(row, d.b.word([]byte(p.Updated)), d.b.word([]byte(strings.Join(p.Specialties, ","))), uint32(accepts))
		row = numbers(row, names...)
		n := d.b.roles.add(row)
		for _, npi := range f.npis {
			d.b.work.add(npi<<8|uint64(accepts), uint64(n))
		}
	}
	return nil
}

// acceptsIn takes the role's own word before that of its places and services, and only
// what is said of no network or of one that counts.
func acceptsIn(p *pending, f *found, in map[uint64]bool) Accepting {
	best := AcceptsUnknown
	for _, a := range p.Accepts {
		if a[1] == 0 || in[a[1]] {
			best = max(best, Accepting(a[0]))
		}
	}
	if best != AcceptsUnknown {
		return best
	}
	for _, a := range f.accepts {
		if a.network == 0 || in[a.network] {
			best = max(best, a.value)
		}
	}
	return best
}

// Roles are the places where an NPI works for the network.
func (n *Network) Roles(npi uint32) []Role {
	k, ok := n.find(npi)
	if !ok {
		return nil
	}
	var roles []Role
	for p := number(n.part[secRoleStarts], k); p < number(n.part[secRoleStarts], k+1) && int(p)*4+4 <= len(n.part[secRolePosts]); p++ {
		row := n.row(secRoles, number(n.part[secRolePosts], int(p)))
		if len(row) < 10*4 {
			continue
		}
		word := func(at int) string { return n.word(number(row, at)) }
		r := Role{
			Organization: word(0), Place: word(1), Address: word(2), City: word(3), State: word(4), ZIP: word(5), Phone: word(6),
			Updated: word(7), Specialties: n.list(number(row, 8)), Accepts: min(Accepting(binary.LittleEndian.Uint32(row[36:])), AcceptsNew),
		}
		r.Accepting = r.Accepts.String()
		for at := 10; at < len(row)/4; at++ {
			r.Networks = append(r.Networks, word(at))
		}
		roles = append(roles, r)
	}
	return roles
}
