package records

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
)

//go:embed checklist.json
var checklistData []byte

// Need is how much an item matters.
type Need string

// The needs. An IfExists item is only missing when the thing was ever made.
const (
	Must     Need = "must"
	IfExists Need = "if_exists"
)

// Words is a text in each language.
type Words map[string]string

// In gives the text in a language, English where there is none.
func (s Words) In(lang string) string {
	if t := s[lang]; t != "" {
		return t
	}
	return s["en"]
}

// Item is one row of the general checklist: what a second doctor of any specialty
// needs. Rows and ages are from the programmes named in Source.
type Item struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"` // note, report, image_set, specimen, data
	Need       Need   `json:"need"`
	NeededWith string `json:"needed_with,omitempty"`  // item that, once here, proves that this one exists: its report
	MaxAgeDays int    `json:"max_age_days,omitempty"` // older than this is too old; 0 for no limit
	Name       Words  `json:"name"`
	Why        Words  `json:"why"`
	Holder     Words  `json:"holder"` // who has it
	Source     string `json:"source"`
	Match      match  `json:"match"`
}

// match says by what an item is recognised.
type match struct {
	Files     []string        `json:"files,omitempty"`     // kinds of file
	Facts     []clinical.Kind `json:"facts,omitempty"`     // kinds of fact, with LOINC or Words
	AnyFact   bool            `json:"any_fact,omitempty"`  // any fact of these kinds will do
	LOINC     []string        `json:"loinc,omitempty"`     // document types
	Words     []string        `json:"words,omitempty"`     // in the fact's text, lower case
	Documents []casefile.Kind `json:"documents,omitempty"` // nouns of the case
	Doctor    bool            `json:"doctor,omitempty"`    // the profile's first doctor, with a way to reach them
}

// Items is the general checklist, in the order in which it is shown.
var Items = func() []Item {
	var items []Item
	if err := json.Unmarshal(checklistData, &items); err != nil {
		panic("records: checklist.json: " + err.Error()) // embedded: a test reads it at every build
	}
	return items
}()

func isItem(id string) bool {
	return slices.ContainsFunc(Items, func(i Item) bool { return i.ID == id })
}

// MarksRef is where the person's own marks on the checklist lie.
var MarksRef = casefile.Ref{Kind: "checklist"}

// Mark is what the person says of an item that no file shows.
type Mark string

// The marks.
const (
	OnPaper    Mark = "on_paper"     // they have it, on paper or on a disc
	Asked      Mark = "asked"        // they asked for it
	DoesNotFit Mark = "does_not_fit" // it was never made, or does not concern them
)

// MarkKinds lists the marks in the order in which they are offered.
var MarkKinds = []Mark{OnPaper, Asked, DoesNotFit}

// Marks are the person's marks by item id, of this list and of the longer one for a
// specialty, and the specialty whose list they want.
type Marks struct {
	Items     map[string]Mark `json:"items"`
	Specialty string          `json:"specialty,omitempty"` // "" for the one that is proposed
}

// Check refuses what is no item or no mark.
func (m Marks) Check() error {
	var fs fault.Faults
	for id, mark := range m.Items {
		if knownItem(CheckItem(id)).Kind == "" || !slices.Contains(MarkKinds, mark) {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On("mark-"+id))
		}
	}
	if m.Specialty != "" && !slices.Contains(Specialties(), m.Specialty) {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("specialty"))
	}
	return fs.OrNil()
}

// State is how one item of the checklist stands.
type State string

// How an item can stand.
const (
	Here       State = "here"
	TooOld     State = "too_old"  // here, but older than the programmes take
	Paper      State = "on_paper" // the person has it
	Waiting    State = "asked"    // the person asked for it
	Missing    State = "missing"  // a must, and not here
	Perhaps    State = "perhaps"  // needed if it was ever made
	NotFitting State = "not_mine" // the person says that it does not concern them
)

// Checked is an item with how it stands, and what shows it.
type Checked struct {
	Item
	State State
	Shown []Shown // what in the case shows it, newest first, at most five
	Count int     // how many things show it
	Date  string  // of the newest
	Mark  Mark
	// Proven tells that the report of it is here, so that it must exist.
	Proven bool
}

// Shown is one thing that answers an item.
type Shown struct {
	Top  string // SHA-256 of the received file, "" when it is no file
	Fact string // id of the fact, "" when it is the file itself
	Name string
	Date string
}

