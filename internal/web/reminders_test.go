package web_test

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/notify"
	"consilium/internal/notify/notifytest"
	"consilium/internal/queue"
	"consilium/internal/web/text/grade"
	"consilium/internal/web/webtest"
)

// posted is a site with a mail server, at noon of the cast's day.
type posted struct {
	*site
	mail  *notifytest.Server
	ruth  actions.Person
	b     *browser
	case_ casefile.ID
}

// newPosted gives Ruth a case with these dates; she is signed in.
func newPosted(t *testing.T, due ...casefile.Due) *posted {
	t.Helper()
	s := newSite(t)
	s.now = webtest.Noon
	p := &posted{site: s, mail: notifytest.Start(t)}
	mailer, err := notify.NewMailer("Consilium <reminders@example.org>", p.mail.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.house.Mailer = mailer
	p.ruth = s.owner()
	id, err := s.house.OpenCase(t.Context(), p.ruth.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.case_ = id
	c, err := s.house.Load(t.Context(), p.ruth.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.house.DescribePatient(t.Context(), p.ruth.ID, c, ruthProfile, 0); err != nil {
		t.Fatal(err)
	}
	p.due(due...)
	p.b = s.browser()
	p.b.signIn("ruth", goodPassphrase)
	return p
}

func (p *posted) due(due ...casefile.Due) {
	p.t.Helper()
	if due == nil {
		due = []casefile.Due{}
	}
	if err := p.store.Apply(p.t.Context(), casefile.Change{Case: p.case_, By: p.ruth.ID, At: p.clock(), Verb: "test", Due: due}); err != nil {
		p.t.Fatal(err)
	}
}

// work plans what is due now and does every job, as one of the replicas.
func (p *posted) work() {
	p.t.Helper()
	if err := p.house.PlanReminders(p.t.Context()); err != nil {
		p.t.Error(err)
		return
	}
	log := slog.New(slog.NewTextHandler(p.logged, nil))
	q := &queue.Queue{Jobs: p.store, Log: log, Name: "test", Now: p.clock, Hold: time.Minute, Workers: webtest.Workers(p.house)}
	for {
		did, err := q.One(context.Background(), "test")
		if err != nil {
			p.t.Error(err)
			return
		}
		if !did {
			return
		}
	}
}

// letter is a message as a person reads it.
type letter struct{ subject, text string }

func (p *posted) letters() []letter {
	p.t.Helper()
	var all []letter
	for _, m := range p.mail.Got() {
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Mail.Header.Get("Subject"))
		if err != nil {
			p.t.Fatal(err)
		}
		_, coded, _ := strings.Cut(m.Raw, "\r\n\r\n")
		body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(coded)))
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, letter{subject, strings.ReplaceAll(string(body), "\r\n", "\n")})
	}
	return all
}

var remindersLink = regexp.MustCompile(`https?://\S+(/reminders/\S+)`)

// link is the path of the newest message's link to stop or confirm.
func (p *posted) link() string {
	p.t.Helper()
	all := p.letters()
	m := remindersLink.FindStringSubmatch(all[len(all)-1].text)
	if m == nil {
		p.t.Fatalf("no link in %q", all[len(all)-1].text)
	}
	return m[1]
}

// askFor has Ruth ask for reminders and confirm her address.
func (p *posted) askFor(days ...string) {
	p.t.Helper()
	form := url.Values{"email": {"ruth.alvarez@example.org"}, "days": days}
	redirects(p.t, p.b.do(http.MethodPost, "/account/reminders", form), "/account?done=reminders-asked")
	p.work()
	want(p.t, p.browser().post(p.link(), "do", "confirm"), http.StatusOK, "Reminders are on")
}

// say fails unless so many messages have come, the last of them with these words.
func (p *posted) came(n int, words ...string) {
	p.t.Helper()
	all := p.letters()
	if len(all) != n {
		p.t.Fatalf("%d messages, want %d: %+v", len(all), n, all)
	}
	for _, w := range words {
		if !strings.Contains(all[n-1].text, w) {
			p.t.Fatalf("the message does not say %q: %s", w, all[n-1].text)
		}
	}
}

const day = 24 * time.Hour

