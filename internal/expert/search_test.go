package expert_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"
)

var today = contract.MustDate("2026-11-22")

var book = rulebook.Open(rules.Files)

// town is the first doctor and four others: one near, one far, one of the first doctor's
// group, one whose ZIP is in no list.
func town() *memory {
	return &memory{
		data: map[string]string{"nppes": "2026-11-10", "clinicians": "2026-10-30", "affiliations": "2026-10-30", "volumes": "2026-10-01", "exclusions": "2026-11-10", "opt_out": "2026-11-10"},
		profiles: []expert.Profile{
			doctor("1234567893", "Marsh", "207RX0202X", "02139"),
			doctor("1245319599", "Sorensen", "207RX0202X", "02114", func(p *expert.Profile) {
				p.Volumes = []expert.Volume{{HCPCS: "19301", Services: 1200, Patients: 300}, {HCPCS: "99213", Services: 9, Patients: 9}}
				p.Clinician.Telehealth = true
			}),
			doctor("1003000126", "Okafor", "207RX0202X", "03755", func(p *expert.Profile) { p.Clinician.Graduated = 2019 }),
			doctor("1679576722", "Colleague", "207RX0202X", "02139", func(p *expert.Profile) {
				p.Clinician.Groups = append(p.Clinician.Groups, expert.Group{ID: "1234567893", Name: "Group of Marsh"})
			}),
			doctor("1588667638", "Nowhere", "207RX0202X", "99999"),
		},
	}
}

func ask(t testing.TB, d *memory, in, lang string) (expert.Answer, error) {
	t.Helper()
	var q expert.Question
	if err := contract.Decode(strings.NewReader(in), &q); err != nil {
		return expert.Answer{}, err
	}
	return expert.Search(t.Context(), q, today, expert.Sources{Book: book, Directory: d, Lang: lang})
}

