package records

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// Moment is one line of the patient's timeline: one fact, several of a kind on one
// day, a medicine over all the times it was written down, or an entry of the
// person's own.
type Moment struct {
	Date    string // as exact as it is known; "" when it bears none
	End     string // the last day, where it stands for more than one
	Kind    clinical.Kind
	Text    string   // "" of a group
	Detail  string   // value and unit, dose, outcome: in the record's words
	Status  string   // only where it changes the meaning: refuted, not done, planned
	Marked  []string // what a laboratory marked as out of range: names and values
	Count   int      // how many facts it stands for
	Names   []string // of a group: what else is in it; at most six together with Marked
	Top     string   // SHA-256 of the received file it stands in; "" for the person's own
	Fact    string   // id of the fact, of a group the first
	Entry   string   // id of the person's own entry
	General bool     // one of the main points, shown unless another choice is made
}

// Told is the kind of the person's own entries.
const Told clinical.Kind = "told"

// crowd is how many facts of a kind on one day stand alone; more become one line.
const crowd = 2

// Moments draws the timeline from every fact that counts and the person's own
// account, oldest first, the undated last. Hundreds of facts stay readable: what
// comes in numbers (results, visits, vaccines) is one line for each day.
func Moments(files []File, story Story) []Moment {
	tops := TopOf(files)
	type dayKind struct {
		day  string
		kind clinical.Kind
	}
	groups := map[dayKind][]clinical.Fact{}
	medicines := map[string][]clinical.Fact{}
	var all []Moment
	for _, f := range Facts(files) {
		switch f.Kind {
		case clinical.Medication:
			key := strings.ToLower(f.Text)
			medicines[key] = append(medicines[key], f)
		case clinical.Condition, clinical.Procedure, clinical.ImagingStudy, clinical.Allergy, clinical.FamilyHistory, clinical.Device:
			all = append(all, alone(f, tops))
		default:
			if telling(f) {
				all = append(all, alone(f, tops))
				continue
			}
			key := dayKind{day(f.Date), f.Kind}
			groups[key] = append(groups[key], f)
		}
	}
	for key, fs := range groups {
		if len(fs) > crowd && key.day != "" {
			all = append(all, together(fs, tops))
			continue
		}
		for _, f := range fs {
			all = append(all, alone(f, tops))
		}
	}
	for _, fs := range medicines {
		all = append(all, medicine(fs, tops))
	}
	for _, e := range story.Entries {
		all = append(all, Moment{Date: e.Date, Kind: Told, Text: e.Text, Entry: e.ID, Count: 1, General: true})
	}
	all = merged(all)
	slices.SortFunc(all, func(a, b Moment) int {
		return cmp.Or(clinical.CompareDates(a.Date, b.Date), cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)),
			cmp.Compare(a.Text, b.Text), cmp.Compare(a.Fact, b.Fact), cmp.Compare(a.Entry, b.Entry))
	})
	return all
}

// merged makes one line of what several files say of the same day in the same
// words: the one that says most stays.
func merged(all []Moment) []Moment {
	at := map[string]int{}
	var out []Moment
	for _, m := range all {
		if m.Kind == Told || m.Count > 1 || m.Date == "" || m.Text == "" {
			out = append(out, m)
			continue
		}
		key := string(m.Kind) + "\x00" + day(m.Date) + "\x00" + strings.ToLower(m.Text) + "\x00" + m.Status
		i, had := at[key]
		if !had {
			at[key] = len(out)
			out = append(out, m)
			continue
		}
		m.Count += out[i].Count
		if len(m.Detail) > len(out[i].Detail) {
			out[i] = m
		}
		out[i].Count = m.Count
	}
	return out
}

// telling are reports and papers that tell of the course of an illness: of scans,
// tissue, operations and hospital stays. A panel of blood work is none: its results
// stand by themselves.
func telling(f clinical.Fact) bool {
	if f.Kind != clinical.Report && f.Kind != clinical.Document {
		return false
	}
	item, ok := itemOf(f)
	return ok && (slices.Contains(tells, item) || slices.ContainsFunc(knownItem(item).Also, func(also CheckItem) bool { return slices.Contains(tells, also) }))
}

