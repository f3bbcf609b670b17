package records_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/portal/portaltest"
	core "consilium/internal/records"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

// These tests fetch from a FHIR server of another project, which holds the records of
// two people, behind our own strict way in.

// asks are the types that a pull asks for, as US Core and its neighbours name them,
// written down here a second time: the count must not come from what is tested.
var asks = []string{
	"Patient", "AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "Coverage", "Device", "DiagnosticReport", "DocumentReference",
	"Encounter", "ExplanationOfBenefit", "Goal", "ImagingStudy", "Immunization", "Medication", "MedicationAdministration", "MedicationRequest",
	"Observation", "Procedure",
}

// patientRecord is one person's transaction, and what must come of it.
type patientRecord struct {
	bundle  []byte
	profile casefile.Profile
	counts  map[string]int  // by type, of asks
	notes   map[string]bool // the texts of the documents
	places  []string        // "Observation/123": what the server made of asks
	id      string          // the patient's
}

type tree = map[string]any

// person reads a transaction and moves its notes into Binaries of their own, as
// hospitals keep them.
func person(t *testing.T, raw []byte) *patientRecord {
	t.Helper()
	var b struct {
		ResourceType string `json:"resourceType"`
		Type         string `json:"type"`
		Entry        []tree `json:"entry"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	p := &patientRecord{counts: map[string]int{}, notes: map[string]bool{}}
	var binaries []tree
	for _, e := range b.Entry {
		r := e["resource"].(tree)
		kind := r["resourceType"].(string)
		if slices.Contains(asks, kind) {
			p.counts[kind]++
		}
		switch kind {
		case "Patient":
			name := r["name"].([]any)[0].(tree)
			p.profile.Patient = casefile.Patient{Name: fmt.Sprint(name["given"].([]any)[0], " ", name["family"]), BirthDate: r["birthDate"].(string), State: "MA"}
			p.profile.Diagnosis.Text = "a second look"
		case "DocumentReference":
			a := r["content"].([]any)[0].(tree)["attachment"].(tree)
			note, err := base64.StdEncoding.DecodeString(a["data"].(string))
			if err != nil {
				t.Fatal(err)
			}
			p.notes[string(note)] = true
			url := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", len(binaries))
			binaries = append(binaries, tree{
				"fullUrl": url, "request": tree{"method": "POST", "url": "Binary"},
				"resource": tree{"resourceType": "Binary", "contentType": "text/plain", "data": a["data"]},
			})
			a["url"] = url
			delete(a, "data")
		}
	}
	b.Entry = append(b.Entry, binaries...)
	var err error
	if p.bundle, err = json.Marshal(b); err != nil {
		t.Fatal(err)
	}
	return p
}

// load puts a person into the server.
func (p *patientRecord) load(t *testing.T, peer *portaltest.Peer) {
	t.Helper()
	for _, place := range peer.Load(t, p.bundle) {
		kind, id, _ := strings.Cut(place, "/")
		if kind == "Patient" {
			p.id = id
		}
		if slices.Contains(asks, kind) {
			p.places = append(p.places, place)
		}
	}
	slices.Sort(p.places)
}

// people are two patients of Synthea's, or two made here where those are absent.
func people(t *testing.T) (one, other *patientRecord) {
	t.Helper()
	open := "../../../../../shared/data/open/fhir/"
	read := func(name, given string) []byte {
		f, err := os.Open(open + name)
		if err != nil {
			return transaction(given)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return person(t, read("synthea-2021/53eac4c0-8d6b-72da-2768-a6d08e687f48.json.gz", "Ruth")),
		person(t, read("synthea-2021/88e4bac8-2609-3c28-a354-ab29f69153f4.json.gz", "Walter"))
}

// transaction is a small record of somebody made up.
func transaction(given string) []byte {
	var all []string
	add := func(kind, rest string) {
		all = append(all, fmt.Sprintf(`{"fullUrl":"urn:uuid:11111111-0000-4000-8000-%012d","resource":{"resourceType":%q,%s},"request":{"method":"POST","url":%q}}`, len(all), kind, rest, kind))
	}
	subject := `"subject":{"reference":"urn:uuid:11111111-0000-4000-8000-000000000000"}`
	add("Patient", `"name":[{"given":["`+given+`"],"family":"Alvarez"}],"birthDate":"1961-04-02"`)
	add("Condition", subject+`,"code":{"text":"Invasive ductal carcinoma"}`)
	for i := range 101 {
		add("Observation", fmt.Sprintf(`"status":"final",%s,"code":{"text":"Hemoglobin"},"valueQuantity":{"value":%d,"unit":"g/dL"}`, subject, i))
	}
	for i := range 3 {
		note := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s, note %d", given, i))
		add("DocumentReference", fmt.Sprintf(`"status":"current",%s,"content":[{"attachment":{"contentType":"text/plain","data":%q}}]`, subject, note))
	}
	return []byte(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(all, ",") + `]}`)
}

// peerSite is a site of this person's, whose portal has the server behind it.
func peerSite(t *testing.T, peer *portaltest.Peer, p *patientRecord) (*webtest.Site, string, *portaltest.Server) {
	t.Helper()
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(p.profile))
	far := portaltest.New(t)
	peer.Behind(far, p.id)
	listed(t, s, far.List())
	if a := signIn(t, s, home); a.Status != http.StatusSeeOther {
		t.Fatalf("signing in: %d", a.Status)
	}
	return s, home, far
}

// came are the resources that lie in the case, by "Type/id", and the documents.
func came(t *testing.T, s *webtest.Site, home string) (resources []string, documents map[string]bool, all string) {
	t.Helper()
	documents = map[string]bool{}
	c := s.Case(casefile.ID(strings.TrimPrefix(home, "/case/")))
	for _, f := range files(t, s, home) {
		o, err := s.House.OpenFile(t.Context(), s.Who, c, f.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
		if err != nil {
			t.Fatal(err)
		}
		if o.Close() != nil || path.Ext(f.Name) != ".ndjson" {
			documents[string(b)] = true
			continue
		}
		all += string(b)
		for line := range bytes.Lines(b) {
			var head struct{ ResourceType, ID string }
			if err := json.Unmarshal(line, &head); err != nil {
				t.Fatal(err)
			}
			resources = append(resources, head.ResourceType+"/"+head.ID)
		}
	}
	slices.Sort(resources)
	return resources, documents, all
}

func TestRecordsComeWholeFromAnotherProjectsServer(t *testing.T) {
	peer := portaltest.NewPeer(t, 20)
	one, other := people(t)
	one.load(t, peer)
	other.load(t, peer)
	t.Run("everything of one patient and nothing of the other", func(t *testing.T) { comesWhole(t, peer, one, other) })
	t.Run("a token that ends midway is renewed, and a pull that broke goes on", func(t *testing.T) { goesOn(t, peer, one) })
	t.Run("what the person did not agree to is named and does not come", func(t *testing.T) { inScope(t, peer, other) })
}

func comesWhole(t *testing.T, peer *portaltest.Peer, one, other *patientRecord) {
	s, home, far := peerSite(t, peer, one)
	p := pull(t, s, home)
	if p.Ended == "" || p.Stopped != "" || len(p.Missing()) > 0 {
		t.Fatalf("the pull did not end well: %+v", p)
	}
	got := map[string]int{}
	for _, x := range p.Types {
		if x.Found > 0 && x.Type != core.Attachments {
			got[x.Type] = x.Found
		}
	}
	if !maps.Equal(got, one.counts) {
		t.Errorf("came %v; there are %v", got, one.counts)
	}
	resources, documents, all := came(t, s, home)
	if !slices.Equal(resources, one.places) {
		t.Errorf("stored are %d resources, the server made %d, and they are not the same", len(resources), len(one.places))
	}
	if !maps.Equal(documents, one.notes) {
		t.Errorf("of %d documents came %d", len(one.notes), len(documents))
	}
	for _, place := range other.places {
		if _, id, _ := strings.Cut(place, "/"); strings.Contains(all, id) {
			t.Fatalf("%s of somebody else came", place)
		}
	}
	if n := asked(far, "_offset="); n < one.counts["Observation"]/20 {
		t.Errorf("%d further pages were asked for", n)
	}
	for _, q := range far.Asked() {
		if strings.Contains(q, "?") && strings.HasPrefix(q, "GET /fhir/") && !strings.Contains(q, "patient="+one.id) {
			t.Errorf("asked without the patient: %s", q)
		}
	}
	// Neither what opens the portal nor whose records came stands in the log.
	for _, secret := range append(far.Secrets(), append(one.places, one.id, one.profile.Patient.Name)...) {
		if strings.Contains(s.Log(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	// A second pull brings nothing twice; what others point to is not asked for again.
	if p = pull(t, s, home); p.New() != 0 || p.Found() != len(one.places)-one.counts["Medication"] {
		t.Errorf("the second pull: %d new of %d", p.New(), p.Found())
	}
}

// asked counts the requests that hold some words.
func asked(far *portaltest.Server, words string) (n int) {
	for _, q := range far.Asked() {
		if strings.Contains(q, words) {
			n++
		}
	}
	return n
}

func goesOn(t *testing.T, peer *portaltest.Peer, one *patientRecord) {
	s, home, far := peerSite(t, peer, one)
	expired, broken := false, false
	far.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/fhir/Observation" || !strings.Contains(r.URL.RawQuery, "_offset") {
			return false
		}
		switch {
		case !expired:
			expired = true
			far.Expire()
		case !broken:
			broken = true
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	if p := pull(t, s, home); p.Ended != "" || !expired || !broken {
		t.Fatalf("expired %v, broken %v: %+v", expired, broken, p)
	}
	s.Pass(10 * time.Minute)
	s.Work()
	if p := pulled(t, s, home); p.Ended == "" || p.Stopped != "" || len(p.Missing()) > 0 {
		t.Fatalf("it did not go on: %+v", p)
	}
	resources, documents, _ := came(t, s, home)
	if !slices.Equal(resources, one.places) || !maps.Equal(documents, one.notes) {
		t.Errorf("came %d resources of %d, %d documents of %d", len(resources), len(one.places), len(documents), len(one.notes))
	}
	first := 0
	for _, q := range far.Asked() {
		if strings.HasPrefix(q, "GET /fhir/Observation?") && !strings.Contains(q, "_offset") {
			first++
		}
	}
	if first != 1 || asked(far, "POST /token") != 2 {
		t.Errorf("the first page was asked for %d times, tokens %d times", first, asked(far, "POST /token"))
	}
}

func inScope(t *testing.T, peer *portaltest.Peer, p *patientRecord) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(p.profile))
	far := portaltest.New(t)
	peer.Behind(far, p.id)
	listed(t, s, strings.Replace(far.List(), `"client_id"`, `"scopes":"launch/patient offline_access patient/Patient.rs patient/Condition.rs","client_id"`, 1))
	signIn(t, s, home)
	pull(t, s, home)
	resources, _, _ := came(t, s, home)
	for _, place := range resources {
		if !strings.HasPrefix(place, "Patient/") && !strings.HasPrefix(place, "Condition/") {
			t.Errorf("%s came", place)
		}
	}
	if len(resources) != p.counts["Condition"]+1 {
		t.Errorf("came %d", len(resources))
	}
	missing := pulled(t, s, home).Missing()
	if !slices.ContainsFunc(missing, func(x core.Pulled) bool { return x.Type == "Observation" && x.Why == "refused" }) {
		t.Errorf("it is not said what was refused: %+v", missing)
	}
}
