package directory

import (
	"encoding/binary"
	"hash/maphash"
)

// interner gives each different string a number, in the order in which they come. It
// holds them in one piece, so that millions are nothing to the garbage collector.
type interner struct {
	seed  maphash.Seed
	table []uint32 // number+1; 0 is free
	ends  []uint32
	bytes []byte
}

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), table: make([]uint32, 1<<10)}
}

func (n *interner) len() int { return len(n.ends) }

// at gives a string by its number.
func (n *interner) at(id uint32) []byte {
	from := uint32(0)
	if id > 0 {
		from = n.ends[id-1]
	}
	return n.bytes[from:n.ends[id]]
}

// put gives the number of a string.
func (n *interner) put(s []byte) uint32 {
	if len(n.ends)*2 >= len(n.table) {
		n.grow()
	}
	mask := uint64(len(n.table) - 1)
	for i := maphash.Bytes(n.seed, s) & mask; ; i = (i + 1) & mask {
		switch id := n.table[i]; {
		case id == 0:
			n.bytes = append(n.bytes, s...)
			n.ends = append(n.ends, uint32(len(n.bytes)))
			n.table[i] = uint32(len(n.ends))
			return uint32(len(n.ends) - 1)
		case string(n.at(id-1)) == string(s):
			return id - 1
		}
	}
}

func (n *interner) grow() {
	n.table = make([]uint32, len(n.table)*4)
	mask := uint64(len(n.table) - 1)
	for id := range n.ends {
		i := maphash.Bytes(n.seed, n.at(uint32(id))) & mask
		for n.table[i] != 0 {
			i = (i + 1) & mask
		}
		n.table[i] = uint32(id + 1)
	}
}

// encode gives the strings as a part of the file: count, ends, bytes.
func (n *interner) encode() []byte {
	out := make([]byte, 4+4*len(n.ends), 4+4*len(n.ends)+len(n.bytes))
	binary.LittleEndian.PutUint32(out, uint32(len(n.ends)))
	for i, e := range n.ends {
		binary.LittleEndian.PutUint32(out[4+4*i:], e)
	}
	return append(out, n.bytes...)
}

// words is a list of strings in a file, as encode writes it.
type words struct {
	n    int
	ends []byte
	text []byte
}

// readWords checks a list and gives it; ok is false when its numbers are wrong.
func readWords(b []byte) (words, bool) {
	if len(b) < 4 {
		return words{}, false
	}
	n := int(binary.LittleEndian.Uint32(b))
	if n < 0 || n > (len(b)-4)/4 {
		return words{}, false
	}
	w := words{n: n, ends: b[4 : 4+4*n], text: b[4+4*n:]}
	last := uint32(0)
	for i := range n {
		e := u32(w.ends, i)
		if e < last || int64(e) > int64(len(w.text)) {
			return words{}, false
		}
		last = e
	}
	return w, int64(last) == int64(len(w.text))
}

func (w words) at(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = u32(w.ends, i-1)
	}
	return w.text[from:u32(w.ends, i)]
}

// str gives a string by number, and "" for a number that there is not.
func (w words) str(i uint64) string {
	if i >= uint64(w.n) {
		return ""
	}
	return string(w.at(int(i)))
}

func u16(b []byte, i int) uint16 { return binary.LittleEndian.Uint16(b[2*i:]) }
func u32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }
func u64(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
