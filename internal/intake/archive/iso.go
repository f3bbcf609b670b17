package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"iter"
	"strings"
	"unicode/utf16"

	"consilium/internal/clinical"
)

// Where a disc image says what it is: ECMA-119 6.2.1 and 8.
const (
	sector      = 2048
	descriptors = 16 * sector // the first volume descriptor
	markAt      = descriptors + 1
	maxVolumes  = 64
	moreFolders = 32 // what is followed
)

// IsDisc tells whether a file is the image of a disc; head is how it begins, 34 kB or
// more of it.
func IsDisc(head []byte) bool {
	return len(head) >= markAt+5 && (string(head[markAt:markAt+5]) == "CD001" || string(head[markAt:markAt+5]) == "BEA01")
}

// disc is a disc image that is being listed.
type disc struct {
	in     io.ReaderAt
	size   int64
	block  int64
	joliet bool
	lim    Limits
	loaded int64 // bytes of folders
	seen   map[int64]bool
	bad    string // the first thing that was wrong with a folder
}

// ReadDisc lists the files of an ISO 9660 image as children. Their long names
// (Joliet) are used where the disc has them.
func ReadDisc(ctx context.Context, in io.ReaderAt, size int64, lim Limits, open Opener) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileISO}
	say := func(s clinical.Severity, key string) { out.Issues = append(out.Issues, issue(s, key, "")) }
	if open.Depth >= lim.MaxDepth {
		say(clinical.Error, "too_deep")
		return out
	}
	d := &disc{in: in, size: size, lim: lim, seen: map[int64]bool{}}
	root, title, key := d.volume()
	if key != "" {
		say(clinical.Error, key)
		return out
	}
	out.Title = title
	// The files of a sound disc do not overlap, so they are never more than the disc.
	lim.MaxTotal = size
	listed(ctx, &out, d.files(root), lim, open)
	if d.bad != "" {
		say(clinical.Error, d.bad)
	}
	return out
}

// extent is a run of bytes of the disc.
type extent struct{ at, size int64 }

// volume finds the root folder, and the disc's own name.
func (d *disc) volume() (root extent, title, bad string) {
	buf := make([]byte, sector)
	found := false
	for i := range int64(maxVolumes) {
		if n, _ := d.in.ReadAt(buf, descriptors+i*sector); n < sector {
			break
		}
		mark := string(buf[1:6])
		if mark != "CD001" {
			break
		}
		if buf[0] == 255 {
			break
		}
		escape := string(buf[88:91])
		long := buf[0] == 2 && (escape == "%/@" || escape == "%/C" || escape == "%/E")
		if buf[0] != 1 && !long || found && !long {
			continue
		}
		block := int64(binary.LittleEndian.Uint16(buf[128:]))
		if block != 512 && block != 1024 && block != 2048 {
			continue
		}
		record := buf[156:190]
		if record[0] < 34 {
			continue
		}
		d.block, d.joliet, found = block, long, true
		root = extent{int64(binary.LittleEndian.Uint32(record[2:])) * block, int64(binary.LittleEndian.Uint32(record[10:]))}
		if title == "" {
			title = strings.TrimSpace(d.name(buf[40:72]))
		}
	}
	switch {
	case !found && d.isUDF():
		return root, "", "udf"
	case !found:
		return root, "", "disc_damaged"
	}
	return root, shown(title), ""
}

// isUDF tells whether the disc is written in the newer way that this reader lacks.
func (d *disc) isUDF() bool {
	buf := make([]byte, 8*sector)
	n, _ := d.in.ReadAt(buf, descriptors)
	return bytes.Contains(buf[:n], []byte("NSR0"))
}

func (d *disc) name(b []byte) string {
	if !d.joliet {
		return strings.ToValidUTF8(strings.TrimRight(string(b), " \x00"), "?")
	}
	letters := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		letters = append(letters, binary.BigEndian.Uint16(b[i:]))
	}
	return strings.TrimRight(string(utf16.Decode(letters)), " \x00")
}

// files goes through the folders, each in its own order.
func (d *disc) files(root extent) iter.Seq[member] {
	return func(yield func(member) bool) { d.folder(root, "", 0, yield) }
}

func (d *disc) folder(e extent, prefix string, depth int, yield func(member) bool) bool {
	switch {
	case depth > moreFolders || d.seen[e.at]:
		d.bad = "disc_loop"
		return true
	case e.at < 0 || e.at+e.size > d.size:
		d.bad = "disc_cut"
		return true
	case d.loaded+e.size > d.lim.MaxDirectory:
		d.bad = "list_too_long"
		return true
	}
	d.seen[e.at] = true
	d.loaded += e.size
	b := make([]byte, e.size)
	if n, _ := d.in.ReadAt(b, e.at); int64(n) < e.size {
		d.bad = "disc_cut"
		return true
	}
	var parts []extent // of a file that is written in several runs
	for at := 0; at+34 <= len(b); {
		n := int(b[at])
		if n == 0 { // no record crosses into the next sector
			at = (at/sector + 1) * sector
			continue
		}
		if n < 34 || at+n > len(b) || 33+int(b[at+32]) > n {
			d.bad = "disc_damaged"
			return true
		}
		r := b[at : at+n]
		at += n
		raw := r[33 : 33+int(r[32])]
		if len(raw) == 1 && raw[0] <= 1 { // the folder itself, and the one above it
			continue
		}
		run := extent{(int64(binary.LittleEndian.Uint32(r[2:])) + int64(r[1])) * d.block, int64(binary.LittleEndian.Uint32(r[10:]))}
		flags := r[25]
		name := d.name(raw)
		if i := strings.LastIndexByte(name, ';'); i > 0 {
			name = name[:i]
		}
		name = prefix + strings.TrimSuffix(strings.ReplaceAll(name, "/", "_"), ".")
		if flags&2 != 0 {
			if !d.folder(run, name+"/", depth+1, yield) {
				return false
			}
			continue
		}
		if parts = append(parts, run); flags&0x80 != 0 && len(parts) < 64 {
			continue
		}
		m := d.member(name, parts, r[26] != 0)
		if parts = nil; flags&4 == 0 && !yield(m) { // what is only attached to a file (flag 4) is none
			return false
		}
	}
	return true
}

// member makes a file of its runs, which follow one another on a sound disc.
func (d *disc) member(name string, parts []extent, interleaved bool) member {
	m := member{name: name}
	whole := parts[0]
	for _, p := range parts[1:] {
		if p.at != whole.at+whole.size {
			interleaved = true
		}
		whole.size += p.size
	}
	switch {
	case interleaved:
		m.bad = "method"
	case whole.at < 0 || whole.size > 0 && whole.at+whole.size > d.size:
		m.bad = "disc_cut"
	default:
		m.packed = whole.size
		m.plain = io.NewSectionReader(d.in, whole.at, whole.size)
		m.open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(d.in, whole.at, whole.size)), nil
		}
	}
	return m
}
