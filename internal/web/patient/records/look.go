package records

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// lookPages show a file itself, without running anything that is in it.
var lookPages = []web.Page{
	{ID: "records.look", Item: "{sha}", Show: showLook},
	{ID: "records.picture", Item: "{sha}", Show: showPicture},
}

// What the page shows: one file as it is, or one that another holds: its pages, its
// picture or its words.

type lookView struct {
	Name     string
	Lead     string // what it is, its date, who wrote it
	Piece    records.Piece
	Facts    string // address of what was read from it
	Original string // address of its bytes
	PDF      bool
	Frame    string // address of the viewer's own document, "" where it is not built in
	Parts    string
	View     clinical.View
	Picture  string // address of the picture
	Page     int    // which of the pictures
	Read     []saidPart
	Title    string // of Read
	Inside   []ui.Link
	More     int // how many inside are not listed
	Unread   bool
	Why      string
	Still    []ui.Fact // of a medical image, what tells it from another
}

// saidPart is words that were read from a file: a page of a PDF, a part of a report.
type saidPart struct {
	ID    string // "page=3", so that an address can name it
	Title string
	Text  string
}

// mostInside is how many files inside another are listed.
const mostInside = 300

func lookAt(v *web.Visit) (lookView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return lookView{}, err
	}
	sha := v.Item("sha")
	p, f, ok := records.Find(files, sha)
	if !ok { // one that has not been read yet
		if f, err = fileOf(v); err != nil {
			return lookView{}, err
		}
		p.Reading = clinical.Reading{SHA256: f.SHA256, Name: f.Base()}
	}
	x := lookView{
		Name: baseOf(p.Name), Piece: p, Unread: !ok,
		Facts: v.URL("records.file", f.SHA256), Original: v.URL("records.original", sha), Picture: v.URL("records.picture", sha),
	}
	if sha != f.SHA256 {
		x.Facts += "#piece-" + sha
	}
	x.Lead = leadOf(v, f, p)
	return x, x.fill(v)
}

// fill adds what is shown, by what the file is.
func (x *lookView) fill(v *web.Visit) error {
	switch x.Piece.Kind {
	case "":
		return nil
	case clinical.FilePDF:
		x.PDF, x.Frame, x.Parts = true, ui.ViewerURL(), ui.ViewerParts()
		x.Read = pagesOf(v, x.Piece)
	case clinical.FileZIP, clinical.FileISO, clinical.FileDICOMDIR, clinical.FileHealthCard, clinical.FileHealthLink:
	case clinical.FileHL7v2:
		x.Read = partsOf(x.Piece)
	default:
		if err := x.open(v); err != nil {
			return err
		}
	}
	x.inside(v)
	return nil
}

// open looks at the bytes themselves.
func (x *lookView) open(v *web.Visit) error {
	view, err := v.House.LookAtFile(v.Context(), v.Who, v.Case, x.Piece.SHA256)
	if fault.Is(err, fault.NotFound) && x.Piece.Top != x.Piece.SHA256 {
		view, err = clinical.View{Why: "large"}, nil // it is in there, and cannot be taken out
	}
	if err != nil {
		return err
	}
	x.View, x.Page = view, 1
	if view.Frames > 1 {
		x.Page = (view.Frames + 1) / 2
		if x.Piece.Kind == clinical.FileImage {
			x.Page = 1 // the pages of a scan begin at the first
		}
		if n, err := strconv.Atoi(v.R.URL.Query().Get("frame")); err == nil {
			x.Page = min(max(n, 1), view.Frames)
		}
	}
	x.Picture += "?" + url.Values{"frame": {strconv.Itoa(x.Page)}}.Encode()
	if len(view.Words) == 0 {
		x.Read = partsOf(x.Piece)
	}
	if view.Why != "" && v.Say.Has("records.look.why."+view.Why) {
		x.Why = v.Say.T("records.look.why."+view.Why, "how", view.How)
	}
	x.still(v)
	return nil
}

