package packet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"consilium/internal/fault"
	"consilium/internal/packet"

	"golang.org/x/mod/sumdb/note"
)

// A packet comes from elsewhere: nothing in it may bring the house down.
const (
	longest = 10 * time.Second
	widest  = 512 << 20 // bytes of memory, as for every reader of what comes from outside
)

// fixed is a packet that is the same in every worker of the fuzzer.
func fixed(t testing.TB) (key, []byte) {
	k := newKey(t, bytes.NewReader(make([]byte, 64)))
	return k, write(t, k, content(t, k, [2]string{"disc/Report é 1.txt", "a report"}, [2]string{"scan.dcm", strings.Repeat("x", 300)}))
}

// tried opens any bytes and holds what comes of it against what must hold for every
// packet. It tells whether they were taken.
func tried(t *testing.T, b []byte) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := packet.Open(ctx, bytes.NewReader(b), int64(len(b)))
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; made > widest {
		t.Fatalf("%d bytes took %d bytes of memory", len(b), made)
	}
	if ctx.Err() != nil {
		t.Fatalf("%d bytes took longer than %v", len(b), longest)
	}
	if err != nil {
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Damaged && f.Kind != fault.Refused || f.Key == "" || f.Unwrap() == nil {
			t.Fatalf("refused without a reason: %v", err)
		}
		if f.Kind == fault.Damaged && f.Vars["file"] == "" {
			t.Fatalf("damaged, and nobody knows where: %v", err)
		}
		return false
	}
	for _, e := range p.Manifest().Entries {
		r, err := p.Open(e.Path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || int64(len(body)) != e.Size || hashOf(body) != e.SHA256 {
			t.Fatalf("%s was taken and is not what the manifest says: %v", e.Path, err)
		}
		if strings.Contains(e.Path, "..") || strings.HasPrefix(e.Path, "/") || strings.ContainsAny(e.Path, "\\:") {
			t.Fatalf("%q leads out of the packet", e.Path)
		}
	}
	return true
}

func FuzzOpen(f *testing.F) {
	k, whole := fixed(f)
	f.Add(whole)
	f.Add(write(f, k, content(f, k)))
	for _, n := range []int{0, 21, 22, len(whole) / 2, len(whole) - 22, len(whole) - 1} {
		f.Add(bytes.Clone(whole[:n]))
	}
	for i := 0; i < len(whole); i += 211 {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		f.Add(flipped)
	}
	f.Add(claims(1<<16-1, 1<<62, 0))
	f.Add(claims(3, 138, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Whoever has the key can make another one; nobody here has it.
		if tried(t, b) && !bytes.Contains(b, []byte("consilium-packet-1")) {
			t.Fatal("taken, and it has no manifest")
		}
	})
}

// claims is an ending that promises a directory of so many files.
func claims(count uint16, count64, start uint64) []byte {
	le := binary.LittleEndian
	b := make([]byte, 200)
	b = le.AppendUint64(le.AppendUint32(b, 0x06064b50), 44)
	b = append(b, make([]byte, 20)...)
	b = le.AppendUint64(le.AppendUint64(le.AppendUint64(b, count64), 200-start), start)
	b = le.AppendUint64(le.AppendUint64(le.AppendUint32(b, 0x07064b50), 200), 1<<32)
	b = le.AppendUint32(le.AppendUint32(b, 0x06054b50), 0)
	b = le.AppendUint16(le.AppendUint16(b, count), count)
	return le.AppendUint16(le.AppendUint32(le.AppendUint32(b, 200), 1<<32-1), 0)
}

// Anybody can make a key and sign with it: what a signed packet says is as little to be
// believed as any other bytes. Here the fuzzer writes the manifest, the names and the
// log, and the key signs whatever it wrote.
func FuzzASignedPacket(f *testing.F) {
	k, whole := fixed(f)
	p, err := open(whole)
	if err != nil {
		f.Fatal(err)
	}
	take := func(path string) []byte {
		r, err := p.Open(path)
		if err != nil {
			f.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	first := p.Manifest().Entries[2].Path
	log, manifest := take(packet.LogName), manifestOf(f, whole)
	f.Add(manifest, first, log)
	f.Add(bytes.ReplaceAll(manifest, []byte(first), []byte("originals/../../x")), "originals/../../x", log)
	f.Add(bytes.Replace(manifest, []byte(`"size"`), []byte(`"Size"`), 1), first, log)
	f.Add(manifest, first, bytes.Repeat(log, 2))
	f.Add([]byte(`{"format":"consilium-packet-1","key":"`+k.public+`","entries":[]}`), "packet.pdf", []byte("{}"))
	rest := map[string][]byte{}
	for _, e := range p.Manifest().Entries {
		rest[e.Path] = take(e.Path)
	}
	f.Fuzz(func(t *testing.T, manifest []byte, name string, log []byte) {
		sig, err := note.Sign(&note.Note{Text: packet.SignedText(manifest)}, k.signer)
		if err != nil || len(name) > 1<<16-1 {
			return
		}
		var parts []packet.Named
		for _, e := range p.Manifest().Entries {
			one := packet.Named{Name: e.Path, Body: rest[e.Path]}
			switch e.Path {
			case first:
				one.Name = name
			case packet.LogName:
				one.Body = log
			}
			parts = append(parts, one)
		}
		parts = append(parts, packet.Named{Name: packet.ManifestName, Body: manifest}, packet.Named{Name: packet.SignatureName, Body: sig})
		tried(t, packet.Contain(t, noon, parts))
	})
}

// manifestOf gives the bytes of a packet's manifest.
func manifestOf(t testing.TB, b []byte) []byte {
	t.Helper()
	from := bytes.Index(b, []byte("{\n \"format\": \"consilium-packet-1\""))
	to := bytes.Index(b[from:], []byte("\n}\n"))
	if from < 0 || to < 0 {
		t.Fatal("no manifest")
	}
	return bytes.Clone(b[from : from+to+3])
}

func TestADirectoryThatPromisesTooMuchIsRefusedBeforeItIsRead(t *testing.T) {
	for name, b := range map[string][]byte{
		"as many files as a number can say": claims(1<<16-1, 1<<63, 0),
		"more files than the directory has": claims(1<<16-1, 5, 0),
		"a directory beyond the end":        claims(1<<16-1, 1, 1<<40),
	} {
		if tried(t, b) {
			t.Errorf("%s: taken", name)
		}
	}
}
