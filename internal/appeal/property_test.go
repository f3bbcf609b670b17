package appeal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"

	"pgregory.net/rapid"
)

var laws = []string{"", "erisa", "aca_individual", "medicare_original", "medicare_advantage", "part_d", "medicaid_managed", "medicaid_ffs", "chip_managed", "tricare", "fehb", "california", "va"}

// anyInput draws an input that could be true.
func anyInput(t *rapid.T) appeal.Input {
	choose := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
	in := appeal.Input{
		Regime: rapid.SampledFrom(laws).Draw(t, "regime"), Service: choose("service", "pre_service", "post_service", "concurrent"),
		Funding: choose("funding", "insured", "self_funded", "unknown"), State: choose("state", "CA", "TX", "MN", "CT", "GA"),
	}
	in.Level = rapid.SampledFrom(append(appeal.Levels(in.Regime), "")).Draw(t, "level")
	in.Denial.Class = choose("class", "clerical", "necessity", "experimental", "eligibility", "benefit", "prior_authorization", "network")
	if in.Regime == "aca_individual" && in.Funding == "self_funded" {
		in.Funding = "insured"
	}
	if in.Regime == "erisa" || in.Regime == "aca_individual" {
		in.Grandfathered = rapid.SampledFrom([]*bool{nil, new(bool), yes()}).Draw(t, "grandfathered")
	}
	in.Urgent = rapid.SampledFrom([]*bool{nil, new(bool), yes()}).Draw(t, "urgent")
	if in.Regime == "medicare_original" || in.Regime == "medicare_advantage" {
		in.Ending = choose("ending", "hospital", "hospice")
	}
	in.NoticeDate = today.AddDays(-rapid.IntRange(0, 900).Draw(t, "age"))
	later := func(name string, most int) contract.Date {
		if rapid.Bool().Draw(t, name) {
			return in.NoticeDate.AddDays(rapid.IntRange(0, most).Draw(t, name+" after"))
		}
		return contract.Date{}
	}
	if in.ReceivedDate = later("received", 40); in.ReceivedDate.After(today) {
		in.ReceivedDate = today
	}
	in.LetterDeadline, in.EffectiveDate, in.EndsOn, in.PeerToPeerBy = later("letter", 300), later("cut", 60), later("ends", 20), later("talk", 30)
	if rapid.Bool().Draw(t, "no notice") {
		in.NoticeDate = contract.Date{}
	}
	if rapid.Bool().Draw(t, "filed") {
		in.FiledDate = today
	}
	return in
}

func yes() *bool { b := true; return &b }

func TestNoDayLiesBeforeItsLetterAndTheLawIsNeverOutrun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		a, err := appeal.Plan(in, today, "en", book)
		if err != nil {
			t.Fatalf("%+v: %v", in, err)
		}
		text, _ := json.Marshal(a)
		if strings.Contains(string(text), "_date\\u003e") || strings.Contains(string(text), "\\u003cfile_by") {
			t.Fatalf("a day was left out: %s", text)
		}
		next := 0
		for _, r := range a.Ladder {
			if r.State == "next" {
				next++
			}
		}
		if n := a.Next; (n == nil) != (next == 0) || next > 1 {
			t.Fatalf("%d levels are next", next)
		} else if n != nil {
			checkDays(t, in, *n)
		}
		for _, b := range a.Beside {
			if !b.By.IsZero() && !in.NoticeDate.IsZero() && b.By.Before(in.NoticeDate.AddDays(-1)) {
				t.Fatalf("%+v is before the letter", b)
			}
		}
	})
}

