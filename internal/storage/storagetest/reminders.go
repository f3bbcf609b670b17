package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/storage"
)

var reminderChecks = []check{
	{"AWishToBeRemindedComesBackAsItWasSaved", remindingComesBack},
	{"AnAddressStandsNowhereInTheClear", remindingClear},
	{"AWishIsConfirmedRefusedAndStopped", remindingLife},
	{"OfManyWhoPlanAReminderOneDoes", reminderPlannedOnce},
	{"AReminderEndsWithItsJobOrNotAtAll", reminderEnds},
	{"AReminderThatNobodyNeedsIsForgotten", reminderForgotten},
	{"OldRemindersAndUnconfirmedAddressesGo", remindersPruned},
}

func reminding(who casefile.Person) actions.Reminding {
	return actions.Reminding{
		Person: who, Address: string(who) + "@example.org", Language: "es", Days: []int{1, 7},
		Secret: "a-secret-of-more-than-twenty-letters-" + string(who), Asked: Noon,
	}
}

// remembered makes a person who wants to be reminded.
func remembered(t *testing.T, s *storage.Store, who casefile.Person) actions.Reminding {
	t.Helper()
	must(t, s.CreatePerson(ctx, person(who, string(who))))
	r := reminding(who)
	must(t, s.SaveReminding(ctx, r, Noon, casefile.Job{Kind: "confirm_reminders", Subject: string(who) + "/1", After: Noon}))
	return r
}

func sameWish(a, b actions.Reminding) bool {
	return a.Person == b.Person && a.Address == b.Address && a.Language == b.Language && slices.Equal(a.Days, b.Days) && a.Secret == b.Secret &&
		a.Asked.Equal(b.Asked) && a.Confirmed.Equal(b.Confirmed) && a.Refused.Equal(b.Refused)
}

func remindingComesBack(t *testing.T, p Place) {
	s := p.Open(t)
	r := remembered(t, s, "ruth")
	again := p.Open(t)
	for what, get := range map[string]func() (actions.Reminding, error){
		"by person": func() (actions.Reminding, error) { return again.Reminding(ctx, "ruth") },
		"by secret": func() (actions.Reminding, error) { return again.RemindingBySecret(ctx, r.Secret) },
	} {
		if got, err := get(); err != nil || !sameWish(got, r) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	for what, err := range map[string]error{"another person": second(s.Reminding(ctx, "sam")), "another secret": second(s.RemindingBySecret(ctx, "x"+r.Secret))} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w, ok, err := s.LeaseJob(ctx, "w", Noon, time.Minute)
	if err != nil || !ok || w.Kind != "confirm_reminders" || w.Subject != "ruth/1" {
		t.Errorf("the job that was saved with it: %+v, %v, %v", w, ok, err)
	}
	// A new address takes the place of the old, links and all.
	r2 := r
	r2.Address, r2.Secret = "new@example.org", "another-secret-of-more-than-twenty-letters"
	must(t, s.SaveReminding(ctx, r2, Noon))
	if got, err := s.Reminding(ctx, "ruth"); err != nil || !sameWish(got, r2) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := s.RemindingBySecret(ctx, r.Secret); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old link still leads somewhere: %v", err)
	}
}

func remindingClear(t *testing.T, p Place) {
	s := p.Open(t)
	r := remembered(t, s, "ruth")
	NewCase(t, s, "case1", "ruth")
	_, err := s.PlanReminder(ctx, reminder(), Noon, remindJob())
	must(t, err)
	dump := everything(t, p)
	for _, word := range []string{r.Address, "example.org", r.Secret} {
		if strings.Contains(dump, word) || inFiles(t, p, []byte(word)) {
			t.Errorf("%q stands in the clear", word)
		}
	}
	// Moved to another person's row it does not open.
	must(t, s.CreatePerson(ctx, person("sam", "sam")))
	tamper(t, p, `UPDATE reminding SET person = 'sam'`)
	if got, err := s.Reminding(ctx, "sam"); err == nil {
		t.Errorf("another's address was opened: %+v", got.Person)
	}
}

func remindingLife(t *testing.T, p Place) {
	s := p.Open(t)
	r := remembered(t, s, "ruth")
	all := func(want int) {
		t.Helper()
		if got, err := s.AllReminding(ctx); err != nil || len(got) != want {
			t.Errorf("%d are to be reminded, %v; want %d", len(got), err, want)
		}
	}
	all(0) // not confirmed
	must(t, s.ConfirmReminding(ctx, r.Secret, Noon.Add(time.Hour)))
	all(1)
	must(t, s.RefuseReminding(ctx, r.Secret, Noon.Add(2*time.Hour)))
	all(0)
	must(t, s.ConfirmReminding(ctx, r.Secret, Noon.Add(3*time.Hour)))
	all(1)
	must(t, s.RefuseReminding(ctx, "the-secret-of-an-earlier-address", Noon))
	all(1)
	if err := s.ConfirmReminding(ctx, "x"+r.Secret, Noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("confirmed by a link that is none: %v", err)
	}
	must(t, s.StopReminding(ctx, "ruth", Noon))
	must(t, s.StopReminding(ctx, "ruth", Noon)) // twice is no fault
	all(0)
	if _, err := s.Reminding(ctx, "ruth"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the address is still there: %v", err)
	}
	// create_person, save, confirm, confirm, stop
	if n := entries(t, s, actions.InstallationLog); n != 5 {
		t.Errorf("the installation's log has %d entries, want 5", n)
	}
}

