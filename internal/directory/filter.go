package directory

import (
	"slices"

	"consilium/internal/expert"
)

// filter decides row by row.
type filter struct {
	open     bool // everybody passes
	states   uint64
	licensed uint64
	must     uint16
	not      uint16
	without  rowSet
	// Independence: what is tied to the first doctor was compared one by one; for the
	// rest the level hangs on what the files have of them.
	tied    rowSet // tied, and may be shown
	barred  rowSet // tied, and may not
	untied  [16]bool
	weighed bool
}

// prepare makes the filter of a query. possible is false when nobody can pass.
func (f *filter) prepare(s *search) (possible bool, err error) {
	q := s.q
	for _, st := range q.States {
		if n := stateNumber(st); n > 0 {
			f.states |= 1 << n
		}
	}
	if len(q.States) > 0 && f.states == 0 {
		return false, nil
	}
	if q.Licensed != "" {
		n := stateNumber(q.Licensed)
		if n == 0 {
			return false, nil
		}
		f.licensed = 1 << n
	}
	if q.Telehealth {
		f.must |= hasTelehealth
	}
	if q.Certified {
		f.must |= hasBoards
	}
	if q.Kind != expert.Anybody && q.Kind != expert.Organizations {
		f.not = isOrganization
	}
	if q.Kind == expert.Organizations {
		f.must |= isOrganization
	}
	f.not |= isExcluded
	for _, npi := range q.Without {
		if n := npiOf(npi); n > 0 && n < 1<<32 {
			if row, ok := s.rowOf(uint32(n)); ok {
				f.without.add(uint32(row))
			}
		}
	}
	if err := f.weigh(s); err != nil {
		return false, err
	}
	// Those who are excluded are in no posting, and the postings of persons and of
	// organisations are apart: only a walk through all rows sees them together.
	f.open = f.states == 0 && f.licensed == 0 && !q.Telehealth && !q.Certified && !q.Medicare && q.Members == nil && f.without.n == 0 && !f.weighed && len(s.names) == 0 && len(s.lists) > 0
	return true, nil
}

func (f *filter) passes(s *search, row uint32) bool {
	r := s.row(int(row))
	flags := r.flags()
	if flags&f.not != 0 || flags&f.must != f.must {
		return false
	}
	if f.states != 0 && f.states>>r.state()&1 == 0 {
		return false
	}
	if f.licensed != 0 && r.licences()&f.licensed == 0 {
		return false
	}
	if len(s.names) > 0 && !s.named(r) {
		return false
	}
	if f.without.n > 0 && f.without.has(row) {
		return false
	}
	if f.weighed {
		if f.barred.has(row) {
			return false
		}
		if !f.untied[r.had()&15] && !f.tied.has(row) {
			return false
		}
	}
	if s.q.Members != nil && !s.q.Members.Has(r.npi()) {
		return false
	}
	if s.q.Certified || s.q.Medicare && flags&hasOptOut != 0 {
		return f.allowed(s, row)
	}
	return true
}

// allowed asks the profile: whether a certificate is in force, and an opt-out is not.
func (f *filter) allowed(s *search, row uint32) bool {
	p, ok := s.full(int(row))
	return ok && (!s.q.Certified || certified(p.Boards, s.q.Day)) && (!s.q.Medicare || !opted(p.OptOut, s.q.Day))
}

// weigh compares everybody who shares anything with the first doctor.
func (f *filter) weigh(s *search) error {
	first := s.q.First
	if first == nil {
		return nil
	}
	f.weighed = true
	keep := func(l expert.Level) bool {
		if len(s.q.Levels) == 0 {
			return l != expert.NotIndependent
		}
		return slices.Contains(s.q.Levels, l)
	}
	mine := expert.ComparedIn(*first, *first)
	for had := range f.untied {
		f.untied[had] = keep(expert.LevelOf(nil, mine&expert.Compared(had)))
	}
	rows, err := s.close(first)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if flags := s.row(int(row)).flags(); flags&f.not != 0 || flags&f.must != f.must {
			continue // not looked for anyway
		}
		p, ok := s.full(int(row))
		if !ok {
			return s.damagedRow(int(row))
		}
		signals := expert.Ties(*first, p, s.q.Limits)
		level := expert.LevelOf(signals, expert.ComparedIn(*first, p))
		if keep(level) && !stopped(signals) {
			f.tied.add(row)
		} else {
			f.barred.add(row)
		}
	}
	return nil
}

// stopped tells whether somebody is the first doctor, or of the same group: no level
// brings those back.
func stopped(signals []expert.Signal) bool {
	return slices.ContainsFunc(signals, func(s expert.Signal) bool {
		return s.Strength == expert.Stop && (s.Signal == "same_person" || s.Signal == "same_group")
	})
}

// rowSet is a small set of rows that is asked for every candidate.
type rowSet struct {
	table []uint32 // row+1
	n     int
}

func (s *rowSet) add(row uint32) {
	if 2*s.n >= len(s.table) {
		old := s.table
		s.table, s.n = make([]uint32, max(16, 4*len(old))), 0
		for _, r := range old {
			if r != 0 {
				s.add(r - 1)
			}
		}
	}
	if i := s.find(row); s.table[i] == 0 {
		s.table[i] = row + 1
		s.n++
	}
}

// find gives the place of a row, or the free place where it would stand.
func (s *rowSet) find(row uint32) int {
	mask := uint32(len(s.table) - 1)
	for i := row * 2654435769 >> 7 & mask; ; i = (i + 1) & mask {
		if s.table[i] == 0 || s.table[i] == row+1 {
			return int(i)
		}
	}
}

func (s *rowSet) has(row uint32) bool { return s.n > 0 && s.table[s.find(row)] != 0 }
