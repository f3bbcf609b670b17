package fhir_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/fhir"
)

func read(s string) clinical.Reading { return readWithin(s, fhir.DefaultLimits()) }

func readWithin(s string, lim fhir.Limits) clinical.Reading {
	return fhir.Read(context.Background(), strings.NewReader(s), int64(len(s)), clinical.Source{File: "sum", Name: "file"}, lim)
}

// issue finds an issue by its key, or fails.
func issue(t *testing.T, r clinical.Reading, key string) clinical.Issue {
	t.Helper()
	for _, i := range r.Issues {
		if i.Key == "intake.fhir."+key {
			return i
		}
	}
	t.Fatalf("no issue %q; there are %+v", key, r.Issues)
	return clinical.Issue{}
}

func observation(id, value string) string {
	return `{"resourceType":"Observation","id":"` + id + `","status":"final","code":{"text":"Haemoglobin"},"valueQuantity":{"value":` + value + `,"unit":"g/dL"}}`
}

func entry(resource string) string { return `{"resource":` + resource + `}` }

func bundle(entries ...string) string {
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

func TestASoundBundleHasNoIssues(t *testing.T) {
	r := read(bundle(entry(observation("a", "7.10")), entry(observation("b", "8"))))
	if len(r.Issues) != 0 || r.Kind != clinical.FileFHIRBundle || len(r.Facts) != 2 {
		t.Fatalf("%+v", r)
	}
	f := r.Facts[0]
	if f.Value != "7.10" || f.Unit != "g/dL" || f.Text != "Haemoglobin" || f.Source.Path != "Bundle.entry[0].resource" {
		t.Errorf("%+v", f)
	}
	if f.ID != clinical.FactID("sum", "Bundle.entry[0].resource") {
		t.Errorf("the id does not come from file and path: %s", f.ID)
	}
}

func TestABundleCutInHalfGivesTheWholeEntriesAndAnError(t *testing.T) {
	whole := bundle(entry(observation("a", "1")), entry(observation("b", "2")), entry(observation("c", "3")))
	for cut := len(whole) - 1; cut > 1; cut-- {
		r := read(whole[:cut])
		if !r.Has(clinical.Error) {
			t.Fatalf("cut at %d: no error", cut)
		}
		want := 0
		for _, id := range []string{"a", "b", "c"} {
			if strings.Contains(whole[:cut], entry(observation(id, string(id[0]-'a'+'1')))) {
				want++
			}
		}
		if len(r.Facts) != want {
			t.Fatalf("cut at %d: %d facts, %d entries are whole", cut, len(r.Facts), want)
		}
	}
	if i := issue(t, read(whole[:len(whole)/2]), "cut_short"); i.Severity != clinical.Error || !strings.HasPrefix(i.Path, "Bundle") {
		t.Errorf("%+v", i)
	}
}

func TestAnEntryWithARepeatedNameIsRefusedAndTheOthersAreRead(t *testing.T) {
	bad := `{"resourceType":"Observation","status":"final","status":"amended","code":{"text":"x"}}`
	r := read(bundle(entry(observation("a", "1")), entry(bad), entry(observation("b", "2"))))
	if len(r.Facts) != 2 {
		t.Fatalf("%d facts", len(r.Facts))
	}
	if i := issue(t, r, "duplicate_key"); i.Path != "Bundle.entry[1].resource.status" {
		t.Errorf("path %q", i.Path)
	}
	if r.Facts[1].Source.Path != "Bundle.entry[2].resource" {
		t.Errorf("the third entry is at %s", r.Facts[1].Source.Path)
	}
}

func TestASmuggledSecondValueIsNeverTheOneThatCounts(t *testing.T) {
	for _, s := range []string{
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"no","valueString":"yes"}`,
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"no","value\u0053tring":"yes"}`,
		`{"resourceType":"Bundle","type":"collection","entry":[` + entry(observation("a", "1")) + `],"entry":[` + entry(observation("b", "2")) + `]}`,
	} {
		r := read(s)
		issue(t, r, "duplicate_key")
		for _, f := range r.Facts {
			if f.Value == "yes" || f.Value == "2" {
				t.Errorf("the second value was taken: %+v", f)
			}
		}
	}
}

