package queue

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// shelf is a queue in memory that behaves like the stored one for one worker.
type shelf struct {
	waiting          []actions.Work
	finished, failed []string
}

func (s *shelf) LeaseJob(_ context.Context, worker string, _ time.Time, _ time.Duration) (actions.Work, bool, error) {
	if len(s.waiting) == 0 {
		return actions.Work{}, false, nil
	}
	w := s.waiting[0]
	s.waiting = s.waiting[1:]
	w.Worker = worker
	return w, true, nil
}
func (s *shelf) KeepJob(context.Context, actions.Work, time.Time) error { return nil }
func (s *shelf) FinishJob(_ context.Context, w actions.Work) error {
	s.finished = append(s.finished, w.ID)
	return nil
}

func (s *shelf) FailJob(_ context.Context, w actions.Work, _ time.Time, _ fault.Kind) error {
	s.failed = append(s.failed, w.ID)
	return nil
}

func (s *shelf) CountJobs(context.Context) (actions.WorkCount, error) {
	return actions.WorkCount{}, nil
}
func (s *shelf) ReviveJobs(context.Context, time.Time) (int, error) { return 0, nil }

func queueOf(s *shelf, workers map[string]Worker) *Queue {
	return &Queue{Jobs: s, Workers: workers, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Name: "t", Now: time.Now, Hold: time.Minute, Rest: time.Millisecond}
}

func job(id, kind string) actions.Work {
	return actions.Work{ID: id, Job: casefile.Job{Kind: kind}}
}

func TestAJobThatIsDoneIsFinishedAndOneThatFailsIsGivenBack(t *testing.T) {
	s := &shelf{waiting: []actions.Work{job("1", "good"), job("2", "bad"), job("3", "panics"), job("4", "unknown")}}
	q := queueOf(s, map[string]Worker{
		"good":   func(context.Context, actions.Work) error { return nil },
		"bad":    func(context.Context, actions.Work) error { return errors.New("no") },
		"panics": func(context.Context, actions.Work) error { panic("oh") },
	})
	for range 4 {
		if did, err := q.One(t.Context(), "h"); !did || err != nil {
			t.Fatalf("did %v, %v", did, err)
		}
	}
	if did, _ := q.One(t.Context(), "h"); did {
		t.Fatal("an empty queue gave work")
	}
	if len(s.finished) != 1 || s.finished[0] != "1" || len(s.failed) != 3 {
		t.Fatalf("finished %v, failed %v", s.finished, s.failed)
	}
}

func TestAStopLetsTheJobInHandFinish(t *testing.T) {
	s := &shelf{waiting: []actions.Work{job("1", "slow")}}
	ctx, stop := context.WithCancel(t.Context())
	q := queueOf(s, map[string]Worker{"slow": func(ctx context.Context, _ actions.Work) error {
		stop()
		return ctx.Err()
	}})
	q.Run(ctx)
	if len(s.finished) != 1 {
		t.Fatal("the job in hand was cut off")
	}
}
