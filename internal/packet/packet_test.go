package packet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/packet"
	"consilium/internal/records"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var noon = time.Date(2026, 11, 22, 12, 0, 7, 0, time.UTC)

type key struct {
	signer note.Signer
	public string
}

func newKey(t testing.TB, from io.Reader) key {
	t.Helper()
	private, public, err := note.GenerateKey(from, "consilium-test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return key{s, public}
}

// log gives a case's log of n entries, signed by the key.
func (k key) log(t testing.TB, n int) func(context.Context, io.Writer) error {
	t.Helper()
	var hashes []tlog.Hash
	var leaves []auditlog.Leaf
	for i := range n {
		leaf, err := auditlog.Append("case1", auditlog.Entry{Seq: int64(i + 1), At: noon, By: "ruth", Verb: "make_packet"}, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(indexes))
			for j, x := range indexes {
				out[j] = hashes[x]
			}
			return out, nil
		}), k.signer)
		if err != nil {
			t.Fatal(err)
		}
		hashes, leaves = append(hashes, leaf.Hashes...), append(leaves, leaf)
	}
	return func(_ context.Context, w io.Writer) error {
		out, err := auditlog.NewWriter(w, "case1", []string{k.public})
		if err != nil {
			return err
		}
		for _, l := range leaves {
			if err := out.Add(l.Entry, l.Checkpoint); err != nil {
				return err
			}
		}
		return out.Close()
	}
}

type plain struct{ *bytes.Reader }

func (plain) Close() error { return nil }

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// content is a packet's content with these originals, by name.
func content(t testing.TB, k key, files ...[2]string) actions.PacketIn {
	t.Helper()
	in := actions.PacketIn{
		Made: noon, Language: "en", Consent: records.PacketWording, PDF: []byte("%PDF-1.7 pages"),
		Profile: casefile.Profile{Patient: casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02"}},
		LeftOut: []records.LeftOut{{Why: records.LeftByChoice, Files: 1}}, Log: k.log(t, 2),
	}
	bodies := map[string][]byte{}
	var readings []clinical.Reading
	for _, f := range files {
		body := []byte(f[1])
		sha := hashOf(body)
		bodies[sha] = body
		r := clinical.Reading{Name: f[0], SHA256: sha, Size: int64(len(body)), Kind: clinical.FileUnknown, Facts: []clinical.Fact{
			{ID: clinical.FactID(sha, "a"), Kind: clinical.Condition, Text: "Breast cancer", Date: "2026-09-14", Status: "active", Source: clinical.Source{File: sha, Name: f[0], Path: "Bundle.entry[1].resource"}},
		}}
		in.Files = append(in.Files, records.File{Received: records.Received{SHA256: sha, Name: f[0], Size: int64(len(body))}, Piece: records.Piece{Reading: r, Top: sha, Used: r.Facts}, Read: true})
		in.Facts, readings = append(in.Facts, r.Facts...), append(readings, r)
	}
	in.Sum = records.Sum(readings)
	in.Open = func(_ context.Context, sha string) (actions.Reader, error) {
		return plain{bytes.NewReader(bodies[sha])}, nil
	}
	return in
}

func write(t testing.TB, k key, in actions.PacketIn) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := (packet.Press{Signer: k.signer, Key: k.public, Version: "test"}).WritePacket(t.Context(), &b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(b []byte) (actions.OpenedPacket, error) {
	return packet.Open(context.Background(), bytes.NewReader(b), int64(len(b)))
}

func small(t testing.TB) (key, []byte) {
	k := newKey(t, rand.Reader)
	return k, write(t, k, content(t, k, [2]string{"disc/Report é 1.txt", "a report"}, [2]string{"scan.dcm", strings.Repeat("x", 300)}))
}

func TestAPacketHoldsTheOriginalsUntouchedAndIsWhole(t *testing.T) {
	k, b := small(t)
	p, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Manifest()
	if m.Key != k.public || p.Fingerprint() != packet.Fingerprint(k.public) || m.Log.Entries != 2 || m.Facts.Count != 2 || len(m.Entries) != 5 || m.LeftOut[0].Files != 1 {
		t.Errorf("%+v", m)
	}
	e := m.Entries[2]
	if e.Path != "originals/0001-Report___1.txt" || e.Name != "disc/Report é 1.txt" || e.SHA256 != hashOf([]byte("a report")) {
		t.Errorf("%+v", e)
	}
	r, err := p.Open(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "a report" {
		t.Errorf("%q, %v", got, err)
	}
	if !packet.Known(m, []string{"other", k.public}) || packet.Known(m, []string{"other"}) {
		t.Error("whose key it is was told wrong")
	}
}

func TestOrdinaryProgramsOpenAPacket(t *testing.T) {
	_, b := small(t)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != 7 {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if !f.Modified.Equal(noon.Truncate(2 * time.Second)) {
			t.Errorf("%s is of %v", f.Name, f.Modified)
		}
	}
	path := filepath.Join(t.TempDir(), "p.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{{"unzip", "-t", path}, {"python3", "-c", "import sys,zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)", path}} {
		if _, err := exec.LookPath(c[0]); err != nil {
			continue
		}
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c[0], err, out)
		}
	}
}

