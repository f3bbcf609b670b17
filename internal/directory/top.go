package directory

import (
	"cmp"
	"slices"
)

// hit is a row among the best.
type hit struct {
	chord float64
	score int
	npi   uint32
	row   uint32
	match int8
}

// top keeps the best so many: a heap with the worst of them in front.
type top struct {
	most       int
	byDistance bool
	heap       []hit
}

// order is below 0 when a stands before b: best fit first, then nearest, then by NPI.
// By distance all scores are the same.
func order(a, b *hit) int {
	return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.chord, b.chord), cmp.Compare(a.npi, b.npi))
}

func (t *top) full() bool { return len(t.heap) >= t.most }

// put takes in one, and tells whether it is among the best so far.
func (t *top) put(h hit) bool {
	switch {
	case t.most == 0:
		return false
	case len(t.heap) < t.most:
		t.heap = append(t.heap, h)
		for i := len(t.heap) - 1; i > 0; {
			up := (i - 1) / 2
			if order(&t.heap[up], &t.heap[i]) >= 0 {
				break
			}
			t.heap[up], t.heap[i] = t.heap[i], t.heap[up]
			i = up
		}
	case order(&h, &t.heap[0]) < 0:
		t.heap[0] = h
		for i := 0; ; {
			worst := i
			for _, down := range [...]int{2*i + 1, 2*i + 2} {
				if down < len(t.heap) && order(&t.heap[down], &t.heap[worst]) > 0 {
					worst = down
				}
			}
			if worst == i {
				break
			}
			t.heap[i], t.heap[worst] = t.heap[worst], t.heap[i]
			i = worst
		}
	default:
		return false
	}
	return true
}

// sorted gives them, best first.
func (t *top) sorted() []hit {
	slices.SortFunc(t.heap, func(a, b hit) int { return order(&a, &b) })
	return t.heap
}