func TestBytesThatAreNoTextAreRefusedWhereTheyStand(t *testing.T) {
	for _, bytes := range []string{"\xff", "\xc3", "\xed\xa0\x80", `\ud800`} {
		bad := `{"resourceType":"Observation","status":"final","code":{"text":"x` + bytes + `"}}`
		r := read(bundle(entry(observation("a", "1")), entry(bad), entry(observation("b", "2"))))
		if i := issue(t, r, "invalid_utf8"); i.Path != "Bundle.entry[1].resource.code.text" {
			t.Errorf("path %q", i.Path)
		}
		if len(r.Facts) != 2 {
			t.Errorf("%q: %d facts", bytes, len(r.Facts))
		}
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	deep := strings.Repeat(`{"extension":[`, 2000) + strings.Repeat(`]}`, 2000)
	r := read(bundle(entry(observation("a", "1")), entry(`{"resourceType":"Observation","extension":[`+deep+`]}`), entry(observation("b", "2"))))
	issue(t, r, "too_deep")
	if len(r.Facts) != 2 {
		t.Errorf("%d facts", len(r.Facts))
	}
	deeper := strings.Repeat(`{"extension":[`, 50_000)
	r = read(bundle(entry(observation("a", "1")), deeper))
	issue(t, r, "too_deep")
	if len(r.Facts) != 1 {
		t.Errorf("%d facts", len(r.Facts))
	}
	r = read(`{"a":` + strings.Repeat("[", 200_000))
	if !r.Has(clinical.Error) || r.Kind != clinical.FileUnknown {
		t.Errorf("%+v", r)
	}
}

func TestTheTableFindsPlantedErrors(t *testing.T) {
	for _, c := range []struct{ name, resource, key, path string }{
		{"an element of no such name", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"colour":"red"}`, "unknown_element", "Observation.colour"},
		{"a nested element of no such name", `{"resourceType":"Observation","status":"final","code":{"txt":"x"}}`, "unknown_element", "Observation.code.txt"},
		{"a missing element", `{"resourceType":"Observation","code":{"text":"x"}}`, "missing", "Observation"},
		{"a list where one is allowed", `{"resourceType":"Observation","status":["final"],"code":{"text":"x"}}`, "not_repeatable", "Observation.status"},
		{"one where a list is asked for", `{"resourceType":"Patient","name":{"family":"x"}}`, "should_repeat", "Patient.name"},
		{"two choices", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"a","valueInteger":1}`, "two_choices", "Observation.valueInteger"},
		{"a choice of a type not allowed", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueAddress":{}}`, "unknown_element", "Observation.valueAddress"},
		{"a date that is none", `{"resourceType":"Patient","birthDate":"1980-02-30"}`, "wrong_form", "Patient.birthDate"},
		{"a date as Americans write it", `{"resourceType":"Patient","birthDate":"02/03/1980"}`, "wrong_form", "Patient.birthDate"},
		{"an instant without a zone", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"issued":"2020-01-01T10:00:00"}`, "wrong_form", "Observation.issued"},
		{"a number as text", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":"7.1"}}`, "wrong_form", "Observation.valueQuantity.value"},
		{"a truth as text", `{"resourceType":"Patient","active":"true"}`, "wrong_form", "Patient.active"},
		{"an id with a space", `{"resourceType":"Patient","id":"a b"}`, "wrong_form", "Patient.id"},
		{"an empty object", `{"resourceType":"Observation","status":"final","code":{}}`, "empty_value", "Observation.code"},
		{"an empty list", `{"resourceType":"Patient","name":[]}`, "empty_value", "Patient.name"},
		{"an empty string", `{"resourceType":"Patient","gender":""}`, "empty_value", "Patient.gender"},
		{"a contained resource that is not there", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"#p"}}`, "unresolved", "Observation.subject"},
		{"a reference to the wrong thing", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Medication/1"}}`, "wrong_target", "Observation.subject"},
		{"no such resource", `{"resourceType":"Horoscope"}`, "unknown_resource", "Horoscope"},
		{"a wrong resource inside", `{"resourceType":"Observation","status":"final","code":{"text":"x"},"contained":[{"resourceType":"Patient","colour":1}]}`, "unknown_element", "Observation.contained[0].colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if i := issue(t, read(c.resource), c.key); i.Path != c.path {
				t.Errorf("path %q, want %q", i.Path, c.path)
			}
		})
	}
}

