package program

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/consent"
	"consilium/internal/intake"
	"consilium/internal/packet"
	"consilium/internal/records"
)

// install is one installation with one case of one person.
type install struct {
	*Program
	t     testing.TB
	who   casefile.Person
	case1 casefile.ID
}

var profile = casefile.Profile{Patient: casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02", State: "CA"}, Diagnosis: casefile.Diagnosis{Text: "breast cancer"}}

func newInstall(t testing.TB) *install {
	t.Helper()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	p, err := Open(t.Context(), Config{Data: t.TempDir(), Public: "https://consilium.example.org", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	in := &install{p, t, casefile.Person(NewID()), casefile.ID(NewID())}
	err = p.Store.Create(t.Context(), casefile.Change{
		Case: in.case1, By: in.who, At: now, Verb: "open_case",
		Grants: []consent.Grant{{ID: NewID(), Person: string(in.who), Role: consent.Patient, From: now, Wording: "owner.v1"}},
		Drafts: []casefile.Draft{{Ref: casefile.ProfileRef, Body: profile}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (in *install) load() *casefile.Case {
	in.t.Helper()
	c, err := in.House.Load(in.t.Context(), in.who, in.case1)
	if err != nil {
		in.t.Fatal(err)
	}
	return c
}

// hand hands a file in and has it read.
func (in *install) hand(name string, body []byte) string {
	in.t.Helper()
	ctx := in.t.Context()
	u, err := in.House.StartUpload(ctx, in.who, in.load(), name, int64(len(body)))
	if err == nil {
		u, err = in.House.AppendUpload(ctx, in.who, in.load(), u.ID, 0, bytes.NewReader(body))
	}
	var got records.Received
	if err == nil {
		got, err = in.House.FinishUpload(ctx, in.who, in.load(), u.ID)
	}
	if err != nil {
		in.t.Fatal(err)
	}
	in.work()
	return got.SHA256
}

func (in *install) work() {
	in.t.Helper()
	for {
		did, err := in.WorkOnce(in.t.Context())
		if err != nil {
			in.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

func (in *install) packet(choice records.PacketChoice) []byte {
	in.t.Helper()
	c := in.load()
	if err := in.House.ChoosePacket(in.t.Context(), in.who, c, choice, c.Version(records.PacketChoiceRef)); err != nil {
		in.t.Fatal(err)
	}
	p, err := in.House.MakePacket(in.t.Context(), in.who, in.load())
	if err != nil {
		in.t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := p.Write(in.t.Context(), &b); err != nil {
		in.t.Fatal(err)
	}
	return b.Bytes()
}

const bundle = `{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"given":["Ruth"],"family":"Alvarez"}],"gender":"female","birthDate":"1961-04-02"}},
{"fullUrl":"urn:uuid:c","resource":{"resourceType":"Condition","id":"c","subject":{"reference":"urn:uuid:p"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C50.911"}],"text":"Invasive ductal carcinoma"},"onsetDateTime":"2026-09-14"}},
{"fullUrl":"urn:uuid:m","resource":{"resourceType":"MedicationStatement","id":"m","status":"active","subject":{"reference":"urn:uuid:p"},"medicationCodeableConcept":{"text":"Letrozole"},"dosage":[{"text":"2.5 mg once a day"}]}},
{"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"urn:uuid:p"},"code":{"text":"Hemoglobin"},"effectiveDateTime":"2026-09-20","valueQuantity":{"value":7.10,"unit":"g/dL"}}}]}`

func openPacket(t testing.TB, b []byte) actions.OpenedPacket {
	t.Helper()
	p, err := packet.Open(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func in(t testing.TB, p actions.OpenedPacket, path string) []byte {
	t.Helper()
	r, err := p.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheSummaryOfAPacketIsValidAndSaysTheSame(t *testing.T) {
	house := newInstall(t)
	house.hand("portal.json", []byte(bundle))
	stranger := house.hand("other.json", []byte(strings.ReplaceAll(bundle, "1961-04-02", "1975-01-01")))
	note := house.hand("scan.txt", []byte("a note"))
	p := openPacket(t, house.packet(records.PacketChoice{Language: "en", Agreed: records.PacketWording, LeftOut: []string{note}}))
	m := p.Manifest()
	if len(m.LeftOut) != 2 || m.LeftOut[0] != (records.LeftOut{Why: records.LeftByChoice, Files: 1}) || m.LeftOut[1] != (records.LeftOut{Why: records.LeftStranger, Files: 1}) {
		t.Errorf("left out: %+v", m.LeftOut)
	}
	for _, e := range m.Entries {
		if e.SHA256 == stranger || e.SHA256 == note {
			t.Errorf("%s is in the packet", e.Path)
		}
	}
	check(t, in(t, p, packet.SummaryName), clinical.Counts{clinical.Condition: 1, clinical.Medication: 1, clinical.Result: 1})
}

// check reads a summary as any other file: no error, and facts of these kinds at least.
func check(t testing.TB, summary []byte, want clinical.Counts) clinical.Reading {
	t.Helper()
	r := intake.Read(context.Background(), packet.SummaryName, bytes.NewReader(summary), int64(len(summary)), intake.Options{})
	for _, i := range r.Issues {
		// The originals lie beside the summary, not in it.
		if !strings.Contains(i.Text, "points at a document that is not in it") && (i.Severity == clinical.Error || i.Severity == clinical.Warning) {
			t.Errorf("%s at %s: %s", i.Severity, i.Path, i.Text)
		}
	}
	for k, n := range want {
		if r.Counts[k] < n {
			t.Errorf("%d facts of kind %s, want %d", r.Counts[k], k, n)
		}
	}
	return r
}

func TestTheSummaryOfTheOpenSamplesIsValid(t *testing.T) {
	dir := "../../../../shared/data/open/fhir"
	files, _ := filepath.Glob(dir + "/ips/*.json")
	more, _ := filepath.Glob(dir + "/us-core/*.json")
	if len(files) == 0 {
		t.Skip("the open data is not here")
	}
	house := newInstall(t)
	for _, f := range append(files, more...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sha := house.hand(filepath.Base(f), b)
		c := house.load()
		all, err := records.Files(c)
		if err != nil {
			t.Fatal(err)
		}
		piece, _, _ := records.Find(all, sha)
		if piece.Belongs == records.Differs {
			if err := house.House.SayWhose(t.Context(), house.who, c, sha, records.Whose{Claim: records.Ours, Reason: "test"}, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := house.packet(records.PacketChoice{Language: "es", Agreed: records.PacketWording})
	if dir := os.Getenv("PACKET_OUT"); dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "packet.zip"), b, 0o600)
	}
	check(t, in(t, openPacket(t, b), packet.SummaryName), clinical.Counts{clinical.Condition: 5, clinical.Device: 1, clinical.Immunization: 1, clinical.ImagingStudy: 1})
}
