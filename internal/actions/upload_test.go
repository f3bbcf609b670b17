package actions_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/storage"
	"consilium/internal/storage/storagetest"
	"consilium/internal/vault"
)

// desk is a house with a real store and a real vault, and one case of ruth's.
type desk struct {
	*actions.House
	store *storage.Store
	vault *counting
	t     *testing.T
}

// counting is a vault that knows which parts it holds.
type counting struct {
	actions.Vault
	held map[string]bool
}

func (c *counting) Put(ctx context.Context, key casefile.Key, name string, r io.Reader) (casefile.Part, error) {
	p, err := c.Vault.Put(ctx, key, name, r)
	if err == nil {
		c.held[name] = true
	}
	return p, err
}

func (c *counting) Remove(ctx context.Context, parts []casefile.Part) error {
	for _, p := range parts {
		delete(c.held, p.Name)
	}
	return c.Vault.Remove(ctx, parts)
}

var ctx = context.Background()

const (
	ruth = casefile.Person("ruth")
	sam  = casefile.Person("sam")
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	s := storagetest.SQLite(t, filepath.Join(dir, "consilium.db")).Open(t)
	v, err := vault.Open(filepath.Join(dir, "vault"), time.Now())
	must(t, err)
	counted := &counting{v, map[string]bool{}}
	now := storagetest.Noon
	d := &desk{store: s, vault: counted, t: t, House: &actions.House{
		Cases: s, Uploads: s, Vault: counted, Accounts: s, NewID: rand.Text,
		Now: func() time.Time { now = now.Add(time.Second); return now },
	}}
	storagetest.NewCase(t, s, "case1", ruth)
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) the() *casefile.Case {
	d.t.Helper()
	c, err := d.Cases.Case(ctx, "case1")
	must(d.t, err)
	return c
}

func (d *desk) start(name string, size int64) actions.Upload {
	d.t.Helper()
	u, err := d.StartUpload(ctx, ruth, d.the(), name, size)
	must(d.t, err)
	return u
}

func (d *desk) receive(name string, b []byte) records.Received {
	d.t.Helper()
	u := d.start(name, int64(len(b)))
	_, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, bytes.NewReader(b))
	must(d.t, err)
	got, err := d.FinishUpload(ctx, ruth, d.the(), u.ID)
	must(d.t, err)
	return got
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func keyOf(err error) string {
	if fs := fault.All(err); len(fs) > 0 {
		return fs[0].Key
	}
	return ""
}

func TestAFileComesInInPartsAndIsReadAtAnyOffset(t *testing.T) {
	d := newDesk(t)
	b := noise(2*actions.PartSize + 12345)
	got := d.receive("scans/mri.dcm", b)
	if got.SHA256 != sum(b) || got.Name != "scans/mri.dcm" || got.Size != int64(len(b)) || len(got.Again) != 0 {
		t.Fatalf("got %+v", got)
	}
	c := d.the()
	if len(c.Files) != 1 || len(c.Files[0].Parts) != 3 {
		t.Fatalf("files %+v", c.Files)
	}
	f, err := d.OpenFile(ctx, ruth, c, got.SHA256)
	must(t, err)
	defer f.Close()
	at := make([]byte, 1000)
	if _, err := f.ReadAt(at, actions.PartSize-500); err != nil || !bytes.Equal(at, b[actions.PartSize-500:actions.PartSize+500]) {
		t.Errorf("over the border of two parts: %v", err)
	}
	if f.Received.Name != "scans/mri.dcm" || f.Size() != int64(len(b)) {
		t.Errorf("opened %+v", f.Received)
	}
	w, ok, err := d.store.LeaseJob(ctx, "w", storagetest.Noon.Add(time.Hour), time.Minute)
	if err != nil || !ok || w.Kind != actions.ReadRecordJob || w.Subject != got.SHA256 || w.Case != "case1" {
		t.Errorf("the job that reads it: %+v, %v, %v", w, ok, err)
	}
	if list, err := d.Uploads.StaleUploads(ctx, storagetest.Noon.Add(time.Hour)); err != nil || len(list) != 0 {
		t.Errorf("the upload is still there: %+v, %v", list, err)
	}
}

