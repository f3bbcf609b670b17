package notify

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"consilium/internal/actions"
	"consilium/internal/fault"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func file(dates ...actions.CalendarDate) actions.CalendarFile {
	return actions.CalendarFile{Name: "Consilium", Lang: "es", At: noon, Dates: dates}
}

func TestACalendarReadsTheDatesBackAsTheyWere(t *testing.T) {
	// Commas, semicolons, backslashes and letters of two bytes, long enough to be folded.
	title := `Consilium: pedir, por escrito; la autorización \ aprobación del plan — ` + strings.Repeat("año ", 40)
	b, err := Calendars{}.Calendar(file(
		actions.CalendarDate{UID: "one@consilium", Revision: 7, On: "2026-12-31", Title: title, Text: "Entre, para ver.", URL: "https://consilium.example.org/case/abc/appeal/answer/xyz"},
		actions.CalendarDate{UID: "two@consilium", Revision: 7, On: "2028-02-29", Title: "Consilium: una fecha en su caso", Text: "x", URL: "https://consilium.example.org/case/abc"},
	))
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	value := func(i int, p ics.ComponentProperty) string { return events[i].GetProperty(p).Value }
	for what, got := range map[string][2]string{
		"title": {value(0, ics.ComponentPropertySummary), strings.TrimSpace(title)}, "uid": {events[0].Id(), "one@consilium"},
		"start": {value(0, ics.ComponentPropertyDtStart), "20261231"}, "end": {value(0, ics.ComponentPropertyDtEnd), "20270101"},
		"leap day": {value(1, ics.ComponentPropertyDtStart), "20280229"}, "day after it": {value(1, ics.ComponentPropertyDtEnd), "20280301"},
		"text": {value(0, ics.ComponentPropertyDescription), "Entre, para ver.\nhttps://consilium.example.org/case/abc/appeal/answer/xyz"},
		"link": {value(0, ics.ComponentPropertyUrl), "https://consilium.example.org/case/abc/appeal/answer/xyz"},
		"when": {value(0, ics.ComponentPropertyDtstamp), "20261122T120000Z"}, "revision": {value(0, ics.ComponentPropertySequence), "7"},
		"kind of date": {strings.Join(events[0].GetProperty(ics.ComponentPropertyDtStart).ICalParameters["VALUE"], ","), "DATE"},
	} {
		if strings.TrimSpace(got[0]) != got[1] {
			t.Errorf("%s: %q, want %q", what, got[0], got[1])
		}
	}
	var triggers []string
	for _, a := range events[0].Alarms() {
		triggers = append(triggers, a.GetProperty(ics.ComponentPropertyTrigger).Value)
	}
	if strings.Join(triggers, " ") != "-P6DT15H -PT15H" {
		t.Errorf("alarms: %v", triggers)
	}
}

func TestLinesOfACalendarAreFoldedAndEndAsTheStandardSays(t *testing.T) {
	b, err := Calendars{}.Calendar(file(actions.CalendarDate{UID: "one@consilium", On: "2026-12-31", Title: strings.Repeat("ñandúes·", 60), Text: strings.Repeat("word ", 60), URL: "https://consilium.example.org/" + strings.Repeat("x", 100)}))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(b, []byte("END:VCALENDAR\r\n")) || bytes.Contains(bytes.ReplaceAll(b, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("every line must end with CR and LF")
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || line == "" {
			t.Errorf("a line of %d bytes, or one that cuts a letter: %q", len(line), line)
		}
	}
	for _, zone := range []string{"TZID", "VTIMEZONE", "T000000"} {
		if bytes.Contains(b, []byte(zone)) {
			t.Errorf("a whole day needs no %s", zone)
		}
	}
}

func TestACalendarWithoutDatesOrWithAWrongOneIsNone(t *testing.T) {
	if _, err := (Calendars{}).Calendar(file()); !fault.Is(err, fault.NotFound) {
		t.Errorf("no dates: %v", err)
	}
	if _, err := (Calendars{}).Calendar(file(actions.CalendarDate{UID: "x", On: "2026-13-01"})); !fault.Is(err, fault.Internal) {
		t.Errorf("a date that is none: %v", err)
	}
}
