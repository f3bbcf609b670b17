package clinical_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
)

func TestTheSamePatientIsKnownUnderOrderCaseAccentsAndMiddleNames(t *testing.T) {
	ruth := clinical.Patient{Name: "Ruth Marie Alvarez", BirthDate: "1961-04-02", Sex: "female"}
	for _, c := range []struct {
		name, birth, sex string
		want             clinical.Sameness
		why              string
	}{
		{"Ruth Marie Alvarez", "1961-04-02", "female", clinical.Same, "name_and_birth_date"},
		{"ALVAREZ, RUTH", "1961-04-02", "F", clinical.Same, "name_and_birth_date"},
		{"Álvarez Ruth M.", "1961-04-02", "", clinical.Same, "name_and_birth_date"},
		{"Mrs. Ruth Alvarez", "1961-04-02T08:30:00Z", "", clinical.Same, "name_and_birth_date"},
		{"Ruth Alvarez", "1961-04-03", "female", clinical.Differs, "birth_date_differs"},
		{"Ruth Alvarez", "1962", "female", clinical.Differs, "birth_date_differs"},
		{"Ruth Alvarez", "1961-04", "female", clinical.CannotSay, "birth_date_unknown"},
		{"Ruth Alvarez", "", "", clinical.CannotSay, "birth_date_unknown"},
		{"", "1961-04-02", "", clinical.CannotSay, "name_unknown"},
		{"Alvarez", "1961-04-02", "", clinical.CannotSay, "name_unknown"},
		{"Ruthie Alvarez", "1961-04-02", "", clinical.Differs, "name_differs"},
		{"Ruth Alvarado", "1961-04-02", "", clinical.Differs, "name_differs"},
		{"Rosa Alvarez", "1961-04-02", "", clinical.Differs, "name_differs"},
		{"Ruth Alvarez", "1961-04-02", "male", clinical.CannotSay, "sex_differs"},
		{"R. Alvarez", "1961-04-02", "", clinical.CannotSay, "name_unknown"},
		{"T. Alvarez", "1961-04-02", "", clinical.Differs, "name_differs"},
	} {
		got, why := clinical.SamePatient(ruth, clinical.Patient{Name: c.name, BirthDate: c.birth, Sex: c.sex})
		if got != c.want || why != c.why {
			t.Errorf("%q %q %q: %s, %s; want %s, %s", c.name, c.birth, c.sex, got, why, c.want, c.why)
		}
		back, whyBack := clinical.SamePatient(clinical.Patient{Name: c.name, BirthDate: c.birth, Sex: c.sex}, ruth)
		if back != got || whyBack != why {
			t.Errorf("%q: the answer depends on the order: %s, %s", c.name, back, whyBack)
		}
	}
}

func TestNamesThatAreWrittenTogetherOrWithApostrophesAgree(t *testing.T) {
	for _, c := range [][2]string{{"Maria De La Cruz", "Maria De la Cruz"}, {"Sean O'Neil", "ONEIL SEAN"}, {"Anne-Marie Weiß", "Weiss Anne Marie"}, {"Łukasz Nowak", "Lukasz Nowak"}} {
		got, why := clinical.SamePatient(clinical.Patient{Name: c[0], BirthDate: "1980-01-01"}, clinical.Patient{Name: c[1], BirthDate: "1980-01-01"})
		if got != clinical.Same {
			t.Errorf("%s and %s: %s, %s", c[0], c[1], got, why)
		}
	}
}

func TestAFormerNameOfTheRecordCounts(t *testing.T) {
	got, _ := clinical.SamePatient(clinical.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02"},
		clinical.Patient{Name: "Ruth Smith", OtherNames: []string{"Ruth Alvarez"}, BirthDate: "1961-04-02"})
	if got != clinical.Same {
		t.Error(got)
	}
}