// breaking gives some bytes and then loses the connection.
type breaking struct{ r io.Reader }

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAnUploadGoesOnWhereTheConnectionWasLost(t *testing.T) {
	d := newDesk(t)
	b := noise(actions.PartSize + 300000)
	u := d.start("a", int64(len(b)))
	got, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, breaking{bytes.NewReader(b[:actions.PartSize+100000])})
	if keyOf(err) != "records.upload.cut" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("got %v", err)
	}
	if got.Received != actions.PartSize+100000 {
		t.Errorf("%d bytes were kept of those that came", got.Received)
	}
	_, err = d.FinishUpload(ctx, ruth, d.the(), u.ID)
	if keyOf(err) != "records.upload.unfinished" || fault.All(err)[0].Vars["offset"] != fmt.Sprint(got.Received) {
		t.Errorf("finishing half a file: %v", err)
	}
	if _, err = d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, bytes.NewReader(b)); !fault.Is(err, fault.Conflict) || fault.All(err)[0].Vars["offset"] != fmt.Sprint(got.Received) {
		t.Errorf("from the start again: %v", err)
	}
	p, err := d.UploadProgress(ctx, ruth, d.the(), u.ID)
	must(t, err)
	_, err = d.AppendUpload(ctx, ruth, d.the(), u.ID, p.Received, bytes.NewReader(b[p.Received:]))
	must(t, err)
	r, err := d.FinishUpload(ctx, ruth, d.the(), u.ID)
	if err != nil || r.SHA256 != sum(b) {
		t.Fatalf("got %+v, %v; want %s", r, err, sum(b))
	}
}

func TestWhatAPersonSentIsKeptWhenTheyHaveGone(t *testing.T) {
	d := newDesk(t)
	u := d.start("a", 1000)
	c := d.the()
	gone, cancel := context.WithCancel(ctx)
	// The request ends the moment its last bytes have been read.
	body := io.MultiReader(bytes.NewReader(noise(400)), ending(cancel))
	_, err := d.AppendUpload(gone, ruth, c, u.ID, 0, body)
	if err == nil {
		t.Error("a body that broke was taken for whole")
	}
	if p, err := d.UploadProgress(ctx, ruth, c, u.ID); err != nil || p.Received != 400 {
		t.Errorf("%d bytes are there, %v", p.Received, err)
	}
}

type ending func()

func (e ending) Read([]byte) (int, error) { e(); return 0, context.Canceled }

func TestAnEmptyFileIsRefusedWithItsName(t *testing.T) {
	d := newDesk(t)
	_, err := d.StartUpload(ctx, ruth, d.the(), "empty.pdf", 0)
	if keyOf(err) != "records.upload.empty" || fault.All(err)[0].Vars["name"] != "empty.pdf" {
		t.Errorf("announced as empty: %v", err)
	}
	u := d.start("empty.pdf", -1)
	_, err = d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, strings.NewReader(""))
	must(t, err)
	if _, err = d.FinishUpload(ctx, ruth, d.the(), u.ID); keyOf(err) != "records.upload.empty" {
		t.Errorf("found to be empty: %v", err)
	}
	if len(d.vault.held) != 0 || len(d.the().Files) != 0 {
		t.Error("something was kept of an empty file")
	}
}

func TestMoreBytesThanAnnouncedAreRefused(t *testing.T) {
	d := newDesk(t)
	u := d.start("a", 10)
	got, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, strings.NewReader("more than ten bytes"))
	if keyOf(err) != "records.upload.longer" || got.Received != 10 {
		t.Errorf("got %d bytes, %v", got.Received, err)
	}
	if _, err := d.StartUpload(ctx, ruth, d.the(), "a", actions.MaxFile+1); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a file over the limit: %v", err)
	}
}

func TestTheSameBytesAreKeptOnceAndSaid(t *testing.T) {
	d := newDesk(t)
	b := noise(100000)
	d.receive("first.pdf", b)
	held := len(d.vault.held)
	got := d.receive("second.pdf", b)
	if got.Name != "first.pdf" || len(got.Again) != 1 || got.Again[0].Name != "second.pdf" {
		t.Fatalf("got %+v", got)
	}
	c := d.the()
	if len(c.Files) != 1 || len(d.vault.held) != held {
		t.Errorf("%d files, %d parts in the vault; want 1 and %d", len(c.Files), len(d.vault.held), held)
	}
	f, err := d.OpenFile(ctx, ruth, c, got.SHA256)
	must(t, err)
	defer f.Close()
	if all, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); err != nil || !bytes.Equal(all, b) {
		t.Errorf("it cannot be read any more: %v", err)
	}
}

func TestTwoUploadsOfTheSameBytesThatEndTogetherAreOneFile(t *testing.T) {
	d := newDesk(t)
	b := noise(5000)
	stale := d.the() // both requests loaded the case before either ended
	ids := []string{d.start("one", 5000).ID, d.start("two", 5000).ID}
	for _, id := range ids {
		_, err := d.AppendUpload(ctx, ruth, stale, id, 0, bytes.NewReader(b))
		must(t, err)
	}
	for _, id := range ids {
		_, err := d.FinishUpload(ctx, ruth, stale, id)
		must(t, err)
	}
	if c := d.the(); len(c.Files) != 1 || len(d.vault.held) != 1 {
		t.Errorf("%d files, %d parts", len(c.Files), len(d.vault.held))
	}
}

