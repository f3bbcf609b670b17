package network

import "slices"

// join brings together who is in a group and which entries are for it. Both were
// written to disk as they came, since either may come first and be gigabytes.
func (r *rateReader) join() error {
	members, err := r.members.sorted()
	if err != nil {
		return err
	}
	uses, err := r.uses.sorted()
	if err != nil {
		return err
	}
	members.step()
	uses.step()
	var entries []uint32
	missing := int64(0)
	for members.ok || uses.ok {
		group := members.now.a
		if !members.ok || uses.ok && uses.now.a < group {
			group = uses.now.a
		}
		entries = entries[:0]
		for ; uses.ok && uses.now.a == group; uses.step() {
			if r.entries[uses.now.b].item != noItem {
				entries = append(entries, uint32(uses.now.b))
			}
		}
		if !members.ok || members.now.a != group {
			if len(entries) > 0 && group < inlineGroup {
				missing++
			}
			continue
		}
		list := r.listOf(entries)
		for ; members.ok && members.now.a == group; members.step() {
			if members.now.b != elsewhere {
				r.b.posts.add(members.now.b, uint64(list))
			}
		}
	}
	if members.err != nil {
		return members.err
	}
	if uses.err != nil {
		return uses.err
	}
	if missing > 0 {
		r.b.src.Counts.Missing += missing
		r.complain("in_network", "rates for provider references that are not in the file: nobody gets them")
	}
	return r.b.failed()
}

// listOf gives the number of the list of what these entries pay.
func (r *rateReader) listOf(entries []uint32) uint32 {
	pairs := make([]entry, 0, len(entries))
	for _, e := range entries {
		pairs = append(pairs, r.entries[e])
	}
	slices.SortFunc(pairs, func(x, y entry) int {
		if x.item != y.item {
			return int(int64(x.item) - int64(y.item))
		}
		return int(int64(x.set) - int64(y.set))
	})
	r.row = r.row[:0]
	for _, p := range slices.Compact(pairs) {
		r.row = numbers(r.row, p.item, p.set)
	}
	return r.b.lists.add(r.row)
}
