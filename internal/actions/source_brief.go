package actions

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// naming gives the name by which a page speaks of a file, and of a page in it, counted
// from 1; 0 is the file as a whole.
type naming func(f records.File, page int) string

// byName speaks of a file by its own name.
func byName(lang string) naming {
	return func(f records.File, page int) string {
		name := []rune(f.Base())
		if len(name) > 28 {
			name = slices.Concat(name[:18], []rune("…"), name[len(name)-9:])
		}
		return letters.OnPage(string(name), page, lang)
	}
}

// byNumber speaks of a file by its number in a packet.
func byNumber(files []records.File, lang string) naming {
	numbers := map[string]int{}
	for i, f := range files {
		numbers[f.SHA256] = i + 1
	}
	return func(f records.File, page int) string {
		if numbers[f.SHA256] == 0 {
			return ""
		}
		return letters.OnPage(strconv.Itoa(numbers[f.SHA256]), page, lang)
	}
}

// sources finds where each line of the brief stands written.
type sources struct {
	files map[string]records.File // by the SHA-256 of the received file
	tops  map[string]string
	pages map[string]int // by the id of a fact
	name  naming
}

func newSources(files []records.File, facts []clinical.Fact, name naming) sources {
	s := sources{files: map[string]records.File{}, tops: records.TopOf(files), pages: map[string]int{}, name: name}
	for _, f := range files {
		s.files[f.SHA256] = f
	}
	for _, f := range facts {
		s.pages[f.ID] = f.Source.Page
	}
	return s
}

func (s sources) at(top string, page int) letters.Source {
	f, ok := s.files[top]
	if !ok {
		return letters.Source{}
	}
	return letters.Source{File: top, Name: s.name(f, page)}
}

func (s sources) of(f clinical.Fact) letters.Source {
	return s.at(s.tops[f.Source.File], f.Source.Page)
}

// conditions names what holds now, each once, the newest first.
func (s sources) conditions(facts []clinical.Fact) []letters.Stated {
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b clinical.Fact) int { return clinical.CompareDates(b.Date, a.Date) })
	var all []letters.Stated
	seen := map[string]bool{}
	for _, f := range facts {
		key := strings.ToLower(f.Text)
		if f.Kind != clinical.Condition || f.Text == "" || seen[key] {
			continue
		}
		seen[key] = true // an older entry says nothing that the newest does not
		if !over(f) {
			all = append(all, letters.Stated{Text: f.Text, From: s.of(f)})
		}
	}
	return all
}

// unsure are the states of a medicine that the page names, with why it is not certain
// that it is taken.
var unsure = map[records.MedicineState]string{
	records.MedicineTaking:   "",
	records.MedicineDisputed: letters.UnsureDisputed,
	records.MedicinePaused:   letters.UnsurePaused,
	records.MedicineUnclear:  letters.UnsureUnclear,
}

// medicines names what is taken, and what may be: two files that disagree are said so,
// never settled here. Each comes with the dose that was written last.
func (s sources) medicines(list records.MedicineList, lang string) []letters.Stated {
	var all []letters.Stated
	for _, m := range list.All {
		why, now := unsure[m.State]
		if !now || m.Name == "" {
			continue
		}
		one := letters.Stated{Text: m.Name}
		for _, x := range slices.Backward(m.Said) {
			if len(x.Sources) > 0 && (x.State == m.State || m.State == records.MedicineDisputed) {
				w := x.Sources[0]
				one.From = s.at(cmp.Or(w.Top, s.tops[w.File]), w.Place.Page)
				if x.Dose != "" {
					one.Text += ": " + x.Dose
				}
				break
			}
		}
		if why != "" {
			one.Text = letters.Unsure(one.Text, why, lang)
		}
		all = append(all, one)
	}
	return all
}

// allergies names them, or says that the records state that there are none. That there
// is none to a drug stands as it was written: of other kinds it says nothing.
func (s sources) allergies(facts []clinical.Fact) ([]letters.Stated, letters.Consent) {
	none := letters.Unknown
	var all []letters.Stated
	for _, f := range facts {
		switch {
		case f.Kind != clinical.Allergy || f.Text == "" || over(f):
		case records.NoAllergyIn(f) == records.NoneAtAll:
			none = letters.Given
		case !slices.ContainsFunc(all, func(a letters.Stated) bool { return strings.EqualFold(a.Text, f.Text) }):
			all = append(all, letters.Stated{Text: f.Text, From: s.of(f)})
		}
	}
	if len(all) > 0 {
		none = letters.Unknown
	}
	return all, none
}

// mostDetail is how many runes of a report's own conclusion the page holds.
const mostDetail = 140

// lines gives the course of things: what was found, done and told. Results stay in the
// full record, and of a scan with its report on one day one line is enough.
func (s sources) lines(all []records.Moment) []letters.Line {
	reported := map[string]bool{}
	for _, m := range all {
		if m.Kind == clinical.Report && m.General {
			reported[m.Date[:min(10, len(m.Date))]] = true
		}
	}
	var lines []letters.Line
	for _, m := range all {
		switch m.Kind {
		case records.Told, clinical.Condition, clinical.Procedure, clinical.ImagingStudy, clinical.Report:
		default:
			continue
		}
		day := m.Date[:min(10, len(m.Date))]
		if !m.General || !clinical.ReadableDate(m.Date) || m.Text == "" || m.Kind == clinical.ImagingStudy && reported[day] {
			continue
		}
		if m.Status == "refuted" || m.Status == "not-done" || m.Status == "cancelled" {
			continue
		}
		l := letters.Line{Date: day, Text: m.Text, From: s.at(m.Top, s.pages[m.Fact])}
		if m.Kind == clinical.Report {
			l.Detail = firstWords(m.Detail, mostDetail)
		}
		lines = append(lines, l)
	}
	return lines
}

// firstWords cuts a text at n runes, and shows that it did.
func firstWords(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return s
}
