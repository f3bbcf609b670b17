// Package records is the step in which a person brings their records together:
// hands files in, sees what each says and whose it is, and what is still missing.
package records

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/journey"
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
	{ID: "records", Show: show},
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
}, requestPages, readPages, packetPages, lookPages)}

// readSoon is how long a file may wait to be read before the page offers to read
// it at once.
const readSoon = time.Minute

// What the page shows: the one next step, how far the records are, what arrived and
// what is the matter with it, and the doors to all that can be done with them.

type view struct {
	Patient string
	Asking  []listed // files whose patient is not the case's: they come first
	Look    []listed // files that somebody must look at
	Reading []listed // files that are being read
	Read    []listed // the rest
	Check   actions.RecordsCheck
	Stand   records.Standing
	Most    []lackView // what is missing most
	Clocks  clockView
	Doors   []doors
}

// all is how many files there are.
func (x view) all() int { return len(x.Look) + len(x.Reading) + len(x.Read) }

// mostMissing is how many missing things the page names, and mostOpen how many files
// stand open before they are folded away.
const (
	mostMissing = 3
	mostOpen    = 8
)

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

// doors are pages of the step that serve one purpose.
type doors struct {
	Key   string
	Links []door
}

type door struct {
	ui.Link
	Text string
}

// The handler.

func show(v *web.Visit) error {
	x, err := look(v)
	if err != nil {
		return err
	}
	// While a file is being read the page comes again by itself; otherwise it stays
	// as it is.
	if len(x.Reading) > 0 {
		v.W.Header().Set("Refresh", "4")
	}
	return v.Render(v.Say.T("records.title"), page(v, x))
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
	if x.Check, err = v.House.CheckRecords(v.Case, files, v.Lang()); err != nil {
		return view{}, err
	}
	if x.Clocks, err = lookClocks(v, x.Check); err != nil {
		return view{}, err
	}
	x.Stand = x.Check.Standing()
	for _, l := range x.Stand.Most[:min(len(x.Stand.Most), mostMissing)] {
		x.Most = append(x.Most, x.Clocks.of(viewLack(x.Check, l)))
	}
	for _, f := range files {
		x.sort(list(v, f, x.Check.Names))
	}
	x.Doors = allDoors(v, len(files) > 0)
	return x, nil
}

// sort puts a file where it belongs.
func (x *view) sort(l listed) {
	if l.Piece.Asks() {
		x.Asking = append(x.Asking, l)
	}
	switch {
	case l.Waiting || l.Belongs == records.Differs || l.Belongs == records.Check || l.Read && l.Belongs != records.SetAside && troubled(l.File):
		x.Look = append(x.Look, l)
	case !l.Read:
		x.Reading = append(x.Reading, l)
	default:
		x.Read = append(x.Read, l)
	}
}

// next is the one thing to do next.
func (x view) next(v *web.Visit) ui.Step {
	step := func(key, page string) ui.Step {
		return ui.Step{Title: v.Say.T("records.next." + key), Text: v.Say.T("records.next." + key + ".text"), Link: ui.Link{Label: v.Say.T("records.next." + key + ".go"), Href: v.URL(page)}}
	}
	switch {
	case x.all() == 0:
		return step("add", "records.upload")
	case x.Check.Ready:
		return step("packet", "records.packet")
	case len(x.Stand.Most) == 0:
		return step("mend", "records.check")
	}
	return step("ask", "records.check")
}

// allDoors are the pages of the step, by what they are for. What needs files is not
// offered before there are any.
func allDoors(v *web.Visit, files bool) []doors {
	var all []doors
	add := func(key string, pages ...string) {
		d := doors{Key: key}
		for _, p := range pages {
			if _, _, ok := journey.PageOf("records." + p); ok {
				d.Links = append(d.Links, door{ui.Link{Label: v.Say.T("records.door." + p), Href: v.URL("records." + p)}, v.Say.T("records.door." + p + ".text")})
			}
		}
		all = append(all, d)
	}
	if files {
		add("read", "timeline", "results", "medicines", "contradictions")
	}
	ways := []string{"requests", "specimens"}
	if len(v.House.PortalList()) > 0 {
		ways = []string{"requests", "portals", "specimens"}
	}
	add("get", ways...)
	if files {
		add("give", "packet", "shares", "import")
	} else {
		add("give", "import")
	}
	return all
}

func list(v *web.Visit, f records.File, names *records.Names) listed {
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
	if name := names.Of(f.Label.Item); name != "" {
		l.Kind = name
	}
	total := f.Piece.Total()
	for _, k := range clinical.Kinds() {
		if total[k] > 0 {
			l.Facts = append(l.Facts, v.Say.N("records.facts."+string(k), total[k]))
		}
	}
	l.Notes = notes(v.Say, noteKeys(f.Piece))
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
