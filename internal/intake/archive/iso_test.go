package archive_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
)

// isoFile is one file of a disc made for a test: "FOLDER/NAME".
type isoFile struct{ name, body string }

// disc writes an ISO 9660 image as ECMA-119 lays it out, one folder deep, with
// Joliet names where long is set.
func disc(long map[string]string, files ...isoFile) []byte {
	const sector = 2048
	image := make([]byte, 20*sector) // system area, two descriptors, the end, a spare
	both32 := func(v uint32) []byte {
		return binary.BigEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, v), v)
	}
	put := func(b []byte) uint32 {
		at := uint32(len(image) / sector)
		image = append(image, b...)
		if rest := len(image) % sector; rest > 0 {
			image = append(image, make([]byte, sector-rest)...)
		}
		return at
	}
	record := func(name string, at, size uint32, flags byte) []byte {
		n := 33 + len(name)
		n += n % 2
		r := make([]byte, n)
		r[0] = byte(n)
		copy(r[2:], both32(at))
		copy(r[10:], both32(size))
		r[25], r[32] = flags, byte(len(name))
		copy(r[33:], name)
		return r
	}
	folderOf := func(records [][]byte) []byte {
		all := append(record("\x00", 0, 0, 2), record("\x01", 0, 0, 2)...)
		for _, r := range records {
			if len(all)/sector != (len(all)+len(r)-1)/sector {
				all = append(all, make([]byte, sector-len(all)%sector)...)
			}
			all = append(all, r...)
		}
		if rest := len(all) % sector; rest > 0 {
			all = append(all, make([]byte, sector-rest)...)
		}
		return all
	}
	where := map[string]uint32{}
	for _, f := range files {
		where[f.name] = put([]byte(f.body))
	}
	tree := func(name func(string) string) []byte {
		folders, order := map[string][][]byte{}, []string{}
		var top [][]byte
		for _, f := range files {
			folder, base, deep := strings.Cut(f.name, "/")
			if !deep {
				top = append(top, record(name(f.name), where[f.name], uint32(len(f.body)), 0))
				continue
			}
			if folders[folder] == nil {
				order = append(order, folder)
			}
			folders[folder] = append(folders[folder], record(name(base), where[f.name], uint32(len(f.body)), 0))
		}
		for _, folder := range order {
			b := folderOf(folders[folder])
			top = append(top, record(name(folder), put(b), uint32(len(b)), 2))
		}
		b := folderOf(top)
		return record("\x00", put(b), uint32(len(b)), 2)
	}
	describe := func(at int, kind byte, escape string, root []byte) {
		d := image[at*sector:]
		d[0] = kind
		copy(d[1:], "CD001\x01")
		copy(d[40:], strings.Repeat(" ", 32))
		if kind == 1 {
			copy(d[40:], "DISC OF RUTH")
		}
		copy(d[88:], escape)
		copy(d[128:], []byte{0, 8, 8, 0})
		copy(d[156:], root)
	}
	root := tree(func(s string) string { return s + ";1" })
	describe(16, 1, "", root)
	end := 17
	if long != nil {
		root = tree(func(s string) string {
			if l := long[s]; l != "" {
				s = l
			}
			var b []byte
			for _, u := range utf16.Encode([]rune(s)) {
				b = binary.BigEndian.AppendUint16(b, u)
			}
			return string(b)
		})
		describe(17, 2, "%/E", root)
		end = 18
	}
	describe(end, 255, "", nil)
	return image
}

func readDisc(b []byte, lim archive.Limits) (clinical.Reading, map[string]string) {
	bodies := map[string]string{}
	open := archive.Opener{Name: "d.iso", Open: func(name, sum string, in io.ReaderAt, size int64) clinical.Reading {
		body := make([]byte, size)
		_, _ = in.ReadAt(body, 0)
		bodies[name] = string(body)
		return clinical.Reading{Name: name, SHA256: sum, Kind: clinical.FileUnknown, Size: size}
	}}
	return archive.ReadDisc(context.Background(), bytes.NewReader(b), int64(len(b)), lim, open), bodies
}

func names(r clinical.Reading) []string {
	var all []string
	for _, c := range r.Children {
		all = append(all, c.Name)
	}
	return all
}

func TestADiscImageIsReadFileByFile(t *testing.T) {
	b := disc(nil, isoFile{"DICOMDIR", "list"}, isoFile{"IMAGES/IM1", strings.Repeat("x", 5000)}, isoFile{"IMAGES/IM2.", "two"})
	if !archive.IsDisc(b[:40<<10]) {
		t.Fatal("it is not known as a disc")
	}
	r, bodies := readDisc(b, archive.DefaultLimits())
	if r.Kind != clinical.FileISO || r.Title != "DISC OF RUTH" || len(r.Issues) != 0 {
		t.Fatalf("%+v", r)
	}
	if got := names(r); !slices.Equal(got, []string{"d.iso/DICOMDIR", "d.iso/IMAGES/IM1", "d.iso/IMAGES/IM2"}) {
		t.Errorf("%v", got)
	}
	if len(bodies["d.iso/IMAGES/IM1"]) != 5000 || bodies["d.iso/IMAGES/IM2"] != "two" || r.Children[2].SHA256 == "" {
		t.Errorf("%v", bodies["d.iso/IMAGES/IM2"])
	}
}

