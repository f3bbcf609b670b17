package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"consilium/internal/fault"
)

// Network is a network file that was opened and found whole. It never changes, and may
// be asked by many at once.
type Network struct {
	file   []byte
	part   [sections][]byte
	meta   meta
	starts []uint32 // of the NPIs by their upper 16 bits
}

// Open reads a network file into memory. One that is damaged at any byte, or of another
// kind, is a fault of kind Damaged.
func Open(path string) (*Network, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return read(b)
}

func damaged(what string) error {
	return fault.New(fault.Damaged, "fault.damaged").Because(errors.New("network file: " + what))
}

func read(b []byte) (*Network, error) {
	if len(b) < headLen+sections*16+sumLen {
		return nil, damaged("too short")
	}
	if string(b[:8]) != magic {
		return nil, damaged("this is not a network file")
	}
	body, sum := b[:len(b)-sumLen], b[len(b)-sumLen:]
	if sha256.Sum256(body) != [sumLen]byte(sum) {
		return nil, damaged("its checksum is wrong: it was changed or cut off after it was made. Build it again")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return nil, damaged(fmt.Sprintf("it has version %d, this program reads %d. Build it again", v, version))
	}
	n := &Network{file: b}
	if binary.LittleEndian.Uint32(b[12:]) != sections {
		return nil, damaged("another number of sections")
	}
	for k := range n.part {
		from, to := binary.LittleEndian.Uint64(b[headLen+16*k:]), binary.LittleEndian.Uint64(b[headLen+16*k+8:])
		if from > to || to > uint64(len(body)) {
			return nil, damaged("a section outside the file")
		}
		n.part[k] = body[from:to]
	}
	if err := json.Unmarshal(n.part[secMeta], &n.meta); err != nil {
		return nil, damaged("its description: " + err.Error())
	}
	if len(n.part[secNPIs])%4 != 0 || len(n.part[secAccepts]) != n.Len() {
		return nil, damaged("sections that do not belong together")
	}
	n.index()
	return n, nil
}

// index notes where the NPIs with the same upper half begin.
func (n *Network) index() {
	n.starts = make([]uint32, 1<<16+1)
	k := 0
	for high := range n.starts {
		for k < n.Len() && int(n.npi(k)>>16) < high {
			k++
		}
		n.starts[high] = uint32(k)
	}
}

// number reads one of a section; 0 outside it.
func number(part []byte, at int) uint32 {
	if at < 0 || at*4+4 > len(part) {
		return 0
	}
	return binary.LittleEndian.Uint32(part[at*4:])
}

func (n *Network) npi(k int) uint32 { return number(n.part[secNPIs], k) }

