package appeal

import (
	"slices"
	"strings"
	"testing"

	"consilium/internal/contract"
	"consilium/internal/rulebook"
	"consilium/internal/web/text/grade"
	"consilium/rules"

	"go.yaml.in/yaml/v3"
)

var (
	letterBook = func() *rulebook.Book {
		b, problems := rulebook.Load(rules.Files)
		if len(problems) > 0 {
			panic(problems[0])
		}
		return b
	}()
	letterDay = contract.MustDate("2026-11-22")
)

func letterOf(t testing.TB, in string) Input {
	t.Helper()
	var input Input
	if err := contract.Decode(strings.NewReader(in), &input); err != nil {
		t.Fatal(err)
	}
	return input
}

func classOf(t testing.TB, in string) classified {
	t.Helper()
	return classify(letterOf(t, in), letterDay, "en", letterBook)
}

func (c classified) moves() string {
	var ids []string
	for _, m := range c.Moves {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, " ")
}

func (c classified) hasRule(id string) bool {
	for _, f := range c.Findings {
		if f.Rule == id {
			return true
		}
	}
	return false
}

func TestALetterIsOneKindOfNo(t *testing.T) {
	for _, c := range []struct{ in, kinds, owes string }{
		{`{}`, "unknown", "unknown"},
		{`{"denial":{"carc":["197"]}}`, "prior_authorization", "unknown"},
		{`{"denial":{"carc":["197"],"group":"CO"}}`, "prior_authorization", "provider"},
		{`{"denial":{"carc":["50"],"group":"PR"}}`, "necessity", "patient"},
		{`{"denial":{"carc":["50"]},"service":"pre_service"}`, "necessity", "nobody_yet"},
		{`{"denial":{"carc":["55"]}}`, "experimental", "unknown"},
		{`{"denial":{"carc":["61"]}}`, "second_opinion_required", "unknown"},
		{`{"denial":{"carc":["1"]}}`, "cost_share", "unknown"},
		{`{"denial":{"carc":["2","45"]}}`, "cost_share", "unknown"},
		{`{"denial":{"carc":["45","50"]}}`, "necessity cost_share", "unknown"},
		{`{"denial":{"carc":["50","16"]}}`, "missing_information necessity clerical", "unknown"},
		{`{"denial":{"carc":["243"]}}`, "network prior_authorization", "unknown"},
		{`{"denial":{"carc":["A1"]}}`, "unknown", "unknown"},
		{`{"denial":{"carc":["A1"],"rarc":["N386"]}}`, "necessity", "unknown"},
		{`{"denial":{"carc":["A1"],"rarc":["M127"]}}`, "unknown", "unknown"}, // from memory: it never decides alone
		{`{"denial":{"carc":["A1"],"rarc":["M127"],"reason":"medical records were not received"}}`, "missing_information", "unknown"},
		{`{"denial":{"carc":["38"]}}`, "network", "unknown"},
		{`{"denial":{"carc":["197"],"reason":"not medically necessary"}}`, "prior_authorization", "unknown"}, // codes go before words
		{`{"denial":{"carc":["197"],"class":"network"}}`, "network prior_authorization", "unknown"},
		{`{"denial":{"reason":"The service is Not Medically Necessary."}}`, "necessity", "unknown"},
		{`{"denial":{"reason":"We could not find that it is medically necessary for you."}}`, "necessity", "unknown"},
		{`{"denial":{"reason":"experimental or investigational"}}`, "experimental", "unknown"},
		{`{"denial":{"reason":"No prior authorization on file"}}`, "prior_authorization", "unknown"},
		{`{"denial":{"reason":"Dr. Cole is out-of-network"}}`, "network", "unknown"},
		{`{"denial":{"reason":"Falta de necesidad médica"}}`, "necessity", "unknown"},
		{`{"denial":{"reason":"El servicio no es médicamente necesario"}}`, "necessity", "unknown"},
		{`{"denial":{"reason":"Médico fuera de la red"}}`, "network", "unknown"},
		{`{"denial":{"reason":"Sin autorización previa"}}`, "prior_authorization", "unknown"},
		{`{"denial":{"reason":"The second opinion is not medically necessary"}}`, "necessity", "unknown"},
		{`{"denial":{"reason":"A required second opinion was not obtained"}}`, "second_opinion_required", "unknown"},
		{`{"denial":{"reason":"the committee met on Tuesday"}}`, "unknown", "unknown"},
	} {
		got := classOf(t, c.in)
		if s := strings.Join(got.Classes, " "); s != c.kinds || got.Class != strings.Fields(c.kinds)[0] || got.Owes != c.owes {
			t.Errorf("%s: %s, owed by %s; want %s, %s", c.in, s, got.Owes, c.kinds, c.owes)
		}
	}
}

func TestEachCodeIsSaidInPlainWordsOnce(t *testing.T) {
	in := letterOf(t, `{"denial":{"carc":["197","197"],"rarc":["N386","N999"],"group":"CO"}}`)
	var codes []string
	for _, p := range classify(in, letterDay, "en", letterBook).Plain {
		codes = append(codes, p.Code)
	}
	if strings.Join(codes, ",") != "CARC 197,RARC N386,group CO" {
		t.Errorf("%v", codes)
	}
	es := classify(in, letterDay, "es", letterBook)
	if p := es.Plain[0]; !strings.Contains(p.Text, "autorización") || es.Plain[2].Code != "grupo CO" {
		t.Errorf("%v", es.Plain)
	}
}

