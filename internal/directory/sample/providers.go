package sample

import (
	"bytes"
	"strconv"
)

// header is the first line of NPPES since 2024: 330 columns.
func header() []byte {
	var names []string
	add := func(more ...string) { names = append(names, more...) }
	add("NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)", "Provider Organization Name (Legal Business Name)",
		"Provider Last Name (Legal Name)", "Provider First Name", "Provider Middle Name", "Provider Name Prefix Text", "Provider Name Suffix Text", "Provider Credential Text",
		"Provider Other Organization Name", "Provider Other Organization Name Type Code", "Provider Other Last Name", "Provider Other First Name", "Provider Other Middle Name",
		"Provider Other Name Prefix Text", "Provider Other Name Suffix Text", "Provider Other Credential Text", "Provider Other Last Name Type Code")
	for _, x := range []string{"Mailing", "Practice Location"} {
		for _, line := range []string{"First", "Second"} {
			add("Provider " + line + " Line Business " + x + " Address")
		}
		for _, part := range []string{"City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)", "Telephone Number", "Fax Number"} {
			add("Provider Business " + x + " Address " + part)
		}
	}
	add("Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date", "NPI Reactivation Date", "Provider Sex Code",
		"Authorized Official Last Name", "Authorized Official First Name", "Authorized Official Middle Name", "Authorized Official Title or Position", "Authorized Official Telephone Number")
	for i := 1; i <= 15; i++ {
		n := "_" + strconv.Itoa(i)
		add("Healthcare Provider Taxonomy Code"+n, "Provider License Number"+n, "Provider License Number State Code"+n, "Healthcare Provider Primary Taxonomy Switch"+n)
	}
	for i := 1; i <= 50; i++ {
		n := "_" + strconv.Itoa(i)
		add("Other Provider Identifier"+n, "Other Provider Identifier Type Code"+n, "Other Provider Identifier State"+n, "Other Provider Identifier Issuer"+n)
	}
	add("Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN",
		"Authorized Official Name Prefix Text", "Authorized Official Name Suffix Text", "Authorized Official Credential Text")
	for i := 1; i <= 15; i++ {
		add("Healthcare Provider Taxonomy Group_" + strconv.Itoa(i))
	}
	add("Certification Date")
	var b bytes.Buffer
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `"`)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// columns of NPPES.
const columns = 330

// line is a row of quoted columns being written.
type line struct {
	buf []byte
	at  int // columns written
}

var empties = bytes.Repeat([]byte(`"",`), columns)

// skip writes empty columns.
func (l *line) skip(n int) { l.buf = append(l.buf, empties[:3*n]...); l.at += n }

func (l *line) text(s string) {
	l.buf = append(l.buf, '"')
	l.buf = append(l.buf, s...)
	l.buf = append(l.buf, '"', ',')
	l.at++
}

func (l *line) open()   { l.buf = append(l.buf, '"') }
func (l *line) closed() { l.buf = append(l.buf, '"', ','); l.at++ }

func (l *line) number(n uint64) {
	l.open()
	l.buf = strconv.AppendUint(l.buf, n, 10)
	l.closed()
}

// date is MM/DD/YYYY.
func (l *line) date(d day) {
	l.open()
	l.buf = usDate(l.buf, d)
	l.closed()
}

func usDate(buf []byte, d day) []byte {
	buf = padded(buf, uint64(d.m), 2)
	buf = append(buf, '/')
	buf = padded(buf, uint64(d.d), 2)
	buf = append(buf, '/')
	return padded(buf, uint64(d.y), 4)
}

// end fills the row up and closes it.
func (l *line) end() {
	l.skip(columns - l.at)
	l.buf[len(l.buf)-1] = '\n'
	l.at = 0
}

func (w *World) writeProviders(x *writer) {
	x.buf = append(x.buf, header()...)
	w.each(x, func(rank uint32) {
		l := line{buf: x.buf}
		w.provider(&l, rank)
		x.buf = l.buf
	})
}

// provider writes one row.
func (w *World) provider(l *line, rank uint32) {
	organization, status := w.kind(rank)
	l.number(uint64(w.number(rank)))
	if status == deactivated {
		d := w.dice(rank, forLists)
		l.skip(38)
		l.date(d.day(2008, 2025))
		l.end()
		return
	}
	home := w.practice(rank)
	if organization {
		w.organization(l, rank, status, &home)
	} else {
		w.individual(l, rank, status, &home)
	}
	l.end()
}

