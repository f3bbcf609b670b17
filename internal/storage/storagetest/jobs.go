package storagetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/storage"
)

var jobChecks = []check{
	{"AJobIsDoneOnceByOneWorker", jobOnce},
	{"AJobWaitsForItsTime", jobWaits},
	{"AWorkerThatDiesLosesItsHold", jobLost},
	{"AJobThatFailsComesBackLaterAndInTheEndIsDead", jobFails},
	{"AJobWhoseWorkersDieIsDeadInTheEnd", jobPoison},
}

func enqueue(t *testing.T, s *storage.Store, n int, after time.Time) {
	t.Helper()
	ch := change("case1")
	for i := range n {
		ch.Jobs = append(ch.Jobs, casefile.Job{Kind: "read_record", Subject: fmt.Sprint(i), After: after})
	}
	must(t, s.Apply(ctx, ch))
}

func jobOnce(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t)
	NewCase(t, a, "case1", "ruth")
	enqueue(t, a, 60, Noon)
	var mu sync.Mutex
	done := map[string]int{}
	var wg sync.WaitGroup
	for w := range 4 {
		s := a
		if w%2 == 1 {
			s = b
		}
		wg.Go(func() {
			for {
				job, ok, err := s.LeaseJob(ctx, fmt.Sprint("worker", w), Noon, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					return
				}
				if job.Case != "case1" || job.Kind != "read_record" || job.Attempt != 1 {
					t.Errorf("got %+v", job)
				}
				mu.Lock()
				done[job.Subject]++
				mu.Unlock()
				if err := s.FinishJob(ctx, job); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	// A worker may find nothing while the last rows are another's: what is left must
	// be nothing.
	if n, err := a.CountJobs(ctx); err != nil || n != (actions.WorkCount{}) {
		t.Errorf("left: %+v, %v", n, err)
	}
	if len(done) != 60 {
		t.Errorf("%d of 60 jobs were done", len(done))
	}
	for subject, n := range done {
		if n != 1 {
			t.Errorf("job %s was done %d times", subject, n)
		}
	}
}

func lease(t *testing.T, s *storage.Store, at time.Time, want bool) actions.Work {
	t.Helper()
	w, ok, err := s.LeaseJob(ctx, "w", at, time.Minute)
	if err != nil || ok != want {
		t.Fatalf("at %v: job %v, %v; want %v", at, ok, err, want)
	}
	return w
}

func jobWaits(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	enqueue(t, s, 1, Noon.Add(time.Hour))
	lease(t, s, Noon.Add(time.Hour-time.Millisecond), false)
	lease(t, s, Noon.Add(time.Hour), true)
}

func jobLost(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	enqueue(t, s, 1, Noon)
	first := lease(t, s, Noon, true)
	lease(t, s, Noon.Add(59*time.Second), false)
	must(t, s.KeepJob(ctx, first, Noon.Add(2*time.Minute)))
	lease(t, s, Noon.Add(time.Minute), false)
	next := lease(t, s, Noon.Add(2*time.Minute), true)
	if next.Attempt != 2 {
		t.Errorf("attempt %d, want 2", next.Attempt)
	}
	for what, err := range map[string]error{"finish": s.FinishJob(ctx, first), "keep": s.KeepJob(ctx, first, Noon), "fail": s.FailJob(ctx, first, Noon, fault.Internal)} {
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s after the hold was lost: %v", what, err)
		}
	}
	must(t, s.FinishJob(ctx, next))
	lease(t, s, Noon.Add(time.Hour), false)
}

func jobFails(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	enqueue(t, s, 1, Noon)
	at := Noon
	for try := 1; try <= storage.MaxAttempts; try++ {
		w := lease(t, s, at, true)
		if w.Attempt != try {
			t.Fatalf("attempt %d, want %d", w.Attempt, try)
		}
		must(t, s.FailJob(ctx, w, at, fault.Damaged))
		if try < storage.MaxAttempts {
			lease(t, s, at.Add(storage.Backoff(try)-time.Millisecond), false)
		}
		at = at.Add(storage.Backoff(try))
	}
	lease(t, s, at.Add(24*time.Hour), false)
	if n, err := s.CountJobs(ctx); err != nil || n != (actions.WorkCount{Dead: 1}) {
		t.Fatalf("got %+v, %v", n, err)
	}
	if n, err := s.ReviveJobs(ctx, at); err != nil || n != 1 {
		t.Fatalf("revived %d, %v", n, err)
	}
	if w := lease(t, s, at, true); w.Attempt != 1 {
		t.Errorf("attempt %d after it was revived", w.Attempt)
	}
}

func jobPoison(t *testing.T, p Place) {
	s := p.Open(t)
	NewCase(t, s, "case1", "ruth")
	enqueue(t, s, 1, Noon)
	at := Noon
	for range storage.MaxAttempts {
		lease(t, s, at, true)
		at = at.Add(time.Hour) // nobody ever says how it went
	}
	lease(t, s, at, false)
	if n, err := s.CountJobs(ctx); err != nil || n.Dead != 1 {
		t.Errorf("got %+v, %v", n, err)
	}
}