func TestTheLongNamesOfADiscAreUsed(t *testing.T) {
	b := disc(map[string]string{"REPORT.PDF": "Informe de Ruth Álvarez.pdf"}, isoFile{"REPORT.PDF", "pdf"})
	if r, _ := readDisc(b, archive.DefaultLimits()); len(r.Issues) != 0 || r.Children[0].Name != "d.iso/Informe de Ruth Álvarez.pdf" {
		t.Errorf("%+v", r)
	}
}

func TestAFolderOfManyFilesGoesOverItsSectors(t *testing.T) {
	var files []isoFile
	for i := range 200 {
		files = append(files, isoFile{"IMAGES/IMAGE_" + string(rune('A'+i/26)) + string(rune('A'+i%26)), "x"})
	}
	if r, _ := readDisc(disc(nil, files...), archive.DefaultLimits()); len(r.Children) != 200 || len(r.Issues) != 0 {
		t.Errorf("%d files, %+v", len(r.Children), r.Issues)
	}
}

func TestADiscImageCutShortSaysWhatIsMissing(t *testing.T) {
	b := disc(nil, isoFile{"A", "first"}, isoFile{"B", strings.Repeat("y", 9000)})
	// The folder stands behind the files here, so cut it off, then cut within.
	for cut := 17 * 2048; cut < len(b)-2048; cut += 1000 {
		if r, _ := readDisc(b[:cut], archive.DefaultLimits()); !r.Has(clinical.Error) {
			t.Errorf("cut at %d of %d: %+v", cut, len(b), r)
		}
	}
	// A file that is said to reach beyond the end.
	i := bytes.Index(b, []byte("B;1")) - 33
	binary.LittleEndian.PutUint32(b[i+10:], 1<<30)
	r, _ := readDisc(b, archive.DefaultLimits())
	if len(r.Children) != 2 || !has(r.Children[1], "disc_cut") || has(r.Children[0], "disc_cut") {
		t.Errorf("%+v", r)
	}
}

func TestAHostileDiscEndsSoon(t *testing.T) {
	b := disc(nil, isoFile{"F/A", "x"}, isoFile{"F/B", "y"})
	// The folder F is made to be its own parent.
	at := bytes.Index(b, []byte("F;1")) - 33
	root := binary.LittleEndian.Uint32(b[16*2048+158:])
	binary.LittleEndian.PutUint32(b[at+2:], root)
	if r, _ := readDisc(b, archive.DefaultLimits()); !has(r, "disc_loop") {
		t.Errorf("%+v", r)
	}
	// A thousand names for the same bytes are more than the disc can hold.
	var files []isoFile
	for i := range 1000 {
		files = append(files, isoFile{"F" + string(rune('A'+i/26)) + string(rune('A'+i%26)), "z"})
	}
	b = disc(nil, files...)
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte(";1"))
		if j < 0 {
			break
		}
		i += j + 2
		start := i - 2 - 3 - 33
		binary.LittleEndian.PutUint32(b[start+2:], 0)
		binary.LittleEndian.PutUint32(b[start+10:], uint32(len(b)))
	}
	if r, _ := readDisc(b, archive.DefaultLimits()); !has(r, "total") || len(r.Children) > 3 {
		t.Errorf("%d children, %+v", len(r.Children), r.Issues)
	}
	lim := archive.DefaultLimits()
	lim.MaxEntries = 5
	if r, _ := readDisc(disc(nil, files...), lim); !has(r, "too_many") || len(r.Children) != 5 {
		t.Errorf("%d children", len(r.Children))
	}
	if r, _ := readDisc(disc(nil, isoFile{"..", "x"}), archive.DefaultLimits()); has(r, "disc_damaged") || len(r.Children) != 1 || r.Children[0].SHA256 != "" && r.Children[0].Name == "d.iso/.." {
		t.Errorf("%+v", r)
	}
}

func TestADiscOfTheNewerKindSaysThatItIsNotRead(t *testing.T) {
	b := make([]byte, 40<<10)
	copy(b[32769:], "BEA01")
	copy(b[32769+2048:], "NSR02")
	if !archive.IsDisc(b) {
		t.Fatal("it is not known as a disc")
	}
	if r, _ := readDisc(b, archive.DefaultLimits()); !has(r, "udf") {
		t.Errorf("%+v", r)
	}
}

func FuzzDisc(f *testing.F) {
	f.Add(disc(nil, isoFile{"DICOMDIR", "list"}, isoFile{"IMAGES/IM1", "x"}))
	f.Add(disc(map[string]string{"A": "long name"}, isoFile{"A", "x"})[:22*2048])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, _ := readDisc(b, archive.DefaultLimits())
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
