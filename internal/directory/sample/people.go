package sample

// Purposes of dice: each asks for numbers of its own.
const (
	forKind uint64 = iota + 1
	forPerson
	forPractice
	forHospital
	forClinician
	forVolumes
	forPayments
	forTies
	forLists
	forExclusion
	forBoards
	forGroups
	forHouse
	forGrounds
	forMedicare
)

// number is the NPI of a rank: nine digits that no other rank has, from 100000000 on,
// and the check digit.
func (w *World) number(rank uint32) uint32 {
	const step, all = 61_803_401, 100_000_000 // coprime
	nine := 100_000_000 + (uint64(rank)*step+w.seed%all)%all
	sum, x := uint64(24), nine // 24: what the prefix 80840 adds
	for i := range 9 {
		d := x % 10
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		x /= 10
	}
	return uint32(nine*10 + (10-sum%10)%10)
}

// status is what NPPES knows of an NPI.
type status int

const (
	active status = iota
	deactivated
	reactivated
	abroad
)

// kind says what stands behind a rank.
func (w *World) kind(rank uint32) (organization bool, s status) {
	d := w.dice(rank, forKind)
	organization = d.chance(220)
	switch x := d.under(1000); {
	case x < 35:
		s = deactivated
	case x < 45:
		s = reactivated
	case x == 45:
		s = abroad
	}
	return organization, s
}

// practice is a group of neighbours in one house.
type practice struct {
	id     uint32 // the rank of its first
	size   int
	large  bool // the hospital's own group
	place  *place
	pac    uint64 // of CMS enrolment, ten digits
	street int
	house  int
	road   int
	suite  int
	phone  uint64
	kind   int
	name   int
}

// practice of a rank. One in five belongs to the group of the hospital around; the
// others to groups of neighbours, half of them alone.
func (w *World) practice(rank uint32) practice {
	d := w.dice(rank, forPractice)
	if d.chance(200) {
		return w.furnished(practice{id: hospital(rank) * perHospital, large: true, size: perHospital / 6})
	}
	const block = 32
	start := rank / block * block
	cuts := w.dice(start, forGroups)
	for {
		size := 1
		if cuts.chance(500) {
			size = 2 + cuts.under(10)
		}
		if start+uint32(size) > rank {
			return w.furnished(practice{id: start, size: size})
		}
		start += uint32(size)
	}
}

func (w *World) furnished(p practice) practice {
	purpose := forHouse
	if p.large {
		purpose = forGrounds
	}
	d := w.dice(p.id, purpose)
	p.place = w.place(p.id)
	p.pac = 1_000_000_000 + uint64(p.id)*2
	if p.large {
		p.pac++
	}
	p.street, p.house, p.road, p.suite = w.given.draw(&d)%len(w.streets), 1+d.under(9800), d.under(len(roads)), d.under(900)
	p.phone = uint64(201+d.under(788))*10_000_000 + uint64(200+d.under(799))*10_000 + uint64(d.under(10_000))
	p.kind, p.name = d.under(len(practices)), w.mandelbro.draw(&d)
	return p
}

// called appends the practice's name.
func (w *World) called(buf []byte, p *practice) []byte {
	if p.large {
		buf = append(buf, p.place.city...)
		buf = append(buf, " REGIONAL "...)
		buf = append(buf, w.surnames[p.name]...)
		return append(buf, " MEDICAL CENTER"...)
	}
	buf = append(buf, w.surnames[p.name]...)
	buf = append(buf, ' ')
	return append(buf, practices[p.kind]...)
}

// clinician says whether somebody is in CMS Doctors and Clinicians, from what is
// quickly known.
func (w *World) clinician(rank uint32) bool {
	organization, s := w.kind(rank)
	if organization || s == deactivated || s == abroad {
		return false
	}
	d := w.dice(rank, forPerson)
	if !medicare(w.people.draw(&d)) {
		return false
	}
	d = w.dice(rank, forMedicare)
	return d.chance(700)
}

// person is who stands behind a rank that is no organisation.
type person struct {
	woman               bool
	last, first, middle string
	former, suffix      string
	code                string // primary taxonomy
	credential          string
	taxonomies          [maxTaxonomies]slot
	slots               int
	enumerated, updated day
}

const maxTaxonomies = 6

type slot struct {
	code, state string
	license     int
}

// day is year, month, day.
type day struct{ y, m, d int }

func (d *dice) day(from, to int) day {
	return day{from + d.under(to-from+1), 1 + d.under(12), 1 + d.under(28)}
}

// person behind a rank.
func (w *World) person(rank uint32, home *place) (p person) {
	d := w.dice(rank, forPerson)
	p.code = w.people.draw(&d)
	p.woman = d.chance(560)
	sex := 0
	if p.woman {
		sex = 1
	}
	p.last, p.first = w.surnames[w.mandelbro.draw(&d)], w.firsts[sex][w.given.draw(&d)]
	switch x := d.under(10); {
	case x < 5:
		p.middle = "ABCDEFGHJKLMNPRSTW"[d.under(18):][:1]
	case x < 7:
		p.middle = w.firsts[sex][w.given.draw(&d)]
	}
	if p.woman && d.chance(90) {
		p.former = w.surnames[w.mandelbro.draw(&d)]
	}
	if !p.woman && d.chance(30) {
		p.suffix = [...]string{"JR.", "SR.", "II", "III"}[d.under(4)]
	}
	p.credential = credential(p.code, &d)
	p.slots = 1
	p.taxonomies[0] = slot{p.code, home.state.code, d.under(900_000)}
	// 1.41 a provider: one in five names more, and 12 % name a further state.
	for n := 1; n < maxTaxonomies-1 && d.chance([...]int{0, 155, 420, 340, 300}[n]); n++ {
		p.taxonomies[p.slots] = slot{w.people.draw(&d), home.state.code, d.under(900_000)}
		p.slots++
	}
	if d.chance(158) { // one in eight of all, since organisations name none
		p.taxonomies[p.slots] = slot{p.code, states[d.under(len(states))].code, d.under(900_000)}
		p.slots++
	}
	p.enumerated = d.day(2005, 2025)
	p.updated = d.day(max(2007, p.enumerated.y), 2026)
	if p.updated.y == 2026 && p.updated.m > 10 {
		p.updated.m = 10
	}
	return p
}