func TestTheSameContentGivesTheSameBytes(t *testing.T) {
	k := newKey(t, rand.Reader)
	in := content(t, k, [2]string{"a", "1"})
	if !bytes.Equal(write(t, k, in), write(t, k, in)) {
		t.Error("two packets of one content differ")
	}
}

// Every byte, each with another bit: a small packet has every region that a large one
// has. Where a byte is the container's own, every bit is turned.
func TestEveryByteThatIsChangedIsFound(t *testing.T) {
	_, b := small(t)
	own := bytes.Index(b, []byte("PK\x01\x02")) // the directory at the end
	for i := range b {
		for bit := range 8 {
			if i < own && i > 60 && bit != i%8 {
				continue
			}
			b[i] ^= 1 << bit
			p, err := open(b)
			b[i] ^= 1 << bit
			if err == nil {
				t.Fatalf("byte %d of %d (…%q…) with bit %d changed: %+v was taken", i, len(b), b[max(0, i-10):min(len(b), i+10)], bit, p.Manifest().Made)
			}
			if !fault.Is(err, fault.Damaged) && !fault.Is(err, fault.Refused) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}

func TestAChangedFileIsNamed(t *testing.T) {
	_, b := small(t)
	for want, at := range map[string]string{"originals/0001-Report___1.txt": "a report", packet.PeopleName: "%PDF", packet.LogName: `"verb"`, packet.SummaryName: "Breast cancer", packet.ManifestName: "consilium-packet-1"} {
		c := bytes.Clone(b)
		i := bytes.LastIndex(c, []byte(at))
		c[i+1] ^= 4
		_, err := open(c)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Vars["file"] != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestWhatIsCutOrLongerOrTakenApartIsRefused(t *testing.T) {
	k, b := small(t)
	for i := 0; i < len(b); i += 97 {
		if _, err := open(b[:i]); err == nil {
			t.Fatalf("cut at %d of %d it was taken", i, len(b))
		}
	}
	for name, c := range map[string][]byte{"longer": append(bytes.Clone(b), 0), "before": append([]byte{0}, b...), "nothing": {}} {
		if _, err := open(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	// The same files in an ordinary ZIP, with a file more.
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	w := zip.NewWriter(&again)
	for _, f := range z.File {
		if f.Name == packet.ManifestName {
			x, _ := w.CreateHeader(&zip.FileHeader{Name: "originals/9999-more", Method: zip.Store})
			fmt.Fprint(x, "more")
		}
		r, _ := f.Open()
		x, _ := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		_, _ = io.Copy(x, r)
	}
	_ = w.Close()
	if _, err := open(again.Bytes()); !fault.Is(err, fault.Damaged) {
		t.Errorf("a file more: %v", err)
	}
	// Signed by one key, with a log of another.
	other := newKey(t, rand.Reader)
	in := content(t, k, [2]string{"a", "1"})
	in.Log = other.log(t, 2)
	if _, err := open(write(t, k, in)); !fault.Is(err, fault.Damaged) {
		t.Errorf("the log of another installation: %v", err)
	}
}

func TestAnOriginalThatIsNotWhatTheCaseSaysIsNotPacked(t *testing.T) {
	k := newKey(t, rand.Reader)
	in := content(t, k, [2]string{"a", "1"})
	in.Open = func(context.Context, string) (actions.Reader, error) { return plain{bytes.NewReader([]byte("2"))}, nil }
	_, err := (packet.Press{Signer: k.signer, Key: k.public}).WritePacket(t.Context(), io.Discard, in)
	if !fault.Is(err, fault.Damaged) {
		t.Errorf("%v", err)
	}
}
