package expert

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/contract"
)

// Limits are the numbers by which a tie counts (facts.md 7.1). They come from the
// rules, topic expert_fit.
type Limits struct {
	HospitalPercent int   // same_hospital: the share of common hospitals (Jaccard) at which it warns
	SharedPatients  int   // shared_patients: this many and more warn
	SharedDays      int   // in at most this many days
	GraduatedWithin int   // same_school: years between two graduations
	MakerCents      int64 // same_maker: both were paid at least this by one maker
}

// Compared says what two profiles both have, so that it could be compared. What one
// of them lacks was not compared, and silence is no proof.
type Compared uint8

// What can be compared. An address alone says that two do not share an office, and not
// that they are no colleagues.
const (
	ComparedGroup        Compared = 1 << iota // practice groups of CMS, by PAC ID: enrolment or reassignment
	ComparedOrganization                      // names of the practice
	ComparedAddress                           // practice address
	ComparedHospital                          // hospitals
)

// Names lists what was compared: group, organization, address, hospital.
func (c Compared) Names() []string {
	out := []string{}
	for i, name := range []string{"group", "organization", "address", "hospital"} {
		if c&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// LevelOf sums up: a stop makes them not independent, a warning asks for caution, weak
// signs alone change nothing. Without a sign they are independent only when more than
// their addresses could be compared.
func LevelOf(signals []Signal, compared Compared) Level {
	level := Unknown
	if compared&^ComparedAddress != 0 {
		level = Independent
	}
	for _, s := range signals {
		switch s.Strength {
		case Stop:
			return NotIndependent
		case Warn:
			level = Caution
		}
	}
	return level
}

// Between is Ties, ComparedIn and LevelOf in one.
func Between(first, other Profile, l Limits) Standing {
	signals, compared := Ties(first, other, l), ComparedIn(first, other)
	return Standing{Level: LevelOf(signals, compared), Signals: signals, Compared: compared.Names()}
}

// ComparedIn tells what could be compared between two.
func ComparedIn(first, other Profile) Compared {
	var c Compared
	if len(first.groupIDs()) > 0 && len(other.groupIDs()) > 0 {
		c |= ComparedGroup
	}
	if len(first.organizations()) > 0 && len(other.organizations()) > 0 {
		c |= ComparedOrganization
	}
	if first.address() != "" && other.address() != "" {
		c |= ComparedAddress
	}
	if len(first.facilities()) > 0 && len(other.facilities()) > 0 {
		c |= ComparedHospital
	}
	return c
}

// Ties compares the first doctor with another clinician by what the public files say
// of both, and gives every sign of closeness (facts.md 7.1), strongest first. What is
// missing from a file is no sign. The evidence is the bare fact that both share; Tell
// makes a sentence of it. Which of the two is the first makes no difference, but for
// the order in which years and amounts are named.
func Ties(first, other Profile, l Limits) []Signal {
	out := []Signal{}
	add := func(s ...Signal) { out = append(out, s...) }
	if first.NPI != "" && first.NPI == other.NPI {
		add(Signal{Signal: "same_person", Strength: Stop, Evidence: other.NPI, Seen: map[string]string{"npi": other.NPI}})
	}
	together := sameGroups(first, other)
	add(together...)
	if len(together) == 0 {
		add(sameOrganization(first, other)...)
	}
	add(sameAddress(first, other)...)
	add(sameHospital(first, other, l)...)
	add(sharedPatients(first, other, l)...)
	add(sameSchool(first, other, l)...)
	add(sameMaker(first, other, l)...)
	rank := map[Strength]int{Stop: 0, Warn: 1, Weak: 2}
	slices.SortStableFunc(out, func(a, b Signal) int { return cmp.Compare(rank[a.Strength], rank[b.Strength]) })
	return out
}

// groupIDs are the practice groups by PAC ID, with their names.
func (p Profile) groupIDs() map[string]string {
	out := map[string]string{}
	put := func(gs []Group) {
		for _, g := range gs {
			if id := strings.TrimLeft(strings.TrimSpace(g.ID), "0"); id != "" && out[id] == "" {
				out[id] = cmp.Or(strings.TrimSpace(g.Name), "PAC ID "+id)
			}
		}
	}
	put(p.enrolled())
	put(p.Reassigns)
	return out
}

func (p Profile) enrolled() []Group {
	if p.Clinician == nil {
		return nil
	}
	return p.Clinician.Groups
}

// sameGroups finds practice groups of CMS that both belong to. Where both are enrolled
// with it, they are colleagues; where one only lets it bill for him, it must be asked.
func sameGroups(first, other Profile) []Signal {
	enrolled := func(p Profile) map[string]string {
		p.Reassigns = nil
		return p.groupIDs()
	}
	a, b := enrolled(first), enrolled(other)
	close, bills := both(a, b), []string{}
	all, theirs := first.groupIDs(), other.groupIDs()
	for _, id := range both(all, theirs) {
		if !slices.Contains(close, id) {
			bills = append(bills, id)
		}
	}
	var out []Signal
	say := func(signal string, s Strength, ids []string) {
		if len(ids) == 0 {
			return
		}
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = theirs[id]
		}
		list := strings.Join(names, "; ")
		out = append(out, Signal{Signal: signal, Strength: s, Evidence: list, Seen: map[string]string{"group": list}})
	}
	say("same_group", Stop, close)
	say("same_reassignment", Warn, bills)
	return out
}

// both lists the keys that two sets share, in order.
func both[V any](a, b map[string]V) []string {
	out := []string{}
	for k := range a {
		if _, ok := b[k]; ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// organizations are the names of the practice by their keys.
func (p Profile) organizations() map[string]string {
	out := map[string]string{}
	names := []string{p.Practice.Organization, p.Name.Organization, p.Name.Known}
	for _, g := range append(slices.Clone(p.enrolled()), p.Reassigns...) {
		names = append(names, g.Name)
	}
	for _, n := range names {
		if key := OrganizationKey(n, p.Practice.State); key != "" && out[key] == "" {
			out[key] = strings.TrimSpace(n)
		}
	}
	return out
}

func sameOrganization(first, other Profile) []Signal {
	mine, theirs := first.organizations(), other.organizations()
	var names []string
	for _, key := range both(mine, theirs) {
		names = append(names, theirs[key])
	}
	if len(names) == 0 {
		return nil
	}
	list := strings.Join(names, "; ")
	return []Signal{{Signal: "same_organization", Strength: Warn, Evidence: list, Seen: map[string]string{"organization": list}}}
}

func (p Profile) address() string { return AddressKey(p.Practice.Line1, p.Practice.ZIP) }

func sameAddress(first, other Profile) []Signal {
	if a := first.address(); a == "" || a != other.address() {
		return nil
	}
	at := other.Practice.Line1 + ", " + other.Practice.ZIP[:5]
	return []Signal{{Signal: "same_address", Strength: Warn, Evidence: at, Seen: map[string]string{"address": at}}}
}

// facilities are the hospitals and other facilities by CMS certification number.
func (p Profile) facilities() map[string]string {
	out := map[string]string{}
	for _, h := range p.Hospitals {
		if ccn := strings.ToUpper(strings.TrimSpace(h.CCN)); ccn != "" && out[ccn] == "" {
			out[ccn] = cmp.Or(strings.TrimSpace(h.Name), "CCN "+ccn)
		}
	}
	return out
}

// sameHospital weighs the hospitals of both by Jaccard: those in common among all of
// both. Below the limit a common hospital is only worth knowing.
func sameHospital(first, other Profile, l Limits) []Signal {
	mine, theirs := first.facilities(), other.facilities()
	common := both(mine, theirs)
	if len(common) == 0 {
		return nil
	}
	all := len(mine) + len(theirs) - len(common)
	s := Signal{Signal: "same_hospital", Strength: Weak, Seen: map[string]string{
		"common": strconv.Itoa(len(common)), "all": strconv.Itoa(all), "percent": strconv.Itoa(100 * len(common) / all),
	}}
	if 100*len(common) >= l.HospitalPercent*all {
		s.Strength = Warn
	}
	if all == 1 {
		s.Seen["only"] = "yes" // each has but this one
	}
	names := make([]string, len(common))
	for i, ccn := range common {
		names[i] = cmp.Or(theirs[ccn], mine[ccn])
	}
	s.Evidence = strings.Join(names, "; ")
	s.Seen["hospitals"] = s.Evidence
	return []Signal{s}
}

// sharedPatients reads the edges of both, for a file may keep a tie with only one.
func sharedPatients(first, other Profile, l Limits) []Signal {
	var best *Shared
	look := func(of, with Profile) {
		for i, e := range of.Shared {
			many := e.Patients >= l.SharedPatients && e.Days <= l.SharedDays
			if with.NPI != "" && e.NPI == with.NPI && (many || e.Top) && (best == nil || e.Patients > best.Patients) {
				best = &of.Shared[i]
			}
		}
	}
	look(first, other)
	look(other, first)
	if best == nil || first.NPI == other.NPI {
		return nil
	}
	s := Signal{Signal: "shared_patients", Strength: Warn, Evidence: strconv.Itoa(best.Patients), Seen: map[string]string{"patients": strconv.Itoa(best.Patients)}}
	if best.Days > 0 {
		s.Seen["days"] = strconv.Itoa(best.Days)
		s.Evidence += " / " + s.Seen["days"] + " d"
	}
	return []Signal{s}
}

// sameSchool finds those who may have studied together. The file writes OTHER for every
// school that is not in its list.
func sameSchool(first, other Profile, l Limits) []Signal {
	a, b := first.Clinician, other.Clinician
	if a == nil || b == nil || a.Graduated == 0 || b.Graduated == 0 || first.NPI != "" && first.NPI == other.NPI {
		return nil
	}
	school := plain(a.School)
	if school == "" || school == "other" || school != plain(b.School) || max(a.Graduated-b.Graduated, b.Graduated-a.Graduated) > l.GraduatedWithin {
		return nil
	}
	years := []string{strconv.Itoa(a.Graduated), strconv.Itoa(b.Graduated)}
	return []Signal{{
		Signal: "same_school", Strength: Weak, Evidence: strings.TrimSpace(b.School) + ", " + years[0] + " / " + years[1],
		Seen: map[string]string{"school": strings.TrimSpace(b.School), "first_year": years[0], "other_year": years[1]},
	}}
}

// mostMakers is how many makers are named: the largest say enough.
const mostMakers = 3

// sameMaker shows who is paid by the same maker of drugs or devices, with amounts: what
// it means for this question only the person and the doctor can tell. A meal or two is
// left out by the limit; owning a part of the maker never is.
func sameMaker(first, other Profile, l Limits) []Signal {
	if first.NPI != "" && first.NPI == other.NPI {
		return nil
	}
	type pair struct{ a, b Payment }
	var pairs []pair
	for _, a := range first.Payments {
		for _, b := range other.Payments {
			counts := a.Cents >= l.MakerCents && b.Cents >= l.MakerCents || a.Ownership || b.Ownership
			if key := plain(a.Maker); key != "" && key == plain(b.Maker) && counts {
				pairs = append(pairs, pair{a, b})
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int {
		return cmp.Or(-cmp.Compare(x.a.Cents+x.b.Cents, y.a.Cents+y.b.Cents), cmp.Compare(plain(x.a.Maker), plain(y.a.Maker)))
	})
	var out []Signal
	for _, p := range pairs[:min(len(pairs), mostMakers)] {
		amounts := []string{dollars(p.a.Cents), dollars(p.b.Cents)}
		out = append(out, Signal{
			Signal: "same_maker", Strength: Weak, Evidence: p.b.Maker + ": " + amounts[0] + " / " + amounts[1],
			Seen: map[string]string{"maker": p.b.Maker, "first_amount": amounts[0], "other_amount": amounts[1]},
		})
	}
	return out
}

// dollars writes cents as people in the US read them: $1,736.00.
func dollars(cents int64) string {
	whole, rest, _ := strings.Cut(contract.Money(cents).String(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return "$" + whole + "." + rest
}