func found(t testing.TB, d *memory, in string) expert.Answer {
	t.Helper()
	a, err := ask(t, d, in, "en")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func npis(a expert.Answer) (out []string) {
	for _, e := range a.Experts {
		out = append(out, e.NPI)
	}
	return out
}

func said(fs []finding.Finding, rule string) string {
	for _, f := range fs {
		if f.Rule == rule {
			return f.Reason
		}
	}
	return ""
}

const near = `"near":{"zip":"02139","miles":150}`

func TestAConditionProposesItsFieldsAndTheFirstDoctorsGroupIsLeftOut(t *testing.T) {
	d := town()
	a := found(t, d, `{"condition_icd10":"C50.911",`+near+`,"independent_of":{"npi":"1234567893"},"hcpcs":["19301"]}`)
	if got := npis(a); !slices.Equal(got, []string{"1245319599", "1003000126"}) || a.Total != 2 {
		t.Fatalf("%v of %d", got, a.Total)
	}
	if want := []string{"207RX0202X", "207RH0003X", "2086X0206X"}; !slices.Equal(d.asked.Codes, want) {
		t.Errorf("codes %v", d.asked.Codes)
	}
	roles := map[string]bool{}
	for _, p := range a.Proposed {
		roles[p.Role] = true
		if p.Used != (p.Role == "medical" || p.Role == "surgery") || p.Who == "" || len(p.Codes) == 0 || p.Rule == "" {
			t.Errorf("%+v", p)
		}
	}
	for _, r := range []string{"medical", "surgery", "radiotherapy", "pathology", "imaging"} {
		if !roles[r] {
			t.Errorf("nobody is proposed for %s", r)
		}
	}
	text := said(a.Findings, a.Proposed[0].Rule)
	if !strings.Contains(text, "C50.911") || !strings.Contains(text, "Please check this with your doctor") {
		t.Errorf("the proposal does not say that it is one: %q", text)
	}
	if said(a.Findings, "PLC-01") == "" {
		t.Error("nobody says that one could not be placed")
	}
}

func TestThePersonsOwnFieldsWin(t *testing.T) {
	d := town()
	a := found(t, d, `{"specialties":["2086X0206X"],"condition_icd10":"C50.911",`+near+`}`)
	if !slices.Equal(d.asked.Codes, []string{"2086X0206X"}) {
		t.Error(d.asked.Codes)
	}
	for _, p := range a.Proposed {
		if p.Used {
			t.Errorf("%+v", p)
		}
	}
	found(t, d, `{"condition_icd10":"C50.911","role":"pathology",`+near+`}`)
	if !slices.Contains(d.asked.Codes, "207ZP0101X") || slices.Contains(d.asked.Codes, "207RX0202X") {
		t.Error(d.asked.Codes)
	}
	found(t, d, `{"condition_icd10":"C50.911","patient_age":9,`+near+`}`)
	if !slices.Contains(d.asked.Codes, "2080P0207X") || slices.Contains(d.asked.Codes, "207RX0202X") {
		t.Error(d.asked.Codes)
	}
	a = found(t, d, `{"condition_icd10":"V97.33",`+near+`}`)
	if len(d.asked.Codes) != 0 || said(a.Findings, "CND-01") == "" {
		t.Errorf("%v %+v", d.asked.Codes, a.Findings)
	}
}

func TestTheFitIsMadeOfPartsThatAddUp(t *testing.T) {
	a := found(t, town(), `{"specialties":["207RX0202X"],`+near+`,"independent_of":{"npi":"1234567893"},"hcpcs":["19301"]}`)
	e := a.Experts[0]
	sum, shares := 0.0, 0.0
	var parts []string
	for _, f := range e.Fit.Factors {
		sum, shares = sum+f.Value*f.Weight, shares+f.Weight
		parts = append(parts, f.Name)
		if f.Evidence == "" || strings.ContainsAny(f.Evidence, "[]{}") || f.Source == "" {
			t.Errorf("%+v", f)
		}
	}
	if sum < e.Fit.Score-0.01 || sum > e.Fit.Score+0.01 || shares < 0.99 || shares > 1.01 {
		t.Errorf("%v is not the sum %v of shares %v", e.Fit.Score, sum, shares)
	}
	if want := []string{"specialty_match", "volume", "experience", "distance", "telehealth", "teaching"}; !slices.Equal(parts, want) {
		t.Error(parts)
	}
	if f := e.Fit.Factors[1]; f.Evidence != "Medicare paid for 1,200 services with 19301, for 300 patients, in the year of the file." || f.Source != "Medicare Physician & Other Practitioners 2026-10-01" || f.Value != 1 {
		t.Errorf("%+v", f)
	}
	if f := e.Fit.Factors[3]; !strings.HasPrefix(f.Evidence, "1.9 miles from the middle of ZIP code 02139") {
		t.Errorf("%+v", f)
	}
	if e.Miles == nil || *e.Miles != 1.9 {
		t.Error(e.Miles)
	}
	// What was not asked is no part of the fit.
	a = found(t, town(), `{"states":["MA"]}`)
	for _, f := range a.Experts[0].Fit.Factors {
		if f.Name == "specialty_match" || f.Name == "volume" || f.Name == "distance" {
			t.Errorf("%+v", f)
		}
	}
	if a.Experts[0].Miles != nil {
		t.Error("miles from nowhere")
	}
}

func TestEveryTieIsTold(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		a, err := ask(t, town(), `{"states":["MA"],"independent_of":{"npi":"1234567893"},"independence":["independent","caution","not_independent","unknown"]}`, lang)
		if err != nil {
			t.Fatal(err)
		}
		e := a.Experts[slices.Index(npis(a), "1679576722")]
		if e.Independence.Level != expert.NotIndependent || len(e.Independence.Signals) != 1 || len(e.Stops) != 1 || e.Stops[0].Stop != "same_group" {
			t.Fatalf("%+v %+v", e.Independence, e.Stops)
		}
		want := map[string]string{"en": "Both work for the practice group Group of Marsh.", "es": "Ambos trabajan para el grupo médico Group of Marsh."}[lang]
		if got := e.Independence.Signals[0].Evidence; got != want {
			t.Error(got)
		}
		self := a.Experts[slices.Index(npis(a), "1234567893")]
		if self.Stops[0].Stop != "same_person" {
			t.Errorf("%+v", self.Stops)
		}
	}
}

