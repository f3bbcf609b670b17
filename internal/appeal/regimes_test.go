package appeal_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
)

// said is one next level in short: "internal by 2027-05-04 in 30 days, fast 72 h".
func said(n *appeal.Next) string {
	if n == nil {
		return "nothing left"
	}
	out := n.Level
	if !n.FileBy.IsZero() {
		out += " by " + n.FileBy.String()
	}
	if n.FileBy.IsZero() && !n.LawDate.IsZero() {
		out += " never after " + n.LawDate.String()
	}
	if n.ToConfirm {
		out += " to confirm"
	}
	if n.Automatic {
		out += " by itself"
	}
	if n.DecideWithin != nil {
		out += fmt.Sprintf(" in %d %s", n.DecideWithin.Value, n.DecideWithin.Unit)
	}
	if e := n.Expedited; e.Available {
		out += fmt.Sprintf(", fast %s", cmp.Or(hours(e.Hours), fmt.Sprintf("%d d", e.Days)))
	}
	return out
}

func hours(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d h", n)
}

func TestEveryLevelOfEveryLawHasItsDay(t *testing.T) {
	const base = `"service":"pre_service","urgent":false,"notice_date":"2026-11-02","received_date":"2026-11-05","denial":{"carc":["50"]},"amount":"5000.00"`
	for _, c := range []struct{ law, level, more, want, ladder string }{
		{"erisa", "", "", "internal by 2027-05-04 in 30 days, fast 72 h", "internal external court"},
		{"erisa", "", `,"service":"post_service"`, "internal by 2027-05-04 in 60 days", "internal external court"},
		{"erisa", "internal_denied", "", "external by 2027-03-05 in 45 days, fast 72 h", "internal external court"},
		{"erisa", "external_denied", "", "court", "internal external court"},
		{"erisa", "internal_denied", `,"grandfathered":true`, "court", "internal court"},
		{"erisa", "internal_denied", `,"denial":{"carc":["27"]}`, "court", "internal court"},
		{"erisa", "internal_denied", `,"denial":{"carc":["119"]}`, "court", "internal court"},
		{"erisa", "internal_denied", `,"denial":{"carc":["55"]}`, "external by 2027-03-05 in 45 days, fast 72 h", "internal external court"},
		{"aca_individual", "", "", "internal by 2027-05-04 in 30 days, fast 72 h", "internal external"},
		{"aca_individual", "internal_denied", "", "external by 2027-03-05 in 45 days, fast 72 h", "internal external"},
		{"aca_individual", "external_denied", "", "nothing left", "internal external"},
		{"aca_individual", "", `,"grandfathered":true`, "internal", "internal"},
		{"medicare_original", "", "", "redetermination by 2027-03-05 in 60 days", "redetermination reconsideration alj council court"},
		{"medicare_original", "redetermination_denied", "", "reconsideration by 2027-05-04 in 60 days", "redetermination reconsideration alj council court"},
		{"medicare_original", "reconsideration_denied", "", "alj by 2027-01-04 in 90 days", "redetermination reconsideration alj council court"},
		{"medicare_original", "alj_denied", "", "council by 2027-01-04 in 90 days", "redetermination reconsideration alj council court"},
		{"medicare_original", "council_denied", "", "court by 2027-01-04", "redetermination reconsideration alj council court"},
		{"medicare_advantage", "", "", "plan_reconsideration by 2027-01-04 in 30 days, fast 72 h", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "", `,"service":"post_service"`, "plan_reconsideration by 2027-01-04 in 60 days", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "", `,"drug":"part_b"`, "plan_reconsideration by 2027-01-04 in 7 days, fast 72 h", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "", `,"drug":"part_d"`, "redetermination by 2027-01-04 in 7 days, fast 72 h", "redetermination independent_review alj council court"},
		{"medicare_advantage", "internal_denied", "", "independent_review by itself in 30 days, fast 72 h", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "reconsideration_denied", "", "independent_review by itself in 30 days, fast 72 h", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "external_denied", "", "alj by 2027-01-04 in 90 days", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "alj_denied", "", "council by 2027-01-04", "plan_reconsideration independent_review alj council court"},
		{"medicare_advantage", "council_denied", "", "court by 2027-01-04", "plan_reconsideration independent_review alj council court"},
		{"part_d", "", "", "redetermination by 2027-01-04 in 7 days, fast 72 h", "redetermination independent_review alj council court"},
		{"part_d", "", `,"service":"post_service"`, "redetermination by 2027-01-04 in 14 days", "redetermination independent_review alj council court"},
		{"part_d", "redetermination_denied", "", "independent_review by 2027-01-04 in 7 days, fast 72 h", "redetermination independent_review alj council court"},
		{"part_d", "reconsideration_denied", "", "alj by 2027-01-04 in 90 days, fast 10 d", "redetermination independent_review alj council court"},
		{"part_d", "alj_denied", "", "council", "redetermination independent_review alj council court"},
		{"part_d", "council_denied", "", "court", "redetermination independent_review alj council court"},
		{"medicaid_managed", "", "", "plan_appeal by 2027-01-01 in 30 days, fast 72 h", "plan_appeal fair_hearing"},
		{"medicaid_managed", "internal_denied", "", "fair_hearing by 2027-01-31 in 90 days, fast 3 d", "plan_appeal fair_hearing"},
		{"medicaid_managed", "external_denied", "", "nothing left", "plan_appeal fair_hearing"},
		{"medicaid_ffs", "", "", "fair_hearing never after 2027-01-31 in 90 days, fast 3 d", "fair_hearing"},
		{"medicaid_ffs", "", `,"letter_deadline":"2026-12-02"`, "fair_hearing by 2026-12-02 in 90 days, fast 3 d", "fair_hearing"},
		{"medicaid_ffs", "external_denied", "", "nothing left", "fair_hearing"},
		{"chip_managed", "", "", "plan_appeal", "plan_appeal state_review"},
		{"chip_managed", "", `,"letter_deadline":"2027-01-02"`, "plan_appeal by 2027-01-02", "plan_appeal state_review"},
		{"chip_managed", "internal_denied", "", "state_review", "plan_appeal state_review"},
		{"tricare", "", "", "reconsideration by 2027-01-31", "reconsideration quality_monitoring hearing"},
		{"tricare", "reconsideration_denied", "", "quality_monitoring by 2027-01-31", "reconsideration quality_monitoring hearing"},
		{"tricare", "external_denied", "", "hearing by 2027-01-01 to confirm", "reconsideration quality_monitoring hearing"},
		{"tricare", "", `,"denial":{"carc":["243"]}`, "reconsideration by 2027-01-31", "reconsideration quality_monitoring hearing"},
		{"fehb", "", "", "plan_reconsideration by 2027-05-02 in 30 days", "plan_reconsideration opm_review court"},
		{"fehb", "", `,"notice_date":"2026-08-31"`, "plan_reconsideration by 2027-02-28 in 30 days", "plan_reconsideration opm_review court"},
		{"fehb", "internal_denied", "", "opm_review by 2027-01-31 in 60 days", "plan_reconsideration opm_review court"},
		{"fehb", "external_denied", "", "court", "plan_reconsideration opm_review court"},
		{"california", "", "", "grievance by 2027-05-04 to confirm in 30 days, fast 3 d", "grievance independent_medical_review"},
		{"california", "internal_denied", "", "independent_medical_review by 2027-05-02 in 30 days, fast 7 d", "grievance independent_medical_review"},
		{"california", "external_denied", "", "nothing left", "grievance independent_medical_review"},
		{"va", "", "", "clinical_appeal", "clinical_appeal"},
		{"va", "", `,"service":"post_service"`, "benefit_review", "benefit_review"},
		{"va", "", `,"letter_deadline":"2027-11-02"`, "clinical_appeal by 2027-11-02", "clinical_appeal"},
		{"va", "internal_denied", "", "nothing left", "clinical_appeal"},
	} {
		in := decode(t, `{"regime":"`+c.law+`",`+base+`}`)
		in.Level = c.level
		if c.more != "" { // what follows goes before
			if err := contract.Decode(strings.NewReader("{"+c.more[1:]+"}"), &in); err != nil {
				t.Fatal(err)
			}
		}
		a, err := appeal.Plan(in, today, "en", book)
		if err != nil {
			t.Errorf("%s %s%s: %v", c.law, c.level, c.more, err)
			continue
		}
		if got := said(a.Next); got != c.want {
			t.Errorf("%s %s%s:\n got %s\nwant %s", c.law, c.level, c.more, got, c.want)
		}
		var ladder []string
		past := true
		for _, r := range a.Ladder {
			ladder = append(ladder, r.Level)
			if a.Next != nil && (r.Level == a.Next.Level) != (r.State == "next") || a.Next == nil && r.State != "past" {
				t.Errorf("%s %s: %s is %s", c.law, c.level, r.Level, r.State)
			}
			if past = past && r.State == "past"; !past && r.State == "past" {
				t.Errorf("%s %s: %s is past after one that is not", c.law, c.level, r.Level)
			}
			if r.Title == "" || r.Text == "" || r.Citation == "" || r.State != "next" && !r.FileBy.IsZero() {
				t.Errorf("%s %s: %+v", c.law, c.level, r)
			}
		}
		if got := strings.Join(ladder, " "); got != c.ladder {
			t.Errorf("%s %s: ladder %s, not %s", c.law, c.level, got, c.ladder)
		}
		if a.Next == nil && !strings.Contains(strings.Join(a.Warnings, " "), "no further level") {
			t.Errorf("%s %s: nothing is left and nobody says so", c.law, c.level)
		}
		if n := a.Next; n != nil && n.FileBy.IsZero() && !n.Automatic && !strings.Contains(strings.Join(a.Warnings, " "), "ask") {
			t.Errorf("%s %s: there is no date and nobody is asked: %q", c.law, c.level, a.Warnings)
		}
	}
}

