package hl7v2_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake/hl7v2"
)

func read(s string) clinical.Reading { return opening(s, nil) }

func opening(s string, open hl7v2.Opener) clinical.Reading {
	return hl7v2.Read(context.Background(), strings.NewReader(s), int64(len(s)), clinical.Source{File: "sum"}, open)
}

func has(r clinical.Reading, key string) bool {
	for _, i := range r.Issues {
		if i.Key == "intake.hl7v2."+key {
			return true
		}
	}
	return false
}

const (
	header = "MSH|^~\\&|LAB|MERCY LAB|EHR|H|20250903101500-0500||ORU^R01^ORU_R01|1|P|2.5\r"
	ruth   = "PID|1||998991^^^H^MR~7^^^S^SS||Alvarez^Ruth^M^^Mrs~Smith^Ruth||196104020830|F\r"
)

func TestAMessageSaysWhatItIsAndWhomItIsAbout(t *testing.T) {
	r := read(header + ruth + "OBX|1|NM|x\r")
	p := r.Patient
	if p == nil || p.Name != "Ruth M Alvarez" || p.OtherNames[0] != "Ruth Smith" || p.BirthDate != "1961-04-02" || p.Sex != "female" || len(p.Identifiers) != 2 {
		t.Fatalf("%+v", p)
	}
	if r.Title != "HL7 v2 ORU R01 ORU_R01" || r.Date != "2025-09-03T10:15:00-05:00" {
		t.Errorf("%+v", r)
	}
}

func TestALaboratoryReportIsReadWithItsResults(t *testing.T) {
	r := read(header + ruth +
		"OBR|1|||24331-1^Lipid panel^LN|||20250902083000-0500|||||||||||||||20250902||CH|F|||||||5^Okafor&Grace\r" +
		"OBX|1|NM|2093-3^Cholesterol^LN^CHOL^Chol^L||7.10|mmol/L^^UCUM|<5.2|H|||F|||20250902083000-0500\r" +
		"NTE|1||Taken after a meal.\rNTE|2||Repeat.\r" +
		"OBX|2|SN|5048-4^ANA^LN||>^1^:^160||<1:40|A|||C\r" +
		"OBX|3|CWE|600-7^Culture^LN||3092008^Staphylococcus aureus^SCT~112283007^Escherichia coli^SCT||||||W\r" +
		"OBX|4|TX|1^Comment^L||First line\rOBX|5|TX|1^Comment^L||second \\T\\ last\\.br\\line~and one more\r" +
		"NTE|1||A note \\X41\\ \\H\\bold\\N\\ 50\\E\\50\r")
	if len(r.Facts) != 4 || r.Counts != nil {
		t.Fatalf("%+v", r.Facts)
	}
	rep, chol, ana, culture := r.Facts[0], r.Facts[1], r.Facts[2], r.Facts[3]
	if rep.Kind != clinical.Report || rep.Text != "Lipid panel" || rep.Codes[0].System != "http://loinc.org" || rep.Status != "final" || rep.Date != "2025-09-02T08:30:00-05:00" {
		t.Errorf("%+v", rep)
	}
	if want := "First line\nsecond & last\nline\nand one more\nA note A bold 50\\50"; len(rep.Components) != 1 || rep.Components[0].Value != want || rep.Components[0].Text != "Comment" {
		t.Errorf("%q", rep.Components)
	}
	if chol.Value != "7.10" || chol.Unit != "mmol/L" || chol.Range != "<5.2" || chol.Flag != "H" || len(chol.Codes) != 2 || chol.Who != "MERCY LAB" || chol.Source.Path != "message[0].OBX[0]" {
		t.Errorf("%+v", chol)
	}
	if chol.Detail != "Taken after a meal.\nRepeat." {
		t.Errorf("%q", chol.Detail)
	}
	if ana.Value != ">1:160" || ana.Date != rep.Date || ana.Status != "corrected" {
		t.Errorf("%+v", ana)
	}
	if culture.Value != "Staphylococcus aureus; Escherichia coli" || culture.Status != clinical.EnteredInError {
		t.Errorf("%+v", culture)
	}
}

