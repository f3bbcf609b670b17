// Package records is the step in which a person brings their records together:
// hands files in, sees what each says and whose it is, and what is still missing.
package records

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

//go:embed text.*.json issues.*.json
var words embed.FS

// Step is the step and its pages. An upload is begun at the address of the part
// page, and each piece is sent to an address of its own below that.
var Step = web.Step{ID: "records", Words: words, Call: call, Pages: slices.Concat([]web.Page{
	{ID: "records", Show: show, Save: save},
	{ID: "records.upload", Show: showUpload, Save: saveUpload, Raw: true},
	{ID: "records.part", Item: "{id...}", Show: showPart, Save: startPart, More: map[string]func(*web.Visit) error{http.MethodPatch: addPart}, Raw: true},
	{ID: "records.file", Item: "{sha}", Show: showFile, Save: saveFile},
	{ID: "records.original", Item: "{sha}", Show: showOriginal},
	{ID: "records.whose", Item: "{sha}", Show: showWhose, Save: saveWhose},
	{ID: "records.portals", Show: showPortals},
	{ID: "records.portal", Item: "{portal}", Show: showPortal, Save: savePortal},
	{ID: "records.pulled", Item: "{portal}", Show: showPulled},
	{ID: "records.check", Show: showCheck, Save: saveCheck},
	{ID: "records.contradictions", Show: showClashes},
}, requestPages, readPages, packetPages)}

// readSoon is how long a file may wait to be read before the page offers to read
// it at once.
const readSoon = time.Minute

// What the page shows: what is here, and what is missing.

type view struct {
	Patient string
	Files   []listed
	Asking  []listed // files whose patient is not the case's: they come first
	Reading int      // files that are being read
	Groups  []group
	Missing int // musts that are not here
}

// listed is one file as the list shows it.
type listed struct {
	records.File
	Kind    string // what it is, in plain words
	From    string // who wrote it
	When    string // the dates it covers
	Facts   []string
	Notes   []string // issues, in plain words
	Belongs records.Belongs
	Named   string // the patient that it names, where that matters
	Waiting bool   // it should have been read by now
	URL     string
	Whose   string
}

// group is the checklist's items that stand alike.
type group struct {
	Key   string
	Items []records.Checked
}

// The handlers.

func show(v *web.Visit) error {
	s, x, err := sheet(v)
	if err != nil {
		return err
	}
	// While a file is being read the page comes again by itself; otherwise it stays
	// as it is.
	if x.Reading > 0 {
		v.W.Header().Set("Refresh", "4")
	}
	return v.ShowSheet(s)
}

func save(v *web.Visit) error {
	had, _, err := casefile.Read[records.Marks](v.Case, records.MarksRef)
	if err != nil {
		return err
	}
	if err := v.House.MarkChecklist(v.Context(), v.Who, v.Case, readMarks(had, v.Form), v.Version()); err != nil {
		s, _, wrong := sheet(v)
		if wrong != nil {
			return wrong
		}
		return v.Again(s, err)
	}
	return v.Onward()
}

func sheet(v *web.Visit) (web.Sheet, view, error) {
	x, err := look(v)
	var fields []web.Named
	for _, i := range records.Items {
		fields = append(fields, web.Named{Name: "mark-" + i.ID, Label: i.Name.In(v.Lang())})
	}
	return web.Sheet{
		Title: v.Say.T("records.title"), Fields: fields,
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			marks, version, err := casefile.Read[records.Marks](c, records.MarksRef)
			form := url.Values{}
			for id, m := range marks.Items {
				form.Set("mark-"+id, string(m))
			}
			return form, version, err
		},
		Draw: func(f ui.Form) templ.Component { return page(v, f, x) },
	}, x, err
}

func look(v *web.Visit) (view, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return view{}, err
	}
	profile, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return view{}, err
	}
	x := view{Patient: profile.Patient.Name}
	for _, f := range files {
		l := list(v, f)
		x.Files = append(x.Files, l)
		if f.Piece.Asks() {
			x.Asking = append(x.Asking, l)
		}
		if !f.Read && !l.Waiting {
			x.Reading++
		}
	}
	checked, err := records.Checklist(v.Case, files, v.Today())
	if err != nil {
		return view{}, err
	}
	x.Groups, x.Missing = grouped(checked)
	return x, nil
}

