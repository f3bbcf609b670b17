package appeal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
	"consilium/internal/finding"
)

func beside(a appeal.Answer) string {
	var out []string
	for _, b := range a.Beside {
		s := b.ID
		if !b.By.IsZero() {
			s += " by " + b.By.String()
		}
		if b.Title == "" || b.Text == "" || b.Rule == "" {
			s += " (without words)"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestRoutesBesideTheLadderHaveTheirDays(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"regime":"erisa","service":"pre_service","urgent":true,"notice_date":"2026-11-02","denial":{"class":"necessity"},"peer_to_peer_by":"2026-11-30"}`, "expedited, external_at_once, peer_to_peer by 2026-11-30"},
		{`{"regime":"erisa","service":"post_service","urgent":true,"notice_date":"2026-11-02","denial":{"class":"necessity"}}`, "peer_to_peer"},
		{`{"regime":"erisa","service":"pre_service","urgent":true,"grandfathered":true,"denial":{"class":"clerical"}}`, "expedited"},
		{`{"regime":"erisa","service":"pre_service","denial":{"class":"necessity"},"peer_to_peer_by":"2026-11-20"}`, ""},
		{`{"regime":"california","service":"pre_service","notice_date":"2026-11-02","denial":{"class":"experimental"}}`, "complaint, external_at_once by 2027-05-02, peer_to_peer"},
		{`{"regime":"california","service":"pre_service","urgent":true,"notice_date":"2026-11-02","denial":{"class":"network"}}`, "complaint, expedited, external_at_once by 2027-05-02"},
		{`{"regime":"california","service":"pre_service","notice_date":"2026-11-02","denial":{"class":"network"}}`, "complaint"},
		{`{"regime":"medicaid_managed","service":"concurrent","notice_date":"2026-11-18","denial":{"class":"network"}}`, "keep_benefits by 2026-11-28"},
		{`{"regime":"medicaid_managed","service":"concurrent","notice_date":"2026-11-18","effective_date":"2026-12-10","denial":{"class":"network"}}`, "keep_benefits by 2026-12-09"},
		{`{"regime":"medicaid_managed","service":"concurrent","notice_date":"2026-11-18","effective_date":"2026-11-20","denial":{"class":"network"}}`, "keep_benefits by 2026-11-28"},
		{`{"regime":"medicaid_managed","service":"pre_service","notice_date":"2026-11-18","denial":{"class":"network"}}`, ""},
		{`{"regime":"medicaid_ffs","notice_date":"2026-11-18","effective_date":"2026-12-10","denial":{"class":"network"}}`, "keep_benefits by 2026-12-09"},
		{`{"regime":"medicare_original","ending":"hospital","ends_on":"2026-11-23","notice_date":"2026-11-21","service":"concurrent"}`, "quality_organization by 2026-11-23"},
		{`{"regime":"medicare_original","ending":"skilled_nursing","ends_on":"2026-11-25","notice_date":"2026-11-20","received_date":"2026-11-22"}`, "quality_organization by 2026-11-23"},
		{`{"regime":"medicare_advantage","ending":"home_health","notice_date":"2026-11-22"}`, "quality_organization by 2026-11-23"},
		{`{"regime":"medicare_advantage","ending":"hospital","ends_on":"2026-11-22"}`, "quality_organization by 2026-11-22"},
		{`{"regime":"medicare_original","service":"post_service","denial":{"class":"clerical"}}`, "reopening"},
		{`{"regime":"tricare","service":"pre_service","urgent":true,"notice_date":"2026-11-19","received_date":"2026-11-21"}`, "expedited by 2026-11-24"},
		{`{"regime":"va","service":"pre_service","denial":{"class":"necessity"}}`, ""},
	} {
		if got := beside(plan(t, c.in)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestTheFastWayIsOnlyForCareNotYetGiven(t *testing.T) {
	a := plan(t, `{"regime":"erisa","service":"pre_service","urgent":true,"notice_date":"2026-11-02","filed_date":"2026-11-20"}`)
	if n := a.Next; *n.DecideWithin != (appeal.Span{Value: 72, Unit: "hours"}) || n.DecideBy.String() != "2026-11-23" || !slices.Contains(a.Rights, "RGT-07") {
		t.Errorf("%+v %v", n, a.Rights)
	}
	a = plan(t, `{"regime":"erisa","service":"post_service","urgent":true,"notice_date":"2026-11-02","filed_date":"2026-11-20"}`)
	if n := a.Next; n.Expedited.Available || *n.DecideWithin != (appeal.Span{Value: 60, Unit: "days"}) || n.DecideBy.String() != "2027-01-19" || !strings.Contains(strings.Join(a.Warnings, " "), "have not had yet") || slices.Contains(a.Rights, "RGT-07") {
		t.Errorf("%+v %q", n, a.Warnings)
	}
	a = plan(t, `{"regime":"medicaid_managed","level":"internal_denied","service":"pre_service","urgent":true,"notice_date":"2026-11-02","filed_date":"2026-11-20"}`)
	if n := a.Next; *n.DecideWithin != (appeal.Span{Value: 3, Unit: "business_days"}) || n.DecideBy.String() != "2026-11-25" || !strings.Contains(strings.Join(a.Warnings, " "), "November 25, 2026 for the answer") {
		t.Errorf("%+v %q", n, a.Warnings)
	}
	a = plan(t, `{"regime":"medicare_original","service":"pre_service","urgent":true,"notice_date":"2026-11-02"}`)
	if a.Next.Expedited.Available || !strings.Contains(strings.Join(a.Warnings, " "), "no fast way") {
		t.Errorf("%+v %q", a.Next, a.Warnings)
	}
}

func TestTheLetterIsLaidBesideTheLaw(t *testing.T) {
	const erisa = `{"regime":"erisa","service":"pre_service","notice_date":"2026-11-02","received_date":"2026-11-05","letter_deadline":"`
	for _, c := range []struct{ letter, want, rule string }{
		{"2027-01-06", "2027-01-06", "CLK-09"}, // the 65 days of some lists: kept, and the law's 180 are named
		{"2027-05-20", "2027-05-20", "CLK-10"},
		{"2027-05-04", "2027-05-04", ""},
	} {
		a := plan(t, erisa+c.letter+`"}`)
		n := a.Next
		if n.FileBy.String() != c.want || n.LawDate.String() != "2027-05-04" || n.LetterDate.String() != c.letter {
			t.Errorf("%+v", n)
		}
		var rules []string
		for _, f := range a.Findings {
			if f.Rule == "CLK-09" || f.Rule == "CLK-10" {
				rules = append(rules, f.Rule)
				if !strings.Contains(f.Reason, "May 4, 2027") || strings.Contains(f.Reason, "<") || f.Confidence != "unverified" {
					t.Error(f)
				}
			}
		}
		if got := strings.Join(rules, " "); got != c.rule {
			t.Errorf("%s: %s", c.letter, got)
		}
		if said := strings.Contains(strings.Join(a.Warnings, " "), "180 days"); said {
			t.Error("a note became a warning")
		}
	}
}

func TestADayOfReceiptThatIsNotKnownIsNeverGuessed(t *testing.T) {
	a := plan(t, `{"regime":"erisa","service":"pre_service","notice_date":"2026-11-02"}`)
	if n := a.Next; !n.LawDate.IsZero() || n.FileBy.String() != "2027-05-01" || !strings.Contains(strings.Join(a.Warnings, " "), "May 1, 2027 is surely not too late") {
		t.Errorf("%+v %q", n, a.Warnings)
	}
	a = plan(t, `{"regime":"medicare_advantage","service":"pre_service","notice_date":"2026-11-02"}`)
	if n := a.Next; n.LawDate.String() != "2027-01-06" || n.FileBy != n.LawDate {
		t.Errorf("presumed: %+v", n)
	}
	a = plan(t, `{"regime":"medicare_advantage","service":"pre_service","notice_date":"2026-11-02","received_date":"2026-11-20"}`)
	if n := a.Next; n.LawDate.String() != "2027-01-19" || !strings.Contains(strings.Join(a.Warnings, " "), "keep proof of that day, because without it the plan may count to January 6, 2027") {
		t.Errorf("later: %+v %q", n, a.Warnings)
	}
	a = plan(t, `{"regime":"medicare_advantage","service":"pre_service","notice_date":"2026-11-02","received_date":"2026-11-04"}`)
	if n := a.Next; n.LawDate.String() != "2027-01-03" {
		t.Errorf("earlier: %+v", n)
	}
	a = plan(t, `{"regime":"medicaid_managed","service":"pre_service","received_date":"2026-11-04"}`)
	if n := a.Next; !n.FileBy.IsZero() || !strings.Contains(strings.Join(a.Warnings, " "), "Tell us the date on the letter") {
		t.Errorf("only receipt: %+v %q", n, a.Warnings)
	}
	a = plan(t, `{"regime":"erisa","service":"pre_service"}`)
	if n := a.Next; !n.FileBy.IsZero() || n.Counted != "" || !strings.Contains(strings.Join(a.Warnings, " "), "Tell us the date on the letter") {
		t.Errorf("nothing: %+v %q", n, a.Warnings)
	}
}

func TestTheOutsideReviewIsCountedInMonthsAndMovedOffAWeekend(t *testing.T) {
	for _, c := range []struct{ received, funding, want, warning string }{
		{"2026-10-30", "", "2027-03-01", ""},
		{"2026-07-29", "", "2026-11-30", "send it before November 29, 2026"},
		{"2026-07-29", "self_funded", "2026-11-30", ""},
		{"2026-07-29", "insured", "2026-11-29", "send it by November 27, 2026"},
		{"2026-10-31", "insured", "2027-02-28", "send it by February 26, 2027"},
	} {
		in := decode(t, `{"regime":"erisa","level":"internal_denied","service":"pre_service","received_date":"`+c.received+`"}`)
		in.Funding = c.funding
		a, err := appeal.Plan(in, today, "en", book)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Next.FileBy.String(); got != c.want || a.Next.LawDate.String() != c.want {
			t.Errorf("%s %s: %s, not %s", c.received, c.funding, got, c.want)
		}
		if w := strings.Join(a.Warnings, " "); c.warning != "" && !strings.Contains(w, c.warning) || c.warning == "" && strings.Contains(w, "send it") {
			t.Errorf("%s %s: %q", c.received, c.funding, w)
		}
	}
}

func TestALateAppealIsToldWhatStillHelps(t *testing.T) {
	for _, c := range []struct{ in, say string }{
		{`{"regime":"erisa","notice_date":"2026-01-02","received_date":"2026-01-05"}`, "a plan may be kinder than the law"},
		{`{"regime":"medicare_advantage","notice_date":"2026-01-02"}`, "ask in writing to be heard late"},
		{`{"regime":"medicare_original","notice_date":"2026-01-02"}`, "ask in writing to be heard late"},
		{`{"regime":"medicaid_managed","notice_date":"2026-01-02"}`, "your state may accept a good reason"},
		{`{"regime":"medicaid_ffs","notice_date":"2026-01-02"}`, "your state may accept a good reason"},
		{`{"regime":"tricare","notice_date":"2026-01-02"}`, "call today and ask"},
		{`{"regime":"chip_managed","notice_date":"2026-01-02","letter_deadline":"2026-03-02"}`, "your state may accept a good reason"},
	} {
		a := plan(t, c.in)
		if !a.Next.Late || !strings.Contains(strings.Join(a.Warnings, " "), c.say) {
			t.Errorf("%s: %v %q", c.in, a.Next.Late, a.Warnings)
		}
	}
	for _, in := range []string{
		`{"regime":"erisa","notice_date":"2026-01-02","received_date":"2026-01-05","filed_date":"2026-07-04"}`, // filed on the last day
		`{"regime":"erisa","notice_date":"2026-01-02","received_date":"2026-01-05","letter_deadline":"2026-11-22"}`,
		`{"regime":"chip_managed","notice_date":"2024-01-02"}`,
	} {
		if a := plan(t, in); a.Next.Late {
			t.Errorf("%s is not late", in)
		}
	}
	if a := plan(t, `{"regime":"erisa","notice_date":"2026-01-02","received_date":"2026-01-05","filed_date":"2026-07-05"}`); !a.Next.Late {
		t.Error("filed a day late")
	}
}

func TestTheLeastAmountIsThatOfTheYearOfFiling(t *testing.T) {
	for _, c := range []struct{ on, level, amount, say string }{
		{"2026-11-22", "reconsideration_denied", `,"amount":"200.00"`, "at least $200.00 in dispute, and you have that"},
		{"2026-11-22", "reconsideration_denied", `,"amount":"199.99"`, "at least $200.00 in dispute, and yours is less"},
		{"2025-11-22", "reconsideration_denied", `,"amount":"195.00"`, "at least $190.00 in dispute, and you have that"},
		{"2026-11-22", "council_denied", `,"amount":"1960.00"`, "1960.00 in dispute, and you have that"},
		{"2027-01-02", "council_denied", `,"amount":"1960.00"`, "2000.00 in dispute, and yours is less"},
		{"2026-11-22", "council_denied", ``, "how much is yours?"},
	} {
		a := plan(t, `{"on":"`+c.on+`","regime":"medicare_original","level":"`+c.level+`","notice_date":"2025-10-02"`+c.amount+`}`)
		if len(a.Next.Needs) != 1 || !strings.Contains(strings.ReplaceAll(a.Next.Needs[0], ",", ""), strings.ReplaceAll(c.say, ",", "")) {
			t.Errorf("%s %s%s: %q", c.on, c.level, c.amount, a.Next.Needs)
		}
	}
	for _, c := range []struct{ amount, say string }{{"300.00", "you have that"}, {"299.00", "yours is less"}} {
		a := plan(t, `{"regime":"tricare","level":"external_denied","notice_date":"2026-10-02","amount":"`+c.amount+`"}`)
		if len(a.Next.Needs) != 1 || !strings.Contains(a.Next.Needs[0], c.say) {
			t.Errorf("%s: %q", c.amount, a.Next.Needs)
		}
	}
	// No amount is known for 2029: nothing is promised and nothing asked.
	if a := plan(t, `{"on":"2029-01-02","regime":"medicare_original","level":"reconsideration_denied","notice_date":"2028-12-02"}`); len(a.Next.Needs) != 0 {
		t.Errorf("%q", a.Next.Needs)
	}
}

func TestTheLawIsThatOfTheDayOfTheLetter(t *testing.T) {
	for _, c := range []struct{ notice, received, want string }{
		{"2024-12-31", "2025-01-20", "2025-03-01"}, // 60 days from the date on the letter
		{"2025-01-01", "", "2025-03-07"},           // presumed received on the 6th
		{"2025-01-01", "2025-01-20", "2025-03-21"},
	} {
		in := decode(t, `{"regime":"medicare_advantage","service":"pre_service","notice_date":"`+c.notice+`"}`)
		if c.received != "" {
			in.ReceivedDate = contract.MustDate(c.received)
		}
		a, err := appeal.Plan(in, today, "en", book)
		if err != nil || a.Next.LawDate.String() != c.want {
			t.Errorf("%s %s: %v, not %s (%v)", c.notice, c.received, a.Next, c.want, err)
		}
		presumes := slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Rule == "CLK-04" })
		if presumes != (c.notice >= "2025") {
			t.Errorf("%s: it is said that receipt is presumed: %v", c.notice, presumes)
		}
	}
	a := plan(t, `{"regime":"part_d","service":"pre_service","notice_date":"2024-12-31"}`)
	if !a.Next.FileBy.IsZero() {
		t.Errorf("nobody verified the days of Part D before 2025: %+v", a.Next)
	}
}

func TestAnImpossibleInputNamesItsFieldsAndComputesNothing(t *testing.T) {
	for _, c := range []struct{ in, field string }{
		{`{"notice_date":"2026-11-23"}`, "notice_date"},
		{`{"received_date":"2026-11-23"}`, "received_date"},
		{`{"notice_date":"2026-11-05","received_date":"2026-11-04"}`, "received_date"},
		{`{"notice_date":"2026-11-05","letter_deadline":"2026-11-04"}`, "letter_deadline"},
		{`{"received_date":"2026-11-05","filed_date":"2026-11-04"}`, "filed_date"},
		{`{"filed_date":"2026-11-23"}`, "filed_date"},
		{`{"notice_date":"2026-11-05","ends_on":"2026-11-04","regime":"medicare_original","ending":"hospital"}`, "ends_on"},
		{`{"notice_date":"2026-11-05","peer_to_peer_by":"2026-11-04"}`, "peer_to_peer_by"},
		{`{"amount":"-0.01"}`, "amount"},
		{`{"state":"XX"}`, "state"},
		{`{"denial":{"carc":["0"]}}`, "denial.carc[0]"},
		{`{"denial":{"carc":["197","400"]}}`, "denial.carc[1]"},
		{`{"denial":{"rarc":["197"]}}`, "denial.rarc[0]"},
		{`{"have":["RGT-01"]}`, "have[0]"},
		{`{"regime":"erisa","level":"alj_denied"}`, "level"},
		{`{"regime":"erisa","level":"redetermination_denied"}`, "level"},
		{`{"regime":"medicare_original","level":"internal_denied"}`, "level"},
		{`{"regime":"medicare_advantage","level":"redetermination_denied"}`, "level"},
		{`{"regime":"medicare_advantage","grandfathered":true}`, "grandfathered"},
		{`{"regime":"fehb","grandfathered":true}`, "grandfathered"},
		{`{"regime":"aca_individual","funding":"self_funded"}`, "funding"},
		{`{"regime":"erisa","ending":"hospital"}`, "ending"},
		{`{"regime":"erisa","drug":"part_d"}`, "drug"},
		{`{"regime":"medicare_original","drug":"part_d"}`, "drug"},
		{`{"regime":"part_d","drug":"part_b"}`, "drug"},
	} {
		a, err := appeal.Plan(decode(t, c.in), today, "en", book)
		var ps contract.Problems
		if !errors.As(err, &ps) || len(ps) != 1 || ps[0].Field != c.field || a.Class != "" || a.Next != nil {
			t.Errorf("%s: %v", c.in, err)
		}
	}
	if _, err := appeal.Plan(appeal.Input{}, today, "fr", book); err == nil {
		t.Error("a language that we do not speak")
	}
	for _, in := range []string{`{"regime":"medicare_advantage","grandfathered":false}`, `{"denial":{"carc":["A1","B7","B15","197"],"rarc":["N386","M76","MA130"]}}`, `{"regime":"medicare_advantage","level":"redetermination_denied","drug":"part_d"}`} {
		plan(t, in)
	}
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	for _, in := range []string{
		fromTheContract,
		`{"regime":"medicare_advantage","service":"pre_service","urgent":true,"notice_date":"2026-01-02","received_date":"2026-01-20","denial":{"class":"necessity"}}`,
		`{"regime":"california","service":"pre_service","urgent":true,"notice_date":"2026-11-02","filed_date":"2026-11-05","denial":{"class":"experimental"}}`,
		`{"regime":"medicaid_managed","level":"internal_denied","service":"concurrent","notice_date":"2026-11-02","filed_date":"2026-11-05"}`,
		`{"regime":"tricare","level":"external_denied","notice_date":"2026-11-02"}`,
	} {
		en := plan(t, in)
		es, err := appeal.Plan(decode(t, in), today, "es", book)
		if err != nil || len(en.Findings) != len(es.Findings) || len(en.Warnings) != len(es.Warnings) || len(en.Packet) != len(es.Packet) || len(en.Beside) != len(es.Beside) {
			t.Fatal(in, err)
		}
		different := func(what, a, b string) {
			if a == b || strings.ContainsAny(a+b, "<>{}") {
				t.Errorf("%s: %q and %q", what, a, b)
			}
		}
		for i := range en.Warnings {
			different("warning", en.Warnings[i], es.Warnings[i])
		}
		for i := range en.Packet {
			different("item", en.Packet[i].Item, es.Packet[i].Item)
		}
		for i := range en.Beside {
			different("beside", en.Beside[i].Title+en.Beside[i].Text, es.Beside[i].Title+es.Beside[i].Text)
		}
		for i := range en.Ladder {
			different("ladder", en.Ladder[i].Text, es.Ladder[i].Text)
		}
		different("counted", en.Next.Counted, es.Next.Counted)
		different("send to", en.Next.SendTo, es.Next.SendTo)
		if en.Next.FileBy != es.Next.FileBy {
			t.Error("the day depends on the language")
		}
	}
}
