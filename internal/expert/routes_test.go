package expert_test

import (
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/expert"
	"consilium/internal/finding"
	"consilium/internal/rulebook"
	"consilium/rules"

	"pgregory.net/rapid"
)

var (
	routesDay  = contract.MustDate("2026-11-22")
	routesBook = rulebook.Open(rules.Files)
)

func ptr[T any](v T) *T { return &v }

// ruthAway is a woman of 58 with breast cancer, of a state with neither bar nor
// privilege, whose doctor will sign.
func ruthAway() expert.Situation {
	return expert.Situation{
		State: "PA", Age: ptr(58), ICD10: "C50.911", Diagnosis: "breast cancer", Treating: ptr(true), Surgery: ptr(false),
		Answers: expert.RouteAnswers{Signs: expert.Yes, UnderWay: expert.No, InHospital: expert.No, Lawsuit: expert.No, Member: expert.No},
	}
}

func programme(t testing.TB, s expert.Situation, id string) expert.Programme {
	t.Helper()
	for _, p := range expert.Programmes(s, routesDay, "en", routesBook) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no programme %q", id)
	return expert.Programme{}
}

func TestAProgrammeTakesWhomItsOwnTermsTake(t *testing.T) {
	ruth := ruthAway()
	with := func(change func(*expert.Situation)) expert.Situation { s := ruthAway(); change(&s); return s }
	in := func(state string) expert.Situation { return with(func(s *expert.Situation) { s.State = state }) }
	child := with(func(s *expert.Situation) { s.Age = ptr(9) })
	alone := with(func(s *expert.Situation) { s.Answers.Signs = expert.No })
	brain := func(state string) expert.Situation {
		return with(func(s *expert.Situation) { s.State, s.ICD10, s.Diagnosis = state, "C71.1", "glioblastoma" })
	}
	for _, c := range []struct {
		name string
		s    expert.Situation
		id   string
		want expert.Reply
	}{
		{"cancer, adult, another state", ruth, "danafarber", expert.Yes},
		{"lives in Massachusetts", in("MA"), "danafarber", expert.No},
		{"a child", child, "danafarber", expert.No},
		{"in the hospital", with(func(s *expert.Situation) { s.Answers.InHospital = expert.Yes }), "danafarber", expert.No},
		{"breast cancer, which this one does not take", ruth, "ucsf", expert.No},
		{"45 states, and nobody says which", brain("PA"), "ucsf", expert.ToConfirm},
		{"a Californian with cancer", in("CA"), "secondopinion", expert.Yes},
		{"not from California", ruth, "secondopinion", expert.No},
		{"the doctor must start and will", ruth, "mgb", expert.ToConfirm},
		{"the doctor must start and will not", alone, "mgb", expert.No},
		{"outside Ohio without the doctor", alone, "uhospitals", expert.No},
		{"in Ohio without the doctor", with(func(s *expert.Situation) { s.State, s.Answers.Signs = "OH", expert.No }), "uhospitals", expert.Yes},
		{"a brain tumor in Oregon", brain("OR"), "providence", expert.Yes},
		{"a brain tumor in Washington, of which only a part counts", brain("WA"), "providence", expert.ToConfirm},
		{"a brain tumor elsewhere", brain("PA"), "providence", expert.No},
		{"cancer, one of its fields", ruth, "northwestern", expert.Yes},
		{"an adult at a hospital for children", ruth, "chop", expert.ToConfirm},
		{"a child at a hospital for children", child, "chop", expert.Yes},
		{"neither employer nor plan offers it", ruth, "secondmd", expert.No},
		{"in treatment now", with(func(s *expert.Situation) { s.Answers.UnderWay = expert.Yes }), "msk", expert.ToConfirm},
		{"not in treatment, no surgery", ruth, "msk", expert.Yes},
	} {
		if p := programme(t, c.s, c.id); p.Takes != c.want {
			t.Errorf("%s: %s says %q for %+v", c.name, c.id, p.Takes, p.Grounds)
		}
	}
}