func (w *World) individual(l *line, rank uint32, status status, home *practice) {
	p := w.person(rank, home.place)
	l.text("1")
	l.skip(3)
	l.text(p.last)
	l.text(p.first)
	l.text(p.middle)
	l.skip(1)
	l.text(p.suffix)
	l.text(p.credential)
	l.skip(2)
	l.text(p.former)
	l.skip(5)
	if p.former == "" {
		l.skip(1)
	} else {
		l.text("1")
	}
	w.addresses(l, rank, status, home)
	l.date(p.enumerated)
	l.date(p.updated)
	l.skip(1)
	reactivation(l, status, p.enumerated)
	if p.woman {
		l.text("F")
	} else {
		l.text("M")
	}
	l.skip(5)
	for i, s := range p.taxonomies[:p.slots] {
		l.slot(s, i == 0)
	}
	l.skip(4 * (15 - p.slots))
	l.skip(200)
	l.text("N")
	l.skip(columns - 1 - l.at)
	l.date(p.updated)
}

func (l *line) slot(s slot, primary bool) {
	l.text(s.code)
	l.open()
	l.buf = padded(l.buf, uint64(s.license), 6)
	l.closed()
	l.text(s.state)
	if primary {
		l.text("Y")
	} else {
		l.text("N")
	}
}

func reactivation(l *line, s status, enumerated day) {
	if s != reactivated {
		l.skip(2)
		return
	}
	l.date(day{enumerated.y, 12, 28})
	l.date(day{enumerated.y + 1, 1, 5})
}

func (w *World) organization(l *line, rank uint32, status status, home *practice) {
	d := w.dice(rank, forPerson)
	code := w.bodies.draw(&d)
	l.text("2")
	l.skip(1)
	l.text("<UNAVAIL>")
	l.open()
	l.buf = w.called(l.buf, home)
	l.closed()
	l.skip(6)
	if d.chance(250) {
		l.text(w.surnames[w.mandelbro.draw(&d)] + " HEALTH")
		l.text("3")
	} else {
		l.skip(2)
	}
	l.skip(7)
	w.addresses(l, rank, status, home)
	from := d.day(2005, 2025)
	l.date(from)
	l.date(d.day(from.y+1, 2026).before())
	l.skip(1)
	reactivation(l, status, from)
	l.skip(1)
	l.text(w.surnames[w.mandelbro.draw(&d)])
	l.text(w.firsts[0][w.given.draw(&d)])
	l.skip(1)
	l.text("PRESIDENT")
	l.number(home.phone)
	slots := 1
	l.slot(slot{code, home.place.state.code, d.under(900_000)}, true)
	for slots < 4 && d.chance(260) {
		l.slot(slot{w.bodies.draw(&d), home.place.state.code, d.under(900_000)}, false)
		slots++
	}
	l.skip(4 * (15 - slots))
	l.skip(201)
	l.text("N")
}

// before keeps a day within the time of the file.
func (d day) before() day {
	if d.y == 2026 && d.m > 10 {
		d.m = 10
	}
	return d
}

// addresses writes the mailing address and that of the practice.
func (w *World) addresses(l *line, rank uint32, status status, p *practice) {
	for i := range 2 {
		l.open()
		l.buf = w.street(l.buf, p)
		l.closed()
		if p.suite < 350 {
			l.open()
			l.buf = append(l.buf, "STE "...)
			l.buf = strconv.AppendUint(l.buf, uint64(100+p.suite), 10)
			l.closed()
		} else {
			l.skip(1)
		}
		if status == abroad && i == 1 {
			l.text("TORONTO")
			l.text("ONTARIO")
			l.text("M5G1X8")
			l.text("CA")
		} else {
			l.text(p.place.city)
			l.text(p.place.state.code)
			l.open()
			l.buf = append(l.buf, p.place.zip...)
			if rank%14 != 0 {
				l.buf = padded(l.buf, uint64(1000+p.house%9000), 4)
			}
			l.closed()
			l.text("US")
		}
		l.number(p.phone)
		l.skip(1)
	}
}

// street appends line 1 of the practice's address.
func (w *World) street(buf []byte, p *practice) []byte {
	buf = strconv.AppendUint(buf, uint64(p.house), 10)
	buf = append(buf, ' ')
	buf = append(buf, w.streets[p.street]...)
	buf = append(buf, ' ')
	return append(buf, roads[p.road]...)
}
