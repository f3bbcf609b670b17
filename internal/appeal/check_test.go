package appeal_test

import (
	"slices"
	"strings"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
	"consilium/internal/fault"
)

func faultsOf(err error) []string {
	var out []string
	for _, f := range fault.All(err) {
		out = append(out, f.Field+" "+f.Key)
	}
	return out
}

func TestADenialNamesEachWrongFieldOfItsForm(t *testing.T) {
	bad := contract.Money(-1)
	d := appeal.Denial{
		Plan: appeal.Payer{Name: strings.Repeat("x", 201)}, Claim: appeal.Claim{ICD10: "cancer", Codes: []string{"19301", "12"}, On: "2026-02-30"}, Settled: "lost",
		Input: appeal.Input{
			Regime: "erisa", Level: "alj_denied", Amount: &bad, State: "ZZ",
			NoticeDate: contract.MustDate("2026-11-05"), ReceivedDate: contract.MustDate("2026-11-02"), LetterDeadline: contract.MustDate("2026-11-01"), FiledDate: contract.MustDate("2026-11-23"),
			Denial: appeal.Refusal{CARC: []string{"197", "9999"}, Group: "XX"},
		},
	}
	got := faultsOf(d.Check("2026-11-22"))
	for _, want := range []string{
		"plan.name form.too_long", "claim.icd10 form.icd10", "claim.codes[1] appeal.wrong.code", "claim.on form.date.real", "settled form.choice",
		"level appeal.wrong.level", "amount form.money", "state form.state", "received_date appeal.wrong.received_before_notice",
		"letter_deadline appeal.wrong.letter_deadline_before_notice", "filed_date form.date.past", "denial.carc[1] appeal.wrong.code", "denial.group form.choice",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if len(got) != 13 {
		t.Errorf("%d faults: %q", len(got), got)
	}
	if err := (appeal.Denial{}).Check("2026-11-22"); err != nil {
		t.Errorf("a denial of which nothing is known yet: %v", err)
	}
}

func TestADraftAndASentPacketNameEachWrongField(t *testing.T) {
	d := appeal.Draft{Language: "fr", Doctor: "third", Harm: strings.Repeat("x", 4001), Enclosed: []string{"x"}, Have: []string{"RGT-01"}}
	if got := faultsOf(d.Check("2026-11-22")); !slices.Equal(got, []string{"language form.choice", "doctor form.choice", "harm form.too_long", "enclosed[0] form.choice", "have[0] form.choice"}) {
		t.Errorf("%q", got)
	}
	if err := (appeal.Draft{Language: "es"}).Check("2026-11-22"); err != nil {
		t.Error(err)
	}
	p := appeal.Packet{Denial: "d", Level: "internal", On: "2026-11-22", How: "fax", DecideBy: "2026-12-22", SHA256: strings.Repeat("a", 64)}
	if err := p.Check("2026-11-22"); err != nil {
		t.Error(err)
	}
	p.On, p.How, p.DecideBy = "2026-11-23", "pigeon", "2026-11-22"
	if got := faultsOf(p.Check("2026-11-22")); !slices.Equal(got, []string{"on form.date.past", "how form.choice", "decide_by appeal.wrong.decide_by"}) {
		t.Errorf("%q", got)
	}
	p.On = ""
	if got := faultsOf(p.Check("2026-11-22")); !slices.Contains(got, "on form.date.required") {
		t.Errorf("%q", got)
	}
}