func TestAnApprovalThatWasMissingIsAskedForAfterTheCare(t *testing.T) {
	got := classOf(t, `{"regime":"erisa","service":"post_service","funding":"self_funded","denial":{"carc":["197"]}}`)
	if got.moves() != "find_authorization retro_authorization emergency_exception claim_file" {
		t.Errorf("%s", got.moves())
	}
	before := classOf(t, `{"regime":"erisa","service":"pre_service","denial":{"carc":["197"]}}`)
	if before.moves() != "find_authorization ask_authorization claim_file" {
		t.Errorf("%s", before.moves())
	}
}

func TestTheDayForMissingInformationIsCounted(t *testing.T) {
	for _, c := range []struct{ in, by string }{
		{`{"regime":"erisa","service":"pre_service","urgent":false,"received_date":"2026-11-05","notice_date":"2026-11-02","denial":{"carc":["252"]}}`, "2026-12-20"},
		{`{"regime":"erisa","service":"post_service","notice_date":"2026-11-02","denial":{"carc":["252"]}}`, "2026-12-17"},
		{`{"regime":"erisa","service":"post_service","notice_date":"2026-01-02","denial":{"carc":["252"]}}`, "2026-11-22"}, // late is today
		{`{"regime":"erisa","service":"pre_service","received_date":"2026-11-05","denial":{"carc":["252"]}}`, ""},          // an urgent one has less
		{`{"regime":"erisa","service":"post_service","denial":{"carc":["252"]}}`, ""},
		{`{"regime":"fehb","received_date":"2026-11-05","denial":{"carc":["252"]}}`, "2027-01-04"},
		{`{"regime":"medicare_original","received_date":"2026-11-05","denial":{"carc":["252"]}}`, ""},
	} {
		got := classOf(t, c.in)
		i := slices.IndexFunc(got.Moves, func(m Move) bool { return m.ID == "send_records" })
		if i < 0 || got.Moves[i].By.String() != c.by {
			t.Errorf("%s: %v", c.in, got.Moves)
		}
	}
}

func TestATalkBetweenDoctorsHasTheLettersDay(t *testing.T) {
	open := classOf(t, `{"peer_to_peer_by":"2026-11-25","denial":{"carc":["50"]}}`)
	if m := open.Moves[0]; m.ID != "peer_to_peer" || m.By.String() != "2026-11-25" || m.Who != "first_doctor" {
		t.Errorf("%+v", open.Moves)
	}
	if past := classOf(t, `{"peer_to_peer_by":"2026-11-20","denial":{"carc":["50"]}}`); strings.Contains(past.moves(), "peer_to_peer") || !past.hasRule("DNT-P2P-2") {
		t.Errorf("%s %v", past.moves(), past.Warnings)
	}
	if walter := classOf(t, `{"regime":"medicare_original","service":"post_service","denial":{"carc":["50"],"rarc":["N386"]}}`); walter.moves() != "necessity_letter" {
		t.Errorf("Original Medicare has no plan doctor to talk with: %s", walter.moves())
	}
	if later := classOf(t, `{"level":"internal_denied","denial":{"carc":["50"]}}`); strings.Contains(later.moves(), "peer_to_peer") {
		t.Errorf("%s", later.moves())
	}
}

func TestOfSeveralReasonsTheOneThatNeedsNoAppealComesFirst(t *testing.T) {
	got := classOf(t, `{"denial":{"carc":["50","4"]}}`)
	if got.Class != "clerical" || !got.hasRule("MIX-01") || !strings.HasPrefix(got.moves(), "correct_claim peer_to_peer") {
		t.Errorf("%s: %s", got.Class, got.moves())
	}
	if both := classOf(t, `{"denial":{"carc":["50","197"]}}`); !both.hasRule("MIX-02") || both.hasRule("MIX-01") {
		t.Errorf("%v", both.Findings)
	}
	if one := classOf(t, `{"denial":{"carc":["50"]}}`); one.hasRule("MIX-01") || one.hasRule("MIX-02") {
		t.Errorf("%v", one.Findings)
	}
}

func TestACodeThatNobodyKnowsIsNamedByItsPlace(t *testing.T) {
	in := letterOf(t, `{"denial":{"carc":["197","9999"]}}`)
	ps := classify(in, letterDay, "en", letterBook).Unknown
	if len(ps) != 1 || ps[0].String() != `denial.carc[1]: unknown code "9999"; copy it again from the letter, or leave it out and write the reason` {
		t.Errorf("%v", ps)
	}
	if ps := classOf(t, `{"denial":{"carc":["B15"],"rarc":["N999"]}}`).Unknown; ps != nil {
		t.Errorf("%v", ps)
	}
	if got := classOf(t, `{"denial":{"rarc":["N999"]}}`); !got.hasRule("RARC-04") {
		t.Errorf("%v", got.Findings)
	}
}

func TestEverySentenceAboutALetterIsPlain(t *testing.T) {
	body, err := rules.Files.ReadFile("denial/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rules []struct {
			ID     string
			Reason map[string]string
			Words  map[string]map[string]string
		}
	}
	if err := yaml.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rules {
		said := func(lang string) string { return strings.TrimSpace(r.Reason[lang] + " " + r.Words["fix"][lang]) }
		if g := grade.English(said("en")); g > 8 {
			t.Errorf("%s en %.1f: %s", r.ID, g, said("en"))
		}
		if g := grade.Spanish(said("es")); g > 8 {
			t.Errorf("%s es %.1f: %s", r.ID, g, said("es"))
		}
	}
	if len(file.Rules) < 150 {
		t.Errorf("only %d rows", len(file.Rules))
	}
}
