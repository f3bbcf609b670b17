package network

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const ext = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/"

// A small directory: two networks, two people, an organisation that takes part.
var acme = []string{
	`{"resourceType":"PractitionerRole","id":"r1","meta":{"lastUpdated":"2026-10-02T01:02:03Z"},"active":true,"practitioner":{"reference":"https://plan.test/fhir/Practitioner/p1/_history/3"},
	 "organization":{"reference":"Organization/clinic"},"location":[{"reference":"Location/l1"},{"reference":"Location/l2"}],
	 "specialty":[{"coding":[{"system":"http://nucc.org/provider-taxonomy","code":"207RX0202X"}]}],
	 "extension":[{"url":"` + ext + `network-reference","valueReference":{"reference":"Organization/gold"}},
	  {"url":"` + ext + `newpatients","extension":[{"url":"acceptingPatients","valueCodeableConcept":{"coding":[{"code":"newpt"}]}},{"url":"fromNetwork","valueReference":{"reference":"Organization/gold"}}]}]}`,
	`{"resourceType":"PractitionerRole","id":"r2","meta":{"lastUpdated":"2026-09-01T00:00:00Z"},"practitioner":{"reference":"urn:uuid:5b9c1d6e-0000-4000-8000-000000000002"},
	 "location":[{"reference":"Location/l2"}],
	 "extension":[{"url":"` + ext + `network-reference","valueReference":{"reference":"Organization/silver","display":"Acme Silver"}}]}`,
	`{"resourceType":"PractitionerRole","id":"ended","period":{"end":"2026-01-31"},"practitioner":{"reference":"Practitioner/p3"}}`,
	`{"resourceType":"PractitionerRole","id":"left","active":false,"practitioner":{"reference":"Practitioner/p3"}}`,
	`{"resourceType":"Practitioner","id":"p1","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"}],"name":[{"family":"A"}]}`,
	`{"resourceType":"Practitioner","id":"p2","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1245319599"}]}`,
	`{"resourceType":"Practitioner","id":"p3","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1679576722"}]}`,
	`{"resourceType":"Organization","id":"gold","name":"Acme Gold","type":[{"coding":[{"code":"ntwk"}]}]}`,
	`{"resourceType":"Organization","id":"silver","name":"Acme Silver","type":[{"coding":[{"code":"ntwk"}]}]}`,
	`{"resourceType":"Organization","id":"clinic","name":"Valley Clinic","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1003000126"}]}`,
	`{"resourceType":"OrganizationAffiliation","id":"a1","active":true,"participatingOrganization":{"reference":"Organization/clinic"},"network":[{"reference":"Organization/gold"}]}`,
	`{"resourceType":"Location","id":"l1","name":"Downtown","address":{"line":["1 Main St","Suite 2"],"city":"Fresno","state":"CA","postalCode":"93701"},"telecom":[{"system":"phone","value":"555-0100"}]}`,
	`{"resourceType":"Location","id":"l2","name":"North","address":{"city":"Reno","state":"NV"},"extension":[{"url":"` + ext + `newpatients","extension":[{"url":"acceptingPatients","valueCodeableConcept":{"coding":[{"code":"existptonly"}]}}]}]}`,
	`{"resourceType":"InsurancePlan","id":"plan","name":"Acme Gold PPO 2026","network":[{"reference":"Organization/gold"}]}`,
}

