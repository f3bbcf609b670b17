package records_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

const (
	warfarinTaken   = `{"resourceType":"MedicationStatement","status":"active","medicationCodeableConcept":{"text":"Warfarin 5 MG","coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"855332"}]},"effectivePeriod":{"start":"2024-03"},"dosage":[{"text":"1 tablet daily"}],"subject":{"reference":"Patient/p1"}}`
	warfarinStopped = `{"resourceType":"MedicationRequest","status":"stopped","intent":"order","medicationCodeableConcept":{"text":"warfarin","coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"855332"}]},"authoredOn":"2025-01-05","subject":{"reference":"Patient/p1"}}`
	lisinoprilError = `{"resourceType":"MedicationStatement","status":"entered-in-error","medicationCodeableConcept":{"text":"Lisinopril 10 mg"},"effectiveDateTime":"2025-01-05","subject":{"reference":"Patient/p1"}}`
)

func TestMedicinesAreBarsWithTheirSourcesAndWhatDisagreesIsShown(t *testing.T) {
	s := webtest.New(t, records.Step)
	home := "/case/" + string(s.NewCase(elena))
	page := home + "/records/medicines"
	said(t, s.Get(page), "No medicine found yet")
	bringIn(t, s, home, "a.json", bundleOf("1971-06-01", entry("w", warfarinTaken), entry("e", lisinoprilError)))
	bringIn(t, s, home, "b.json", bundleOf("1971-06-01", entry("x", warfarinStopped)))
	a := s.Get(page)
	said(t, a, "2 medicines", "Warfarin 5 MG", "do not agree", "a.json", "b.json", `class="meds-strip"`, `class="meds-today"`, "1 tablet daily", "#fact-", "doctor or pharmacist", "Put this on my list of questions", "entered by mistake")
	if n := strings.Count(a.Body, `class="meds-strip"`); n != 1 {
		t.Errorf("%d pictures: what was entered by mistake is drawn", n)
	}
	for _, c := range []struct {
		form      url.Values
		has, lack string
	}{
		{url.Values{"show": {"now"}}, ">Warfarin 5 MG</h3>", ">Lisinopril 10 mg</h3>"},
		{url.Values{"show": {"other"}}, ">Lisinopril 10 mg</h3>", ">Warfarin 5 MG</h3>"},
		{url.Values{"word": {"LISIN"}}, ">Lisinopril 10 mg</h3>", ">Warfarin 5 MG</h3>"},
		{url.Values{"word": {"zzz"}}, "No medicine fits", "</h3>"},
	} {
		b := s.Post(page, c.form)
		if b.Status != http.StatusOK || !strings.Contains(b.Body, c.has) || strings.Contains(b.Body, c.lack) {
			t.Errorf("%v: %d, has %q %v, lacks %q %v", c.form, b.Status, c.has, strings.Contains(b.Body, c.has), c.lack, !strings.Contains(b.Body, c.lack))
		}
	}
	for _, lang := range []string{"en", "es"} {
		s.Plain(lang, page)
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
