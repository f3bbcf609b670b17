package records

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: everything that was read from one file.

type fileView struct {
	listed
	Pieces []pieceView
	Items  []ui.Option // what it can be
}

// pieceView is the file, or one file inside it.
type pieceView struct {
	records.Piece
	Title   string // "" for the file itself
	Kind    string
	Patient []ui.Fact
	Tables  []factTable
	Studies []clinical.Study
	Details []detail
	Whose   string // address of the page that asks whose it is
}

// factTable is the facts of one kind.
type factTable struct {
	Kind  clinical.Kind
	Title string
	Facts []clinical.Fact
	Open  bool // short enough to stand open
	Value bool // some have a value: the table has its columns
}

// longTable is how many rows a table may have before it is folded away.
const longTable = 20

func fileOf(v *web.Visit) (records.File, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return records.File{}, err
	}
	for _, f := range files {
		if f.SHA256 == v.Item("sha") {
			return f, nil
		}
	}
	return records.File{}, fault.New(fault.NotFound, "fault.not_found")
}

// The handlers.

func showFile(v *web.Visit) error {
	s, x, err := fileSheet(v)
	if err != nil {
		return err
	}
	if !x.Read && !x.Waiting {
		v.W.Header().Set("Refresh", "4")
	}
	return v.ShowSheet(s)
}

func saveFile(v *web.Visit) error {
	s, x, err := fileSheet(v)
	if err != nil {
		return err
	}
	if v.Form.Get("do") == "read" {
		if err := v.House.ReadRecord(v.Context(), v.Who, v.Case, x.SHA256); err != nil {
			return err
		}
		return v.Go("records.file", x.SHA256)
	}
	label, err := readLabel(v.Form)
	if err == nil {
		err = v.House.LabelRecord(v.Context(), v.Who, v.Case, x.SHA256, label, v.Version())
	}
	if err != nil {
		return v.Again(s, err)
	}
	return v.Go("records")
}

func fileSheet(v *web.Visit) (web.Sheet, fileView, error) {
	f, err := fileOf(v)
	if err != nil {
		return web.Sheet{}, fileView{}, err
	}
	names, err := v.House.ItemNames(v.Case, v.Lang())
	if err != nil {
		return web.Sheet{}, fileView{}, err
	}
	x := fileView{listed: list(v, f, names)}
	if x.Items, err = itemsFor(v, f.Label.Item, names); err != nil {
		return web.Sheet{}, fileView{}, err
	}
	if f.Read {
		n := 0
		f.Piece.Each(func(p records.Piece) {
			x.Pieces = append(x.Pieces, viewPiece(v, p, n))
			n++
		})
	}
	t := v.Say.T
	return web.Sheet{
		Title: f.Base(),
		Fields: []web.Named{
			{Name: "item", Label: t("records.file.item")},
			{Name: "from", Label: t("records.file.from")},
			{Name: "date", Label: t("records.file.date")},
			{Name: "note", Label: t("records.file.note")},
		},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			l, version, err := casefile.Read[records.Label](c, records.LabelRef(f.SHA256))
			form := url.Values{"item": {l.Item}, "from": {l.From}, "note": {l.Note}}
			ui.SetDate(form, "date", l.Date)
			return form, version, err
		},
		Draw: func(form ui.Form) templ.Component { return filePage(v, form, x) },
	}, x, nil
}

// itemsFor are the things of the case's list that a file can be. What it was called
// before stays a choice when the list has changed.
func itemsFor(v *web.Visit, now string, names *records.Names) ([]ui.Option, error) {
	list, err := v.House.RecordsList(v.Case, v.Lang())
	if err != nil {
		return nil, err
	}
	var os []ui.Option
	for _, i := range list {
		if i.Kind == "specimen" || slices.Contains(ownWords, i.Item) {
			continue // no file can be these
		}
		os = append(os, ui.Option{Value: i.Item, Label: i.Name})
	}
	if name := names.Of(now); name != "" && !slices.ContainsFunc(os, func(o ui.Option) bool { return o.Value == now }) {
		os = append(os, ui.Option{Value: now, Label: name})
	}
	return os, nil
}

// ownWords are the items that the person tells in other steps.
var ownWords = []string{"story", "question", "doctor_contact"}

func viewPiece(v *web.Visit, p records.Piece, n int) pieceView {
	x := pieceView{Piece: p, Kind: kindOf(v.Say, p.Reading), Studies: p.Studies}
	if n > 0 {
		x.Title = p.Name
	}
	if p.Belongs == records.Differs || p.Belongs == records.SetAside || p.Belongs == records.Said || p.Belongs == records.Check {
		x.Whose = v.URL("records.whose", p.SHA256)
	}
	for _, pat := range patientsOf(p) {
		add := func(key, value string) {
			if value != "" {
				x.Patient = append(x.Patient, ui.Fact{Label: v.Say.T("records.file." + key), Value: value})
			}
		}
		add("patient", pat.Name)
		add("born", v.Say.Date(pat.BirthDate))
		if pat.Sex != "" && v.Say.Has("records.sex."+strings.ToLower(pat.Sex)) {
			add("sex", v.Say.T("records.sex."+strings.ToLower(pat.Sex)))
		}
	}
	for _, k := range clinical.Kinds() {
		t := factTable{Kind: k, Title: v.Say.N("records.facts."+string(k), p.Counts[k])}
		for _, f := range p.Facts {
			if f.Kind == k {
				t.Facts = append(t.Facts, f)
				t.Value = t.Value || records.Value(f) != ""
			}
		}
		if len(t.Facts) == 0 {
			continue
		}
		// What is newest matters most; what bears no date comes last.
		slices.SortStableFunc(t.Facts, func(a, b clinical.Fact) int {
			if (a.Date == "") != (b.Date == "") {
				return cmp.Compare(len(b.Date), len(a.Date))
			}
			return cmp.Or(clinical.CompareDates(b.Date, a.Date), cmp.Compare(a.Text, b.Text))
		})
		asked := v.R.URL.Query().Get("fact")
		t.Open = len(t.Facts) <= longTable || slices.ContainsFunc(t.Facts, func(f clinical.Fact) bool { return f.ID == asked })
		x.Tables = append(x.Tables, t)
	}
	for _, i := range p.Issues {
		if d := detailOf(v.Say, i); d.Text != "" {
			x.Details = append(x.Details, d)
		}
	}
	return x
}

func patientsOf(p records.Piece) []clinical.Patient {
	if len(p.Patients) > 1 {
		return p.Patients[:min(len(p.Patients), 10)]
	}
	if p.Patient != nil {
		return []clinical.Patient{*p.Patient}
	}
	return nil
}

// codeOf is a fact's first code, as the file gave it.
func codeOf(f clinical.Fact) string {
	if len(f.Codes) == 0 {
		return ""
	}
	return f.Codes[0].Code
}

// placeOf says where in the file a fact stands.
func placeOf(f clinical.Fact) string {
	if f.Source.Page > 0 {
		return strconv.Itoa(f.Source.Page)
	}
	return f.Source.Path
}

// The form: what the person says that the file is.

func readLabel(form url.Values) (records.Label, error) {
	l := records.Label{Item: form.Get("item"), From: strings.TrimSpace(form.Get("from")), Note: strings.TrimSpace(form.Get("note"))}
	date, wrong := ui.ParseDate(form, "date")
	if wrong != nil {
		return l, wrong
	}
	l.Date = date
	return l, nil
}
