// Package kill holds that nothing that was acknowledged is ever lost: a process
// that saves documents and receives files is killed at random moments, a hundred
// times, and each time everything that it said was safe is there.
package kill

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/seal"
	"consilium/internal/storage"
	"consilium/internal/vault"
)

const (
	rounds = 100
	ruth   = casefile.Person("ruth")
	theID  = casefile.ID("case1")
	chunk  = 90_000  // bytes of one request
	whole  = 400_000 // bytes of one file: several requests
)

var note = casefile.Ref{Kind: "note"}

// childDir names the folder in which the process that will be killed works.
const childDir = "CONSILIUM_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := work(dir); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// open starts what a server starts, on the same folder.
func open(dir string) (*actions.House, *storage.Store, *seal.Installation, error) {
	keys, err := seal.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := storage.Open(context.Background(), "sqlite:"+filepath.Join(dir, "consilium.db"), keys)
	if err != nil {
		return nil, nil, nil, err
	}
	v, err := vault.Open(filepath.Join(dir, "vault"), time.Now())
	if err != nil {
		return nil, nil, nil, err
	}
	return &actions.House{Cases: s, Uploads: s, Vault: v, Accounts: s, Now: time.Now, NewID: rand.Text}, s, keys, nil
}

// work saves and receives until it is killed, and says what is safe only when it is.
func work(dir string) error {
	h, s, _, err := open(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	c, err := h.Cases.Case(ctx, theID)
	if fault.Is(err, fault.NotFound) {
		err = h.Cases.Create(ctx, casefile.Change{
			Case: theID, By: ruth, At: time.Now(), Verb: "open_case",
			Grants: []consent.Grant{{ID: "g1", Person: string(ruth), Role: consent.Patient, From: time.Unix(0, 0), Wording: "owner.v1"}},
		})
		if err == nil {
			c, err = h.Cases.Case(ctx, theID)
		}
	}
	if err != nil {
		return err
	}
	say("case", string(theID))
	open, err := s.StaleUploads(ctx, time.Now().Add(time.Hour))
	if err != nil {
		return err
	}
	for version := c.Version(note); ; version++ {
		text := rand.Text()
		err := h.Cases.Apply(ctx, casefile.Change{Case: theID, By: ruth, At: time.Now(), Verb: "save_note", Drafts: []casefile.Draft{{Ref: note, From: version, Body: text}}})
		if err != nil {
			return err
		}
		say("note", strconv.Itoa(int(version+1)), text)
		if len(open) == 0 {
			u, err := h.StartUpload(ctx, ruth, c, rand.Text(), whole)
			if err != nil {
				return err
			}
			say("bytes", u.ID, u.Name, "0")
			open = append(open, u)
		}
		u, err := h.AppendUpload(ctx, ruth, c, open[0].ID, open[0].Received, io.LimitReader(content(open[0].Name, open[0].Received), min(chunk, whole-open[0].Received)))
		if err != nil {
			return err
		}
		say("bytes", u.ID, u.Name, strconv.FormatInt(u.Received, 10))
		open[0] = u
		if u.Received < whole {
			continue
		}
		got, err := h.FinishUpload(ctx, ruth, c, u.ID)
		if err != nil {
			return err
		}
		say("file", u.ID, got.SHA256, got.Name)
		open = open[1:]
	}
}

// say acknowledges: one write, straight to the pipe.
func say(words ...string) { fmt.Fprintln(os.Stdout, strings.Join(words, " ")) }

// content gives the bytes that a file of this name has from an offset on.
func content(name string, from int64) io.Reader {
	src := mathrand.NewChaCha8(sha256.Sum256([]byte(name)))
	_, _ = io.CopyN(io.Discard, src, from)
	return src
}

// promised is everything that was acknowledged, over all rounds.
type promised struct {
	started bool
	notes   map[casefile.Version]string
	bytes   map[string]upload // by upload, until it ends
	files   map[string]string // SHA-256 -> name
}

type upload struct {
	name     string
	received int64
}

func (p *promised) hear(t *testing.T, line string) {
	t.Helper()
	w := strings.Fields(line)
	switch {
	case len(w) == 2 && w[0] == "case":
		p.started = true
	case len(w) == 3 && w[0] == "note":
		v, err := strconv.Atoi(w[1])
		must(t, err)
		p.notes[casefile.Version(v)] = w[2]
	case len(w) == 4 && w[0] == "bytes":
		n, err := strconv.ParseInt(w[3], 10, 64)
		must(t, err)
		p.bytes[w[1]] = upload{w[2], n}
	case len(w) == 4 && w[0] == "file":
		delete(p.bytes, w[1])
		p.files[w[2]] = w[3]
	default:
		t.Fatalf("the process said %q", line)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	dir := t.TempDir()
	p := &promised{notes: map[casefile.Version]string{}, bytes: map[string]upload{}, files: map[string]string{}}
	for round := range rounds {
		// From the first instant, so that starting is killed too, to well into the work.
		runAndKill(t, dir, time.Duration(mathrand.IntN(200))*time.Millisecond, p)
		check(t, dir, p, round)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d kills: %d notes, %d files and %d unfinished uploads were promised and are there", rounds, len(p.notes), len(p.files), len(p.bytes))
	if len(p.notes) < rounds || len(p.files) == 0 {
		t.Errorf("only %d notes and %d files: the process was killed too early to prove anything", len(p.notes), len(p.files))
	}
}

func TestAFirstStartThatIsKilledCanBeStartedAgain(t *testing.T) {
	for round := range 15 {
		dir := filepath.Join(t.TempDir(), strconv.Itoa(round))
		p := &promised{notes: map[casefile.Version]string{}, bytes: map[string]upload{}, files: map[string]string{}}
		// While keys are made, the schema is laid down, the first case is opened.
		for range 3 {
			runAndKill(t, dir, time.Duration(mathrand.IntN(80))*time.Millisecond, p)
		}
		check(t, dir, p, rounds)
	}
}

func runAndKill(t *testing.T, dir string, after time.Duration, p *promised) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line that was cut was not said
		}
		p.hear(t, line)
	}
	_ = cmd.Wait()
	if errs.Len() > 0 {
		t.Fatalf("the process wrote %s", errs.String())
	}
}

