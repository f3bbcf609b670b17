package ccda_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"consilium/internal/clinical"
	"consilium/internal/intake/ccda"
)

func TestTheHostileXMLOfTheOpenSetIsRefused(t *testing.T) {
	files, _ := filepath.Glob(openData + "/hostile/xxe/*")
	if len(files) == 0 {
		t.Skip("the open records are not here")
	}
	for _, p := range files {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if r := read(string(b)); !has(r, "entities") || len(r.Facts) > 0 || r.Kind != clinical.FileUnknown {
			t.Errorf("%s: %+v", p, r)
		}
	}
}

// wide writes text as UTF-16, little end first.
func wide(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestEncodingsOtherThanUTF8AreReadOrSaid(t *testing.T) {
	accents := strings.Replace(whole, "Alvarez", "Álvarez", 1)
	latin := strings.NewReplacer("UTF-8", "ISO-8859-1", "Á", "\xc1").Replace(accents)
	for name, c := range map[string]struct{ text, name, key string }{
		"UTF-8":                      {accents, "Ruth M. Álvarez", ""},
		"UTF-8 with a mark":          {"\ufeff" + accents, "Ruth M. Álvarez", ""},
		"UTF-16 with a mark":         {"\xff\xfe" + wide(accents), "Ruth M. Álvarez", ""},
		"UTF-16 without one":         {wide(accents), "Ruth M. Álvarez", ""},
		"UTF-16 that is UTF-8":       {strings.Replace(accents, "UTF-8", "UTF-16", 1), "Ruth M. Álvarez", ""},
		"Latin-1":                    {latin, "Ruth M. Álvarez", ""},
		"Latin-1 said to be UTF-8":   {strings.Replace(latin, "ISO-8859-1", "UTF-8", 1), "Ruth M. \uFFFDlvarez", "letters"},
		"an encoding nobody knows":   {strings.Replace(whole, "UTF-8", "KLINGON", 1), "", "encoding"},
		"UTF-16 with half a letter":  {"\xff\xfe" + wide(accents) + "x", "Ruth M. Álvarez", "letters"},
		"an encoding with no escape": {strings.Replace(whole, `"UTF-8"`, `"`, 1), "Ruth M. Alvarez", ""},
	} {
		r := read(c.text)
		got := ""
		if r.Patient != nil {
			got = r.Patient.Name
		}
		if got != c.name || c.key != "" && !has(r, c.key) || c.key == "" && (has(r, "letters") || has(r, "encoding")) {
			t.Errorf("%s: %q %+v", name, got, r.Issues)
		}
	}
}

func TestAnInterruptedReadingSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if r := ccda.Read(ctx, strings.NewReader(whole), int64(len(whole)), clinical.Source{}); !has(r, "time") {
		t.Errorf("%+v", r)
	}
}

func body(inside string) string {
	i := strings.Index(whole, "<component><structuredBody>")
	return whole[:i] + inside + "</ClinicalDocument>"
}

