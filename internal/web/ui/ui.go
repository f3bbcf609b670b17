// Package ui is how every page looks: the frame round it (name, language, steps,
// footer), the parts it is made of (fields, alerts, reasons, timelines), the style
// sheet and the small scripts. Every part works without script, on a phone, with a
// keyboard, read aloud, and on paper.
package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Speaker says things in one language. The words themselves are not here: a page
// brings the Speaker that text gives it.
type Speaker interface {
	Lang() string
	Has(key string) bool
	T(key string, pairs ...string) string
	N(key string, n int, pairs ...string) string
	Date(iso string) string
	Day(iso string) string
}

// State is where one step of the way stands.
type State string

// The states of a step.
const (
	Done    State = "done"
	Current State = "current"
	Next    State = "next"
	Locked  State = "locked"
)

// StepLink is one step in the list of steps. A locked step has no link.
type StepLink struct {
	ID    string // "need", "coverage"...
	Label string
	Href  string
	State State
}

// Link is a text that leads somewhere.
type Link struct {
	Label string
	Href  string
}

// Frame is what stands round a page.
type Frame struct {
	Speaker   Speaker
	Title     string // of the page; also its tab's
	OtherHref string // this same page in the other language; "" hides the switch
	Home      string // the overview, or "/" when nobody is signed in
	SignedIn  bool
	SignIn    string // address of the sign-in page; "" hides the link
	SignOut   string // address that a form posts to; "" hides the button
	Account   string // address of the account page; "" hides the link
	Steps     []StepLink
	Roads     []StepLink // steps beside the way: not numbered, not counted
	Notices   []Notice   // shown above the page's own words
	Failed    bool       // the page tells of an error: what was typed must be kept
	Faulty    bool       // the page shows a form with errors: the title says so
	Scripts   []string   // besides keep.js and print.js: "upload.js", "passkey.js"
}

// title is the text of the browser's tab.
func (f Frame) title() string {
	t := f.Title
	if f.Faulty {
		t = f.Speaker.T("error.prefix", "title", t)
	}
	if t == f.Speaker.T("site.name") || t == "" {
		return f.Speaker.T("site.name")
	}
	return t + " · " + f.Speaker.T("site.name")
}

// home is where the name leads.
func (f Frame) home() templ.SafeURL {
	if f.Home == "" {
		return "/"
	}
	return templ.URL(f.Home)
}

// stepsDone counts the steps that are done.
func (f Frame) stepsDone() int {
	n := 0
	for _, s := range f.Steps {
		if s.State == Done {
			n++
		}
	}
	return n
}

// stepsSaid is "3 of 9 steps done".
func (f Frame) stepsSaid() string {
	return f.Speaker.T("step.count", "done", strconv.Itoa(f.stepsDone()), "total", strconv.Itoa(len(f.Steps)))
}

// current names the step that the person is at; "" when at none.
func (f Frame) current() string {
	for i, s := range f.Steps {
		if s.State == Current {
			return f.Speaker.T("step.of", "n", strconv.Itoa(i+1), "total", strconv.Itoa(len(f.Steps))) + ": " + s.Label
		}
	}
	for _, s := range f.Roads {
		if s.State == Current {
			return s.Label
		}
	}
	return f.stepsSaid()
}