// check starts again on the folder and looks for everything that was promised.
func check(t *testing.T, dir string, p *promised, round int) {
	t.Helper()
	h, s, keys, err := open(dir)
	must(t, err)
	defer s.Close()
	ctx := context.Background()
	c, err := h.Cases.Case(ctx, theID)
	if !p.started && fault.Is(err, fault.NotFound) {
		return
	}
	must(t, err)
	docs, err := h.Cases.History(ctx, theID, note)
	must(t, err)
	for v, text := range p.notes {
		var got string
		if int(v) > len(docs) {
			t.Errorf("version %d of the note was acknowledged and is lost", v)
		} else if err := json.Unmarshal(docs[v-1].Body, &got); err != nil || got != text {
			t.Errorf("version %d of the note says %q, %q was acknowledged (%v)", v, got, text, err)
		}
	}
	key, err := h.Cases.Key(ctx, theID)
	must(t, err)
	for id, want := range p.bytes {
		u, err := s.Upload(ctx, id)
		if fault.Is(err, fault.NotFound) && want.received == whole {
			// It was finished, and killed before it could say so: then it is a file.
			p.files[sum(want.name)] = want.name
			delete(p.bytes, id)
			continue
		}
		if err != nil || u.Received < want.received {
			t.Errorf("%d bytes of an upload were acknowledged, %d are there (%v)", want.received, u.Received, err)
			continue
		}
		r, err := h.Vault.Open(ctx, key, u.Parts)
		must(t, err)
		same(t, r, want.name, u.Received)
		must(t, r.Close())
	}
	n := 0
	for sha, name := range p.files {
		if !c.Holds(sha) {
			t.Errorf("a file was acknowledged and is lost")
			continue
		}
		// Reading every file each time would take the time; by the end each was read.
		if n++; n > 3 && round < rounds-1 {
			continue
		}
		f, err := h.OpenFile(ctx, ruth, c, sha)
		must(t, err)
		same(t, f, name, whole)
		must(t, f.Close())
	}
	var log bytes.Buffer
	must(t, h.Cases.Log(ctx, theID, &log))
	rep, err := auditlog.Verify(&log, strings.Join(keys.PublicKeys(), " "))
	if err != nil || rep.Entries < int64(1+len(p.notes)+len(p.files)) {
		t.Errorf("the log has %d entries: %v", rep.Entries, err)
	}
}

func same(t *testing.T, r actions.Reader, name string, size int64) {
	t.Helper()
	if r.Size() != size {
		t.Errorf("%d bytes are there, want %d", r.Size(), size)
		return
	}
	got, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	must(t, err)
	want, err := io.ReadAll(io.LimitReader(content(name, 0), size))
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Error("the bytes that are there are not those that were sent")
	}
}

func sum(name string) string {
	h := sha256.New()
	_, _ = io.CopyN(h, content(name, 0), whole)
	return hex.EncodeToString(h.Sum(nil))
}