func TestAFileInsideADocumentIsHandedOn(t *testing.T) {
	pdf := "%PDF-1.4 not much of one"
	text := body(`<component><nonXMLBody><text mediaType="application/pdf" representation="B64">` + base64.StdEncoding.EncodeToString([]byte(pdf)) + "\n</text></nonXMLBody></component>")
	got := ""
	r := ccda.ReadOpening(context.Background(), strings.NewReader(text), int64(len(text)), clinical.Source{}, func(name string, b []byte) clinical.Reading {
		got = string(b)
		return clinical.Reading{Name: name}
	})
	if got != pdf || len(r.Children) != 1 || r.Children[0].Name != "inside-1.pdf" || !has(r, "inside") {
		t.Errorf("%q %+v", got, r)
	}
	if r = read(text); !has(r, "inside") || len(r.Children) != 0 {
		t.Errorf("without anybody to hand it to: %+v", r)
	}
	if r = read(strings.Replace(text, "B64\">", "B64\">!!!", 1)); !has(r, "undecoded") {
		t.Errorf("%+v", r.Issues)
	}
	if r = read(body(`<component><nonXMLBody><text mediaType="application/pdf"><reference value="x.pdf"/></text></nonXMLBody></component>`)); !has(r, "linked") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestWhatIsHostileEndsSoon(t *testing.T) {
	entry := `<component><structuredBody><component><section><code code="11450-4"/><text ID="a">` + strings.Repeat("<b/>", 200_000) + `</text>`
	for name, text := range map[string]string{
		"depth":      body(strings.Repeat("<a>", 300)),
		"many":       body(strings.Repeat("<a/>", 2_100_000)),
		"attributes": body(`<a ` + strings.Repeat(`b="c" `, 20_000)),
		"one tag":    body(`<a b="` + strings.Repeat("c", 200_000)),
		"one act":    body(`<component><structuredBody><component><section><entry><act>` + strings.Repeat(`<entryRelationship><observation><templateId root="2.16.840.1.113883.10.20.22.4.4"/></observation></entryRelationship>`, 60_000)),
		"references": body(entry + strings.Repeat(`<entry><observation><value xsi:type="CD"><originalText><reference value="#a"/></originalText></value></observation></entry>`, 3000)),
	} {
		start := time.Now()
		r := read(text)
		t.Logf("%s: %d facts in %s", name, len(r.Facts), time.Since(start).Round(time.Millisecond))
		if !r.Has(clinical.Error) {
			t.Errorf("%s: %+v", name, r.Issues)
		}
		if name == "references" && !has(r, "too_many") {
			t.Error("words were gathered without an end")
		}
	}
}

// observation gives a piece that is one result with that value.
func observation(value string) string {
	return `<section xmlns="urn:hl7-org:v3"><code code="30954-2"/><title>R</title><entry><observation><code code="1"/>` + value + `</observation></entry></section>`
}

func TestAValueIsKeptAsItWasWrittenAndANullIsNeverANumber(t *testing.T) {
	for in, want := range map[string][3]string{
		`<value xsi:type="PQ" value="7.10" unit="mmol/L"/>`:                                                  {"7.10", "mmol/L"},
		`<value xsi:type="PQ" value="1" unit="1"/>`:                                                          {"1", ""},
		`<value xsi:type="PQ" nullFlavor="UNK"/>`:                                                            {"", "", "unknown"},
		`<value xsi:type="PQ" nullFlavor="MSK" value="5" unit="g"/>`:                                         {"", "", "withheld"},
		`<value xsi:type="CD" nullFlavor="NASK"/>`:                                                           {"", "", "not asked"},
		`<value xsi:type="CD" code="260385009" codeSystem="2.16.840.1.113883.6.96" displayName="Negative"/>`: {"Negative"},
		`<value xsi:type="ST">  see   below </value>`:                                                        {"see below"},
		`<value xsi:type="INT" value="4"/>`:                                                                  {"4"},
		`<value xsi:type="BL" value="true"/>`:                                                                {"true"},
		`<value xsi:type="TS" value="201209"/>`:                                                              {"2012-09"},
		`<value xsi:type="IVL_PQ"><low value="1" unit="g"/><high value="2" unit="g"/></value>`:               {"1-2", "g"},
		`<value xsi:type="IVL_PQ"><low value="1" unit="g" inclusive="false"/></value>`:                       {">1", "g"},
		`<value xsi:type="IVL_PQ"><low nullFlavor="NI"/><high value="2" unit="g"/></value>`:                  {"<=2", "g"},
		`<value xsi:type="RTO"><numerator value="1"/><denominator value="128"/></value>`:                     {"1:128"},
		`<value xsi:type="ED"><reference value="#nowhere"/></value>`:                                         {""},
	} {
		r := read(observation(in))
		if len(r.Facts) != 1 {
			t.Fatalf("%s: %+v", in, r.Facts)
		}
		if f := r.Facts[0]; [3]string{f.Value, f.Unit, f.Detail} != want || f.Kind != clinical.Result {
			t.Errorf("%s: %q %q %q, want %q", in, f.Value, f.Unit, f.Detail, want)
		}
	}
}

func TestATimeIsAsPreciseAsItWasGiven(t *testing.T) {
	for in, want := range map[string]string{
		`value="2012"`:                "2012",
		`value="201203"`:              "2012-03",
		`value="20120304"`:            "2012-03-04",
		`value="20120304101500-0500"`: "2012-03-04T10:15:00-05:00",
		`value="20120304101500"`:      "2012-03-04", // without a zone it cannot be placed
		`nullFlavor="UNK"`:            "",
	} {
		if f := read(observation(`<effectiveTime ` + in + `/>`)).Facts[0]; f.Date != want {
			t.Errorf("%s: %q", in, f.Date)
		}
		if f := read(observation(`<effectiveTime><low nullFlavor="NI"/><high ` + in + `/></effectiveTime>`)).Facts[0]; f.End != want || f.Date != "" {
			t.Errorf("until %s: %q", in, f.End)
		}
	}
	if r := read(observation(`<effectiveTime value="soon"/>`)); !has(r, "date") {
		t.Errorf("%+v", r.Issues)
	}
}