func checkDays(t *rapid.T, in appeal.Input, n appeal.Next) {
	for name, d := range map[string]contract.Date{"file_by": n.FileBy, "law_date": n.LawDate} {
		if !d.IsZero() && !in.NoticeDate.IsZero() && d.Before(in.NoticeDate) {
			t.Fatalf("%s %s is before the letter of %s", name, d, in.NoticeDate)
		}
	}
	if !n.LawDate.IsZero() && n.FileBy.After(n.LawDate) && !in.LetterDeadline.After(n.LawDate) {
		t.Fatalf("%s is after the law's %s, and the letter gives no more", n.FileBy, n.LawDate)
	}
	if !in.LetterDeadline.IsZero() && !n.Automatic && n.FileBy != in.LetterDeadline {
		t.Fatalf("the letter names %s, not %s", in.LetterDeadline, n.FileBy)
	}
	if n.Automatic && !n.FileBy.IsZero() {
		t.Fatalf("%s goes on by itself, and yet by %s", n.Level, n.FileBy)
	}
	if n.DecideBy.IsZero() == (!in.FiledDate.IsZero() && n.DecideWithin != nil) {
		t.Fatalf("filed %s: %s %+v", in.FiledDate, n.DecideBy, n.DecideWithin)
	}
	if !n.DecideBy.IsZero() && n.DecideBy.Before(in.FiledDate) {
		t.Fatalf("decided on %s, before it was filed", n.DecideBy)
	}
	if in.Service == "post_service" && n.Expedited.Available {
		t.Fatal("a fast way for care that was given")
	}
}

// What is not known may leave a day open or give a safe one, with words; it never
// moves the law's day in silence.
func TestAnUnknownFactNeverMovesADayInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		full, err := appeal.Plan(in, today, "en", book)
		if err != nil || full.Next == nil || full.Next.FileBy.IsZero() || full.Next.LawDate.IsZero() {
			return
		}
		for name, forget := range map[string]func(*appeal.Input){
			"urgent": func(i *appeal.Input) { i.Urgent = nil }, "service": func(i *appeal.Input) { i.Service = "" }, "state": func(i *appeal.Input) { i.State = "" },
			"funding": func(i *appeal.Input) { i.Funding = "" }, "received": func(i *appeal.Input) { i.ReceivedDate = contract.Date{} }, "amount": func(i *appeal.Input) { i.Amount = nil },
		} {
			less := in
			forget(&less)
			a, err := appeal.Plan(less, today, "en", book)
			if err != nil {
				t.Fatal(err)
			}
			if a.Next == nil || a.Next.Level != full.Next.Level {
				continue // another level: it says so itself
			}
			if a.Next.FileBy == full.Next.FileBy {
				continue
			}
			words := strings.Join(a.Warnings, " ") + a.Next.Counted
			told := strings.Contains(words, "surely not too late") || strings.Contains(words, "your state may not") || strings.Contains(words, "counts as received") || strings.Contains(words, "we can count")
			if !told {
				t.Fatalf("without %s %s became %s, and nobody says so: %q", name, full.Next.FileBy, a.Next.FileBy, words)
			}
		}
	})
}

func FuzzPlan(f *testing.F) {
	f.Add([]byte(fromTheContract))
	for _, law := range laws {
		f.Add([]byte(`{"regime":"` + law + `","level":"initial_denial","service":"concurrent","urgent":true,"notice_date":"2026-11-02","filed_date":"2026-11-10","effective_date":"2026-12-01","amount":"1200.00","denial":{"carc":["50","197"],"rarc":["N386"],"group":"CO"},"have":["LMN-01"]}`))
	}
	f.Add([]byte(`{"regime":"medicare_original","ending":"hospital","ends_on":"2400-12-31","received_date":"1800-01-01"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var in appeal.Input
		if contract.Decode(strings.NewReader(string(b)), &in) != nil {
			return
		}
		a, err := appeal.Plan(in, today, "es", book)
		if err != nil {
			return
		}
		if a.Class == "" || a.Ladder == nil || a.Findings == nil {
			t.Fatalf("half an answer: %+v", a)
		}
		if n := a.Next; n != nil && !n.FileBy.IsZero() && !in.NoticeDate.IsZero() && n.FileBy.Before(in.NoticeDate) {
			t.Fatalf("%s is before the letter", n.FileBy)
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	in := decode(b, fromTheContract)
	book.Compile()
	for b.Loop() {
		if _, err := appeal.Plan(in, today, "en", book); err != nil {
			b.Fatal(err)
		}
	}
}
