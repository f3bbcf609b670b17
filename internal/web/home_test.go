package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	ics "github.com/arran4/golang-ical"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/web"
	"consilium/internal/web/webtest"
)

var ruthProfile = casefile.Profile{
	Patient:     casefile.Patient{Name: "Ruth Alvarez", BirthDate: "1968-04-12", State: "CA"},
	FirstDoctor: casefile.Doctor{Name: "Dr. Lee"},
	Diagnosis:   casefile.Diagnosis{Text: "Breast cancer", ICD10: "C50.911"},
	DecideBy:    "2026-12-04",
}

// dated gives a case of Ruth's with these dates on its list and no other.
func dated(t *testing.T, s *webtest.Site, due ...casefile.Due) casefile.ID {
	t.Helper()
	id := s.NewCase(ruthProfile)
	due = append([]casefile.Due{{Key: "due.decision"}}, due...)
	if err := s.Store.Apply(t.Context(), casefile.Change{Case: id, By: s.Who, At: s.Now(), Verb: "test", Due: due}); err != nil {
		t.Fatal(err)
	}
	return id
}

// dates are of every kind that the overview must show: late, today, tomorrow, later,
// and twice the same thing for two items.
var dates = []casefile.Due{
	{Key: "due.referral", On: "2026-11-19", Page: "coverage.answer"},
	{Key: "due.records", On: "2026-11-22", Page: "coverage.answer"},
	{Key: "due.estimate", Item: "first", On: "2026-11-23", Page: "coverage.answer"},
	{Key: "due.estimate", Item: "second", On: "2026-12-04", Page: "coverage.answer"},
	{Key: "due.decision", On: "2027-01-15", Page: "decide"},
}

func TestTheOverviewSaysWhatIsDueTheSoonestFirst(t *testing.T) {
	s := webtest.New(t)
	home := "/case/" + string(dated(t, s, dates...))
	for lang, says := range map[string][]string{
		"en": {"Thursday, November 19, 2026", "3 days late", "call today and ask for more time", "Sunday, November 22, 2026", ">today<", "Monday, November 23, 2026", ">tomorrow<", "Friday, December 4, 2026", ">in 12 days<", "January 15, 2027", "in 54 days"},
		"es": {"jueves, 19 de noviembre de 2026", "3 días de atraso", "llame hoy y pida más tiempo", "domingo, 22 de noviembre de 2026", ">hoy<", "lunes, 23 de noviembre de 2026", ">mañana<", "viernes, 4 de diciembre de 2026", ">en 12 días<", "15 de enero de 2027", "en 54 días"},
	} {
		body := s.Plain(lang, home).Body
		list := body[strings.Index(body, `<ul class="due">`):]
		for at, word := 0, 0; word < len(says); word++ {
			i := strings.Index(list[at:], says[word])
			if i < 0 {
				t.Fatalf("%s: %q is missing or not in its place:\n%s", lang, says[word], list)
			}
			at += i
		}
		for _, link := range []string{`href="` + home + `/coverage/answer"`, `href="` + home + `/coverage/answer/first"`, `href="` + home + `/coverage/answer/second"`} {
			if !strings.Contains(list, link) {
				t.Errorf("%s: no link %s", lang, link)
			}
		}
		if strings.Contains(list, home+`/decide"`) && strings.Index(list, home+`/decide"`) < strings.Index(list, "</ul>") {
			t.Errorf("%s: a date leads to a step that is not open", lang)
		}
	}
}

func TestTheOverviewTellsTwoDatesOfAKindApart(t *testing.T) {
	step := web.Step{ID: "coverage", Words: fstest.MapFS{"text.en.json": {Data: []byte("{}")}, "text.es.json": {Data: []byte("{}")}}, Call: func(_ *web.Visit, item string) string {
		return map[string]string{"first": "Dr. Osei & Sons", "second": "Dr. Lee"}[item]
	}}
	s := webtest.New(t, step)
	id := dated(t, s, dates...)
	body := s.Get("/case/" + string(id)).Body
	for _, want := range []string{`<span class="due-note">Dr. Osei &amp; Sons</span>`, `<span class="due-note">Dr. Lee</span>`} {
		if strings.Count(body, want) != 1 {
			t.Errorf("the overview does not say %s", want)
		}
	}
	// It stays in the house, even when the calendar says what a date is about.
	a, _ := calendarOf(t, s, "en", "/case/"+string(id)+"/calendar.ics?about=yes")
	if strings.Contains(a.Body, "Osei") {
		t.Error("a name left the house")
	}
}

func TestACaseInTheListShowsItsSoonestDate(t *testing.T) {
	s := webtest.New(t)
	id := dated(t, s, dates[2:]...)
	for lang, want := range map[string]string{"en": "Next date: Monday, November 23, 2026 (tomorrow)", "es": "Próxima fecha: lunes, 23 de noviembre de 2026 (mañana)"} {
		if body := s.Plain(lang, "/").Body; !strings.Contains(body, want) {
			t.Errorf("the list does not say %q:\n%s", want, body)
		}
	}
	s.Pass(72 * time.Hour)
	if body := s.Plain("en", "/").Body; !strings.Contains(body, "Still to do: Monday, November 23, 2026 (2 days late)") {
		t.Errorf("the list does not say that it is late:\n%s", body)
	}
	if err := s.House.CloseCase(t.Context(), s.Who, s.Case(id), casefile.Closed); err != nil {
		t.Fatal(err)
	}
	if body := s.Plain("en", "/").Body; strings.Contains(body, "Next date") {
		t.Error("a closed case has no next date")
	}
}

