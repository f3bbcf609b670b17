package ccda_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake/ccda"
)

const whole = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<code code="34133-9" displayName="Summarization of Episode Note"/><title>Consultation <b>note</b></title><effectiveTime value="20250903101500-0500"/>
<recordTarget><patientRole><id root="2.16.840.1" extension="998991"/><patient>
<name use="L"><given>Ruth</given><given>M.</given><family>Alvarez</family></name><name><given>Ruthie</given><family>Smith</family></name>
<administrativeGenderCode code="F"/><birthTime value="19610402"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><title>Problems</title></section></component></structuredBody></component></ClinicalDocument>`

func read(s string) clinical.Reading {
	return ccda.Read(context.Background(), strings.NewReader(s), int64(len(s)), clinical.Source{})
}

func has(r clinical.Reading, key string) bool {
	for _, i := range r.Issues {
		if i.Key == "intake.ccda."+key {
			return true
		}
	}
	return false
}

func TestADocumentSaysWhatItIsAndWhomItIsAbout(t *testing.T) {
	r := read(whole)
	p := r.Patient
	if p == nil || p.Name != "Ruth M. Alvarez" || p.BirthDate != "1961-04-02" || p.Sex != "female" || p.OtherNames[0] != "Ruthie Smith" || p.Identifiers[0].Value != "998991" {
		t.Fatalf("%+v", p)
	}
	if r.Kind != clinical.FileCCDA || r.Title != "Consultation note" || r.Date != "2025-09-03T10:15:00-05:00" || r.Has(clinical.Error) {
		t.Errorf("%+v", r)
	}
}

func TestADocumentCutShortStillSaysWhomItIsAbout(t *testing.T) {
	r := read(whole[:len(whole)-60])
	if !has(r, "cut_short") || r.Patient == nil || r.Patient.Name != "Ruth M. Alvarez" {
		t.Errorf("%+v", r)
	}
}

func TestAFileThatDeclaresEntitiesIsNotRead(t *testing.T) {
	bomb := strings.Replace(whole, "<ClinicalDocument", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]><ClinicalDocument`, 1)
	for _, e := range []string{"&b;", "&f;", "Ruth"} {
		r := read(strings.Replace(bomb, "<given>Ruth</given>", "<given>"+e+"</given>", 1))
		if !has(r, "entities") || r.Patient != nil || len(r.Facts) > 0 || r.Kind != clinical.FileUnknown {
			t.Errorf("%s: %+v", e, r)
		}
	}
}

func TestADocumentTypeWithoutEntitiesIsPassedOver(t *testing.T) {
	r := read(strings.Replace(whole, "<ClinicalDocument", `<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><ClinicalDocument`, 1))
	if !has(r, "doctype") || r.Patient == nil || r.Patient.Name != "Ruth M. Alvarez" {
		t.Errorf("%+v", r)
	}
}

func TestAnEntityThatXMLDoesNotHaveIsLeftOut(t *testing.T) {
	r := read(strings.Replace(whole, "Ruth</given>", "Ru&nbsp;th</given>", 1))
	if !has(r, "reference") || r.Patient.Name != "Ruth M. Alvarez" {
		t.Errorf("%+v", r)
	}
}

func TestOtherXMLIsNotADocument(t *testing.T) {
	if r := read("<html><body/></html>"); r.Kind != clinical.FileUnknown || !has(r, "not_cda") {
		t.Errorf("%+v", r)
	}
}

func TestDeepXMLIsRefused(t *testing.T) {
	r := read(`<ClinicalDocument xmlns="urn:hl7-org:v3">` + strings.Repeat("<a>", 100_000))
	if !has(r, "too_deep") {
		t.Errorf("%+v", r.Issues)
	}
}

func FuzzCCDA(f *testing.F) {
	f.Add(whole)
	files, _ := filepath.Glob("testdata/records/*.xml")
	for _, p := range files {
		if b, err := os.ReadFile(p); err == nil && len(b) < 10_000 {
			f.Add(string(b))
		}
	}
	f.Add(`<section xmlns="urn:hl7-org:v3"><title>x</title></section>`)
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := json.Marshal(read(s)); err != nil {
			t.Fatal(err)
		}
	})
}
