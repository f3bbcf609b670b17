package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

func TestAFormWithEveryFieldWrongNamesEachAndKeepsWhatWasTyped(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	home := p.openCase()
	both(t, func(t *testing.T, lang string) {
		p.t, p.lang = t, lang
		typed := url.Values{
			"version": {"0"}, "patient_name": {strings.Repeat("n", 201)}, "birth_date-month": {"13"}, "birth_date-day": {"77"}, "birth_date-year": {"soon"},
			"state": {"ZZ"}, "language": {"xx"}, "acting": {"nobody"}, "acting_name": {strings.Repeat("a", 201)},
			"diagnosis": {strings.Repeat("d", 2001)}, "icd10": {"<b>&\"12"}, "treatment": {strings.Repeat("t", 2001)},
			"decide_by-month": {"2"}, "decide_by-day": {"31"}, "decide_by-year": {"2030"},
			"doctor_name": {strings.Repeat("n", 201)}, "doctor_specialty": {strings.Repeat("s", 201)}, "doctor_practice": {strings.Repeat("p", 201)},
			"doctor_address": {strings.Repeat("a", 401)}, "doctor_hospital": {strings.Repeat("h", 201)}, "doctor_phone": {strings.Repeat("1", 31)}, "doctor_npi": {"123"},
		}
		a := p.post(home+"/start", typed).must(http.StatusUnprocessableEntity)
		if text := a.Text(); !strings.Contains(text, say(t, lang).T("error.title")) {
			t.Error("the page has no summary of what is wrong")
		}
		for _, field := range []string{
			"patient_name", "birth_date", "state", "language", "acting", "acting_name", "diagnosis", "icd10", "treatment", "decide_by",
			"doctor_name", "doctor_specialty", "doctor_practice", "doctor_address", "doctor_hospital", "doctor_phone", "doctor_npi",
		} {
			if !strings.Contains(a.Body, `href="#f-`+field) {
				t.Errorf("the summary does not name %s", field)
			}
			if !strings.Contains(a.Body, `id="f-`+field+`-error"`) {
				t.Errorf("%s does not say what is wrong with it", field)
			}
		}
		for name, values := range typed {
			if name == "state" || name == "language" || name == "acting" {
				continue // a choice that is not in the list cannot be shown as chosen
			}
			if got := a.value(name); !strings.EqualFold(got, values[0]) {
				t.Errorf("%s: what was typed is gone, it says %q", name, got)
			}
		}
		if v := p.get(home + "/start").value("version"); v != "" && v != "0" {
			t.Errorf("something was saved: version %s", v)
		}
	})
}

func TestAnEmptyFormAsksForWhatIsNeededAlone(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	home := p.openCase()
	a := p.post(home+"/start", url.Values{}).must(http.StatusUnprocessableEntity)
	if n := strings.Count(a.Body, `-error"`); n == 0 {
		t.Error("nothing is named")
	}
	for _, field := range []string{"patient_name", "birth_date", "state", "diagnosis"} {
		if !strings.Contains(a.Body, `id="f-`+field+`-error"`) {
			t.Errorf("%s is not asked for", field)
		}
	}
	for _, field := range []string{"icd10", "doctor_npi", "decide_by", "acting"} {
		if strings.Contains(a.Body, `id="f-`+field+`-error"`) {
			t.Errorf("%s is optional and asked for", field)
		}
	}
}

func TestASecondTabThatSavesAnOldVersionSeesBothAndCanSaveAgain(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	both(t, func(t *testing.T, lang string) {
		p.t, p.lang = t, lang
		home := p.toldCase()
		old := p.get(home + "/start").value("version")
		p.post(home+"/start", story("What the first tab says", old)).must(http.StatusSeeOther)
		late := p.post(home+"/start", story("What the second tab says", old)).must(http.StatusConflict)
		for _, want := range []string{say(t, lang).T("conflict.title"), "What the first tab says", "What the second tab says", say(t, lang).T("start.diagnosis")} {
			if !strings.Contains(late.Text(), want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if got := late.value("diagnosis"); got != "What the second tab says" {
			t.Errorf("the form says %q: what was typed is lost", got)
		}
		if got := p.get(home + "/start").value("diagnosis"); got != "What the first tab says" {
			t.Errorf("the late save was taken: the case says %q", got)
		}
		p.post(home+"/start", story(late.value("diagnosis"), late.value("version"))).must(http.StatusSeeOther)
		if got := p.get(home + "/start").value("diagnosis"); got != "What the second tab says" {
			t.Errorf("saving again left %q", got)
		}
	})
}

func TestAFormPostedWithoutASessionIsSavedAfterSigningIn(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	home := p.toldCase()
	version := p.get(home + "/start").value("version")
	jar, err := cookiejar.New(nil)
	must(t, err)
	p.client.Jar = jar // the session is gone between the form and its sending
	lost := p.post(home+"/start", story("Typed while signed out", version)).must(http.StatusUnauthorized)
	if !strings.Contains(lost.Text(), say(t, "en").T("signin.lost")) {
		t.Errorf("the page does not say that what was typed is kept: %s", opening(lost.Text()))
	}
	if strings.Contains(lost.Body, "Typed while") || strings.Contains(lost.Body, "Alvarez") {
		t.Error("the page shows what was typed to whoever comes next")
	}
	signIn := url.Values{"handle": {personHandle}, "held": {lost.value("held")}, "back": {lost.value("back")}}
	signIn.Set("passphrase", "not the one at all")
	wrong := p.post("/sign-in", signIn).must(http.StatusUnauthorized)
	signIn.Set("held", wrong.value("held"))
	signIn.Set("passphrase", personPassphrase)
	held := p.post("/sign-in", signIn).must(http.StatusOK)
	if !strings.Contains(held.Body, `action="`+home+`/start"`) {
		t.Fatalf("the page does not offer the form again: %s", opening(held.Text()))
	}
	again := url.Values{}
	for name := range story("", "") {
		again.Set(name, held.value(name))
	}
	p.post(home+"/start", again).must(http.StatusSeeOther)
	if got := p.get(home + "/start").value("diagnosis"); got != "Typed while signed out" {
		t.Errorf("the case says %q", got)
	}
}