func TestANoAlwaysNamesTheRuleThatSaysSo(t *testing.T) {
	s := ruthAway()
	s.State = "MA"
	for _, p := range expert.Programmes(s, routesDay, "en", routesBook) {
		if p.Takes == expert.No && (len(p.Grounds) == 0 || !p.Grounds[0].No || p.Grounds[0].Confidence != finding.Verified) {
			t.Errorf("%s says no and not why: %+v", p.Name, p.Grounds)
		}
		if p.Takes == expert.ToConfirm && len(p.Grounds)+len(p.Lacks) == 0 && p.Profile.Confidence == finding.Verified {
			t.Errorf("%s must be asked, and nobody knows what", p.Name)
		}
		if p.Takes == expert.Yes && len(p.Grounds)+len(p.Lacks) > 0 {
			t.Errorf("%s says yes in spite of %+v %v", p.Name, p.Grounds, p.Lacks)
		}
	}
}

func TestOfNobodyNothingIsSaidForCertain(t *testing.T) {
	for _, p := range expert.Programmes(expert.Situation{}, routesDay, "en", routesBook) {
		if p.Takes == expert.No {
			t.Errorf("%s says no to somebody of whom nothing is known: %+v", p.Name, p.Grounds)
		}
	}
	if p := programme(t, expert.Situation{}, "danafarber"); p.Takes != expert.ToConfirm || !slices.Contains(p.Lacks, "patient.state") {
		t.Fatalf("%+v", p)
	}
}

func TestEachProgrammeIsDescribedInBothLanguages(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		ps := expert.Programmes(ruthAway(), routesDay, lang, routesBook)
		if len(ps) < 20 {
			t.Fatalf("only %d programmes", len(ps))
		}
		for _, p := range ps {
			if p.Name == "" || p.Start == "" || p.For == "" || p.Deliver == "" || p.After == "" || len(p.Records) == 0 || p.AsOf == "" || p.Basis == "" || p.Price.Kind == "" {
				t.Errorf("%s lacks something: %+v", p.ID, p)
			}
			if p.Price.Kind == "known" && (p.Price.Low <= 0 || p.Price.High < p.Price.Low) {
				t.Errorf("%s costs %v to %v", p.ID, p.Price.Low, p.Price.High)
			}
			if p.Clock.Known() && (p.Clock.Low <= 0 || p.Clock.High < p.Clock.Low || p.Clock.Event == "") {
				t.Errorf("%s takes %+v", p.ID, p.Clock)
			}
		}
	}
}

func TestWhatIsOldOrFromMemoryIsMarked(t *testing.T) {
	for _, p := range expert.Programmes(ruthAway(), routesDay, "en", routesBook) {
		for what, x := range map[string]struct {
			basis string
			f     finding.Finding
		}{"profile": {p.Basis, p.Profile}, "price": {p.Price.Basis, p.Price.Says}, "clock": {p.Clock.Basis, p.Clock.Says}} {
			sure := x.basis == "read" || x.basis == "claim"
			if x.f.Rule != "" && sure != (x.f.Confidence == finding.Verified) {
				t.Errorf("the %s of %s is %q and %s", what, p.Name, x.basis, x.f.Confidence)
			}
		}
	}
	if p := programme(t, ruthAway(), "stanford"); p.Price.Says.Confidence != finding.Unverified || !strings.Contains(p.Price.Says.Reason, "check this with the program") {
		t.Fatalf("%+v", p.Price)
	}
}

func TestBusinessDaysAndCalendarDaysStandOnOneScale(t *testing.T) {
	for _, c := range []struct {
		unit       string
		high, want int
	}{{"calendar", 14, 14}, {"business", 1, 3}, {"business", 5, 7}, {"business", 6, 10}, {"business", 7, 11}, {"business", 10, 14}, {"business", 14, 20}} {
		if got := (expert.Wait{High: c.high, Unit: c.unit}).Most(); got != c.want {
			t.Errorf("%d %s days are %d, not %d", c.high, c.unit, got, c.want)
		}
	}
}

