package coverage_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/coverage"

	"pgregory.net/rapid"
)

// every is each field of the input with values worth trying. A test below holds it
// against the input itself, so that no field is forgotten here.
var every = map[string][]any{
	"patient.state": {"CA", "NY", "WA", "MA"}, "patient.birth_date": {"1950-01-01", "2012-05-05"}, "patient.inpatient": {true, false},
	"plan.kind":    {"hmo", "ppo", "epo", "pos", "medicare_original", "medicare_advantage_hmo", "medicare_advantage_ppo", "medicare_advantage_other", "medicaid_managed", "medicaid_ffs", "chip_managed", "tricare_prime", "tricare_select", "tricare_for_life", "va", "fehb", "workers_comp", "short_term", "none"},
	"plan.funding": {"insured", "self_funded", "government", "unknown"}, "plan.situs_state": {"CA", "FL", "NJ", "NY", "MO", "OR", "IL", "MN", "RI", "WA", "WV", "TX"},
	"plan.grandfathered": {true, false}, "plan.hdhp": {true, false}, "plan.medigap": {"A", "F", "G", "K", "L", "N", "G_high"}, "plan.requires_second_opinion": {true, false},
	"plan.marketplace": {"federal", "state", "none"}, "plan.metal": {"bronze", "gold"}, "plan.church_or_government": {true, false}, "plan.qmb": {true, false}, "plan.pcm_refused": {true, false}, "plan.workers_comp_state": {"NY", "CA", "OH"},
	"condition.icd10": {"C50.911", "M51.2", "F32.1"}, "condition.cancer": {true, false}, "condition.serious": {true, false}, "condition.unclear": {true, false},
	"treatment.kind":      {"none", "medication", "major_surgery", "elective_surgery", "minor_procedure", "invasive_test"},
	"treatment.emergency": {true, false}, "treatment.imminent_threat": {true, false}, "treatment.cosmetic": {true, false}, "treatment.not_helping": {true, false},
	"opinions.so_far": {0.0, 1.0, 2.0, 3.0}, "opinions.differ": {true, false}, "opinions.first_by": {"pcp", "specialist"}, "opinions.serious_concerns": {true, false},
	"expert.network": {"in", "out", "unknown"}, "expert.medicare": {"participating", "non_participating", "opted_out", "unknown"}, "expert.format": {"in_person", "telehealth", "record_review"}, "expert.qualified_in_network": {true, false}, "expert.directory_said_in": {true, false},
	"va.care": {"primary", "mental_health", "specialty"}, "va.drive_minutes": {20.0, 90.0}, "va.wait_days": {5.0, 60.0},
	"request.urgent": {true, false}, "request.ongoing": {true, false}, "request.drug": {"none", "part_b", "part_d", "other"}, "request.expedite_refused": {true, false}, "request.clock_missed": {true, false},
	"told.referral": {"yes", "no"}, "told.prior_authorization": {"yes", "no"},
}

func paths() []string {
	var all []string
	for p := range every {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

func TestNoFieldOfTheInputIsForgottenWhenThingsAreForgotten(t *testing.T) {
	var walk func(string, reflect.Type)
	walk = func(at string, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if at == "" && (name == "on" || name == "decision_by") {
				continue // days, not facts
			}
			if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[contract.Date]() {
				walk(name+".", f.Type)
				continue
			}
			if every[at+name] == nil {
				t.Errorf("%s%s is never tried", at, name)
			}
		}
	}
	walk("", reflect.TypeFor[coverage.Input]())
}

func answerOf(t *rapid.T, raw map[string]any) (coverage.Answer, bool) {
	b, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	var in coverage.Input
	if err := contract.Decode(strings.NewReader(string(b)), &in); err != nil {
		t.Fatal(err)
	}
	a, err := coverage.Check(in, today, "en", book)
	return a, err == nil
}

// Not to know a thing never makes of "unknown" or "it depends" a no: for every input,
// whatever one thing is forgotten. An emergency alone is left out of what is forgotten:
// its answer is not about the plan at all.
func TestNotToKnowNeverTurnsUnknownIntoNo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := map[string]any{}
		var known []string
		for _, p := range paths() {
			if p != "plan.kind" && rapid.IntRange(0, 2).Draw(t, "know "+p) > 0 {
				continue
			}
			contract.Put(raw, p, rapid.SampledFrom(every[p]).Draw(t, p))
			known = append(known, p)
		}
		before, ok := answerOf(t, raw)
		if !ok {
			return // the answers speak against each other
		}
		emergency, _ := contract.At(raw, "treatment.emergency").(bool)
		for _, p := range known {
			if p == "treatment.emergency" && emergency {
				continue
			}
			had := contract.At(raw, p)
			contract.Remove(raw, p)
			after, ok := answerOf(t, raw)
			contract.Put(raw, p, had)
			if !ok {
				continue
			}
			for _, f := range []struct{ name, before, after string }{
				{"covered", before.Covered, after.Covered},
				{"referral", before.Referral, after.Referral},
				{"network", before.Network, after.Network},
				{"prior_authorization", before.PriorAuthorization, after.PriorAuthorization},
			} {
				if f.after == "no" && (f.before == "unknown" || f.before == "conditional" || f.before == "sometimes") {
					t.Fatalf("without %s, %s went from %s to no: %v", p, f.name, f.before, raw)
				}
			}
			if before.PatientShare == nil && after.PatientShare != nil && after.PatientShare.Kind == "full" {
				t.Fatalf("without %s the whole price is the person's: %v", p, raw)
			}
			if before.Gate.Open() && !emergency && !after.Gate.Open() {
				continue // less is known: more to ask
			}
			if !before.Gate.Open() && after.Gate.Open() {
				t.Fatalf("without %s the visit may be booked: %v", p, raw)
			}
		}
	})
}

// A rule whose source nobody read never decides: with all of them gone, no answer is
// a yes, a no or a number that it is not with them.
func TestAnUnverifiedRowNeverDecidesAlone(t *testing.T) {
	for _, in := range []string{
		`{"plan":{"kind":"va"},"va":{"care":"specialty","drive_minutes":90,"wait_days":90}}`, `{"plan":{"kind":"fehb"}}`, `{"plan":{"kind":"short_term"}}`, `{"plan":{"kind":"medicaid_ffs"}}`,
		`{"patient":{"state":"CA"},"plan":{"kind":"workers_comp"}}`, `{"plan":{"kind":"ppo","funding":"insured","situs_state":"NY"},"condition":{"cancer":true}}`,
		`{"plan":{"kind":"hmo","funding":"insured","situs_state":"FL"},"condition":{"serious":true}}`,
	} {
		a := check(t, in)
		if a.Covered != "conditional" {
			t.Errorf("%s: covered %s", in, a.Covered)
		}
	}
	if a := check(t, `{"plan":{"kind":"medicare_original","qmb":true},"treatment":{"kind":"major_surgery"}}`); shareText(a.PatientShare) != "percent,percent:20,after_deductible:true" || !has(a, "MED-14") {
		t.Error("what nobody checked set the share:", shareText(a.PatientShare))
	}
	if a := check(t, `{"on":"2027-10-01","plan":{"kind":"epo","marketplace":"federal"},"request":{"drug":"other"}}`); !has(a, "IOP-05") || len(a.Clocks) != 1 || a.Clocks[0].Rule != "PA-01" {
		t.Errorf("a proposal set a clock: %+v", a.Clocks)
	}
}
