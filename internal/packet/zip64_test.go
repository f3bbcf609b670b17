package packet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"consilium/internal/packet"
)

const gib = int64(1) << 30

// readBoth reads a container's directory with our reader and with the standard
// library's, which must agree on every file.
func readBoth(t *testing.T, s *packet.Sparse) ([]packet.Listed, *zip.Reader) {
	t.Helper()
	ours, err := packet.List(s, s.Size())
	if err != nil {
		t.Fatalf("our reader: %v", err)
	}
	theirs, err := zip.NewReader(s, s.Size())
	if err != nil {
		t.Fatalf("the standard library: %v", err)
	}
	if len(ours) != len(theirs.File) {
		t.Fatalf("%d files for us, %d for the standard library", len(ours), len(theirs.File))
	}
	for i, f := range theirs.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if o := ours[i]; o.Name != f.Name || uint64(o.Size) != f.UncompressedSize64 || o.Offset+30+int64(len(o.Name)) != at {
			t.Fatalf("file %d: %+v for us, %s of %d bytes at %d for the standard library", i, o, f.Name, f.UncompressedSize64, at)
		}
	}
	return ours, theirs
}

func TestAPacketOfManyGigabytesIsReadByAnyProgram(t *testing.T) {
	const most = int64(1)<<32 - 1
	for name, size := range map[string]int64{
		"just below 4 GiB": most - 1, "where the short form ends": most, "4 GiB": most + 1, "5 GiB": 5 * gib, "1 TiB": 1024 * gib,
	} {
		t.Run(name, func(t *testing.T) {
			s := packet.ContainHollow(t, noon, []packet.Hollow{
				{Name: "packet.pdf", Size: 4, Body: []byte("%PDF")},
				{Name: "originals/0001-disc.zip", Size: size, Body: []byte("the end of the disc")},
				{Name: "originals/0002-report.txt", Size: 8, Body: []byte("a report")},
			})
			if s.Size() < size {
				t.Fatalf("%d bytes", s.Size())
			}
			_, theirs := readBoth(t, s)
			// What stands behind the large file is found where it is, with its right sum.
			r, err := theirs.File[2].Open()
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(r); err != nil || string(b) != "a report" {
				t.Errorf("%q, %v", b, err)
			}
			at, _ := theirs.File[1].DataOffset()
			end := make([]byte, 19)
			if _, err := s.ReadAt(end, at+size-19); err != nil || string(end) != "the end of the disc" {
				t.Errorf("%q, %v", end, err)
			}
		})
	}
}

func TestAPacketOfManyLargeFilesIsReadByAnyProgram(t *testing.T) {
	var files []packet.Hollow
	for i := range 9 {
		files = append(files, packet.Hollow{Name: fmt.Sprintf("originals/%04d-volume.dcm", i+1), Size: gib * int64(i%3+1)})
	}
	if all, _ := readBoth(t, packet.ContainHollow(t, noon, files)); all[8].Offset < 15*gib {
		t.Errorf("%+v", all[8])
	}
}

func TestAPacketOfMoreFilesThanTheShortFormCountsIsRead(t *testing.T) {
	for _, n := range []int{65_534, 65_535, 65_536, 70_001} {
		files := make([]packet.Named, n)
		for i := range files {
			files[i] = packet.Named{Name: fmt.Sprintf("originals/%05d.dcm", i+1)}
		}
		files[n-1].Body = []byte("the last slice")
		b := packet.Contain(t, noon, files)
		ours, err := packet.List(bytes.NewReader(b), int64(len(b)))
		theirs, errZip := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil || errZip != nil || len(ours) != n || len(theirs.File) != n {
			t.Fatalf("%d files: %d and %v for us, %v for the standard library", n, len(ours), err, errZip)
		}
		r, err := theirs.File[n-1].Open()
		if err != nil {
			t.Fatal(err)
		}
		if last, err := io.ReadAll(r); err != nil || string(last) != "the last slice" || ours[n-1].Size != int64(len(last)) || ours[n-1].Name != theirs.File[n-1].Name {
			t.Errorf("%d files: %+v %q, %v", n, ours[n-1], last, err)
		}
	}
}

func TestALargePacketThatClaimsWhatItHasNotIsRefused(t *testing.T) {
	files := []packet.Hollow{{Name: "a", Size: 5 * gib}, {Name: "b", Size: 1, Body: []byte("b")}}
	whole := packet.ContainHollow(t, noon, files)
	tail := make([]byte, 400)
	n, _ := whole.ReadAt(tail, whole.Size()-400)
	end := string(tail[:n])
	// The count, the length and the start of the directory stand in the long record.
	at := strings.Index(end, "PK\x06\x06")
	if at < 0 {
		t.Fatal("there is no long record")
	}
	for _, field := range []int{32, 40, 48} {
		for _, value := range []byte{0xff, 0x01} {
			changed := []byte(end)
			changed[at+field+7] = value // the highest byte: more than any file has
			if all, err := packet.List(patched{whole, changed}, whole.Size()); err == nil {
				t.Errorf("a number at %d that cannot be: %+v", field, all)
			}
		}
	}
}

// patched has other last bytes.
type patched struct {
	*packet.Sparse
	end []byte
}

func (p patched) ReadAt(b []byte, at int64) (int, error) {
	n, err := p.Sparse.ReadAt(b, at)
	if from := at - (p.Size() - int64(len(p.end))); from >= 0 {
		copy(b[:n], p.end[from:])
	}
	return n, err
}
