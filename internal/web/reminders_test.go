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
	"consilium/internal/web/webtest"
)

// posted is a site with a mail server, at noon of the cast's day.
type posted struct {
	*site
	mail   *notifytest.Server
	ruth   actions.Person
	b      *browser
	caseID casefile.ID
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
	p.caseID = id
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
	c, err := p.store.Case(p.t.Context(), p.caseID)
	if err != nil {
		p.t.Fatal(err)
	}
	var over []casefile.Due // what was due is not, unless it is said
	for _, had := range c.Due {
		over = append(over, casefile.Due{Key: had.Key, Item: had.Item})
	}
	due = append(over, due...)
	if err := p.store.Apply(p.t.Context(), casefile.Change{Case: p.caseID, By: p.ruth.ID, At: p.clock(), Verb: "test", Due: due}); err != nil {
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
	if err := p.store.Log(t.Context(), p.caseID, &log); err != nil || strings.Count(log.String(), "send_reminder") != 3 {
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
	first := p.caseID
	id, err := p.house.OpenCase(t.Context(), p.ruth.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.caseID = id
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
			c, err := p.house.Load(p.t.Context(), p.ruth.ID, p.caseID)
			if err != nil {
				return err
			}
			return p.house.CloseCase(p.t.Context(), p.ruth.ID, c, casefile.Closed)
		},
		"the case is erased": func(p *posted) error {
			return p.store.Erase(p.t.Context(), casefile.Change{Case: p.caseID, By: p.ruth.ID, At: p.clock(), Verb: "erase_case"})
		},
		"the grant is revoked": func(p *posted) error {
			c, err := p.store.Case(p.t.Context(), p.caseID)
			if err != nil {
				return err
			}
			c.Grants[0].Revoked = p.clock()
			return p.store.Apply(p.t.Context(), casefile.Change{Case: p.caseID, By: p.ruth.ID, At: p.clock(), Verb: "revoke", Grants: c.Grants})
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