func TestAReminderComesOnceForEachDateAndLead(t *testing.T) {
	p := newPosted(t,
		casefile.Due{Key: "due.appeal", Item: "a", On: "2026-12-01", Page: "appeal.answer"},
		casefile.Due{Key: "due.appeal", Item: "b", On: "2026-12-01", Page: "appeal.answer"}, // the same day: no second message
		casefile.Due{Key: "due.decision", On: "2027-03-01", Page: "decide"},
	)
	p.askFor("7", "3", "1")
	p.came(1)
	p.work()
	p.came(1) // nine days before
	p.wait(2 * day)
	for range 3 { // three replicas, or three starts
		p.work()
	}
	p.came(2, "is in 7 days", p.house.Public+"/\n", "/reminders/")
	p.wait(day)
	p.work()
	p.came(2) // the day after is for catching up only
	p.wait(3 * day)
	p.work()
	p.came(3, "is in 3 days")
	p.wait(2 * day)
	p.work()
	p.came(4, "is tomorrow")
	p.wait(5 * day)
	p.work()
	p.came(4) // past
	var log strings.Builder
	if err := p.store.Log(t.Context(), p.case_, &log); err != nil || strings.Count(log.String(), "send_reminder") != 3 {
		t.Errorf("the case's log must say each time that a message left: %v", err)
	}
}

func TestReplicasTogetherSendAReminderOnce(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
	p.askFor("7")
	var all sync.WaitGroup
	for range 4 {
		all.Go(p.work)
	}
	all.Wait()
	p.came(2, "is in 7 days")
}