func reminder() actions.Reminder {
	return actions.Reminder{Person: "ruth", On: "2026-11-29", Days: 7}
}

func remindJob() casefile.Job {
	return casefile.Job{Kind: "remind", Subject: "ruth/2026-11-29/7", After: Noon}
}

func reminderPlannedOnce(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t)
	NewCase(t, a, "case1", "ruth")
	var planned atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		s := a
		if i%2 == 1 {
			s = b
		}
		wg.Go(func() {
			did, err := s.PlanReminder(ctx, reminder(), Noon, remindJob())
			if err != nil {
				t.Error(err)
			}
			if did {
				planned.Add(1)
			}
		})
	}
	wg.Wait()
	n, err := a.CountJobs(ctx)
	if err != nil || planned.Load() != 1 || n.Waiting != 1 {
		t.Errorf("planned %d times, %d jobs, %v", planned.Load(), n.Waiting, err)
	}
	other := reminder()
	other.Days = 1
	if did, err := b.PlanReminder(ctx, other, Noon, remindJob()); err != nil || !did {
		t.Errorf("the last call is another reminder: %v, %v", did, err)
	}
}

func reminderEnds(t *testing.T, p Place) {
	s := p.Open(t)
	id, second := NewCase(t, s, "case1", "ruth"), NewCase(t, s, "case2", "ruth")
	_, err := s.PlanReminder(ctx, reminder(), Noon, remindJob())
	must(t, err)
	old, _, err := s.LeaseJob(ctx, "old", Noon, time.Minute)
	must(t, err)
	w, ok, err := s.LeaseJob(ctx, "new", Noon.Add(2*time.Minute), time.Minute)
	if err != nil || !ok {
		t.Fatalf("a lost hold is taken over: %v, %v", ok, err)
	}
	before := entries(t, s, id)
	if err := s.EndReminder(ctx, old, reminder(), Noon, id); !fault.Is(err, fault.Conflict) {
		t.Errorf("whoever lost the hold ended the job: %v", err)
	}
	if entries(t, s, id) != before || sentReminders(t, p) != 0 {
		t.Error("half of it was saved")
	}
	must(t, s.EndReminder(ctx, w, reminder(), Noon.Add(3*time.Minute), second, id))
	n, err := s.CountJobs(ctx)
	if err != nil || n != (actions.WorkCount{}) || sentReminders(t, p) != 1 || entries(t, s, id) != before+1 || entries(t, s, second) != before+1 {
		t.Errorf("after its end: %+v, %d sent, %v", n, sentReminders(t, p), err)
	}
	if err := s.FinishJob(ctx, w); !fault.Is(err, fault.Conflict) {
		t.Errorf("the job is still there: %v", err)
	}
	again := p.Open(t)
	if did, err := again.PlanReminder(ctx, reminder(), Noon.Add(time.Hour), remindJob()); err != nil || did {
		t.Errorf("after a restart it is planned again: %v, %v", did, err)
	}
}

func sentReminders(t *testing.T, p Place) (n int) {
	t.Helper()
	db := raw(t, p)
	defer db.Close()
	must(t, db.QueryRow(`SELECT COUNT(*) FROM reminders WHERE sent_at > 0`).Scan(&n))
	return n
}

func reminderForgotten(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	_, err := s.PlanReminder(ctx, reminder(), Noon, remindJob())
	must(t, err)
	w, _, err := s.LeaseJob(ctx, "w", Noon, time.Minute)
	must(t, err)
	before := entries(t, s, id)
	must(t, s.EndReminder(ctx, w, reminder(), Noon))
	if entries(t, s, id) != before {
		t.Error("the log says that it was sent")
	}
	if did, err := s.PlanReminder(ctx, reminder(), Noon, remindJob()); err != nil || !did {
		t.Errorf("a date that is due after all cannot be planned: %v, %v", did, err)
	}
}

func remindersPruned(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	kept, gone := remembered(t, s, "ruth"), remembered(t, s, "sam")
	must(t, s.ConfirmReminding(ctx, kept.Secret, Noon))
	for i := range 3 {
		r := reminder()
		r.On = fmt.Sprintf("2026-11-%d", 20+i)
		_, err := s.PlanReminder(ctx, r, Noon, remindJob())
		must(t, err)
	}
	must(t, s.PruneReminders(ctx, Noon.Add(time.Minute), "2026-11-22"))
	if _, err := s.RemindingBySecret(ctx, gone.Secret); !fault.Is(err, fault.NotFound) {
		t.Errorf("an address that nobody confirmed is kept: %v", err)
	}
	if _, err := s.RemindingBySecret(ctx, kept.Secret); err != nil {
		t.Error(err)
	}
	r := reminder()
	for day, want := range map[string]bool{"2026-11-21": true, "2026-11-22": false} {
		r.On = day
		if did, err := s.PlanReminder(ctx, r, Noon, remindJob()); err != nil || did != want {
			t.Errorf("%s: planned again %v, %v", day, did, err)
		}
	}
}
