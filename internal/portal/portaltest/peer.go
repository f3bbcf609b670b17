package portaltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Peer is a FHIR server of another project, with nothing of ours in its answers but
// the way in: it knows no sign-in, so a Server stands before it.
type Peer struct {
	url  *url.URL
	logs bytes.Buffer
}

// NewPeer starts one whose pages have so many entries at most. Without it the test
// is skipped, and fails where CI is true.
func NewPeer(t testing.TB, page int) *Peer {
	t.Helper()
	home := filepath.Join(root(t), "tools", "fhirpeer")
	if _, err := os.Stat(filepath.Join(home, "node_modules", ".stamp")); err != nil {
		lack(t, "the FHIR server for tests is missing: run scripts/fhirpeer.sh")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		lack(t, "node is missing: scripts/need.sh node")
	}
	p := &Peer{}
	cmd := exec.Command(node, "serve.mjs", strconv.Itoa(page))
	cmd.Dir, cmd.Stderr = home, &p.logs
	stdin, err := cmd.StdinPipe() // closed, it ends
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	// It reads FHIR's own definitions first: 3 s of work, more on a busy machine.
	late := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	port, err := bufio.NewReader(stdout).ReadString('\n')
	late.Stop()
	if err != nil {
		_ = cmd.Wait()
		t.Fatalf("the FHIR server did not start: %v\n%s", err, p.logs.String())
	}
	if p.url, err = url.Parse("http://127.0.0.1:" + strings.TrimSpace(port)); err != nil {
		t.Fatal(err)
	}
	return p
}

func lack(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// root is the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above this folder")
	return ""
}

// Behind puts the peer behind a server that signs people in: from then on it answers
// for the patient of this id.
func (p *Peer) Behind(s *Server, patient string) {
	s.Who = patient
	s.Records = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(p.url)
		r.SetXForwarded() // its links lead to the way in
	}}
}

// Load has the peer take a transaction, and gives the places of what it made, such
// as "Patient/123", in the order of the entries.
func (p *Peer) Load(t testing.TB, bundle []byte) []string {
	t.Helper()
	res, err := http.Post(p.url.String()+"/fhir", "application/fhir+json", bytes.NewReader(bundle))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var said struct {
		Entry []struct {
			Response struct{ Status, Location string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the FHIR server answered %d: %v", res.StatusCode, err)
	}
	var places []string
	for i, e := range said.Entry {
		if !strings.HasPrefix(e.Response.Status, "20") {
			t.Fatalf("the FHIR server refused entry %d: %s", i, e.Response.Status)
		}
		places = append(places, e.Response.Location)
	}
	return places
}