// Checklist sets the general checklist against what the case holds. today is
// YYYY-MM-DD.
func Checklist(c *casefile.Case, files []File, today string) ([]Checked, error) {
	marks, _, err := casefile.Read[Marks](c, MarksRef)
	if err != nil {
		return nil, err
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return nil, err
	}
	tops := TopOf(files)
	facts := Facts(files)
	var list []Checked
	for _, item := range Items {
		x := Checked{Item: item, Mark: marks.Items[item.ID]}
		x.Shown = append(shownByFiles(item, files), shownByFacts(item, facts, tops)...)
		for _, kind := range item.Match.Documents {
			if d, ok := c.Document(casefile.Ref{Kind: kind}); ok {
				x.Shown = append(x.Shown, Shown{Date: d.At.Format(time.DateOnly)})
			}
		}
		if d := profile.FirstDoctor; item.Match.Doctor && d.Name != "" && (d.Phone != "" || d.Address != "") {
			x.Shown = append(x.Shown, Shown{Name: d.Name})
		}
		x.settle(today)
		list = append(list, x)
	}
	// A report without its images, or without its slides: they were made, so that
	// they are missing and not merely perhaps.
	for i := range list {
		if list[i].State != Perhaps || list[i].NeededWith == "" {
			continue
		}
		if slices.ContainsFunc(list, func(x Checked) bool { return x.ID == list[i].NeededWith && x.Count > 0 }) {
			list[i].State, list[i].Proven = Missing, true
		}
	}
	return list, nil
}

func shownByFiles(item Item, files []File) (shown []Shown) {
	for _, f := range files {
		if f.Label.Item == item.ID && f.Piece.Belongs != SetAside && f.Piece.Belongs != Differs {
			shown = append(shown, Shown{Top: f.SHA256, Name: f.Base(), Date: f.Label.Date})
			continue
		}
		// A folder of images is hundreds of files: one line says so.
		found := false
		f.Piece.Each(func(p Piece) {
			if !found && p.Belongs.Used() && slices.Contains(item.Match.Files, p.Kind) {
				found = true
				shown = append(shown, Shown{Top: f.SHA256, Name: f.Base(), Date: p.Date})
			}
		})
	}
	return shown
}

func shownByFacts(item Item, facts []clinical.Fact, tops map[string]string) (shown []Shown) {
	for _, f := range facts {
		if item.Match.takes(f) {
			shown = append(shown, Shown{Top: tops[f.Source.File], Fact: f.ID, Name: f.Text, Date: day(f.Date)})
		}
	}
	return shown
}

// takes tells whether a fact shows the item.
func (m match) takes(f clinical.Fact) bool {
	if !slices.Contains(m.Facts, f.Kind) {
		return m.speaks(f)
	}
	return m.AnyFact || m.speaks(f)
}

// speaks tells whether a report or a document is of the kind that the item wants.
// Only those: a planned biopsy is no pathology report.
func (m match) speaks(f clinical.Fact) bool {
	if f.Kind != clinical.Report && f.Kind != clinical.Document {
		return false
	}
	for _, c := range f.Codes {
		if slices.Contains(m.LOINC, c.Code) {
			return true
		}
	}
	text := strings.ToLower(f.Text)
	for _, c := range f.Codes {
		text += "\n" + strings.ToLower(c.Display)
	}
	return slices.ContainsFunc(m.Words, func(w string) bool { return within(text, w) })
}

// within finds a word at a word's beginning: "mri" is in "MRI of the breast" and
// not in "primrite".
func within(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if i == 0 || !letter(text[i-1]) {
			return true
		}
		from = i + 1
	}
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }

// settle decides how the item stands.
func (x *Checked) settle(today string) {
	slices.SortStableFunc(x.Shown, func(a, b Shown) int { return strings.Compare(b.Date, a.Date) })
	x.Count = len(x.Shown)
	if x.Count > 0 {
		x.Date = x.Shown[0].Date
		x.State = Here
		if x.MaxAgeDays > 0 && x.Date != "" && olderThan(x.Date, today, x.MaxAgeDays) {
			x.State = TooOld
		}
		if x.Count > 5 {
			x.Shown = x.Shown[:5]
		}
		return
	}
	switch x.Mark {
	case OnPaper:
		x.State = Paper
	case Asked:
		x.State = Waiting
	case DoesNotFit:
		x.State = NotFitting
	default:
		x.State = Missing
		if x.Need == IfExists {
			x.State = Perhaps
		}
	}
}

// olderThan tells whether a date lies more than so many days before today. Of a
// month or a year its last day counts, so that nothing is called old too soon.
func olderThan(date, today string, days int) bool {
	d := date
	switch len(d) {
	case 4:
		d += "-12-31"
	case 7:
		t, err := time.Parse("2006-01", d)
		if err != nil {
			return false
		}
		d = t.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	then, err1 := time.Parse(time.DateOnly, d)
	now, err2 := time.Parse(time.DateOnly, today)
	return err1 == nil && err2 == nil && now.Sub(then) > time.Duration(days)*24*time.Hour
}

// day is the day of a date that may be an instant.
func day(date string) string {
	if len(date) > 10 {
		return date[:10]
	}
	return date
}