func TestFinishingTwiceHarmsNothing(t *testing.T) {
	d := newDesk(t)
	b := noise(5000)
	c := d.the()
	u := d.start("one", 5000)
	_, err := d.AppendUpload(ctx, ruth, c, u.ID, 0, bytes.NewReader(b))
	must(t, err)
	_, err = d.FinishUpload(ctx, ruth, c, u.ID)
	must(t, err)
	if _, err = d.FinishUpload(ctx, ruth, c, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
	f, err := d.OpenFile(ctx, ruth, d.the(), sum(b))
	must(t, err)
	f.Close()
}

func TestAStaleUploadIsSweptAndItsPartsWithIt(t *testing.T) {
	d := newDesk(t)
	u := d.start("a", 1000)
	_, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, bytes.NewReader(noise(500)))
	must(t, err)
	if n, err := d.DropUploads(ctx, storagetest.Noon); err != nil || n != 0 {
		t.Errorf("a fresh upload was dropped: %d, %v", n, err)
	}
	if n, err := d.DropUploads(ctx, storagetest.Noon.Add(time.Hour)); err != nil || n != 1 || len(d.vault.held) != 0 {
		t.Errorf("dropped %d, %v; %d parts left", n, err, len(d.vault.held))
	}
	kept := d.receive("b", noise(500))
	must(t, d.DropUpload(ctx, ruth, d.the(), d.start("c", 10).ID))
	f, err := d.OpenFile(ctx, ruth, d.the(), kept.SHA256)
	must(t, err)
	f.Close()
}

func TestReadingAFileStandsInTheLog(t *testing.T) {
	d := newDesk(t)
	got := d.receive("a", noise(10))
	f, err := d.OpenFile(ctx, ruth, d.the(), got.SHA256)
	must(t, err)
	f.Close()
	var b bytes.Buffer
	must(t, d.Cases.Log(ctx, "case1", &b))
	text := b.String()
	if _, err := auditlog.Verify(&b, ""); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"verb":"receive_upload"`, `"verb":"open_file","note":"` + got.SHA256} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the log", want)
		}
	}
}

func TestANameFromTheMachineCannotHarm(t *testing.T) {
	d := newDesk(t)
	for given, want := range map[string]string{
		"a\x00b\nc": "abc", "\u202Egpj.exe": "gpj.exe", "  ": "file", "": "file", "bad\xffutf8": "badutf8", "Ärztebrief/März.pdf": "Ärztebrief/März.pdf",
	} {
		if u := d.start(given, 1); u.Name != want {
			t.Errorf("%q became %q, want %q", given, u.Name, want)
		}
	}
	if u := d.start(strings.Repeat("é", 5000)+".pdf", 1); len([]rune(u.Name)) != 400 || !strings.HasSuffix(u.Name, ".pdf") {
		t.Errorf("a long name has %d letters and ends in %q", len([]rune(u.Name)), u.Name[len(u.Name)-4:])
	}
}

// filling is a disk with room for some parts only.
type filling struct {
	actions.Vault
	room int
}

func (f *filling) Put(ctx context.Context, key casefile.Key, name string, r io.Reader) (casefile.Part, error) {
	if f.room == 0 {
		return casefile.Part{}, fault.New(fault.Full, "fault.full")
	}
	f.room--
	return f.Vault.Put(ctx, key, name, r)
}

func TestAFullDiskKeepsWhatWasPromised(t *testing.T) {
	d := newDesk(t)
	disk := &filling{d.vault, 1}
	d.House.Vault = disk
	b := noise(actions.PartSize + 1000)
	u := d.start("a", int64(len(b)))
	got, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, bytes.NewReader(b))
	if !fault.Is(err, fault.Full) || got.Received != actions.PartSize {
		t.Fatalf("got %d bytes, %v; want the first part, and full", got.Received, err)
	}
	disk.room = 1 // somebody made room
	_, err = d.AppendUpload(ctx, ruth, d.the(), u.ID, got.Received, bytes.NewReader(b[got.Received:]))
	must(t, err)
	if r, err := d.FinishUpload(ctx, ruth, d.the(), u.ID); err != nil || r.SHA256 != sum(b) {
		t.Errorf("got %+v, %v", r, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestALargeFileNeedsLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	d := newDesk(t)
	const size = 128 << 20
	u := d.start("zeros", size)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := d.AppendUpload(ctx, ruth, d.the(), u.ID, 0, io.LimitReader(zeros{}, size))
	must(t, err)
	runtime.ReadMemStats(&after)
	if took := after.Sys - before.Sys; took > 64<<20 {
		t.Errorf("128 MB took %d MB of memory", took>>20)
	}
	if _, err := d.FinishUpload(ctx, ruth, d.the(), u.ID); err != nil {
		t.Error(err)
	}
}