func TestWhatTheStandardAllowsIsNotComplainedOf(t *testing.T) {
	for _, s := range []string{
		`{"resourceType":"Patient","id":"a","_birthDate":{"extension":[{"url":"http://example.org/x","valueDateTime":"2020"}]},"birthDate":"1980"}`,
		`{"resourceType":"Observation","_status":{"extension":[{"url":"http://example.org/x","valueCode":"unknown"}]},"code":{"text":"x"}}`,
		`{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://example.org/x","valueString":"y"}]}]}]}`,
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}}`,
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.0E-5,"comparator":"<"}}`,
		`{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"https://example.org/fhir/Patient/1/_history/2"}}`,
		`{"status":"final","code":{"text":"x"},"resourceType":"Observation"}`,
	} {
		if r := read(s); len(r.Issues) != 0 {
			t.Errorf("%s\n%+v", s, r.Issues)
		}
	}
}

func TestOneBadLineDoesNotHideTheOthers(t *testing.T) {
	s := observation("a", "1") + "\n" + `{"resourceType":"Observation","status":` + "\n\n" + observation("b", "2") + "\r\n" +
		`{"resourceType":"Observation","id":"x","id":"y"}` + "\n" + observation("c", "3")
	r := read(s)
	if r.Kind != clinical.FileFHIRNDJSON || len(r.Facts) != 3 {
		t.Fatalf("%s, %d facts: %+v", r.Kind, len(r.Facts), r.Issues)
	}
	if i := issue(t, r, "cut_short"); !strings.HasPrefix(i.Path, "line[2]") {
		t.Errorf("%+v", i)
	}
	if i := issue(t, r, "duplicate_key"); i.Path != "line[5].id" {
		t.Errorf("%+v", i)
	}
	if r.Facts[2].Source.Path != "line[6]" {
		t.Errorf("%+v", r.Facts[2].Source)
	}
}

func TestABundleWrittenWithoutIndentOverSeveralLinesIsStillABundle(t *testing.T) {
	s := "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n" + entry(observation("a", "1")) + ",\n" + entry(observation("b", "2")) + "\n]}\n"
	if r := read(s); r.Kind != clinical.FileFHIRBundle || len(r.Facts) != 2 || len(r.Issues) != 0 {
		t.Errorf("%s %d %+v", r.Kind, len(r.Facts), r.Issues)
	}
}

func TestTheTypeMayStandBehindTheEntries(t *testing.T) {
	s := `{"entry":[` + entry(observation("a", "1")) + `],"type":"collection","resourceType":"Bundle"}`
	if r := read(s); r.Kind != clinical.FileFHIRBundle || len(r.Facts) != 1 || len(r.Issues) != 0 {
		t.Errorf("%s %d %+v", r.Kind, len(r.Facts), r.Issues)
	}
}

func TestAMedicineIsFoundWhereverItStands(t *testing.T) {
	medication := `{"resourceType":"Medication","id":"m1","code":{"text":"Tamoxifen","coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"10324"}]}}`
	request := func(ref, more string) string {
		return `{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/p"},"medicationReference":{"reference":"` + ref + `"}` + more + `}`
	}
	for name, s := range map[string]string{
		"behind":      bundle(entry(request("Medication/m1", "")), entry(medication)),
		"before":      bundle(entry(medication), entry(request("Medication/m1", ""))),
		"by address":  bundle(entry(request("urn:uuid:0f0f0f0f-0000-4000-8000-000000000001", "")), `{"fullUrl":"urn:uuid:0f0f0f0f-0000-4000-8000-000000000001","resource":`+medication+`}`),
		"inside":      request("#m1", `,"contained":[`+medication+`]`),
		"other lines": request("Medication/m1", "") + "\n" + medication,
	} {
		r := read(s)
		if len(r.Facts) != 1 || r.Facts[0].Text != "Tamoxifen" || len(r.Facts[0].Codes) != 1 || r.Facts[0].Codes[0].Code != "10324" {
			t.Errorf("%s: %+v", name, r.Facts)
		}
		if len(r.Issues) != 0 {
			t.Errorf("%s: %+v", name, r.Issues)
		}
	}
}

func TestAReferenceThatLeadsNowhereIsNamed(t *testing.T) {
	r := read(bundle(entry(`{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"urn:uuid:0f0f0f0f-0000-4000-8000-000000000009"}}`)))
	if i := issue(t, r, "unresolved"); i.Path != "Bundle.entry[0].resource.subject" || i.Severity != clinical.Warning {
		t.Errorf("%+v", i)
	}
}

