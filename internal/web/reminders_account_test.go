package web_test

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/web/text/grade"
)

func TestNothingIsSentToAnAddressThatNobodyConfirmed(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-30"})
	redirects(t, p.b.post("/account/reminders", "email", "ruth.alvarez@example.org", "days", "7"), "/account?done=reminders-asked")
	want(t, p.b.get("/account?done=reminders-asked"), http.StatusOK, "Almost done", "We sent a message to ruth.alvarez@example.org", `value="ruth.alvarez@example.org"`)
	p.work()
	p.came(1, "Was it you?")
	link := p.link()
	// A mail program that looks at the link confirms nothing.
	want(t, p.browser().get(link), http.StatusOK, "Yes, remind me")
	p.wait(day)
	p.work()
	p.came(1)
	// Too late, the link is no longer good, and the address is gone.
	p.wait(7 * day)
	want(t, p.browser().post(link, "do", "confirm"), http.StatusNotFound, "no longer good")
	p.work()
	if _, err := p.store.Reminding(t.Context(), p.ruth.ID); err == nil {
		t.Error("the address is kept")
	}
}

func TestAnyMessageStopsReminders(t *testing.T) {
	for what, stop := range map[string]func(p *posted, link string) answer{
		"by the page": func(p *posted, link string) answer { return p.browser().post(link, "do", "stop") },
		"by one click of the mail program": func(p *posted, link string) answer {
			return p.browser().doBody(http.MethodPost, link, strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"), "Content-Type", "multipart/form-data; boundary=x")
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
			p.askFor("7", "3")
			p.work()
			link := p.link()
			want(t, p.browser().get(link), http.StatusOK, "Stop reminders")
			want(t, stop(p, link), http.StatusOK, "You will get no more reminders")
			want(t, p.browser().get(link), http.StatusNotFound, "no longer good")
			p.wait(4 * day)
			p.work()
			p.came(2)
			if body := p.b.get("/account").body; strings.Contains(body, "ruth.alvarez@example.org") {
				t.Error("the address is kept")
			}
		})
	}
}

func TestRemindersSpeakThePersonsLanguage(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-23"})
	p.b.get("/language/es")
	redirects(t, p.b.do(http.MethodPost, "/account/reminders", url.Values{"email": {"ruth.alvarez@example.org"}, "days": {"1"}}), "/account?done=reminders-asked")
	p.work()
	p.came(1, "¿Fue usted?")
	link := p.link()
	if a := p.b.get(link); !strings.Contains(a.body, "Sí, envíenme avisos") {
		t.Error(a.body)
	}
	p.b.post(link, "do", "confirm")
	p.work()
	p.came(2, "Una fecha en su caso de Consilium es mañana.")
	// What they chose for themselves goes before the language of the page.
	if err := p.house.DescribeMyself(t.Context(), p.ruth.ID, "Ruth", "en"); err != nil {
		t.Fatal(err)
	}
	p.wait(day)
	p.due(casefile.Due{Key: "due.decision", On: "2026-11-24"})
	p.work()
	p.came(3, "A date in your Consilium case is tomorrow.")
}

func TestNoMessageAndNoLogLineSaysAnythingOfTheCaseOrTheAddress(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.appeal", Item: "denial-of-ruth", On: "2026-11-29", Page: "appeal.answer"}, casefile.Due{Key: "due.decision", On: "2026-11-25"})
	p.askFor("7", "3")
	p.mail.RefuseMessage(451, [3]int{4, 3, 0}, "not now, ruth.alvarez@example.org")
	p.work()
	p.mail.RefuseMessage(0, [3]int{}, "")
	p.wait(time.Minute)
	p.work()
	p.came(3)
	cast := []string{"Ruth", "Alvarez", "Lee", "cancer", "C50", "1968", "Oncology", "appeal", "decision", "denial", "due.", string(p.caseID), string(p.ruth.ID)}
	for _, m := range p.mail.Got() {
		raw := strings.ReplaceAll(m.Raw, "<ruth.alvarez@example.org>", "<>")
		subject, _ := new(mime.WordDecoder).DecodeHeader(m.Mail.Header.Get("Subject"))
		for _, word := range cast {
			if strings.Contains(strings.ToLower(raw+subject), strings.ToLower(word)) {
				t.Errorf("a message says %q:\n%s", word, m.Raw)
			}
		}
	}
	log := p.logged.String()
	if !strings.Contains(log, "a job failed") {
		t.Fatalf("the failure stands in no log, so that this test looks at nothing: %s", log)
	}
	for _, word := range append(cast, "example.org", "not now", "/reminders/") {
		if strings.Contains(log, word) {
			t.Errorf("the log says %q:\n%s", word, log)
		}
	}
	if log := p.installationLog(); strings.Contains(log, "example.org") {
		t.Error("the address stands in the installation's log")
	}
}

func TestAFormForRemindersSaysWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	p := newPosted(t)
	for _, c := range []struct {
		email, days, says string
	}{
		{"", "7", "f-email-error"},
		{"ruth", "7", "f-email-error"},
		{"Ruth <ruth@example.org>", "7", "f-email-error"},
		{"ruth@example.org\r\nBcc: sam@example.org", "7", "f-email-error"},
		{"ruth@[127.0.0.1]", "7", "f-email-error"},
		{"rúth@example.org", "7", "f-email-error"},
		{strings.Repeat("r", 250) + "@example.org", "7", "f-email-error"},
		{"ruth@example.org", "", "f-days-error"},
		{"ruth@example.org", "2", "f-days-error"},
		{"ruth@example.org", "x", "f-days-error"},
	} {
		form := url.Values{"email": {c.email}}
		if c.days != "" {
			form.Set("days", c.days)
		}
		a := p.b.do(http.MethodPost, "/account/reminders", form)
		want(t, a, http.StatusUnprocessableEntity, c.says)
		if c.email == "ruth" && !strings.Contains(a.body, `value="ruth"`) {
			t.Error("what was typed is lost")
		}
	}
	p.work()
	p.came(0)
}

func TestNobodyIsFloodedThroughUs(t *testing.T) {
	p := newPosted(t)
	last := 0
	for range 8 {
		last = p.b.post("/account/reminders", "email", "samuel@example.org", "days", "7").status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the eighth wish was answered %d", last)
	}
	p.work()
	p.came(1) // only the last wish has a message
	p.wait(time.Hour)
	redirects(t, p.b.post("/account/reminders", "email", "samuel@example.org", "days", "7"), "/account?done=reminders-asked")
}

func TestOtherDaysNeedNoNewConfirmation(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-23"})
	p.askFor("7")
	redirects(t, p.b.do(http.MethodPost, "/account/reminders", url.Values{"email": {" ruth.alvarez@example.org "}, "days": {"1", "3"}}), "/account?done=reminders-saved")
	want(t, p.b.get("/account?done=reminders-saved"), http.StatusOK, "Reminders are on. They go to ruth.alvarez@example.org", "Your reminders are saved")
	p.work()
	p.came(2, "is tomorrow")
	redirects(t, p.b.post("/account/reminders/stop"), "/account?done=reminders-stopped")
}

func TestWithoutAMailServerThePageSaysSo(t *testing.T) {
	s := newSite(t)
	s.owner()
	b := s.browser()
	b.signIn("ruth", goodPassphrase)
	a := b.get("/account")
	want(t, a, http.StatusOK, "This installation sends no e-mail", "Add these dates to my calendar")
	if strings.Contains(a.body, `name="email"`) {
		t.Error("an address is asked for that nobody writes to")
	}
	want(t, b.post("/account/reminders", "email", "ruth@example.org", "days", "7"), http.StatusForbidden)
	if err := s.house.PlanReminders(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEveryPageAndMessageOfRemindersReadsEasily(t *testing.T) {
	for lang, measure := range map[string]func(string) float64{"en": grade.English, "es": grade.Spanish} {
		p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
		p.b.get("/language/" + lang)
		pages := []answer{p.b.get("/account"), p.b.post("/account/reminders", "email", "x")}
		p.b.post("/account/reminders", "email", "ruth.alvarez@example.org", "days", "7")
		p.work()
		link := p.link()
		pages = append(pages, p.b.get("/account?done=reminders-asked"), p.b.get(link), p.b.post(link, "do", "confirm"), p.b.get(link), p.b.get("/account"))
		p.work()
		pages = append(pages, p.b.post(link, "do", "stop"), p.b.get(link), p.b.get("/account?done=reminders-stopped"))
		for i, a := range pages {
			if !strings.Contains(a.body, `<html lang="`+lang+`"`) || strings.Count(a.body, "<h1>") != 1 {
				t.Errorf("%s: page %d (%d) is not in the language, or has no heading", lang, i, a.status)
			}
			if words := plainText(a.body); len(strings.Fields(words)) >= 30 && measure(words) > 8 {
				t.Errorf("%s: page %d reads at grade %.1f:\n%s", lang, i, measure(words), words)
			}
		}
		for _, l := range p.letters() {
			words := regexp.MustCompile(`https?://\S+`).ReplaceAllString(l.subject+".\n"+l.text, "")
			if g := measure(words); g > 8 {
				t.Errorf("%s: a message reads at grade %.1f:\n%s", lang, g, words)
			}
		}
	}
}