func TestAnUnknownServiceLeavesThePlansTimeOpenAndAsks(t *testing.T) {
	for _, law := range []string{"erisa", "medicare_advantage", "part_d"} {
		a := plan(t, `{"regime":"`+law+`","notice_date":"2026-11-02"}`)
		if a.Next.DecideWithin != nil || !strings.Contains(strings.Join(a.Warnings, " "), "whether the care was already given") {
			t.Errorf("%s: %+v %q", law, a.Next.DecideWithin, a.Warnings)
		}
	}
}

func TestWithoutALawThereIsAClassAndNoLadder(t *testing.T) {
	a := plan(t, `{"denial":{"carc":["50"]},"notice_date":"2026-11-02"}`)
	if a.Class != "necessity" || a.Next != nil || len(a.Ladder) != 0 || len(a.Packet) == 0 || len(a.FirstMoves) == 0 {
		t.Errorf("%+v", a)
	}
	if got := strings.Join(a.Warnings, " "); !strings.Contains(got, "which law") || strings.Contains(got, "no further level") {
		t.Error(got)
	}
}

func TestTRICARETakesNoAppealWhenTheManagerWillNotRefer(t *testing.T) {
	a := plan(t, `{"regime":"tricare","service":"pre_service","notice_date":"2026-11-02","denial":{"carc":["242"]}}`)
	if a.Next != nil || len(a.Ladder) != 0 || strings.Contains(strings.Join(a.Warnings, " "), "no further level") {
		t.Errorf("%+v %q", a.Next, a.Warnings)
	}
	told := false
	for _, f := range a.Findings {
		told = told || f.Rule == "APP-TRI-5"
	}
	if !told {
		t.Error("and nobody says why")
	}
}
