package appeal_test

import (
	"strings"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
	"consilium/internal/rulebook"
	"consilium/rules"
)

var today = contract.MustDate("2026-11-22")

var book = func() *rulebook.Book {
	b, problems := rulebook.Load(rules.Files)
	for _, p := range problems {
		if strings.HasPrefix(p.File, "appeal") {
			panic(p)
		}
	}
	return b
}()

func decode(t testing.TB, in string) appeal.Input {
	t.Helper()
	var input appeal.Input
	if err := contract.Decode(strings.NewReader(in), &input); err != nil {
		t.Fatal(err)
	}
	return input
}

func plan(t testing.TB, in string) appeal.Answer {
	t.Helper()
	a, err := appeal.Plan(decode(t, in), today, "en", book)
	if err != nil {
		t.Fatal(in, err)
	}
	return a
}

const fromTheContract = `{"on":"2026-11-22","regime":"erisa","level":"initial_denial","service":"pre_service","urgent":false,
 "notice_date":"2026-11-02","received_date":"2026-11-05","letter_deadline":null,
 "denial":{"carc":["197"],"reason":"No prior approval was on file.","class":null},"amount":"1200.00",
 "peer_to_peer_by":null,"grandfathered":false,"state":"TX"}`

func TestTheContractsExampleIsAnsweredToTheDay(t *testing.T) {
	a := plan(t, fromTheContract)
	n := a.Next
	if n == nil || n.Level != "internal" || n.FileBy.String() != "2027-05-04" || n.LawDate.String() != "2027-05-04" || n.Late || n.Automatic {
		t.Fatalf("%+v", n)
	}
	if n.DecideWithin == nil || *n.DecideWithin != (appeal.Span{Value: 30, Unit: "days"}) || n.Expedited != (appeal.Expedited{Available: true, Hours: 72}) {
		t.Errorf("%+v %+v", n.DecideWithin, n.Expedited)
	}
	if n.Counted != "From the day the letter came, November 5, 2026, and 180 days: May 4, 2027." {
		t.Error(n.Counted)
	}
	if a.Class != "prior_authorization" {
		t.Errorf("class %s", a.Class)
	}
	if len(a.Ladder) != 3 || a.Ladder[0].Rule != "APP-ERISA-1" || a.Ladder[0].State != "next" || a.Ladder[0].FileBy.String() != "2027-05-04" || a.Ladder[0].DecideDays != 30 ||
		a.Ladder[1].Level != "external" || a.Ladder[1].Rule != "APP-ERISA-2" || a.Ladder[1].State != "later" || !a.Ladder[1].FileBy.IsZero() || a.Ladder[2].Level != "court" {
		t.Errorf("%+v", a.Ladder)
	}
	if !strings.Contains(strings.Join(a.Rights, " "), "RGT-02") || len(a.Packet) != 12 || a.Packet[3].Rule != "LMN-04" || a.Packet[3].Have {
		t.Errorf("%v %+v", a.Rights, a.Packet)
	}
}
