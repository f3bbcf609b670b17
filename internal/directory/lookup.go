package directory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sort"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

var _ expert.Directory = (*Directory)(nil)

// ZIP gives a ZIP's centre and state.
func (d *Directory) ZIP(zip string) (expert.Centre, string, bool) {
	n, ok := zipNumber(zip)
	if !ok || d.zips[n] == 0 {
		return expert.Centre{}, "", false
	}
	p := d.places[d.zips[n]-1]
	return expert.Centre{Lat: p.lat, Lon: p.lon}, stateName(p.state), true
}

// Specialty gives the name of a taxonomy code (NUCC); the name is "" for a code that
// clinicians bear and no list names. ok is false for a code that is in neither.
func (d *Directory) Specialty(code string) (name string, ok bool) {
	n, ok := d.codeOf[code]
	if !ok {
		return "", false
	}
	return d.codeNames[n], true
}

// Data gives the day of each public file.
func (d *Directory) Data() map[string]string { return maps.Clone(d.data) }

// Profile gives everything about one NPI, all volumes too. NotFound when there is none.
func (d *Directory) Profile(ctx context.Context, npi string) (p expert.Profile, err error) {
	defer d.guard(&err)()
	row, ok := -1, false
	if n := npiOf(npi); n > 0 && n < 1<<32 {
		row, ok = d.rowOf(uint32(n))
	}
	if !ok {
		return p, fault.New(fault.NotFound, "directory.npi")
	}
	if p, ok = d.full(row); !ok {
		return p, d.damagedRow(row)
	}
	if p.Volumes, ok = d.volumes(d.row(row).npi(), nil); !ok {
		return p, d.damagedRow(row)
	}
	return p, nil
}

func (f *file) damagedRow(row int) error {
	return fault.New(fault.Damaged, "directory.damaged").With("file", f.path).Because(fmt.Errorf("row %d of the directory cannot be read: build it again with `consilium directory build`", row))
}

// guard turns a fault of memory, as when somebody cut off the file while it is mapped,
// into an error: a directory is never a reason to stop the server.
func (f *file) guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			if _, ok := r.(interface{ Addr() uintptr }); !ok {
				panic(r)
			}
			*err = fault.New(fault.Damaged, "directory.damaged").With("file", f.path).Because(fmt.Errorf("the directory was changed while it was open: %v", r))
		}
	}
}

// rowOf finds the row of an NPI.
func (f *file) rowOf(npi uint32) (int, bool) {
	b := f.parts[partByNPI]
	i := sort.Search(f.n, func(i int) bool { return f.row(int(u32(b, i))).npi() >= npi })
	if i == f.n {
		return 0, false
	}
	row := int(u32(b, i))
	return row, f.row(row).npi() == npi
}

// full is a profile with all but the volumes.
func (f *file) full(row int) (expert.Profile, bool) {
	p, ok := f.profile(row)
	r := f.row(row)
	if !ok || r.flags()&hasSides == 0 {
		return p, ok
	}
	b, ok := f.side(partSideNPIs, partSideAt, partSides, r.npi())
	for rd := (reader{b: b}); ok && len(rd.b) > 0; {
		statement(&rd, f.strings.str, &p)
		ok = !rd.bad
	}
	if p.Practice.Organization == "" && p.Clinician != nil && len(p.Clinician.Groups) > 0 {
		p.Practice.Organization = p.Clinician.Groups[0].Name
	}
	return p, ok
}

// side finds what a part says of an NPI.
func (f *file) side(npis, ends, text int, npi uint32) ([]byte, bool) {
	keys := f.parts[npis]
	i := sort.Search(len(keys)/4, func(i int) bool { return u32(keys, i) >= npi })
	if 4*i >= len(keys) || u32(keys, i) != npi {
		return nil, false
	}
	from := uint64(0)
	if i > 0 {
		from = u64(f.parts[ends], i-1)
	}
	return f.parts[text][from:u64(f.parts[ends], i)], true
}

// volumes reads the volumes of an NPI: those of the procedures alone, or all for nil.
func (f *file) volumes(npi uint32, procs []uint64) ([]expert.Volume, bool) {
	b, ok := f.side(partVolNPIs, partVolAt, partVolumes, npi)
	if !ok {
		return nil, true
	}
	var out []expert.Volume
	r, code := reader{b: b}, uint64(0)
	for len(r.b) > 0 {
		code += r.num()
		v := expert.Volume{Services: int(r.num() & 0xffffffff), Patients: int(r.num() & 0xffffffff)}
		if procs == nil || slices.Contains(procs, code) {
			v.HCPCS = f.procs.str(code)
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b expert.Volume) int { return cmp.Compare(a.HCPCS, b.HCPCS) })
	return out, !r.bad
}

// served adds up the services and patients of some procedures; below 0: no volume is
// known of this NPI.
func (f *file) served(npi uint32, procs []uint64) (services, patients int) {
	b, ok := f.side(partVolNPIs, partVolAt, partVolumes, npi)
	if !ok {
		return -1, -1
	}
	r, code := reader{b: b}, uint64(0)
	for len(r.b) > 0 {
		code += r.num()
		s, p := int(r.num()&0xffffffff), int(r.num()&0xffffffff)
		if slices.Contains(procs, code) {
			services, patients = services+s, patients+p
		}
	}
	return services, patients
}

// opted tells whether somebody has opted out of Medicare on a day; without a day, at
// any time.
func opted(o *expert.OptOut, day string) bool {
	return o != nil && (day == "" || (o.From == "" || o.From <= day) && (o.Until == "" || day <= o.Until))
}

// certified tells whether a certificate is active on a day.
func certified(bs []expert.Board, day string) bool {
	return slices.ContainsFunc(bs, func(b expert.Board) bool {
		return (b.Status == "" || b.Status == "active") && (b.Until == "" || day == "" || day <= b.Until)
	})
}
