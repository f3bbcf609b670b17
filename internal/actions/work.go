package actions

import (
	"context"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Work is a job that one worker holds for a time.
type Work struct {
	casefile.Job
	ID      string
	Case    casefile.ID
	Worker  string
	Attempt int       // 1 at the first try
	Until   time.Time // the worker's hold ends then
}

// WorkCount says how the jobs stand, for the operator.
type WorkCount struct {
	Waiting int // due or not yet due
	Held    int
	Dead    int // failed too often; nobody tries them again
}

// Jobs hands out the work that changes have enqueued, each job to one worker at a
// time.
type Jobs interface {
	// LeaseJob takes the oldest job that is due and not held, and holds it; ok is
	// false when there is none. A worker that dies loses its hold when the time is over.
	LeaseJob(ctx context.Context, worker string, now time.Time, hold time.Duration) (w Work, ok bool, err error)
	// KeepJob holds on for longer; Conflict when the hold has been lost.
	KeepJob(ctx context.Context, w Work, until time.Time) error
	// FinishJob takes the job away; Conflict when the hold has been lost.
	FinishJob(ctx context.Context, w Work) error
	// FailJob gives the job back, to be tried later and later; after the last try it
	// is dead. It keeps the kind of the fault and nothing else of it.
	FailJob(ctx context.Context, w Work, now time.Time, why fault.Kind) error
	CountJobs(ctx context.Context) (WorkCount, error)
	// ReviveJobs lets dead jobs be tried again from the start.
	ReviveJobs(ctx context.Context, now time.Time) (int, error)
}
