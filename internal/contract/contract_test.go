package contract

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"consilium/internal/fault"

	"pgregory.net/rapid"
)

type sample struct {
	On     Date     `json:"on,omitzero"`
	Plan   plan     `json:"plan"`
	Amount *Money   `json:"amount" min:"0"`
	Share  *Percent `json:"share"`
	Flags  []string `json:"flags" enum:"red,blue" max:"3"`
	ICD10  string   `json:"icd10,omitempty" pattern:"^[A-Z][0-9]" form:"write a code such as C50.911"`
	Sure   *bool    `json:"sure"`
	Count  *int     `json:"count" min:"0" max:"10"`
	Kids   []sample `json:"kids"`
}

type plan struct {
	Kind string `json:"kind,omitempty" enum:"hmo,ppo,epo"`
}

func problemsOf(t *testing.T, in string) Problems {
	t.Helper()
	var s sample
	err := Decode(strings.NewReader(in), &s)
	if err == nil {
		return nil
	}
	return err.(Problems)
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"plan":{"kind":"hmoo"}}`, `plan.kind: unknown value "hmoo"; one of hmo, ppo, epo (did you mean hmo?)`},
		{`{"plan":{"knid":"hmo"}}`, `plan.knid: unknown field; did you mean "kind"? known fields: kind`},
		{`{"on":"2026-02-30"}`, `on: "2026-02-30": no calendar has this day`},
		{`{"on":"22/11/2026"}`, `on: "22/11/2026": not a date; write it as YYYY-MM-DD, such as "2026-11-22"`},
		{`{"on":5}`, `on: must be text in quotes, not a number without quotes`},
		{`{"amount":"1.5"}`, `amount: "1.5": not an amount; write dollars and two decimals in quotes, such as "283.00"`},
		{`{"amount":"-1.50"}`, `amount: must not be less than 0`},
		{`{"share":"120"}`, `share: "120": a percentage is between 0 and 100`},
		{`{"flags":["red","green"]}`, `flags[1]: unknown value "green"; one of red, blue`},
		{`{"flags":[null]}`, `flags[0]: null cannot stand in a list`},
		{`{"flags":["red","red","red","red"]}`, `flags: takes at most 3 entries`},
		{`{"icd10":"breast"}`, `icd10: "breast" is not allowed here; write a code such as C50.911`},
		{`{"sure":"yes"}`, `sure: must be true or false, not text in quotes`},
		{`{"count":2.5}`, `count: 2.5 is not a whole number`},
		{`{"count":11}`, `count: must not be more than 10`},
		{`{"sure":true,"sure":false}`, `sure: given twice; keep one`},
		{`{"kids":[{},{"plan":{"kind":"x"}}]}`, `kids[1].plan.kind: unknown value "x"; one of hmo, ppo, epo`},
		{`[]`, `input: must be an object {...}, not a list [...]`},
		{``, `input: empty; give a JSON object, {} at least`},
		{`{"on":`, `input: not JSON (line 1): the JSON ends too early`},
		{`{} {}`, `input: not JSON (line 1): more text follows the JSON object`},
		{"{\"icd10\":\"\xff\"}", `input: not valid UTF-8 text`},
		{`{"plan":{"kind":"a"},"count":-1,"x":1}`, "plan.kind: unknown value \"a\"; one of hmo, ppo, epo\ncount: must not be less than 0\nx: unknown field; known fields: on, plan, amount, share, flags, icd10, sure, count, kids"},
	} {
		if got := problemsOf(t, c.in).Error(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestAbsentAndNullBothMeanUnknown(t *testing.T) {
	for _, in := range []string{`{}`, `{"sure":null,"count":null,"on":null,"amount":null,"plan":null,"flags":null}`} {
		var s sample
		if err := Decode(strings.NewReader(in), &s); err != nil {
			t.Fatal(err)
		}
		if s.Sure != nil || s.Count != nil || s.Amount != nil || !s.On.IsZero() || s.Plan.Kind != "" {
			t.Errorf("%s became %+v", in, s)
		}
	}
}

func TestTooDeepIsRefused(t *testing.T) {
	in := strings.Repeat(`{"kids":[`, 5000)
	if got := problemsOf(t, in).Error(); !strings.Contains(got, "nested deeper") {
		t.Error(got)
	}
}

func TestAProblemIsAnInvalidFaultOnItsField(t *testing.T) {
	err := problemsOf(t, `{"plan":{"kind":"zzz"}}`)
	if !fault.Is(err, fault.Invalid) {
		t.Fatal(fault.KindOf(err))
	}
	if all := fault.All(err); all[0].Field != "plan.kind" || strings.Contains(all[0].Error(), "zzz") {
		t.Error(all)
	}
}

func TestValuesAreWrittenAsTheyWereRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64Range(-1e13, 1e13).Draw(t, "cents"))
		if got, err := ParseMoney(m.String()); err != nil || got != m {
			t.Fatalf("%s: %v %v", m, got, err)
		}
		p := Percent(rapid.Int64Range(0, 10000).Draw(t, "percent"))
		if got, err := ParsePercent(p.String()); err != nil || got != p {
			t.Fatalf("%s: %v %v", p, got, err)
		}
		d := MustDate("1900-01-01").AddDays(rapid.IntRange(0, 150000).Draw(t, "days"))
		if got, err := ParseDate(d.String()); err != nil || got != d {
			t.Fatalf("%s: %v %v", d, got, err)
		}
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")
		if back := d.DaysUntil(d.AddDays(n)); back != n {
			t.Fatalf("%s + %d is %d days away", d, n, back)
		}
	})
	if s := Percent(2000).String(); s != "20" {
		t.Error(s)
	}
	if s := Percent(0).String(); s != "0" {
		t.Error(s)
	}
}

func TestAgeCountsWholeYears(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{{"1961-04-02", "2026-04-01", 64}, {"1961-04-02", "2026-04-02", 65}, {"2004-02-29", "2026-02-28", 21}, {"2004-02-29", "2026-03-01", 22}} {
		if got := MustDate(c.born).AgeOn(MustDate(c.on)); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	if MustDate("2026-11-22").Weekday() != time.Sunday {
		t.Error("22 November 2026 is a Sunday")
	}
}

func TestTheSchemaSaysWhatTheReaderAllows(t *testing.T) {
	b, err := json.Marshal(Schema("sample check", sample{}, sample{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"$schema":"https://json-schema.org/draft/2020-12/schema"`,
		`"kind":{"enum":["hmo","ppo","epo",null],"type":["string","null"]}`,
		`"count":{"maximum":10,"minimum":0,"type":["integer","null"]}`,
		`"flags":{"items":{"enum":["red","blue"],"type":"string"},"maxItems":3,"type":["array","null"]}`,
		`"additionalProperties":false`,
		`"$ref":"#/$defs/sample_in"`,
	} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("schema lacks %s\n%s", want, b)
		}
	}
}

func FuzzDecodeNeverPanicsAndNamesWhatItRefuses(f *testing.F) {
	f.Add([]byte(`{"on":"2026-11-22","plan":{"kind":"hmo"},"amount":"1.00","kids":[{}]}`))
	f.Add([]byte(`{"plan":{"kind":"hmoo"},"x":[[[1]]],"amount":"1e3"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s sample
		if err := Decode(bytes.NewReader(b), &s); err != nil {
			if err.Error() == "" {
				t.Fatal("a refusal without words")
			}
			return
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again sample
		if err := Decode(bytes.NewReader(out), &again); err != nil && !strings.Contains(err.Error(), "nested deeper") {
			t.Fatalf("what was accepted is refused when written again: %v\n%s", err, out)
		}
	})
}
