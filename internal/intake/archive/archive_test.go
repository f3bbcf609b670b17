package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
)

type item struct {
	name string
	body string
	mode fs.FileMode
}

func pack(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		if i.mode != 0 {
			h.SetMode(i.mode)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, i.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(b []byte, lim archive.Limits) clinical.Reading {
	open := archive.Opener{Name: "a.zip", Open: func(name, sum string, in io.ReaderAt, size int64) clinical.Reading {
		return clinical.Reading{Name: name, SHA256: sum, Kind: clinical.FileUnknown, Size: size}
	}}
	return archive.Read(context.Background(), bytes.NewReader(b), int64(len(b)), lim, open)
}

func has(r clinical.Reading, key string) bool {
	found := false
	r.Each(func(r clinical.Reading) {
		for _, i := range r.Issues {
			found = found || i.Key == "intake.archive."+key
		}
	})
	return found
}

func TestEveryEntryIsListedWithItsNameAndHash(t *testing.T) {
	r := read(pack(t, item{name: "one.txt", body: "1"}, item{name: "folder/two.txt", body: "2"}), archive.DefaultLimits())
	if len(r.Children) != 2 || r.Children[1].Name != "a.zip/folder/two.txt" || len(r.Issues) != 0 {
		t.Fatalf("%+v", r)
	}
	if r.Children[0].SHA256 != "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b" {
		t.Errorf("hash %s", r.Children[0].SHA256)
	}
}

func TestNamesThatLeadOutAreRefused(t *testing.T) {
	for _, name := range []string{"../x", "a/../../x", "/etc/passwd", `..\x`, `C:\x`, `a\..\..\x`} {
		if r := read(pack(t, item{name: name, body: "x"}), archive.DefaultLimits()); !has(r, "traversal") || r.Children[0].SHA256 != "" {
			t.Errorf("%s was opened: %+v", name, r)
		}
	}
	if r := read(pack(t, item{name: "a..b/c...txt", body: "x"}), archive.DefaultLimits()); has(r, "traversal") {
		t.Error("dots inside a name are not a way out")
	}
}

func TestALinkIsNotAFile(t *testing.T) {
	if r := read(pack(t, item{name: "l", body: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), archive.DefaultLimits()); !has(r, "link") {
		t.Errorf("%+v", r)
	}
}

func TestABombIsRefused(t *testing.T) {
	lim := archive.DefaultLimits()
	if r := read(pack(t, item{name: "bomb", body: strings.Repeat("\x00", 32<<20)}), lim); !has(r, "bomb") {
		t.Errorf("a file that grows a thousand times was opened: %+v", r.Children[0].Issues)
	}
	lim.MaxTotal = 1 << 20
	var many []item
	for i := range 40 {
		many = append(many, item{name: string(rune('a' + i)), body: strings.Repeat("x", 100<<10)})
	}
	if r := read(pack(t, many...), lim); !has(r, "total") || len(r.Children) > 12 {
		t.Errorf("%d files were opened", len(r.Children))
	}
	lim = archive.DefaultLimits()
	lim.MaxEntries = 5
	if r := read(pack(t, many...), lim); !has(r, "too_many") || len(r.Children) != 5 {
		t.Errorf("%d files were opened", len(r.Children))
	}
}

func TestAListOfGigabytesIsNotLoaded(t *testing.T) {
	b := pack(t, item{name: "x", body: "x"})
	i := bytes.LastIndex(b, []byte("PK\x05\x06"))
	copy(b[i+12:], []byte{0, 0, 0, 0x70})
	if r := read(b, archive.DefaultLimits()); !has(r, "list_too_long") {
		t.Errorf("%+v", r)
	}
}

func TestADamagedEntryIsNamedAndTheOthersAreRead(t *testing.T) {
	b := pack(t, item{name: "one", body: strings.Repeat("abc", 100)}, item{name: "two", body: "2"})
	i := bytes.Index(b, []byte("one")) + 8
	b[i] ^= 0xff
	r := read(b, archive.DefaultLimits())
	if len(r.Children) != 2 || !has(r.Children[0], "entry_damaged") || has(r.Children[1], "entry_damaged") {
		t.Errorf("%+v", r)
	}
}

func FuzzZIP(f *testing.F) {
	f.Add(pack(f, item{name: "one.txt", body: "1"}, item{name: "../two", body: strings.Repeat("a", 1000)}))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	lim := archive.DefaultLimits()
	lim.MaxTotal, lim.MaxEntry, lim.RatioFrom = 4<<20, 1<<20, 1<<20
	f.Fuzz(func(t *testing.T, b []byte) {
		r := read(b, lim)
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