func TestAnOrderNeverPutsWhoSaysNoBeforeWhoMayTake(t *testing.T) {
	book := rulebook.Open(rules.Files)
	reply := rapid.SampledFrom([]expert.Reply{"", expert.Yes, expert.No, expert.ToConfirm})
	rapid.Check(t, func(t *rapid.T) {
		s := expert.Situation{
			State: rapid.SampledFrom([]string{"", "MA", "CA", "OR", "WA", "OH", "PA"}).Draw(t, "state"),
			ICD10: rapid.SampledFrom([]string{"", "C50.911", "C18.9", "C71.1", "I35.0", "M54.5", "K50.9", "R69"}).Draw(t, "icd10"),
			Answers: expert.RouteAnswers{
				Signs: reply.Draw(t, "signs"), UnderWay: reply.Draw(t, "way"), InHospital: reply.Draw(t, "in"), Lawsuit: reply.Draw(t, "law"), Member: reply.Draw(t, "member"),
			},
		}
		if rapid.Bool().Draw(t, "age known") {
			s.Age = ptr(rapid.IntRange(0, 100).Draw(t, "age"))
		}
		by := rapid.SampledFrom([]string{"", expert.ByPrice, expert.BySpeed}).Draw(t, "by")
		ps := expert.Programmes(s, routesDay, "en", book)
		expert.SortProgrammes(ps, by)
		no, unknown, last := false, false, -1
		for _, p := range ps {
			if no && p.Takes != expert.No {
				t.Fatalf("%s takes them and stands behind one that does not", p.Name)
			}
			no = no || p.Takes == expert.No
			if no {
				continue
			}
			value, known := int(p.Price.High), p.Price.Known()
			if by == expert.BySpeed {
				value, known = p.Clock.Most(), p.Clock.Known()
			}
			if by == "" {
				continue
			}
			if known && (unknown || value < last) {
				t.Fatalf("%s by %s stands too late", p.Name, by)
			}
			unknown = unknown || !known
			if known {
				last = value
			}
		}
		again := expert.Programmes(s, routesDay, "en", book)
		expert.SortProgrammes(again, by)
		if !slices.EqualFunc(ps, again, func(a, b expert.Programme) bool { return a.ID == b.ID && a.Takes == b.Takes }) {
			t.Fatal("the same question, another answer")
		}
	})
}

func TestTheSixWaysFitThePlan(t *testing.T) {
	fit := func(s expert.Situation) map[string]expert.Fitness {
		ways, _ := expert.Routes(s, routesDay, "en", routesBook)
		if len(ways) != len(expert.RouteIDs) {
			t.Fatalf("%d ways", len(ways))
		}
		out := map[string]expert.Fitness{}
		for _, w := range ways {
			out[w.ID] = w.Fit
		}
		return out
	}
	hmo := expert.Situation{Plan: "hmo", Referral: "yes", Network: "in_only"}
	if f := fit(hmo); f["doctor"] != expert.BeginHere || f["plan"] != expert.BeginHere || f["center"] != expert.Limited || f["online"] != expert.Limited {
		t.Errorf("HMO: %v", f)
	}
	hmo.Refused = true
	if f := fit(hmo); f["doctor"] != expert.Limited {
		t.Errorf("HMO and a doctor who will not refer: %v", f)
	}
	if f := fit(expert.Situation{Plan: "ppo", Referral: "no", Network: "in_or_out"}); f["society"] != expert.BeginHere || f["doctor"] != expert.Open {
		t.Errorf("PPO: %v", f)
	}
	if f := fit(expert.Situation{Plan: "none"}); f["online"] != expert.BeginHere || f["plan"] != expert.Limited {
		t.Errorf("no plan: %v", f)
	}
	if f := fit(expert.Situation{Rare: ptr(true)}); f["advocacy"] != expert.BeginHere || f["center"] != expert.BeginHere {
		t.Errorf("rare: %v", f)
	}
	for id, x := range fit(expert.Situation{}) {
		if x != expert.Open {
			t.Errorf("nothing is known, and %s is %q", id, x)
		}
	}
}