// still names a medical image.
func (x *lookView) still(v *web.Visit) {
	s := x.View.Still
	for _, f := range []struct{ key, value string }{
		{"modality", s.Modality}, {"study_date", v.Say.Date(s.Date)}, {"body", s.BodyPart}, {"series", s.Series}, {"number", s.Number},
	} {
		if f.value != "" {
			x.Still = append(x.Still, ui.Fact{Label: v.Say.T("records.look." + f.key), Value: f.value})
		}
	}
}

// inside lists the files that this one holds.
func (x *lookView) inside(v *web.Visit) {
	x.Piece.Each(func(p records.Piece) {
		switch {
		case p.SHA256 == x.Piece.SHA256, p.SHA256 == "":
		case len(x.Inside) >= mostInside:
			x.More++
		default:
			x.Inside = append(x.Inside, ui.Link{Label: strings.TrimPrefix(p.Name, x.Piece.Name+"/"), Href: v.URL("records.look", p.SHA256)})
		}
	})
}

func leadOf(v *web.Visit, f records.File, p records.Piece) string {
	var parts []string
	if p.Kind != "" {
		parts = append(parts, kindOf(v.Say, p.Reading))
	}
	date := when(v.Say, f)
	if p.SHA256 != f.SHA256 {
		date = v.Say.Date(p.Date)
	}
	from := f.Label.From
	if from == "" {
		from = writer(p)
	}
	for _, s := range []string{date, from} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

func baseOf(name string) string { return records.Received{Name: name}.Base() }

// pagesOf gives the words of each page of a PDF, as they were read from it.
func pagesOf(v *web.Visit, p records.Piece) []saidPart {
	var all []saidPart
	for _, f := range p.Facts {
		if f.Kind != clinical.Document || f.Source.Path != "text" {
			continue
		}
		for _, c := range f.Components {
			n, ok := strings.CutPrefix(c.Text, "Page ")
			if _, err := strconv.Atoi(n); !ok || err != nil {
				continue
			}
			total := strconv.Itoa(max(p.Pages, len(f.Components)))
			all = append(all, saidPart{ID: "page=" + n, Title: v.Say.T("records.pages.of", "n", n, "total", total), Text: c.Value})
		}
	}
	return all
}

// partsOf gives the words that reports and documents were read to say.
func partsOf(p records.Piece) []saidPart {
	var all []saidPart
	for _, f := range p.Facts {
		if f.Kind != clinical.Document && f.Kind != clinical.Report {
			continue
		}
		for i, c := range f.Components {
			if c.Value == "" {
				continue
			}
			title := c.Text
			if i == 0 && f.Text != c.Text {
				title = strings.TrimPrefix(f.Text+" · "+c.Text, " · ")
			}
			all = append(all, saidPart{Title: title, Text: c.Value})
		}
	}
	return all
}

// lookLink is the address of the very page of a file, "" where none is known.
func lookLink(v *web.Visit, place clinical.Source) string {
	if place.Page <= 0 || place.File == "" {
		return ""
	}
	return v.URL("records.look", place.File) + "#page=" + strconv.Itoa(place.Page)
}

// The handlers.

func showLook(v *web.Visit) error {
	x, err := lookAt(v)
	if err != nil {
		return err
	}
	if x.Unread {
		v.W.Header().Set("Refresh", "4")
	}
	if x.PDF && x.Frame != "" {
		// The one frame that a page of ours may have: the viewer, which is ours too.
		h := v.W.Header()
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
		v.Scripts("look.js")
	}
	return v.Render(x.Name, lookPage(v, x))
}

// showPicture gives a picture to be drawn by our own page: its bytes where browsers
// draw them, else drawn anew. What it is tell its bytes.
func showPicture(v *web.Visit) error {
	frame, err := strconv.Atoi(v.R.URL.Query().Get("frame"))
	if err != nil {
		frame = 1
	}
	p, err := v.House.DrawFile(v.Context(), v.Who, v.Case, v.Item("sha"), frame)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Disposition", "inline")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	v.W.WriteHeader(http.StatusOK)
	_, err = v.W.Write(p.Data)
	return err
}
