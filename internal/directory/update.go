package directory

import (
	"fmt"

	"consilium/internal/expert"
)

// From takes over all of an older file. Call it before the first Add: rows added
// afterwards replace those of the same NPI. Of a kind of side that this build is given
// anew, nothing old is kept: a new file of CMS stands for the whole of the old one.
// What public files are called and of which day they are is taken over too, until
// SetData says otherwise, and so are the places of ZIPs when none were given.
func (b *Builder) From(d *Directory) (err error) {
	defer d.guard(&err)()
	if len(b.npis) > 0 {
		return fmt.Errorf("directory: an older file is taken over before the first row")
	}
	for file, date := range d.data {
		b.data[file] = date
	}
	for i, c := range d.codes {
		if n, ok := b.code([10]byte([]byte(c))); ok && b.names[n] == "" {
			b.names[n] = d.codeNames[i]
		}
	}
	if len(b.places) == 0 {
		b.put(d.places)
	}
	for i := range d.n {
		if err := b.again(d, i); err != nil {
			return err
		}
	}
	return b.Err()
}

// again takes over one row and what is said of it.
func (b *Builder) again(d *Directory, i int) error {
	s, ok := readDisplay(d.display(i))
	if !ok {
		return d.damagedRow(i)
	}
	h := d.row(i)
	str := s.strs
	r := Row{
		NPI: h.npi(), Organization: s.organization, Sex: s.sex, Updated: s.updated,
		Last: str[showLast], First: str[showFirst], Middle: str[showMiddle], Suffix: str[showSuffix], Former: str[showFormer], Legal: str[showLegal], Known: str[showKnown],
		Credential: str[showCredential], Line1: str[showLine1], Line2: str[showLine2], City: str[showCity], State: str[showState], ZIP: str[showZIP],
	}
	if h.state() > 0 {
		r.State = []byte(stateName(h.state()))
	}
	if h.zip() < len(d.places) {
		r.ZIP = []byte(digits(uint64(d.places[h.zip()].zip), 5))
	}
	if s.phone > 0 {
		r.Phone = []byte(digits(s.phone-1, 10))
	}
	for _, t := range s.taxonomies {
		if int(t.code) >= len(d.codes) {
			return d.damagedRow(i)
		}
		x := Taxonomy{Code: [10]byte([]byte(d.codes[t.code])), Primary: t.primary}
		copy(x.State[:], stateName(t.state))
		r.Taxonomies = append(r.Taxonomies, x)
	}
	if err := b.Add(r); err != nil {
		return err
	}
	b.old = tagOld
	defer func() { b.old = 0 }()
	if h.flags()&hasVolumes != 0 {
		vs, ok := d.volumes(h.npi(), nil)
		if !ok {
			return d.damagedRow(i)
		}
		for _, v := range vs {
			b.Volume(h.npi(), v)
		}
	}
	if h.flags()&hasSides == 0 {
		return nil
	}
	var p expert.Profile
	said, ok := d.side(partSideNPIs, partSideAt, partSides, h.npi())
	for rd := (reader{b: said}); ok && len(rd.b) > 0; {
		statement(&rd, d.strings.str, &p)
		ok = !rd.bad
	}
	if !ok {
		return d.damagedRow(i)
	}
	b.said(h.npi(), &p)
	return nil
}

// said gives everything in a profile that other files said as if they said it again.
func (b *Builder) said(npi uint32, p *expert.Profile) {
	if p.Clinician != nil {
		b.Clinician(npi, *p.Clinician)
	}
	for _, h := range p.Hospitals {
		b.Hospital(npi, h)
	}
	for _, g := range p.Reassigns {
		b.Reassign(npi, g)
	}
	if p.OptOut != nil {
		b.OptOut(npi, *p.OptOut)
	}
	if p.Exclusion != nil {
		b.Exclude(npi, *p.Exclusion)
	}
	for _, y := range p.Payments {
		b.Payment(npi, y)
	}
	for _, s := range p.Shared {
		b.sharedOld(npi, s, uint32(npiOf(s.NPI)))
	}
	for _, c := range p.Boards {
		b.Board(npi, c)
	}
}
