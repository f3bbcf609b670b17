// Package fault names the kinds of thing that can go wrong and carries, for each,
// a text key that is safe to show to a person. The cause stays inside: it is for
// the operator's log, after redaction, and never for a page.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in a way that a page, a job and a command can act on.
type Kind int

// The kinds of fault. The zero value is Internal, so a fault that nobody
// described is never shown as the person's mistake.
const (
	Internal        Kind = iota // our mistake: show a short id, log the cause
	Invalid                     // the person can mend it: a field is wrong
	NotFound                    // there is no such thing, or not for this person
	Forbidden                   // there is such a thing, and this person may not
	Unauthenticated             // nobody is signed in
	Conflict                    // the save was made from an older version
	TooLarge                    // over a limit that the message names
	TooMany                     // too many tries: wait
	Full                        // the disk is full: nothing was saved
	Refused                     // foreign bytes that we will not read
	Damaged                     // stored bytes that fail their own check
)

// String gives the kind's name for logs and tests.
func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "not_found", "forbidden", "unauthenticated", "conflict", "too_large", "too_many", "full", "refused", "damaged"}
	if int(k) < 0 || int(k) >= len(names) {
		return "internal"
	}
	return names[k]
}

// Fault is an error with a kind, a text key that is safe to show, the values the
// text needs, and optionally the form field it belongs to and its cause.
type Fault struct {
	Kind  Kind
	Key   string            // text key, such as "fault.conflict"
	Vars  map[string]string // values for the text; never health data
	Field string            // the form field it belongs to, when it is about one
	cause error
}

// New makes a fault of a kind with the text key that explains it.
func New(kind Kind, key string) *Fault { return &Fault{Kind: kind, Key: key} }

// With gives a copy that carries a value for the text.
func (f *Fault) With(name, value string) *Fault {
	c := *f
	c.Vars = map[string]string{}
	for k, v := range f.Vars {
		c.Vars[k] = v
	}
	c.Vars[name] = value
	return &c
}

// On gives a copy that belongs to a form field.
func (f *Fault) On(field string) *Fault { c := *f; c.Field = field; return &c }

// Because gives a copy that keeps the cause for the operator.
func (f *Fault) Because(err error) *Fault { c := *f; c.cause = err; return &c }

// Error is for logs and tests: kind, key and field, and the cause. It is never
// shown on a page.
func (f *Fault) Error() string {
	s := f.Kind.String() + ": " + f.Key
	if f.Field != "" {
		s += " (" + f.Field + ")"
	}
	if f.cause != nil {
		s += fmt.Sprintf(": %v", f.cause)
	}
	return s
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// KindOf tells the kind of any error: that of the first Fault in its chain, or
// Internal.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	var fs Faults
	if errors.As(err, &fs) && len(fs) > 0 {
		return fs[0].Kind
	}
	return Internal
}

// Is tells whether err is a fault of this kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Faults are several at once, such as every wrong field of a form.
type Faults []*Fault

// Error lists them all.
func (fs Faults) Error() string {
	s := ""
	for i, f := range fs {
		if i > 0 {
			s += "; "
		}
		s += f.Error()
	}
	return s
}

// OrNil gives nil where there is no fault, so that a validation can end with it.
func (fs Faults) OrNil() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// All lists the faults of any error: itself, or the several that it holds.
func All(err error) Faults {
	if err == nil {
		return nil
	}
	if fs, ok := err.(Faults); ok {
		return fs
	}
	// Of errors that hold several, such as every wrong field of an engine's input,
	// errors.As would find the first alone.
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var fs Faults
		for _, e := range several.Unwrap() {
			fs = append(fs, All(e)...)
		}
		if len(fs) > 0 {
			return fs
		}
	}
	var fs Faults
	if errors.As(err, &fs) {
		return fs
	}
	var f *Fault
	if errors.As(err, &f) {
		return Faults{f}
	}
	return Faults{New(Internal, "fault.internal").Because(err)}
}
