package web

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/journey"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// Visit is one person at one page: what a handler gets. The case is loaded and
// the person may be here; a handler shows, or saves and goes on, and gives every
// fault back to the wrapper.
type Visit struct {
	W     http.ResponseWriter
	R     *http.Request
	House *actions.House
	Who   casefile.Person
	Case  *casefile.Case // nil on pages outside a case
	Say   text.Speaker
	Form  url.Values // the posted form; empty on GET

	page    string
	scripts []string
	once    bool // the page cannot be asked for again: nothing may lead away from it and back
}

// Context is the request's.
func (v *Visit) Context() context.Context { return v.R.Context() }

// Today is the date on which the person reads the page, YYYY-MM-DD.
func (v *Visit) Today() string { return v.House.Now().Format(time.DateOnly) }

// Lang is the language of the page, "en" or "es".
func (v *Visit) Lang() string { return v.Say.Lang() }

// Item is what the URL says in this place: the {name} of the page's Item.
func (v *Visit) Item(name string) string { return v.R.PathValue(name) }

// Version is the version that the posted form was made from: its hidden field
// "version". A form without one was made from nothing.
func (v *Visit) Version() casefile.Version {
	n, _ := strconv.Atoi(v.Form.Get("version"))
	return casefile.Version(n)
}

// URL is the address of a page of this case, with the items that it takes.
func (v *Visit) URL(page string, items ...string) string {
	return caseURL(v.Case.ID, page, items...)
}

func caseURL(id casefile.ID, page string, items ...string) string {
	u := "/case/" + url.PathEscape(string(id))
	if page != "" {
		u += "/" + strings.ReplaceAll(page, ".", "/")
	}
	for _, i := range items {
		u += "/" + url.PathEscape(i)
	}
	return u
}

// Go sends the person to a page of this case; "" is the case's home. After a form
// it also tells the browser that what was typed is safe, so that its own copy goes.
func (v *Visit) Go(page string, items ...string) error {
	if v.R.Method == http.MethodPost {
		ui.Acknowledge(v.W, v.R)
	}
	http.Redirect(v.W, v.R, v.URL(page, items...), http.StatusSeeOther)
	return nil
}

// Onward sends the person to the step after this one, or home after the last. It
// reads the case anew, for what was just saved may have opened a step.
func (v *Visit) Onward() error {
	step, _, _ := strings.Cut(v.page, ".")
	c, err := v.House.Load(v.Context(), v.Who, v.Case.ID)
	if err != nil {
		return err
	}
	for next := journey.After(step); next != ""; next = journey.After(next) {
		if st := journey.Stands(c, next); st != journey.Locked {
			return v.Go(next)
		}
	}
	return v.Go("")
}

// Render shows a page. The title is the text that a browser's tab bears.
func (v *Visit) Render(title string, body templ.Component) error {
	return v.RenderAs(http.StatusOK, title, body)
}

// RenderAs shows a page with another status: 422 for a form with faults, 409 for
// a save that came too late.
func (v *Visit) RenderAs(status int, title string, body templ.Component) error {
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	f := v.frame(title)
	if v.Case != nil && v.Case.State == casefile.Closed && v.page != "" && v.page != "decide.close" && status == http.StatusOK {
		// Said before anything is typed, not when it cannot be saved any more.
		f.Notices = append(f.Notices, ui.Notice{Tone: ui.Info, Text: v.Say.T("fault.closed"), Links: []ui.Link{{Label: v.Say.T("button.home"), Href: f.Home}}})
	}
	f.Failed, f.Faulty = status >= http.StatusBadRequest, status == http.StatusUnprocessableEntity
	v.W.WriteHeader(status)
	return ui.Layout(f).Render(templ.WithChildren(v.Context(), body), v.W)
}

// Send gives the person bytes to keep or to look at. The name is what their
// machine will call the file.
func (v *Visit) Send(contentType, name string, modified time.Time, body io.ReadSeeker) error {
	v.W.Header().Set("Content-Type", contentType)
	v.W.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(v.W, v.R, "", modified, body)
	return nil
}

// Scripts names scripts that this page may use besides the usual ones.
func (v *Visit) Scripts(names ...string) { v.scripts = append(v.scripts, names...) }

// frame is what stands around every page.
func (v *Visit) frame(title string) ui.Frame {
	other := map[string]string{"en": "es", "es": "en"}[v.Lang()]
	f := ui.Frame{
		Speaker:   v.Say,
		Title:     title,
		OtherHref: "/language/" + other + "?" + url.Values{"back": {v.R.URL.RequestURI()}}.Encode(),
		SignedIn:  v.Who != "",
		Scripts:   v.scripts,
	}
	if v.once {
		f.OtherHref = ""
	}
	if v.Who == "" {
		f.SignIn = "/sign-in"
		return f
	}
	f.Home, f.Account, f.SignOut = "/", "/account", "/sign-out"
	if v.Case == nil {
		return f
	}
	f.Home = v.URL("")
	here, _, _ := strings.Cut(v.page, ".")
	for _, s := range journey.Steps {
		f.Steps = append(f.Steps, ui.StepLink{ID: s.ID, Label: v.Say.T("step." + s.ID), Href: v.URL(s.ID), State: v.stands(s.ID, here)})
	}
	for _, s := range journey.Roads {
		f.Roads = append(f.Roads, ui.StepLink{ID: s.ID, Label: v.Say.T("step." + s.ID), Href: v.URL(s.ID), State: v.stands(s.ID, here)})
	}
	return f
}

// stands is how a step is drawn in the list of steps.
func (v *Visit) stands(step, here string) ui.State {
	if step == here {
		return ui.Current
	}
	switch journey.Stands(v.Case, step) {
	case journey.Done:
		return ui.Done
	case journey.Ready, journey.Again:
		return ui.Next
	}
	return ui.Locked
}

// Head is the top of a step's page: which step of how many, title and lead.
func (v *Visit) Head(title, lead string) ui.Head {
	step, _, _ := strings.Cut(v.page, ".")
	n, of := StepNumber(step)
	return ui.Head{Step: n, Total: of, Title: title, Lead: lead}
}

// StepNumber tells where a step stands on the map: 3 of 9.
func StepNumber(id string) (n, of int) {
	for i, s := range journey.Steps {
		if s.ID == id {
			n = i + 1
		}
	}
	return n, len(journey.Steps)
}

// String names the visit for a log, without anything of the person.
func (v *Visit) String() string { return fmt.Sprintf("%s %s", v.R.Method, v.page) }
