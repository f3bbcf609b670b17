// Package queue does the work that was put off: it takes one job at a time, calls
// the action that the job names, and gives the job back when that fails. A button
// and a job that do the same thing call the same action.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"consilium/internal/actions"
	"consilium/internal/fault"
)

// Worker does one kind of job.
type Worker func(ctx context.Context, w actions.Work) error

// Queue runs jobs until it is told to stop.
type Queue struct {
	Jobs    actions.Jobs
	Workers map[string]Worker // by the job's kind
	Log     *slog.Logger
	Name    string // this process, to tell holds apart
	Now     func() time.Time
	Hands   int           // how many jobs at a time; at least 1
	Rest    time.Duration // how long to wait when there is nothing to do
	Hold    time.Duration // how long a job is held before another may take it
}

// Run works until ctx ends, then lets every job in hand finish.
func (q *Queue) Run(ctx context.Context) {
	var hands sync.WaitGroup
	for i := range max(1, q.Hands) {
		hands.Go(func() { q.hand(ctx, fmt.Sprintf("%s-%d", q.Name, i)) })
	}
	hands.Wait()
}

func (q *Queue) hand(ctx context.Context, name string) {
	for ctx.Err() == nil {
		did, err := q.One(ctx, name)
		if err != nil && ctx.Err() == nil {
			q.Log.Error("the queue could not be read", "kind", fault.KindOf(err).String())
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(q.Rest):
		}
	}
}

// One does one job if there is one that is due. A job whose kind has no worker, or
// whose worker panics, fails like any other: it is tried later and in the end
// laid aside, where the operator sees it.
func (q *Queue) One(ctx context.Context, name string) (did bool, err error) {
	w, ok, err := q.Jobs.LeaseJob(ctx, name, q.Now(), q.Hold)
	if err != nil || !ok {
		return false, err
	}
	// A stop must not cut a job in half: its own context outlives the loop's.
	work, stop := context.WithTimeout(context.WithoutCancel(ctx), q.Hold)
	defer stop()
	if err := q.do(work, w); errors.Is(err, actions.ErrEnded) {
		return true, nil
	} else if err != nil {
		q.Log.Error("a job failed", "job", w.Kind, "attempt", w.Attempt, "kind", fault.KindOf(err).String())
		return true, q.Jobs.FailJob(work, w, q.Now(), fault.KindOf(err))
	}
	return true, q.Jobs.FinishJob(work, w)
}

func (q *Queue) do(ctx context.Context, w actions.Work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("job %s panicked", w.Kind))
		}
	}()
	worker, ok := q.Workers[w.Kind]
	if !ok {
		return fault.New(fault.Internal, "fault.internal").Because(fmt.Errorf("job %s has no worker", w.Kind))
	}
	return worker(ctx, w)
}