func (n *Network) find(npi uint32) (int, bool) {
	from, to := int(n.starts[npi>>16]), int(n.starts[npi>>16+1])
	for from < to {
		mid := int(uint(from+to) >> 1)
		if n.npi(mid) < npi {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from, from < n.Len() && n.npi(from) == npi
}

// Has tells whether an NPI is in the network.
func (n *Network) Has(npi uint32) bool { _, ok := n.find(npi); return ok }

// Len is the number of NPIs.
func (n *Network) Len() int { return len(n.part[secNPIs]) / 4 }

// All gives every NPI, in order.
func (n *Network) All(yield func(npi uint32) bool) {
	for k := range n.Len() {
		if !yield(n.npi(k)) {
			return
		}
	}
}

// Name is what people call the network.
func (n *Network) Name() string { return n.meta.Name }

// Codes are the billing codes whose rates were looked for.
func (n *Network) Codes() []string { return slices.Clone(n.meta.Codes) }

// Sources are the files of which it was made, each with its own date.
func (n *Network) Sources() []Source { return slices.Clone(n.meta.Sources) }

// Dates gives the date of each source, by its file name, as YYYY-MM-DD.
func (n *Network) Dates() map[string]string {
	all := map[string]string{}
	for _, s := range n.meta.Sources {
		all[s.File] = s.Updated
	}
	return all
}

// Accepts says whether an NPI takes new patients, at the most welcoming of their places.
func (n *Network) Accepts(npi uint32) Accepting {
	k, ok := n.find(npi)
	if !ok {
		return AcceptsUnknown
	}
	return min(Accepting(n.part[secAccepts][k]), AcceptsNew)
}

// Bytes is the size of the file, which is also the memory that it takes.
func (n *Network) Bytes() int { return len(n.file) }

// row is one row of a table.
func (n *Network) row(table int, k uint32) []byte {
	from, to := uint64(number(n.part[table+1], int(k))), uint64(number(n.part[table+1], int(k)+1))
	if from > to || to > uint64(len(n.part[table])) {
		return nil
	}
	return n.part[table][from:to]
}

func (n *Network) word(k uint32) string { return string(n.row(secWords, k)) }

func (n *Network) list(k uint32) []string {
	if w := n.word(k); w != "" {
		return strings.Split(w, ",")
	}
	return nil
}

// Rates are what the plan agreed to pay an NPI for a code, or for every code that was
// looked for when code is "". None: the file names no rate, which does not mean that
// nothing is paid.
func (n *Network) Rates(npi uint32, code string) []Rate {
	k, ok := n.find(npi)
	if !ok {
		return nil
	}
	var rates []Rate
	for p := number(n.part[secPostStarts], k); p < number(n.part[secPostStarts], k+1) && int(p)*8+8 <= len(n.part[secPosts]); p++ {
		rates = n.ofList(rates, number(n.part[secPosts], int(p)*2+1), tinText(number(n.part[secPosts], int(p)*2)), code)
	}
	return ordered(rates)
}

// GroupRates are the rates of everybody who bills under a tax number whose clinicians
// the plan's file does not name.
func (n *Network) GroupRates(tin, code string) []Rate {
	want := strings.ReplaceAll(tin, "-", "")
	k, ok := n.findTIN(want)
	if !ok {
		return nil
	}
	var rates []Rate
	for p := number(n.part[secTINStarts], k); p < number(n.part[secTINStarts], k+1) && int(p)*4+4 <= len(n.part[secTINPosts]); p++ {
		rates = n.ofList(rates, number(n.part[secTINPosts], int(p)), want, code)
	}
	for k := range rates {
		rates[k].Whole = true
	}
	return ordered(rates)
}

// HasGroup tells whether everybody who bills under a tax number is in the network.
func (n *Network) HasGroup(tin string) bool {
	_, ok := n.findTIN(strings.ReplaceAll(tin, "-", ""))
	return ok
}

// Groups is the number of such tax numbers.
func (n *Network) Groups() int { return len(n.part[secTINs]) / 4 }

func (n *Network) findTIN(want string) (int, bool) {
	from, to := 0, n.Groups()
	for from < to {
		mid := (from + to) / 2
		if tinText(number(n.part[secTINs], mid)) < want {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from, from < n.Groups() && tinText(number(n.part[secTINs], from)) == want
}

// tinText writes an EIN with nine digits, and an NPI in its place with ten.
func tinText(tin uint32) string {
	if tin == 0 {
		return ""
	}
	return fmt.Sprintf("%09d", tin)
}

func (n *Network) ofList(rates []Rate, list uint32, tin, code string) []Rate {
	row := n.row(secLists, list)
	for k := 0; k+1 < len(row)/4; k += 2 {
		item := n.row(secItems, number(row, k))
		arrangement := n.word(number(item, 0))
		for c := 1; c < len(item)/4; c++ {
			name := n.word(number(item, c))
			if code != "" && !strings.EqualFold(name, code) {
				continue
			}
			set := n.row(secSets, number(row, k+1))
			for p := range len(set) / 4 {
				if r, ok := n.price(number(set, p)); ok {
					r.Code, r.Arrangement, r.TIN = name, arrangement, tin
					rates = append(rates, r)
				}
			}
		}
	}
	return rates
}

func (n *Network) price(k uint32) (Rate, bool) {
	row := n.row(secPrices, k)
	if len(row) != 7*4+8 {
		return Rate{}, false
	}
	r := Rate{
		Kind: n.word(number(row, 0)), Class: n.word(number(row, 1)), Setting: n.word(number(row, 2)), Places: n.list(number(row, 3)),
		Modifiers: n.list(number(row, 4)), Expires: n.word(number(row, 5)), Note: n.word(number(row, 6)),
	}
	amount := int64(binary.LittleEndian.Uint64(row[28:]))
	if r.Kind == "percentage" {
		r.Percent = amount
	} else {
		r.Cents = amount
	}
	return r, true
}

// ordered puts rates by code, arrangement and amount, and drops what is said twice.
func ordered(rates []Rate) []Rate {
	compare := func(x, y Rate) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), -cmp.Compare(x.Arrangement, y.Arrangement), cmp.Compare(x.TIN, y.TIN), cmp.Compare(x.Kind, y.Kind),
			cmp.Compare(x.Cents, y.Cents), cmp.Compare(x.Percent, y.Percent), cmp.Compare(x.Class, y.Class), cmp.Compare(x.Setting, y.Setting),
			slices.Compare(x.Places, y.Places), slices.Compare(x.Modifiers, y.Modifiers), cmp.Compare(x.Expires, y.Expires), cmp.Compare(x.Note, y.Note))
	}
	slices.SortFunc(rates, compare)
	return slices.CompactFunc(rates, func(x, y Rate) bool { return compare(x, y) == 0 })
}
