// Package web is the door: it serves the pages, loads the case once for each
// request, asks who may, and turns every fault into a page that says what to do.
// Pages themselves live in the step folders below it.
package web

import (
	"io/fs"
	"net/http"
)

// Step is one folder of pages: its words, and its pages by id. What it needs, who
// may open it and what comes next stands in journey.
type Step struct {
	ID    string // "records"
	Words fs.FS  // holds text.en.json and text.es.json
	Pages []Page
	// Call says in a few words which thing an item of a due date is ("Dr. Osei, March
	// 3"), so that the overview tells two of a kind apart. Optional; "" says nothing.
	Call func(v *Visit, item string) string
}

// Page is one page of a case. Its id is also its URL, its file, its template and
// the first part of its words: "records.upload" is /case/{case}/records/upload.
type Page struct {
	ID   string                        // must be on the journey's map; else the server refuses to start
	Item string                        // what follows in the URL, if anything: "{name}"
	Show func(*Visit) error            // GET
	Save func(*Visit) error            // POST of a form, or nil
	More map[string]func(*Visit) error // other methods: PATCH for a part of an upload
	// Raw leaves the request's body unread, for pages that take a stream.
	Raw bool
}

// handler of one method; nil when the page does not have it.
func (p Page) handler(method string) func(*Visit) error {
	switch method {
	case http.MethodGet, http.MethodHead:
		return p.Show
	case http.MethodPost:
		return p.Save
	}
	return p.More[method]
}
