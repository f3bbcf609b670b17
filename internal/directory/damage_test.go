package directory

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"consilium/internal/expert"
	"consilium/internal/fault"
)

// small is a whole file of few rows, as bytes.
func small(t testing.TB) []byte {
	t.Helper()
	zips := someZIPs(rand.New(rand.NewPCG(1, 1)), 12)
	c := newCountry(5, zips)
	c.last, c.first = c.last[:12], c.first[:4]
	dir := t.TempDir()
	b, err := NewBuilder(Inputs{Dir: dir, ZIPs: zips, Codes: c.codes})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var all []expert.Profile
	for i := range 30 {
		r := c.next(i)
		if err := b.Add(*r); err != nil {
			t.Fatal(err)
		}
		all = append(all, c.profileOf(r, nil))
	}
	c.sides(b, all)
	out := filepath.Join(dir, "directory.db")
	if _, err := b.Finish(context.Background(), out, nil); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAFileDamagedAtAnyByteIsRefused(t *testing.T) {
	file := small(t)
	if err := new(Directory).read(slices.Clone(file)); err != nil {
		t.Fatalf("the whole file: %v", err)
	}
	for i := range file {
		for _, flip := range []byte{1, 0x80, 0xff} {
			file[i] ^= flip
			if new(Directory).read(file) == nil {
				t.Fatalf("byte %d of %d changed by %#x goes unseen", i, len(file), flip)
			}
			file[i] ^= flip
		}
	}
}

func TestAFileCutOffAnywhereIsRefused(t *testing.T) {
	file := small(t)
	for n := range file {
		if new(Directory).read(file[:n:n]) == nil {
			t.Fatalf("the first %d bytes of %d are taken for a directory", n, len(file))
		}
	}
	if new(Directory).read(append(slices.Clone(file), 0)) == nil {
		t.Fatal("a byte behind the end goes unseen")
	}
}

func TestADamagedFileIsRefusedWithWhatToDo(t *testing.T) {
	file := small(t)
	path := filepath.Join(t.TempDir(), "directory.db")
	for name, b := range map[string][]byte{"changed": append(slices.Clone(file[:len(file)-1]), file[len(file)-1]^1), "cut": file[:len(file)/2], "empty": nil, "foreign": []byte(strings.Repeat("SQLite format 3\x00", 99))} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if !fault.Is(err, fault.Damaged) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "consilium directory build") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(path + "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no file: %v", err)
	}
}

// resealed makes the checksums of a file right again.
func resealed(b []byte) []byte {
	if len(b) < headerSize {
		return b
	}
	var parts [partCount]part
	for i := range parts {
		row := b[24+i*tableRow:]
		at, size := binary.LittleEndian.Uint64(row[8:]), binary.LittleEndian.Uint64(row[16:])
		if at > uint64(len(b)) || size > uint64(len(b))-at {
			return b
		}
		parts[i] = part{int64(at), int64(size), sum(b[at : at+size])}
	}
	copy(b, header(parts, int64(len(b))))
	return b
}

// exercise asks a file all kinds of things: whatever its bytes say, nothing may panic.
func exercise(t testing.TB, b []byte) {
	d := &Directory{}
	if d.read(b) != nil {
		return
	}
	ctx := context.Background()
	w := expert.Weights{Specialty: 10, Distance: 10, Volume: 5, Year: 2026, Reach: 50}
	queries := []expert.Query{{Limit: 50, Weights: w}, {Codes: testCodes, Limit: 9, HCPCS: testProcs, Weights: w}, {Name: "smiht", Limit: 5, ByDistance: true}, {Name: "s", Limit: 5, Medicare: true, Certified: true}}
	for _, z := range d.places {
		queries = append(queries, expert.Query{Codes: testCodes[:3], Centre: &expert.Centre{Lat: z.lat, Lon: z.lon}, Miles: 60, Limit: 3, ByDistance: true})
	}
	for i := range min(d.n, 5) {
		p, err := d.Profile(ctx, digits(uint64(d.row(i).npi()), 10))
		if err == nil {
			queries = append(queries, expert.Query{First: &p, Limit: 4, Codes: testCodes})
		}
	}
	for _, q := range queries {
		_, _ = d.Find(ctx, q) // an error is an answer
	}
}

func TestWrongNumbersUnderRightChecksumsDoNoHarm(t *testing.T) {
	file := small(t)
	rng := rand.New(rand.NewPCG(8, 8))
	n := 4000
	if testing.Short() {
		n = 400
	}
	for range n {
		b := slices.Clone(file)
		for range 1 + rng.IntN(3) {
			at := headerSize + rng.IntN(len(b)-headerSize)
			b[at] = byte(rng.IntN(256))
		}
		exercise(t, resealed(b))
	}
}

func FuzzOpen(f *testing.F) {
	file := small(f)
	f.Add(file, 0, byte(0))
	f.Add(file[:headerSize], 9, byte(1))
	f.Fuzz(func(t *testing.T, b []byte, at int, c byte) {
		b = slices.Clone(b)
		if len(b) > 0 {
			b[uint(at)%uint(len(b))] ^= c
		}
		exercise(t, b)
		exercise(t, resealed(b))
	})
}