func TestFactsOfSeveralPatientsSayWhoseTheyAre(t *testing.T) {
	of := func(p string) string {
		return `{"resourceType":"Condition","code":{"text":"x"},"subject":{"reference":"` + p + `"}}`
	}
	r := read(bundle(entry(`{"resourceType":"Patient","id":"1"}`), `{"fullUrl":"urn:uuid:0f0f0f0f-0000-4000-8000-000000000002","resource":{"resourceType":"Patient","id":"2"}}`,
		entry(of("Patient/1")), entry(of("urn:uuid:0f0f0f0f-0000-4000-8000-000000000002"))))
	issue(t, r, "several_patients")
	if len(r.Patients) != 2 || r.Facts[0].Subject != "Patient/1" || r.Facts[1].Subject != "Patient/2" {
		t.Errorf("%+v %+v", r.Patients, r.Facts)
	}
	one := read(bundle(entry(`{"resourceType":"Patient","id":"1"}`), entry(of("Patient/1"))))
	if len(one.Patients) != 0 || one.Facts[0].Subject != "" || len(one.Issues) != 0 {
		t.Errorf("%+v", one)
	}
}

func TestWhatWasEnteredInErrorStaysAndSaysSo(t *testing.T) {
	r := read(bundle(
		entry(`{"resourceType":"Observation","status":"entered-in-error","code":{"text":"x"}}`),
		entry(`{"resourceType":"Condition","subject":{"reference":"Patient/1"},"code":{"text":"x"},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}}`)))
	for _, f := range r.Facts {
		if f.Status != clinical.EnteredInError {
			t.Errorf("%+v", f)
		}
	}
	issue(t, r, "withdrawn")
	if len(r.Facts) != 2 || len(clinical.Standing(r.Facts)) != 0 {
		t.Errorf("%d facts", len(r.Facts))
	}
}

func TestTwoEntriesOfOneAddressAreNamed(t *testing.T) {
	e := `{"fullUrl":"urn:uuid:0f0f0f0f-0000-4000-8000-000000000001","resource":` + observation("a", "1") + `}`
	if i := issue(t, read(bundle(e, e)), "duplicate_id"); i.Path != "Bundle.entry[1].resource" {
		t.Errorf("%+v", i)
	}
	history := strings.Replace(bundle(e, e), "collection", "history", 1)
	for _, i := range read(history).Issues {
		if i.Key == "intake.fhir.duplicate_id" {
			t.Error("the versions of one record share its address")
		}
	}
	issue(t, read(history), "history")
}

