package records

import (
	"cmp"
	"slices"
)

// Event is one thing that happened to a request: one of the three is there.
type Event struct {
	On      string // YYYY-MM-DD
	Sent    *Sending
	Answer  *Answer
	Arrival *Arrival
}

// Events lists what happened to a request, the oldest first. On one day an answer comes
// before what the person wrote back, and the request itself before its answer.
func (r Request) Events() []Event {
	var all []Event
	for _, s := range r.Sent {
		if s.What == SentRequest {
			all = append(all, Event{On: s.On, Sent: &s})
		}
	}
	for _, a := range r.Answers {
		all = append(all, Event{On: a.On, Answer: &a})
	}
	for _, a := range r.Arrivals {
		all = append(all, Event{On: a.On, Arrival: &a})
	}
	for _, s := range r.Sent {
		if s.What != SentRequest {
			all = append(all, Event{On: s.On, Sent: &s})
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int { return cmp.Compare(a.On, b.On) })
	return all
}