func TestATimelineIsInOrderWhateverThePrecision(t *testing.T) {
	var facts []clinical.Fact
	for _, d := range []string{"2020-05-03T10:00:00+02:00", "", "2020-05-03T09:30:00Z", "2021", "2020-05", "garbage", "2020-05-03", "2020", "2019-12-31", "2020-06-01"} {
		facts = append(facts, clinical.Fact{ID: "id" + d, Kind: clinical.Result, Text: "x", Date: d, Source: clinical.Source{File: "f", Path: d}})
	}
	var got []string
	for _, e := range clinical.Timeline(facts) {
		got = append(got, e.Date)
		if e.Source.Path != e.Date || e.Fact != "id"+e.Date {
			t.Errorf("the event of %q lost its source", e.Date)
		}
	}
	want := "2019-12-31|2020|2020-05|2020-05-03|2020-05-03T10:00:00+02:00|2020-05-03T09:30:00Z|2020-06-01|2021||garbage"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestASupersededFactStaysAsItWasAndLeavesTheTimeline(t *testing.T) {
	old := clinical.Fact{ID: "a", Kind: clinical.Condition, Text: "x", Date: "2020"}
	done, err := clinical.Supersede(old, "b", "entered for the wrong side", "2026-11-22T10:00:00Z")
	if err != nil || old.Superseded != "" || done.Text != "x" || done.SupersededBy != "b" || done.SupersededAt == "" {
		t.Fatalf("%+v %v", done, err)
	}
	if len(clinical.Timeline([]clinical.Fact{done})) != 0 || len(clinical.Standing([]clinical.Fact{done, old})) != 1 {
		t.Error("a superseded fact still stands")
	}
	for _, bad := range []struct{ by, reason string }{{"b", ""}, {"a", "x"}} {
		if _, err := clinical.Supersede(old, bad.by, bad.reason, "t"); err == nil {
			t.Errorf("%+v was allowed", bad)
		}
	}
	if _, err := clinical.Supersede(done, "c", "again", "t"); err == nil {
		t.Error("history was rewritten")
	}
}

func TestCountsNameEveryKindInOrder(t *testing.T) {
	b, err := json.Marshal(clinical.Count([]clinical.Fact{{Kind: clinical.Device}}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"condition":0,"medication":0,"allergy":0,"result":0,"procedure":0,"report":0,"document":0,"immunization":0,"encounter":0,"imaging_study":0,"family_history":0,"device":1,"other":0}`
	if string(b) != want {
		t.Errorf("%s", b)
	}
}

func TestDatesOfOtherStandardsKeepTheirPrecision(t *testing.T) {
	for in, want := range map[string]string{
		"2012": "2012", "201208": "2012-08", "20120806": "2012-08-06", "2012.08.06": "2012-08-06",
		"201208061015-0500": "2012-08-06T10:15:00-05:00", "20120806101530.25Z": "2012-08-06T10:15:30.25Z",
		"20120806101530": "2012-08-06", "20121306": "", "20120230": "", "soon": "", "": "", "201208069915-0500": "2012-08-06",
	} {
		if got := clinical.DateFromHL7(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFilesOfOneStudyAddUp(t *testing.T) {
	got := clinical.MergeStudies([]clinical.Study{
		{UID: "1", Modality: []string{"CT"}, Series: 1, Instances: 1, SeriesUIDs: []string{"a"}},
		{UID: "2", Modality: []string{"MR"}, Series: 1, Instances: 1, SeriesUIDs: []string{"a"}},
		{UID: "1", Modality: []string{"SR"}, Series: 1, Instances: 1, SeriesUIDs: []string{"b"}, Description: "chest"},
		{UID: "1", Modality: []string{"CT"}, Series: 1, Instances: 1, SeriesUIDs: []string{"a"}},
	})
	if len(got) != 2 || got[0].Series != 2 || got[0].Instances != 3 || strings.Join(got[0].Modality, ",") != "CT,SR" || got[0].Description != "chest" {
		t.Errorf("%+v", got)
	}
}

func FuzzSamePatient(f *testing.F) {
	f.Add("Ruth Alvarez", "Álvarez, Ruth")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, _ := clinical.SamePatient(clinical.Patient{Name: a, BirthDate: "1980-01-01"}, clinical.Patient{Name: b, BirthDate: "1980-01-01"})
		y, _ := clinical.SamePatient(clinical.Patient{Name: b, BirthDate: "1980-01-01"}, clinical.Patient{Name: a, BirthDate: "1980-01-01"})
		if x != y {
			t.Errorf("%q and %q: %s one way, %s the other", a, b, x, y)
		}
	})
}

// What the calendar does not have is no date, and every day of it is one.
func TestADateIsReadAsTheCalendarHasIt(t *testing.T) {
	for day := time.Date(1899, 12, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2032; day = day.AddDate(0, 0, 1) {
		if s := day.Format(time.DateOnly); !clinical.ReadableDate(s) || !clinical.ReadableDate(s[:7]) || !clinical.ReadableDate(s+"T08:30:00Z") || clinical.CompareDates(s, day.AddDate(0, 0, 1).Format(time.DateOnly)) >= 0 {
			t.Fatalf("%s is not read", s)
		}
	}
	for _, s := range []string{"", "2025-02-29", "2100-02-29", "2025-04-31", "2025-13", "2025-00", "2025-01-00", "2025-1-01", "20250101", "2025/01/01", "2025-01-01 08:30", "2025-01-0x", "x025", "2025-", "2025-01-"} {
		if clinical.ReadableDate(s) {
			t.Errorf("%q is read as a date", s)
		}
	}
	if clinical.CompareDates("2025-01-01T01:00:00+02:00", "2025-01-01T00:30:00Z") >= 0 || clinical.CompareDates("2025", "2025-01") >= 0 || clinical.CompareDates("soon", "2025") <= 0 {
		t.Error("dates are out of order")
	}
}