func TestEveryTieHasItsSentenceInBothLanguages(t *testing.T) {
	everything := func(p *expert.Profile) {
		p.Practice.Organization, p.Practice.Line1 = "Elm Oncology LLC", "120 Elm St"
		p.Hospitals = []expert.Hospital{{CCN: "220071", Name: "City Hospital"}}
		p.Clinician.School, p.Clinician.Graduated, p.Clinician.Groups = "School of Medicine", 1998, nil
		p.Payments = []expert.Payment{{Maker: "Northwind", Cents: 450000}}
		p.Shared = []expert.Shared{{NPI: "1234567893", Patients: 60, Days: 180}}
	}
	for name, change := range map[string]func(*expert.Profile){
		"groups": func(p *expert.Profile) { p.Reassigns = []expert.Group{{ID: "77", Name: "Billing LLC"}} }, "two hospitals": func(p *expert.Profile) {
			p.Hospitals = append(p.Hospitals, expert.Hospital{CCN: "220072"})
		},
		"enrolled": func(p *expert.Profile) { p.Clinician.Groups = []expert.Group{{ID: "78", Name: "Elm Group"}} }, "no window": func(p *expert.Profile) { p.Shared[0].Days, p.Shared[0].Top = 0, true },
	} {
		d := &memory{profiles: []expert.Profile{doctor("1234567893", "Marsh", "207RX0202X", "02139", everything, change), doctor("1245319599", "Sorensen", "207RX0202X", "02139", everything, change)}}
		for _, lang := range []string{"en", "es"} {
			a, err := ask(t, d, `{"states":["MA"],"independent_of":{"npi":"1234567893"},"independence":["caution","not_independent"],"exclude_npi":["1234567893"]}`, lang)
			if err != nil || len(a.Experts) != 1 || len(a.Experts[0].Independence.Signals) < 5 {
				t.Fatalf("%s: %v %+v", name, err, a)
			}
			for _, s := range a.Experts[0].Independence.Signals {
				if strings.ContainsAny(s.Evidence, "[]{}") || !strings.HasSuffix(s.Evidence, ".") {
					t.Errorf("%s, %s: %+v", name, lang, s)
				}
			}
		}
	}
}

func TestAFirstDoctorWhomNoFileKnowsLeavesIndependenceUnknown(t *testing.T) {
	d := town()
	a := found(t, d, `{"states":["MA"],"independent_of":{"npi":"1992999999"}}`)
	if a.Total != 3 || said(a.Findings, "IND-01") == "" || !strings.Contains(said(a.Findings, "IND-01"), "1992999999") {
		t.Fatalf("%d %+v", a.Total, a.Findings)
	}
	for _, e := range a.Experts {
		if e.Independence.Level != expert.Unknown || e.Independence.Signals == nil {
			t.Errorf("%+v", e.Independence)
		}
	}
	if !slices.Contains(d.asked.Without, "1992999999") {
		t.Error("the first doctor may be found")
	}
}

func TestWhatMustStopAPersonIsNamed(t *testing.T) {
	d := town()
	d.profiles[1].Exclusion = &expert.Exclusion{Kind: "1128a1", From: "2020-01-20"}
	d.profiles[1].OptOut = &expert.OptOut{From: "2025-01-01", Until: "2026-12-31"}
	w, err := expert.Weigh(t.Context(), expert.Question{PlanKind: "medicare_original", IndependentOf: &expert.First{NPI: "1234567893"}}, d.profiles[1], today, expert.Sources{Book: book, Directory: d, Lang: "en"})
	if err != nil || len(w.Stops) != 2 || w.Stops[0].Stop != "excluded" || !strings.Contains(w.Stops[0].Evidence, "2020-01-20") || w.Stops[1].Stop != "opted_out" {
		t.Fatalf("%v %+v", err, w.Stops)
	}
	d.profiles[1].OptOut.Until = "2026-11-21"
	for kind, want := range map[string]int{"medicare_original": 1, "ppo": 1} {
		if w, _ = expert.Weigh(t.Context(), expert.Question{PlanKind: kind}, d.profiles[1], today, expert.Sources{Book: book, Directory: d, Lang: "en"}); len(w.Stops) != want {
			t.Errorf("%s: %+v", kind, w.Stops)
		}
	}
}