func calendarOf(t *testing.T, s *webtest.Site, lang, path string) (webtest.Answer, *ics.Calendar) {
	t.Helper()
	a := s.GetIn(lang, path)
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(a.Header.Get("Content-Disposition"), "attachment; filename=consilium-dates.ics") {
		t.Fatalf("%s answered %d, %v", path, a.Status, a.Header)
	}
	cal, err := ics.ParseCalendar(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return a, cal
}

func TestACalendarFileSaysNothingOfTheCaseUnlessAsked(t *testing.T) {
	s := webtest.New(t)
	id := dated(t, s, dates...)
	path := "/case/" + string(id) + "/calendar.ics"
	a, cal := calendarOf(t, s, "en", path)
	if n := len(cal.Events()); n != 4 {
		t.Fatalf("%d events, want the four that are not past", n)
	}
	// Names made by chance may hold any three letters: they are looked at apart.
	said := strings.ReplaceAll(strings.ReplaceAll(a.Body, "\r\n ", ""), string(id), "")
	for _, e := range cal.Events() {
		said = strings.ReplaceAll(said, e.Id(), "")
	}
	for _, word := range []string{"Ruth", "Alvarez", "Lee", "cancer", "C50", "record", "price", "decision", "due.", "coverage", "decide"} {
		if strings.Contains(strings.ToLower(said), strings.ToLower(word)) {
			t.Errorf("the file says %q:\n%s", word, a.Body)
		}
	}
	uids := map[string]bool{}
	for _, e := range cal.Events() {
		uids[e.Id()] = true
		if e.GetProperty(ics.ComponentPropertySummary).Value != "Consilium: a date in your case" || e.GetProperty(ics.ComponentPropertyUrl).Value != s.URL+"/case/"+string(id) {
			t.Errorf("the event says %v", e.Properties)
		}
	}
	if len(uids) != 4 {
		t.Error("two dates share a name")
	}

	// Asked for, in the person's language, under the same names and a higher number.
	s.Pass(time.Hour)
	_, told := calendarOf(t, s, "es", path+"?about=yes")
	first := told.Events()[0]
	if first.GetProperty(ics.ComponentPropertySummary).Value != "Consilium: Hacer enviar su expediente" || first.GetProperty(ics.ComponentPropertyUrl).Value != s.URL+"/case/"+string(id)+"/coverage/answer" {
		t.Errorf("asked, the event says %v", first.Properties)
	}
	for i, e := range told.Events() {
		if !uids[e.Id()] {
			t.Error("the name of a date does not stay")
		}
		if e.GetProperty(ics.ComponentPropertySequence).Value <= cal.Events()[i].GetProperty(ics.ComponentPropertySequence).Value {
			t.Error("a later file must replace an earlier one")
		}
	}
}

func TestADateThatMovedKeepsItsNameInCalendars(t *testing.T) {
	s := webtest.New(t)
	id := dated(t, s, casefile.Due{Key: "due.estimate", Item: "a", On: "2026-12-01"})
	_, before := calendarOf(t, s, "en", "/case/"+string(id)+"/calendar.ics")
	if err := s.Store.Apply(t.Context(), casefile.Change{Case: id, By: s.Who, At: s.Now(), Verb: "test", Due: []casefile.Due{{Key: "due.estimate", Item: "a", On: "2026-12-09"}}}); err != nil {
		t.Fatal(err)
	}
	_, after := calendarOf(t, s, "en", "/case/"+string(id)+"/calendar.ics")
	if before.Events()[0].Id() != after.Events()[0].Id() || after.Events()[0].GetProperty(ics.ComponentPropertyDtStart).Value != "20261209" {
		t.Errorf("before %v, after %v", before.Events()[0].Properties, after.Events()[0].Properties)
	}
}

func TestTakingTheCalendarIsForWhoeverMayTakeThingsOutAndIsLogged(t *testing.T) {
	s := webtest.New(t)
	id := dated(t, s, dates...)
	calendarOf(t, s, "en", "/case/"+string(id)+"/calendar.ics")
	var log strings.Builder
	if err := s.Store.Log(context.Background(), id, &log); err != nil {
		t.Fatal(err)
	}
	if strings.Count(log.String(), "take_calendar") != 1 {
		t.Error("the log does not say that the dates were taken out")
	}
	// Somebody who may only look gets neither the button nor the file.
	other := s.House.NewID()
	grant := consent.Grant{ID: other, Person: "somebody-else", Role: consent.Patient, From: s.Now(), Wording: "owner.v1"}
	look := "case-of-another"
	if err := s.Store.Create(t.Context(), casefile.Change{
		Case: casefile.ID(look), By: "somebody-else", At: s.Now(), Verb: "open_case", Due: dates,
		Grants: []consent.Grant{grant, {ID: s.House.NewID(), Person: string(s.Who), Role: consent.Companion, From: s.Now(), Wording: "owner.v1"}},
	}); err != nil {
		t.Fatal(err)
	}
	if body := s.GetIn("en", "/case/"+look).Body; strings.Contains(body, "calendar.ics") {
		t.Error("the button is offered to whoever may not use it")
	}
	if a := s.GetIn("en", "/case/"+look+"/calendar.ics"); a.Status != http.StatusForbidden {
		t.Errorf("answered %d", a.Status)
	}
}

func TestNothingAheadGivesNoCalendar(t *testing.T) {
	s := webtest.New(t)
	id := dated(t, s, dates[0])
	if body := s.Plain("en", "/case/"+string(id)).Body; strings.Contains(body, "calendar.ics") {
		t.Error("a calendar is offered for dates that are past")
	}
	if a := s.GetIn("en", "/case/"+string(id)+"/calendar.ics"); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "no date ahead") {
		t.Errorf("answered %d", a.Status)
	}
}