func TestADocumentIsReadWithItsWordsAndItsFile(t *testing.T) {
	pdf := base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 x"))
	var name, body string
	r := opening(strings.Replace(header, "ORU^R01", "MDM^T02", 1)+ruth+
		"TXA|1|OP^Operative note|TX|20250901||20250902|||5^Okafor^Grace^^^Dr|||D1|||||AU\r"+
		"OBX|9|HD|113014^DICOM Study^DCM||1.2.840.5\rOBX|1|ST|1^Findings||No bleeding.\rOBX|2|TX|1^Findings||All went well.\rOBX|3|TX|2^Plan||Home.\r"+
		"OBX|4|ED|PDF||HOSP^AP^PDF^Base64^"+pdf+"\r", func(n string, b []byte) clinical.Reading {
		name, body = n, string(b)
		return clinical.Reading{Name: n}
	})
	if len(r.Facts) != 1 || name != "inside-1.pdf" || body != "%PDF-1.4 x" || !has(r, "inside") {
		t.Fatalf("%+v %q", r.Facts, name)
	}
	f := r.Facts[0]
	if f.Kind != clinical.Document || f.Text != "Operative note" || f.Who != "Dr Grace Okafor" || f.Date != "2025-09-01" || f.Status != "authenticated" || f.Detail != "inside-1" {
		t.Errorf("%+v", f)
	}
	if len(r.Studies) != 1 || r.Studies[0].UID != "1.2.840.5" {
		t.Errorf("%+v", r.Studies)
	}
	if len(f.Components) != 2 || f.Components[0].Value != "No bleeding.\nAll went well." || f.Components[1].Text != "Plan" {
		t.Errorf("%q", f.Components)
	}
	noted := read(strings.Replace(header, "ORU^R01", "MDM^T02", 1) + ruth + "OBR|1|||1^Echo\rNTE|1||No clot seen.\rTXA|1|DI\rOBX|1|TX|1^Words||All well.\rNTE|1||Not final.\r")
	if c := noted.Facts[0].Components; len(c) != 2 || c[0].Text != "Echo" || c[0].Value != "No clot seen." || c[1].Value != "All well.\nNot final." {
		t.Errorf("%q", c)
	}
	if r := opening(strings.Replace(header, "ORU^R01", "MDM^T01", 1)+ruth+"TXA|1|OP^Operative note\r", nil); !has(r, "no_words") {
		t.Errorf("%+v", r.Issues)
	}
	if r := read(header + ruth + "OBX|1|ED|PDF||HOSP^AP^PDF^Base64^*not base64*\rOBX|2|RP|x||http://elsewhere\r"); !has(r, "undecoded") || !has(r, "linked") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestOtherMessagesSayWhatTheyAreAndKeepAllergiesAndDiagnoses(t *testing.T) {
	r := read(strings.Replace(header, "ORU^R01^ORU_R01", "ADT^A08", 1) + ruth +
		"AL1|1|DA|7980^Penicillin^RXNORM|SV^Severe|Hives~Wheeze|2001\rDG1|1||C50.911^^I10C|Cancer of the breast|20250101\rOBX|1|NM|x||5\r")
	if !has(r, "other") || r.Issues[0].Vars["what"] != "ADT" || !strings.Contains(r.Issues[0].Text, "type ADT:") {
		t.Errorf("%+v", r.Issues)
	}
	if len(r.Facts) != 2 || r.Facts[0].Kind != clinical.Allergy || r.Facts[0].Detail != "Hives; Wheeze (Severe)" || r.Facts[0].Date != "2001" ||
		r.Facts[1].Kind != clinical.Condition || r.Facts[1].Text != "Cancer of the breast" || r.Facts[1].Codes[0].System != "http://hl7.org/fhir/sid/icd-10-cm" {
		t.Errorf("%+v", r.Facts)
	}
	r = read(strings.Replace(header, "ORU^R01^ORU_R01", "VXU^V04", 1) + ruth + "RXA|0|1|20210101||207^COVID-19^CVX|0.5|mL|||5^Okafor^Grace||||||||||CP|A\r")
	if len(r.Facts) != 1 || r.Facts[0].Kind != clinical.Immunization || r.Facts[0].Codes[0].Code != "207" || r.Facts[0].Detail != "0.5 mL" || r.Facts[0].Status != "completed" {
		t.Errorf("%+v", r.Facts)
	}
}

func TestMessagesAboutTwoPeopleSayWhoseEachFactIs(t *testing.T) {
	bob := "PID|1||5^^^H^MR||Baker^Bob||19700101|M\r"
	r := read(header + ruth + "OBX|1|NM|a||1\r" + header + bob + "OBX|1|NM|b||2\r" + header + ruth + "OBX|1|NM|c||3\r")
	if !has(r, "patients") || len(r.Patients) != 2 || r.Facts[0].Subject != "998991" || r.Facts[1].Subject != "5" || r.Facts[2].Subject != "998991" ||
		r.Facts[2].Source.Path != "message[2].OBX[0]" {
		t.Errorf("%+v", r.Facts)
	}
}

func TestMessagesAreReadHoweverTheirLinesEnd(t *testing.T) {
	s := header + ruth + "OBR|1|||1^Report\rOBX|1|TX|1^Words||one\rOBX|2|NM|2^Number||5\r"
	for name, text := range map[string]string{
		"line feeds": strings.ReplaceAll(s, "\r", "\n"), "both": strings.ReplaceAll(s, "\r", "\r\n"), "framed": "\v" + s + "\x1c\r",
		"marked": "\ufeff" + s, "a batch": "FHS|^~\\&|A\rBHS|^~\\&|B\r" + s + "BTS|1\rFTS|1\r",
		"other marks": strings.NewReplacer("|^~\\&|", "#*!?@#", "|", "#", "^", "*", "~", "!").Replace(s),
	} {
		if r := read(text); len(r.Facts) != 2 || r.Facts[1].Value != "5" || r.Patient == nil || r.Patient.Name != "Ruth M Alvarez" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := read(strings.Replace(s, "one", "MRI of the knee:\nMRI shows nothing", 1)); r.Facts[0].Components[0].Value != "MRI of the knee:\nMRI shows nothing" {
		t.Errorf("%q", r.Facts[0].Components)
	}
	latin := strings.Replace(strings.Replace(s, "2.5\r", "2.5||||||8859/1\r", 1), "Alvarez", "\xc1lvarez", 1)
	if r := read(latin); r.Patient.Name != "Ruth M Álvarez" {
		t.Errorf("%q", r.Patient.Name)
	}
	if r := read("BHS|^~\\&|B\r"); !has(r, "damaged") {
		t.Errorf("%+v", r)
	}
}

func TestAHostileMessageEndsSoon(t *testing.T) {
	for name, s := range map[string]string{
		"lines":       header + ruth + "OBR|1\r" + strings.Repeat("OBX|1|TX|1^a||x\r", 1<<18),
		"results":     header + ruth + strings.Repeat("OBX|1|NM|1||5\r", 1<<18),
		"loose lines": header + ruth + strings.Repeat("x\r", 2<<20),
		"escapes":     header + ruth + "OBX|1|TX|1||" + strings.Repeat("\\", 4<<20),
		"components":  header + ruth + "OBX|1|CE|" + strings.Repeat("^", 4<<20),
		"repetitions": header + ruth + "OBX|1|TX|1||" + strings.Repeat("~", 4<<20),
		"messages":    strings.Repeat(header, 50_000),
		"patients":    header + strings.Repeat("PID|1||1||A^B\r", 1<<18),
	} {
		begin := time.Now() // the clock, with room for a busy machine; what grows faster than the file takes minutes
		r := read(s)
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
		if len(r.Facts) > 50_000 {
			t.Errorf("%s: %d facts", name, len(r.Facts))
		}
	}
}

func FuzzHL7v2(f *testing.F) {
	f.Add("MSH|^~\\&|\rPID|1||||A^B")
	f.Add(header + ruth + "OBR|1|||1^R\rOBX|1|TX|1^a||\\.br\\x~y\rOBX|2|SN|1||<^5\rOBX|3|ED|1||a^b^pdf^Base64^QQ==\rNTE|1||n\r")
	f.Add(strings.Replace(header, "ORU", "MDM", 1) + ruth + "TXA|1|OP\rAL1|1||x\rDG1|1||y\r")
	f.Add(header + ruth + "OBR|1|P|F|1^M|||||||||||^^^a&b|||A||||||RAD\rOBX|1|HD|113014||1.2\rIPC|A^B|P|1.3\rZDS|1.4\r")
	f.Fuzz(func(t *testing.T, s string) {
		r := opening(s, func(name string, body []byte) clinical.Reading { return clinical.Reading{Name: name} })
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