func TestACenterOutsideTheNetworkIsNeitherFirstNorLast(t *testing.T) {
	ways, _ := expert.Routes(expert.Situation{Network: "in_only", ICD10: "C50.911"}, routesDay, "en", routesBook)
	for _, w := range ways {
		if w.ID == "center" && (w.Fit != expert.Open || len(w.Why) != 2) {
			t.Fatalf("%+v", w)
		}
	}
}

func TestWaysToBeginWithStandFirstAndThoseWithACatchLast(t *testing.T) {
	ways, _ := expert.Routes(expert.Situation{Plan: "none"}, routesDay, "en", routesBook)
	if ways[0].ID != "online" || ways[len(ways)-1].ID != "plan" {
		t.Fatalf("%v", ways)
	}
}

func TestRightsDependOnThePlan(t *testing.T) {
	has := func(s expert.Situation, rule string) bool {
		_, rights := expert.Routes(s, routesDay, "en", routesBook)
		return slices.ContainsFunc(rights, func(f finding.Finding) bool { return f.Rule == rule })
	}
	for _, c := range []struct {
		s    expert.Situation
		rule string
		want bool
	}{
		{expert.Situation{Referral: "no"}, "RTE-RIGHT-1", true},
		{expert.Situation{Referral: "yes"}, "RTE-RIGHT-1", false},
		{expert.Situation{Referral: "yes"}, "RTE-RIGHT-4", true},
		{expert.Situation{Plan: "medicare_original"}, "RTE-RIGHT-2", true},
		{expert.Situation{Plan: "hmo"}, "RTE-RIGHT-2", false},
		{expert.Situation{}, "RTE-RIGHT-6", true},
	} {
		if has(c.s, c.rule) != c.want {
			t.Errorf("%+v: %s is not %v", c.s, c.rule, c.want)
		}
	}
}

func TestSocietiesFitTheIllnessAndThoseForAllStandLast(t *testing.T) {
	names := func(s expert.Situation) string {
		var out []string
		for _, x := range expert.Societies(s, routesDay, "en", routesBook) {
			out = append(out, x.Name)
		}
		return strings.Join(out, "|")
	}
	breast := names(ruthAway())
	for _, want := range []string{"American Society of Clinical Oncology", "Susan G. Komen", "National Cancer Institute"} {
		if !strings.Contains(breast, want) {
			t.Errorf("breast cancer lacks %s: %s", want, breast)
		}
	}
	if strings.Contains(breast, "Cardiology") || !strings.HasSuffix(breast, "Patient Advocate Foundation") {
		t.Error(breast)
	}
	if rare := names(expert.Situation{Rare: ptr(true)}); !strings.HasPrefix(rare, "National Organization for Rare Disorders") {
		t.Error(rare)
	}
	if nobody := expert.Societies(expert.Situation{}, routesDay, "es", routesBook); len(nobody) != 4 || nobody[0].Class != "any" {
		t.Errorf("%+v", nobody)
	}
}

func TestOnlyWhatTheGuidesNameIsSaidWithoutAskingBack(t *testing.T) {
	for _, x := range expert.Societies(ruthAway(), routesDay, "en", routesBook) {
		if x.Says.Confidence == finding.Unverified && !strings.Contains(x.Says.Reason, "Please check this with them") {
			t.Errorf("%s: %s", x.Name, x.Says.Reason)
		}
	}
}

func TestAnAnswerThatIsNoneIsRefusedAtItsField(t *testing.T) {
	for _, name := range expert.RouteQuestions {
		var a expert.RouteAnswers
		*a.Of(name) = "perhaps"
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (expert.RouteAnswers{Signs: expert.ToConfirm}).Check(); err != nil {
		t.Fatal(err)
	}
}