// grouped puts what must be found first, then what may be needed, then what is here.
func grouped(checked []records.Checked) ([]group, int) {
	states := []struct {
		key string
		of  []records.State
	}{
		{"missing", []records.State{records.Missing, records.TooOld}},
		{"perhaps", []records.State{records.Perhaps}},
		{"underway", []records.State{records.Waiting, records.Paper}},
		{"here", []records.State{records.Here}},
		{"not_mine", []records.State{records.NotFitting}},
	}
	var groups []group
	missing := 0
	for _, s := range states {
		g := group{Key: s.key}
		for _, x := range checked {
			for _, of := range s.of {
				if x.State == of {
					g.Items = append(g.Items, x)
				}
			}
		}
		if s.key == "missing" {
			missing = len(g.Items)
		}
		if len(g.Items) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, missing
}

func list(v *web.Visit, f records.File) listed {
	l := listed{
		File: f, Kind: kindOf(v.Say, f.Piece.Reading), Belongs: f.Piece.Belongs, From: f.Label.From, When: when(v.Say, f),
		URL: v.URL("records.file", f.SHA256), Whose: v.URL("records.whose", f.SHA256),
		Waiting: !f.Read && v.House.Now().Sub(f.At) > readSoon,
	}
	if !f.Read {
		l.Kind = ""
		return l
	}
	if l.From == "" {
		l.From = writer(f.Piece)
	}
	if f.Label.Item != "" {
		for _, i := range records.Items {
			if i.ID == f.Label.Item {
				l.Kind = i.Name.In(v.Lang())
			}
		}
	}
	total := f.Piece.Total()
	for _, k := range clinical.Kinds() {
		if total[k] > 0 {
			l.Facts = append(l.Facts, v.Say.N("records.facts."+string(k), total[k]))
		}
	}
	l.Notes = notes(v.Say, f.Piece)
	f.Piece.Each(func(p records.Piece) {
		if p.Belongs == records.Differs && l.Named == "" {
			l.Belongs, l.Named = records.Differs, named(p.Reading)
			l.Whose = v.URL("records.whose", p.SHA256)
		}
	})
	if l.Named == "" && f.Piece.Patient != nil {
		l.Named = f.Piece.Patient.Name
	}
	return l
}

// kindOf says what a file is. Its own title is better than its format's name.
func kindOf(say text.Speaker, r clinical.Reading) string {
	if r.Kind == "" {
		return say.T("records.kind.unknown")
	}
	return say.T("records.kind." + r.Kind)
}

// named lists the patients that a reading names.
func named(r clinical.Reading) string {
	if r.Patient != nil && r.Patient.Name != "" {
		return r.Patient.Name
	}
	for i, p := range r.Patients {
		if i > 0 {
			return r.Patients[0].Name + " +" + strconv.Itoa(len(r.Patients)-1)
		}
		_ = p
	}
	return ""
}

// writer is who speaks most often in a file.
func writer(p records.Piece) string {
	count, best := map[string]int{}, ""
	p.Each(func(x records.Piece) {
		for _, f := range x.Facts {
			if f.Who != "" {
				if count[f.Who]++; count[f.Who] > count[best] || best == "" {
					best = f.Who
				}
			}
		}
	})
	return best
}

// when says which dates a file covers: what the person wrote, else what its facts
// bear, else its own.
func when(say text.Speaker, f records.File) string {
	if f.Label.Date != "" {
		return say.Date(f.Label.Date)
	}
	first, last := "", ""
	f.Piece.Each(func(x records.Piece) {
		for _, fact := range x.Facts {
			d := fact.Date
			if !clinical.ReadableDate(d) || d > f.At.Format(time.RFC3339) {
				continue
			}
			if first == "" || clinical.CompareDates(d, first) < 0 {
				first = d
			}
			if last == "" || clinical.CompareDates(d, last) > 0 {
				last = d
			}
		}
	})
	switch {
	case first == "" && f.Piece.Date != "":
		return say.Date(f.Piece.Date)
	case first == "":
		return ""
	case say.Date(first) == say.Date(last):
		return say.Date(first)
	}
	return say.T("records.from_to", "from", say.Date(first), "to", say.Date(last))
}

// The form: one mark for each item that no file shows. What is here keeps the mark
// it had, should the file be set aside later, and so does what this page does not ask.

func readMarks(had records.Marks, form url.Values) records.Marks {
	m := records.Marks{Items: map[string]records.Mark{}, Specialty: had.Specialty}
	for id, mark := range had.Items {
		if !form.Has("mark-" + id) {
			m.Items[id] = mark
		}
	}
	for name := range form {
		id, ok := strings.CutPrefix(name, "mark-")
		if mark := form.Get(name); ok && mark != "" {
			m.Items[id] = records.Mark(mark)
		}
	}
	return m
}