func TestAHealthCardIsUnpackedAndItsSignatureDoubted(t *testing.T) {
	payload := `{"iss":"https://example.org","vc":{"type":["x"],"credentialSubject":{"fhirVersion":"4.0.1","fhirBundle":` +
		bundle(`{"fullUrl":"resource:0","resource":{"resourceType":"Patient","name":[{"family":"Alvarez","given":["Ruth"]}],"birthDate":"1961-04-02"}}`,
			`{"fullUrl":"resource:1","resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}]},"patient":{"reference":"resource:0"},"occurrenceDateTime":"2021-01-01"}}`) + `}}}`
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(payload))
	_ = w.Close()
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"zip":"DEF","alg":"ES256"}`)) + "." +
		base64.RawURLEncoding.EncodeToString(packed.Bytes()) + ".c2ln"
	digits := "shc:/"
	for _, c := range []byte(token) {
		digits += fmt.Sprintf("%02d", c-45)
	}
	for _, r := range []clinical.Reading{
		read(`{"verifiableCredential":["` + token + `"]}`),
		fhir.Reader{Limits: fhir.DefaultLimits()}.ReadCard(digits, clinical.Source{File: "sum"}),
	} {
		if r.Kind != clinical.FileHealthCard || len(r.Facts) != 1 || r.Facts[0].Codes[0].Code != "207" || r.Patient == nil || r.Patient.Name != "Ruth Alvarez" {
			t.Errorf("%+v", r)
		}
		issue(t, r, "card_unknown")
	}
	issue(t, read(`{"verifiableCredential":["`+token[:len(token)/2]+`"]}`), "card_damaged")
}

func TestLimitsAreKeptAndNamed(t *testing.T) {
	lim := fhir.DefaultLimits()
	many := make([]string, 50)
	for i := range many {
		many[i] = entry(observation(fmt.Sprint("o", i), "1"))
	}
	s := bundle(many...)

	l := lim
	l.MaxEntries = 10
	r := readWithin(s, l)
	if issue(t, r, "too_many_entries"); len(r.Facts) != 10 {
		t.Errorf("%d facts", len(r.Facts))
	}
	l = lim
	l.MaxBytes = int64(len(s) / 2)
	r = readWithin(s, l)
	if issue(t, r, "too_large"); len(r.Facts) < 20 || len(r.Facts) > 30 {
		t.Errorf("%d facts", len(r.Facts))
	}
	l = lim
	l.MaxFactBytes = 4000
	r = readWithin(s, l)
	if issue(t, r, "too_many_facts"); len(r.Facts) == 0 || len(r.Facts) > 12 {
		t.Errorf("%d facts", len(r.Facts))
	}
	l = lim
	l.MaxResource = 20_000
	r = readWithin(bundle(entry(observation("a", "1")), entry(`{"resourceType":"Observation","note":[{"text":"`+strings.Repeat("x", 100_000)+`"}]}`)), l)
	if issue(t, r, "resource_too_large"); len(r.Facts) != 1 {
		t.Errorf("%d facts", len(r.Facts))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	issue(t, fhir.Read(ctx, strings.NewReader(s), int64(len(s)), clinical.Source{}, lim), "timeout")
}

func TestRepeatedIssuesAreFolded(t *testing.T) {
	many := make([]string, 500)
	for i := range many {
		many[i] = entry(`{"resourceType":"Observation","status":"final","code":{"text":"x"},"colour":"red"}`)
	}
	r := read(bundle(many...))
	if len(r.Issues) != 4 {
		t.Fatalf("%d issues", len(r.Issues))
	}
	if last := r.Issues[3]; last.Vars["what"] != "497" || last.Severity != clinical.Warning {
		t.Errorf("%+v", last)
	}
}

func TestIssuesNeverQuoteTheRecord(t *testing.T) {
	secret := "Zebedee Quill"
	for _, s := range []string{
		bundle(entry(`{"resourceType":"Patient","birthDate":"` + secret + `","` + secret + `":1,"gender":["` + secret + `"]}`)),
		`{"resourceType":"` + secret + `"}`,
		bundle(entry(`{"resourceType":"Patient","` + secret + `":1,"` + secret + `":2}`)),
		`{"resourceType":"Patient","name":[{"text":"` + secret + `}]}`,
		`{"resourceType":"Observation","subject":{"reference":"` + secret + `/` + secret + `"}}`,
	} {
		r := read(s)
		b, err := json.Marshal(r.Issues)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Issues) == 0 || strings.Contains(string(b), "Zebedee") || strings.Contains(string(b), "Quill") {
			t.Errorf("%s", b)
		}
	}
}

func TestEveryKeyOfAnIssueHasASentence(t *testing.T) {
	src, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range src {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{`log.add("`, `c.say("`, `c.at(key, "`, `c.at(t.key(m), "`} {
			for _, part := range strings.Split(string(b), call)[1:] {
				key, _, _ := strings.Cut(part, `"`)
				if i := fhir.NewIssue(key, "", ""); i.Text == "" {
					t.Errorf("%s: issue %q has no sentence", p, key)
				}
			}
		}
	}
}

func FuzzFHIR(f *testing.F) {
	files, _ := filepath.Glob("../testdata/fhir/*.json")
	for _, p := range files {
		if b, err := os.ReadFile(p); err == nil && len(b) < 20_000 {
			f.Add(b)
		}
	}
	f.Add([]byte(bundle(entry(observation("a", "1.50")))))
	f.Add([]byte(observation("a", "1") + "\n" + observation("b", "2")))
	f.Add([]byte(`{"verifiableCredential":["a.b.c"]}`))
	lim := fhir.DefaultLimits()
	lim.MaxResource, lim.MaxEntries = 1<<20, 100
	f.Add([]byte(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"DiagnosticReport","status":"final","code":{"text":"a"},"imagingStudy":[{"reference":"ImagingStudy/s"}]}},{"resource":` + imagingStudy + `}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := fhir.Read(context.Background(), bytes.NewReader(b), int64(len(b)), clinical.Source{File: "sum"}, lim)
		ids := map[string]bool{}
		for _, f := range r.Facts {
			if ids[f.ID] {
				t.Fatalf("two facts have the id of %s", f.Source.Path)
			}
			ids[f.ID] = true
		}
		if r.Kind == clinical.FileUnknown && len(r.Issues) == 0 {
			t.Fatal("an unknown file without a word about it")
		}
		out, err := json.Marshal(r)
		if err != nil || !json.Valid(out) {
			t.Fatal(err)
		}
	})
}