func TestOneDayInManyCasesIsOneMessage(t *testing.T) {
	on := casefile.Due{Key: "due.decision", On: "2026-11-29"}
	p := newPosted(t, on)
	first := p.case_
	id, err := p.house.OpenCase(t.Context(), p.ruth.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.case_ = id
	p.due(on)
	p.askFor("7")
	p.work()
	p.came(2, "is in 7 days")
	for _, id := range []casefile.ID{first, id} {
		var log strings.Builder
		if err := p.store.Log(t.Context(), id, &log); err != nil || strings.Count(log.String(), "send_reminder") != 1 {
			t.Errorf("each case's log must say that a message left: %v", err)
		}
	}
}

// dying is a store whose machine stops just before it can save that a message left.
type dying struct {
	actions.Accounts
	deaths int
}

func (d *dying) EndReminder(ctx context.Context, w actions.Work, r actions.Reminder, at time.Time, about ...casefile.ID) error {
	if d.deaths--; d.deaths >= 0 {
		return fault.New(fault.Internal, "fault.internal")
	}
	return d.Accounts.EndReminder(ctx, w, r, at, about...)
}

func TestAMessageThatLeftAsTheMachineStoppedComesUnderTheSameName(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
	p.askFor("7")
	p.house.Accounts = &dying{p.house.Accounts, 1}
	p.work()
	p.wait(time.Minute)
	p.work()
	p.work()
	got := p.mail.Got()
	if len(got) != 3 || got[1].Mail.Header.Get("Message-Id") != got[2].Mail.Header.Get("Message-Id") || got[0].Mail.Header.Get("Message-Id") == got[1].Mail.Header.Get("Message-Id") {
		t.Errorf("%d messages: a mail program cannot tell that they are one", len(got))
	}
	p.wait(time.Hour)
	p.work()
	p.came(3)
}

func TestAServerThatWasDownCatchesUpTheDayAfterAndSaysWhatIsTrueThen(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-12-01"})
	p.askFor("3")
	p.wait(7 * day) // the 29th: two days before
	p.work()
	p.came(2, "is in 2 days")
}

func TestADateThatMovedRemindsAnewAndOneThatIsGoneDoesNot(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
	p.askFor("7")
	p.work()
	p.came(2, "is in 7 days")
	p.due(casefile.Due{Key: "due.decision", On: "2026-12-09"})
	p.wait(10 * day)
	p.work()
	p.came(3, "is in 7 days")

	// Planned in the night, gone before the morning.
	p.due(casefile.Due{Key: "due.decision", On: "2026-12-10"})
	p.wait(12 * time.Hour) // midnight of the third
	if err := p.house.PlanReminders(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.work()
	p.came(3) // nobody is woken
	p.due()
	p.wait(9 * time.Hour)
	p.work()
	p.came(3)
	// Due again after all: it is not lost.
	p.due(casefile.Due{Key: "due.decision", On: "2026-12-10"})
	p.work()
	p.came(4, "is in 7 days")
}

func TestWhatIsNoLongerThePersonsDoesNotRemindThem(t *testing.T) {
	for what, change := range map[string]func(p *posted) error{
		"the case is closed": func(p *posted) error {
			c, err := p.house.Load(p.t.Context(), p.ruth.ID, p.case_)
			if err != nil {
				return err
			}
			return p.house.CloseCase(p.t.Context(), p.ruth.ID, c, casefile.Closed)
		},
		"the case is erased": func(p *posted) error {
			return p.store.Erase(p.t.Context(), casefile.Change{Case: p.case_, By: p.ruth.ID, At: p.clock(), Verb: "erase_case"})
		},
		"the grant is revoked": func(p *posted) error {
			c, err := p.store.Case(p.t.Context(), p.case_)
			if err != nil {
				return err
			}
			c.Grants[0].Revoked = p.clock()
			return p.store.Apply(p.t.Context(), casefile.Change{Case: p.case_, By: p.ruth.ID, At: p.clock(), Verb: "revoke", Grants: c.Grants})
		},
		"the person may not sign in": func(p *posted) error {
			p.ruth.Disabled = p.clock()
			return p.store.SavePerson(p.t.Context(), p.ruth, p.clock())
		},
		"the person stopped": func(p *posted) error { return p.house.StopMyReminders(p.t.Context(), p.ruth.ID) },
		"the person wants other days": func(p *posted) error {
			return p.house.RemindMe(p.t.Context(), p.ruth.ID, "ruth.alvarez@example.org", "en", []int{1})
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
			p.askFor("7")
			if err := p.house.PlanReminders(t.Context()); err != nil { // planned before the change
				t.Fatal(err)
			}
			if err := change(p); err != nil {
				t.Fatal(err)
			}
			p.work()
			p.came(1)
			if n, err := p.store.CountJobs(t.Context()); err != nil || n != (actions.WorkCount{}) {
				t.Errorf("jobs are left: %+v, %v", n, err)
			}
		})
	}
}

func TestAReminderThatFailedIsTriedAgain(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
	p.askFor("7")
	p.mail.RefuseMessage(451, [3]int{4, 3, 0}, "not now")
	p.work()
	p.came(1)
	p.mail.RefuseMessage(0, [3]int{}, "")
	p.work()
	p.came(1) // it waits a little
	p.wait(time.Minute)
	p.work()
	p.work()
	p.came(2, "is in 7 days")
}

func TestAnAddressThatTakesNoMailIsTriedNoMoreAndThePersonIsTold(t *testing.T) {
	p := newPosted(t, casefile.Due{Key: "due.decision", On: "2026-11-29"})
	p.askFor("7", "3")
	p.mail.RefuseAddress(550, [3]int{5, 1, 1}, "no such mailbox")
	p.work()
	tries := p.mail.Tries()
	p.wait(4 * day)
	p.work()
	if p.mail.Tries() != tries {
		t.Error("mail goes on being sent to an address that is none")
	}
	p.b.signIn("ruth", goodPassphrase) // four days later the session is over
	want(t, p.b.get("/account"), http.StatusOK, "ruth.alvarez@example.org came back")
	// Saved again, the address must be confirmed again.
	p.mail.RefuseAddress(0, [3]int{}, "")
	p.askFor("3")
	p.work()
	p.came(3, "is in 3 days")
}

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
	cast := []string{"Ruth", "Alvarez", "Lee", "cancer", "C50", "1968", "Oncology", "appeal", "decision", "denial", "due.", string(p.case_), string(p.ruth.ID)}
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
		{"", "7", "f-email-error"}, {"ruth", "7", "f-email-error"}, {"Ruth <ruth@example.org>", "7", "f-email-error"},
		{"ruth@example.org\r\nBcc: sam@example.org", "7", "f-email-error"}, {"ruth@[127.0.0.1]", "7", "f-email-error"}, {"rúth@example.org", "7", "f-email-error"},
		{strings.Repeat("r", 250) + "@example.org", "7", "f-email-error"},
		{"ruth@example.org", "", "f-days-error"}, {"ruth@example.org", "2", "f-days-error"}, {"ruth@example.org", "x", "f-days-error"},
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
