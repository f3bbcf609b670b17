package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const planNet = `{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/p"},"extension":[{"url":"http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/network-reference","valueReference":{"reference":"Organization/gold"}}]}
{"resourceType":"Practitioner","id":"p","meta":{"lastUpdated":"2026-11-02T00:00:00Z"},"identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"}]}
{"resourceType":"Organization","id":"gold","name":"Acme Gold"}
`

const inNetwork = `{"reporting_entity_name":"Acme","last_updated_on":"2026-11-01","version":"1.3.1","provider_references":[{"provider_group_id":1,"provider_groups":[{"npi":[1234567893],"tin":{"type":"ein","value":"12-3456789"}}]}],
"in_network":[{"negotiation_arrangement":"ffs","billing_code_type":"CPT","billing_code":"99204","negotiated_rates":[{"provider_references":[1],"negotiated_prices":[{"negotiated_rate":212.5,"negotiated_type":"negotiated","billing_class":"professional","service_code":["11"],"expiration_date":"9999-12-31"}]}]}]}`

func TestANetworkIsBuiltAndSaysWhatThePlanPays(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out := filepath.Join(dir, "gold.network")
	directory, prices := file("d.ndjson", planNet), file("r.json", inNetwork)
	s := consilium(t, "", "network", "build", "-o", out, "--name", "Acme Gold PPO", "--plan-net", directory, "--rates", prices, "--only", "Acme Gold", "--on", "2026-11-22")
	if s.Code != exitAnswered || !strings.Contains(s.Out, "1 clinicians") {
		t.Fatalf("%+v", s)
	}
	v := consilium(t, "", "network", "show", out, "--npi", "1234567893", "--code", "99204").decoded(t)
	rates := v["rates"].([]any)
	if v["in_network"] != true || v["network"] != "Acme Gold PPO" || len(rates) != 1 || rates[0].(map[string]any)["cents"] != 21250.0 || len(v["roles"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if v := consilium(t, "", "network", "show", out, "--npi", "1245319599").decoded(t); v["in_network"] != false {
		t.Errorf("%v", v)
	}
	for what, args := range map[string][]string{
		"no source":               {"network", "build", "-o", out, "--name", "x"},
		"a wrong name":            {"network", "build", "-o", out, "--name", "x", "--plan-net", directory, "--only", "Acme Silver"},
		"a file cut off":          {"network", "build", "-o", out, "--name", "x", "--rates", file("cut.json", inNetwork[:300])},
		"no such file":            {"network", "build", "-o", out, "--name", "x", "--rates", filepath.Join(dir, "none")},
		"no network file":         {"network", "show", prices},
		"a number that is no NPI": {"network", "show", out, "--npi", "1234567890"},
	} {
		if s := consilium(t, "", args...); s.Code != exitWrong || s.Err == "" {
			t.Errorf("%s: %+v", what, s)
		}
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if s := consilium(t, "", "network", "show", file("damaged", string(b))); s.Code != exitWrong || !strings.Contains(s.Err, "checksum") {
		t.Errorf("a damaged file: %+v", s)
	}
}

// The codes come from the rules: every visit, talk, reading and consultation that is
// still in use, each written out.
func TestTheCodesOfASecondOpinionComeFromTheRules(t *testing.T) {
	on, _ := asked{On: "2026-11-22"}.today()
	got := secondOpinionCodes(on)
	for _, want := range []string{"99202", "99203", "99215", "99245", "99255", "99447", "99451", "88321", "88325", "76140", "99359", "G2212"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing from %v", want, got)
		}
	}
	for _, never := range []string{"26", "TC", "99271", "Z71.2", "02"} {
		if slices.Contains(got, never) {
			t.Errorf("%s must not be asked for", never)
		}
	}
}
