// Package journey is the map of the way through: which steps there are, what each
// needs first, when it is done, what comes next, and what must be looked at again
// when an earlier answer changes. A page that is not on the map is refused.
package journey

import (
	"slices"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
)

// Standing is how one step stands in one case.
type Standing string

// How a step can stand.
const (
	Done   Standing = "done"   // answered, and nothing it rests on has changed since
	Again  Standing = "again"  // answered, but something it rests on has changed
	Ready  Standing = "ready"  // can be taken now
	Locked Standing = "locked" // something must come first
)

// Step is one row of the map.
type Step struct {
	ID    string   // also the folder, the URL and the words' first part
	Needs []string // steps that must have been answered before this one opens
	Rests []string // steps whose change means that this one must be looked at again
	Pages []Page

	answered func(*casefile.Case) (at time.Time, ok bool)
}

// Page is one page of a step: "records.upload". Show and Save are what a person
// must be allowed to do, to open the page and to send its form.
type Page struct {
	ID   string
	Show consent.Verb
	Save consent.Verb
	Any  bool // open at any time, even while its step is locked
}

// Next gives the first step, in the order of the map, that is ready or must be
// looked at again; "" when all are done. An emergency stops the journey at "need".
func Next(c *casefile.Case) string {
	if Emergency(c) {
		return "need"
	}
	for _, s := range Steps {
		if st := Stands(c, s.ID); st == Ready || st == Again {
			return s.ID
		}
	}
	return ""
}

// After gives the step that follows this one on the map, or "" after the last.
func After(id string) string {
	for i, s := range Steps {
		if s.ID == id && i+1 < len(Steps) {
			return Steps[i+1].ID
		}
	}
	return ""
}

// All gives every step: those of the way, and the roads beside it.
func All() []Step { return slices.Concat(Steps, Roads) }

// Find gives a step by its id.
func Find(id string) (Step, bool) {
	for _, s := range All() {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// PageOf gives a page and its step by the page's id. ok is false for a page that
// nobody listed: it must be refused.
func PageOf(id string) (p Page, s Step, ok bool) {
	for _, s := range All() {
		for _, p := range s.Pages {
			if p.ID == id {
				return p, s, true
			}
		}
	}
	return Page{}, Step{}, false
}

// Stands tells how a step stands. While an emergency stands, every step but
// "start" and "need" is locked: nothing else is advised.
func Stands(c *casefile.Case, id string) Standing {
	s, ok := Find(id)
	if !ok {
		return Locked
	}
	if Emergency(c) && id != "start" && id != "need" {
		return Locked
	}
	for _, n := range s.Needs {
		need, ok := Find(n)
		if !ok {
			return Locked
		}
		if _, ok := need.answered(c); !ok {
			return Locked
		}
	}
	at, ok := s.answered(c)
	if !ok {
		return Ready
	}
	for _, r := range s.Rests {
		rests, _ := Find(r)
		if changed, ok := rests.answered(c); ok && changed.After(at) {
			return Again
		}
	}
	return Done
}

// Emergency tells whether the last screening found a red flag.
func Emergency(c *casefile.Case) bool {
	need, _, err := casefile.Read[struct {
		Answer struct {
			Advice string `json:"advice"`
		} `json:"answer"`
	}](c, casefile.Ref{Kind: "need"})
	return err == nil && need.Answer.Advice == "emergency"
}

// has is answered when the document is there.
func has(kind casefile.Kind) func(*casefile.Case) (time.Time, bool) {
	return func(c *casefile.Case) (time.Time, bool) {
		d, ok := c.Document(casefile.Ref{Kind: kind})
		return d.At, ok
	}
}

// asked is answered when the document is there and says that the person went
// through the questions, not only through the screen before them.
func asked(kind casefile.Kind) func(*casefile.Case) (time.Time, bool) {
	return func(c *casefile.Case) (time.Time, bool) {
		d, ok := c.Document(casefile.Ref{Kind: kind})
		said, _, err := casefile.Read[struct {
			Asked bool `json:"asked"`
		}](c, casefile.Ref{Kind: kind})
		return d.At, ok && err == nil && said.Asked
	}
}

// hasNamed is answered when at least n documents of the kind are there.
func hasNamed(kind casefile.Kind, n int) func(*casefile.Case) (time.Time, bool) {
	return func(c *casefile.Case) (at time.Time, ok bool) {
		ds := c.Named(kind)
		for _, d := range ds {
			if d.At.After(at) {
				at = d.At
			}
		}
		return at, len(ds) >= n
	}
}