func lineByLine(resources []string) []byte {
	var b bytes.Buffer
	for _, r := range resources {
		json.Compact(&b, []byte(r))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func bundle(resources []string) []byte {
	entries := []string{}
	for k, r := range resources {
		full := fmt.Sprintf("https://plan.test/fhir/x/%d", k)
		if strings.Contains(r, `"id":"p2"`) {
			full = "urn:uuid:5b9c1d6e-0000-4000-8000-000000000002"
		}
		entries = append(entries, fmt.Sprintf(`{"resource":%s,"fullUrl":%q}`, r, full))
	}
	return []byte(`{"entry":[` + strings.Join(entries, ",") + `],"resourceType":"Bundle","type":"collection"}`)
}

func TestADirectorySaysWhoIsInWhere(t *testing.T) {
	for seed := range uint64(4) {
		shuffled := slices.Clone(acme)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		n, report := built(t, Plan{Name: "Acme", PlanNet: []string{put(t, "directory.json", bundle(shuffled))}, On: "2026-11-22"})
		if got := slices.Collect(n.All); !slices.Equal(got, []uint32{1003000126, 1234567893, 1245319599}) {
			t.Fatalf("members %v, issues %v", got, report.Issues)
		}
		if n.Accepts(1234567893) != AcceptsNew || n.Accepts(1245319599) != AcceptsExisting || n.Accepts(1003000126) != AcceptsUnknown || n.Has(1679576722) {
			t.Error("who accepts new patients is wrong")
		}
		roles := n.Roles(1234567893)
		if len(roles) != 2 {
			t.Fatalf("%+v", roles)
		}
		slices.SortFunc(roles, func(x, y Role) int { return strings.Compare(x.City, y.City) })
		r := roles[0]
		if r.Organization != "Valley Clinic" || r.Place != "Downtown" || r.Address != "1 Main St, Suite 2" || r.City != "Fresno" || r.State != "CA" || r.ZIP != "93701" || r.Phone != "555-0100" ||
			!slices.Equal(r.Networks, []string{"Acme Gold"}) || !slices.Equal(r.Specialties, []string{"207RX0202X"}) || r.Updated != "2026-10-02" || r.Accepting != "yes" {
			t.Errorf("%+v", r)
		}
		if s := n.Sources()[0]; s.Updated != "2026-10-02" || s.Oldest != "2026-09-01" || s.Plan != "Acme Gold PPO 2026" || s.Counts.Resources != int64(len(acme)) || s.Counts.Missing != 0 {
			t.Errorf("%+v %v", s, report.Issues)
		}
	}
}

// A file for each type of resource is how the large directories come: references lead
// from one file to another.
func TestReferencesLeadFromFileToFile(t *testing.T) {
	byType := map[string][]string{}
	for _, r := range acme {
		kind := r[len(`{"resourceType":"`):]
		kind = kind[:strings.IndexByte(kind, '"')]
		byType[kind] = append(byType[kind], r)
	}
	var files []string
	for kind, rs := range byType {
		files = append(files, put(t, kind+".ndjson", lineByLine(rs)))
	}
	n, report := built(t, Plan{PlanNet: files, On: "2026-11-22"})
	if !n.Has(1234567893) || !n.Has(1003000126) || n.Has(1679576722) {
		t.Error("the wrong people are in")
	}
	// Nothing gives the second one's urn in a file of lines: it is reported with its path.
	if n.Has(1245319599) || !slices.ContainsFunc(report.Issues, func(i Issue) bool { return i.Path == "PractitionerRole/r2.practitioner[0]" }) {
		t.Errorf("%v", report.Issues)
	}
}

func TestOneNetworkOfSeveralCanBeAskedFor(t *testing.T) {
	path := put(t, "directory.json", bundle(acme))
	for _, name := range []string{"Acme Gold", "acme gold ppo 2026", "gold"} {
		n, _ := built(t, Plan{PlanNet: []string{path}, Only: []string{name}})
		if !n.Has(1234567893) || !n.Has(1003000126) || n.Has(1245319599) {
			t.Errorf("%s: %v", name, slices.Collect(n.All))
		}
	}
	_, err := Build(t.Context(), Plan{Out: filepath.Join(t.TempDir(), "n"), PlanNet: []string{path}, Only: []string{"Acme Bronze"}})
	if err == nil || !strings.Contains(err.Error(), "Acme Silver") {
		t.Errorf("a network that is not there: %v", err)
	}
}

// The published examples have no right NPI and lack most of what they refer to: what
// was found and what was not is counted here in another way.
func TestPublishedExamplesAreReadAndTheirGapsReported(t *testing.T) {
	files, err := filepath.Glob("testdata/plan-net/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples")
	}
	if open, _ := filepath.Glob("../../../../shared/data/open/fhir/plan-net/*.json"); len(open) > 0 {
		files = open
	}
	have, want := map[string]bool{}, 0
	var all []map[string]any
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
		have[fmt.Sprint(v["resourceType"], "/", v["id"])] = true
	}
	roles := 0
	for _, v := range all {
		if v["resourceType"] != "PractitionerRole" && v["resourceType"] != "OrganizationAffiliation" {
			continue
		}
		subject, has := v["practitioner"].(map[string]any)
		if v["resourceType"] == "OrganizationAffiliation" {
			subject, has = v["participatingOrganization"].(map[string]any)
		}
		if !has {
			continue
		}
		roles++
		refs := []any{subject}
		if v["resourceType"] == "PractitionerRole" {
			refs = append(refs, v["organization"])
		}
		for _, field := range []string{"network", "location", "healthcareService"} {
			list, _ := v[field].([]any)
			refs = append(refs, list...)
		}
		for _, r := range refs {
			if m, ok := r.(map[string]any); ok && !have[m["reference"].(string)] {
				want++
			}
		}
	}
	n, report := built(t, Plan{PlanNet: files})
	var resources, missing, found int64
	for _, s := range report.Sources {
		resources, missing, found = resources+s.Counts.Resources, missing+s.Counts.Missing, found+s.Counts.Roles
	}
	if n.Len() != 0 || resources != int64(len(files)) || found != int64(roles) {
		t.Errorf("%d members, %d resources of %d, %d roles of %d", n.Len(), resources, len(files), found, roles)
	}
	if missing != int64(want) {
		t.Errorf("%d references lead nowhere, counted otherwise %d: %v", missing, want, report.Issues)
	}
	if !slices.ContainsFunc(report.Issues, func(i Issue) bool { return i.Path == "Practitioner/HansSolo.identifier" }) {
		t.Errorf("the wrong NPI is not reported: %v", report.Issues)
	}
}