func TestWeighingOneSaysWhatASearchSays(t *testing.T) {
	d := town()
	in := expert.Question{Specialties: []string{"207RX0202X"}, Near: &expert.Near{ZIP: "02139", Miles: 150}, IndependentOf: &expert.First{NPI: "1234567893"}, HCPCS: []string{"19301"}}
	a, err := expert.Search(t.Context(), in, today, expert.Sources{Book: book, Directory: d, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	one, err := expert.Weigh(t.Context(), in, d.profiles[1], today, expert.Sources{Book: book, Directory: d, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a.Experts[0])
	y, _ := json.Marshal(one)
	if !bytes.Equal(x, y) {
		t.Errorf("\n%s\n%s", x, y)
	}
}

func TestCertificatesAreToConfirmUnlessOneWasImported(t *testing.T) {
	for want, boards := range map[string][]expert.Board{
		"to_confirm": nil, "imported": {{Board: "ABMS", Status: "active", Until: "2026-11-22"}}, "expired": {{Board: "ABMS", Until: "2026-11-21"}},
	} {
		d := town()
		d.profiles[1].Boards = boards
		if a := found(t, d, `{"name":"soren"}`); a.Experts[0].Certification != want || said(a.Findings, "CRT-01") == "" {
			t.Errorf("%s: %s", want, a.Experts[0].Certification)
		}
	}
	if a := found(t, town(), `{"states":["MA"],"certified_only":true}`); a.Total != 0 || said(a.Findings, "CRT-03") == "" || said(a.Findings, "NON-01") == "" {
		t.Errorf("%+v", a)
	}
}

func TestAVideoVisitNeedsALicenceWhereThePatientSits(t *testing.T) {
	d := town()
	a := found(t, d, `{`+near+`,"telehealth":true}`)
	if d.asked.Licensed != "MA" || !d.asked.Telehealth || !slices.Equal(npis(a), []string{"1245319599"}) || !strings.Contains(said(a.Findings, "TEL-01"), "MA") {
		t.Errorf("%+v %v", d.asked, npis(a))
	}
	found(t, d, `{`+near+`,"telehealth":true,"patient_state":"VT"}`)
	if d.asked.Licensed != "VT" {
		t.Error(d.asked.Licensed)
	}
}

func TestOldFilesAreTold(t *testing.T) {
	d := town()
	if a := found(t, d, `{"states":["MA"]}`); said(a.Findings, "DAT-01") != "" {
		t.Error(a.Findings)
	}
	d.data["shared_patients"] = "2016-03-01"
	if text := said(found(t, d, `{"states":["MA"]}`).Findings, "DAT-01"); !strings.Contains(text, "3,918 days") || !strings.Contains(text, "shared_patients 2016-03-01") {
		t.Error(text)
	}
}

func TestAWrongQuestionIsToldWhatToWrite(t *testing.T) {
	for in, want := range map[string]string{
		`{}`:                                                          `input: one of near, states and name is required; write "near": {"zip": "02139", "miles": 50}, "states": ["MA"] or "name": "marsh"`,
		`{"name":"  "}`:                                               `input: one of near, states and name is required; write "near": {"zip": "02139", "miles": 50}, "states": ["MA"] or "name": "marsh"`,
		`{"near":{"zip":"2139","miles":50}}`:                          `near.zip: "2139" is not allowed here; write five digits`,
		`{"near":{"zip":"00000","miles":50}}`:                         `near.zip: there is no ZIP code "00000" in this directory; write one near by, or states instead`,
		`{"near":{"miles":50}}`:                                       `near.zip: required with near; write five digits`,
		`{"near":{"zip":"02139","miles":0.5}}`:                        `near.miles: must not be less than 1`,
		`{"near":{"zip":"02139"}}`:                                    `near.miles: must not be less than 1`,
		`{"near":{"zip":"02139","miles":501}}`:                        `near.miles: must not be more than 500`,
		`{"states":["MA"],"limit":101}`:                               `limit: must not be more than 100`,
		`{"states":["MA"],"limit":-1}`:                                `limit: must not be less than 0`,
		`{"states":["MA"],"offset":-1}`:                               `offset: must not be less than 0`,
		`{"states":["XX"]}`:                                           `states[0]: there is no state "XX"; write two letters, such as CA`,
		`{"states":["ma"]}`:                                           `states[0]: "ma" is not allowed here; write the two capital letters of a state`,
		`{"states":["MA"],"patient_state":"QQ"}`:                      `patient_state: there is no state "QQ"; write two letters, such as CA`,
		`{"states":["MA"],"specialties":["onc"]}`:                     `specialties[0]: "onc" is not allowed here; write a NUCC code of ten signs such as 207RX0202X`,
		`{"states":["MA"],"specialties":["207RX0999X"]}`:              `specialties[0]: there is no NUCC code "207RX0999X" in this directory; write one of the current list, such as 207RX0202X`,
		`{"states":["MA"],"condition_icd10":"breast"}`:                `condition_icd10: "breast" is not allowed here; write an ICD-10-CM code such as C50.911`,
		`{"states":["MA"],"independent_of":{"npi":"1234567890"}}`:     `independent_of.npi: "1234567890" is not an NPI: its check digit does not fit; write the ten digits as the doctor's office gives them`,
		`{"states":["MA"],"independent_of":{"npi":"12"}}`:             `independent_of.npi: "12" is not allowed here; write ten digits`,
		`{"states":["MA"],"exclude_npi":["1234567890"]}`:              `exclude_npi[0]: "1234567890" is not an NPI: its check digit does not fit; write the ten digits of the one to leave out`,
		`{"states":["MA"],"independence":["independent"]}`:            `independence: needs the first doctor: write independent_of.npi, or leave independence out`,
		`{"states":["MA"],"independence":["sure"]}`:                   `independence[0]: unknown value "sure"; one of independent, caution, not_independent, unknown`,
		`{"states":["MA"],"sort":"distance"}`:                         `sort: distance needs near: write near.zip and near.miles, or sort by fit`,
		`{"states":["MA"],"sort":"fame"}`:                             `sort: unknown value "fame"; one of fit, distance`,
		`{"states":["MA"],"telehealth":true}`:                         `patient_state: telehealth needs the state where the patient sits during the visit; write its two letters, or near.zip`,
		`{"states":["MA"],"role":"surgery"}`:                          `role: chooses among what is proposed for a condition; write condition_icd10 too, or name specialties alone`,
		`{"states":["MA"],"patient_age":131}`:                         `patient_age: must not be more than 130`,
		`{"states":["MA"],"network":"plan.net"}`:                      `network: no network can be opened here; leave it out`,
		`{"states":["MA"],"hcpcs":["lumpectomy"]}`:                    `hcpcs[0]: "lumpectomy" is not allowed here; write a procedure code of five signs such as 19301`,
		`{"states":["MA"],"name":"` + strings.Repeat("a", 101) + `"}`: `name: longer than 100 signs; write the beginning of the last name`,
		`{"states":["MA"],"famous":true}`:                             `famous: unknown field; known fields: `,
	} {
		_, err := ask(t, town(), in, "en")
		if err == nil || err.Error() != want && !(strings.HasSuffix(want, ": ") && strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s\n got %v\nwant %s", in, err, want)
		}
	}
	if _, err := ask(t, town(), `{"states":["MA"]}`, "fr"); err == nil || err.Error() != `lang: unknown value "fr"; one of en, es` {
		t.Error(err)
	}
}

func TestTheAnswerHasTheKeysOfTheContract(t *testing.T) {
	a := found(t, town(), `{"specialties":["207RX0202X"],"states":["MA"],"independent_of":{"npi":"1234567893"}}`)
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"total":1,"took_us":0,"data":{"`, `"experts":[{"npi":"1245319599","name":"Ana Sorensen","credential":"MD","specialties":[{"code":"207RX0202X","name":"Medical Oncology","primary":true}],"practice":{"line1":"`,
		`"miles":null,"licensed_in":["MA"],"fit":{"score":`, `"factors":[{"name":"specialty_match","value":1,`, `"source":"NPPES 2026-11-10"}`,
		`"independence":{"level":"independent","signals":[],`, `"certification":"to_confirm","stops":[]}],`, `"findings":[{"rule":"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestPagesFollowOneAnother(t *testing.T) {
	d := &memory{}
	for i := range 60 {
		d.profiles = append(d.profiles, doctor(fmt.Sprintf("10000000%02d", i), "Same", "207RX0202X", "02139"))
	}
	var all []string
	for _, offset := range []int{0, 20, 40, 60} {
		a := found(t, d, fmt.Sprintf(`{"states":["MA"],"offset":%d}`, offset))
		if a.Total != 60 {
			t.Fatal(a.Total)
		}
		all = append(all, npis(a)...)
	}
	if len(all) != 60 || !slices.IsSorted(all) {
		t.Errorf("%v", all)
	}
}