// tells are the items that tell of a scan, of tissue, of an operation or of a stay.
var tells = []CheckItem{
	"imaging_reports", "operative_reports", "discharge_summaries", "radiation_summary",
	"pathology_report", "biopsy_core_map", "molecular_report", "genomic_assay", "flow_cytometry", "cytogenetics", "mismatch_repair", "ras_braf", "pdl1",
}

// rankOf puts what matters most of a day first: the person's own words, then the
// diagnosis, what was done, what was seen.
func rankOf(k clinical.Kind) int {
	order := []clinical.Kind{Told, clinical.Condition, clinical.Procedure, clinical.ImagingStudy, clinical.Report, clinical.Medication}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order) + slices.Index(clinical.Kinds(), k)
}

func alone(f clinical.Fact, tops map[string]string) Moment {
	m := Moment{
		Date: f.Date, End: f.End, Kind: f.Kind, Text: f.Text, Status: changed(f.Status), Count: 1,
		Top: tops[f.Source.File], Fact: f.ID, Detail: Value(f),
	}
	if m.Detail == "" {
		m.Detail = f.Detail
	}
	switch f.Kind {
	case clinical.Condition, clinical.Procedure, clinical.ImagingStudy:
		m.General = true
	case clinical.Report, clinical.Document:
		m.General = telling(f)
	case clinical.Result:
		if marked(f) {
			m.Marked, m.General = []string{strings.TrimSpace(f.Text + " " + m.Detail)}, true
		}
	}
	return m
}

// together makes one line of many facts of a kind on one day, those apart that the
// laboratory marked.
func together(fs []clinical.Fact, tops map[string]string) Moment {
	slices.SortStableFunc(fs, func(a, b clinical.Fact) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID)) })
	m := Moment{Date: day(fs[0].Date), Kind: fs[0].Kind, Count: len(fs), Top: tops[fs[0].Source.File], Fact: fs[0].ID}
	for _, want := range []bool{true, false} {
		for _, f := range fs {
			name := strings.TrimSpace(f.Text + " " + Value(f))
			if marked(f) != want || name == "" || len(m.Names)+len(m.Marked) >= 6 || slices.Contains(m.Names, name) || slices.Contains(m.Marked, name) {
				continue
			}
			if want {
				m.Marked = append(m.Marked, name)
			} else {
				m.Names = append(m.Names, name)
			}
		}
	}
	m.General = len(m.Marked) > 0
	return m
}

// medicine makes one line of all the times that a medicine was written down.
func medicine(fs []clinical.Fact, tops map[string]string) Moment {
	slices.SortStableFunc(fs, func(a, b clinical.Fact) int {
		return cmp.Or(clinical.CompareDates(a.Date, b.Date), cmp.Compare(a.ID, b.ID))
	})
	first, last := fs[0], fs[len(fs)-1]
	for i := len(fs) - 1; i > 0 && last.Date == ""; i-- {
		last = fs[i]
	}
	m := alone(first, tops)
	m.Count, m.General = len(fs), true
	if day(last.Date) != day(first.Date) {
		m.End = last.Date
	}
	if last.Detail != "" {
		m.Detail = last.Detail // the dose that was written last
	}
	return m
}

// marked tells whether a laboratory marked a result as out of its range.
func marked(f clinical.Fact) bool {
	switch strings.ToLower(f.Flag) {
	case "", "n", "normal", "neg", "negative", "nd", "not detected":
		return false
	}
	return true
}

// changed gives a status only where without it a reader would be misled.
func changed(status string) string {
	s := strings.ToLower(status)
	for _, w := range []string{"refuted", "not-done", "cancelled", "unconfirmed", "provisional", "differential", "planned", "preparation", "draft", "preliminary", "stopped", "not-taken"} {
		if strings.Contains(s, w) {
			return w
		}
	}
	return ""
}

// Value is a fact's value with its unit; of one with several parts, each part with
// its name.
func Value(f clinical.Fact) string {
	var vs []string
	if f.Kind == clinical.ImagingStudy {
		return "" // its value is the study's number, which says nothing to a person
	}
	if f.Value != "" {
		vs = append(vs, strings.TrimSpace(f.Value+" "+UnitText(f.Unit)))
	}
	for _, c := range f.Components {
		if c.Value != "" {
			vs = append(vs, strings.TrimSpace(c.Text+" "+c.Value+" "+UnitText(c.Unit)))
		}
	}
	return strings.Join(vs, ", ")
}
