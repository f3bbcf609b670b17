package records

import (
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/questions"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: each medicine with a bar for every time that the records speak
// of, and beneath it what each of them says. Where two disagree both are shown: nothing
// here says what to take.

type medicinesView struct {
	Rows     []medicineView
	None     []sideView // places that say there are no medicines
	Shows    []ui.Option
	Show     string
	Word     string
	Total    int // medicines in all
	Fit      int // of those that fit what is looked for
	Disputed int
	Version  casefile.Version // of the list of questions
}

type medicineView struct {
	records.Medicine
	Title    string
	Strip    medicineStrip
	Rows     []medicineLine
	More     int    // sayings that this page leaves out
	Dose     string // as it was written last
	DoseWhen string
	Sources  []ui.Link
	Others   int // sources beside those
	Clashed  []clashView
	Maybe    []string
	MaybeNot bool   // of one of those the records say the opposite
	Ask      string // a question for the doctor, "" where there is nothing to ask
	Asked    bool
}

// medicineLine is one saying as a line of the table.
type medicineLine struct {
	When    string
	What    string
	Status  string
	Written string // the name, where it is written otherwise here
	Dose    string
	Who     []string
	Sources []ui.Link
	State   records.MedicineState
}

// Limits of one page.
const (
	mostMedicines = 120
	mostSaid      = 60
	mostFiles     = 4
	mostMaybe     = 5
)

// medicineShows are what there is to choose from, each with the states that it shows.
var medicineShows = []struct {
	id     string
	states []records.MedicineState
}{
	{"", records.MedicineStates},
	{"now", []records.MedicineState{records.MedicineTaking, records.MedicineDisputed}},
	{"over", []records.MedicineState{records.MedicineOver, records.MedicineDisputed}},
	{"other", []records.MedicineState{
		records.MedicinePaused, records.MedicineUnclear, records.MedicineGiven, records.MedicineDispensed,
		records.MedicinePlanned, records.MedicineNotTaken, records.MedicineWithdrawn,
	}},
}

func lookMedicines(v *web.Visit) (medicinesView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return medicinesView{}, err
	}
	asked, version, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return medicinesView{}, err
	}
	list := records.Medicines(files, v.Today())
	x := medicinesView{Show: v.Form.Get("show"), Word: strings.TrimSpace(v.Form.Get("word")), Total: len(list.All), Version: version}
	for _, n := range list.None {
		x.None = append(x.None, sideOf(v, "", n))
	}
	var shown []records.Medicine
	for _, s := range medicineShows {
		count := 0
		for _, m := range list.All {
			if !slices.Contains(s.states, m.State) {
				continue
			}
			count++
			if s.id == x.Show && writtenAs(m, x.Word) {
				shown = append(shown, m)
			}
		}
		id := s.id
		if id == "" {
			id = "all"
		}
		x.Shows = append(x.Shows, ui.Option{Value: s.id, Label: v.Say.T("records.medicines.show."+id) + " (" + v.Say.Number(int64(count)) + ")"})
	}
	for _, m := range list.All {
		if m.State == records.MedicineDisputed {
			x.Disputed++
		}
	}
	x.Fit = len(shown)
	shown = shown[:min(len(shown), mostMedicines)]
	scale := scaleOf(shown, v.Today())
	on := asked.Texts(v.Lang(), 0)
	for _, m := range shown {
		x.Rows = append(x.Rows, medicineOf(v, m, scale, on))
	}
	return x, nil
}

// writtenAs finds a word in any of the names of a medicine.
func writtenAs(m records.Medicine, word string) bool {
	return word == "" || hasWord(m.Name, word) || slices.ContainsFunc(m.Said, func(s records.MedicineSaid) bool { return hasWord(s.Text, word) })
}

func medicineOf(v *web.Visit, m records.Medicine, scale medicineScale, on []string) medicineView {
	x := medicineView{Medicine: m, Title: nameOf(v.Say, m.Name)}
	for _, s := range slices.Backward(m.Said) { // the newest first
		if len(x.Rows) == mostSaid {
			x.More = len(m.Said) - mostSaid
			break
		}
		x.Rows = append(x.Rows, saidOf(v, m, s))
	}
	for _, s := range slices.Backward(m.Said) {
		switch s.State {
		case records.MedicineWithdrawn, records.MedicineNotTaken, records.MedicinePlanned:
			continue
		}
		if s.Dose != "" {
			x.Dose, x.DoseWhen = shortened(s.Dose), whenOf(v.Say, s)
			break
		}
	}
	for _, s := range m.Said {
		for _, w := range s.Sources {
			l := ui.Link{Label: w.Name, Href: v.URL("records.file", w.Top) + anchor(w.Fact)}
			if slices.ContainsFunc(x.Sources, func(o ui.Link) bool { return o.Label == l.Label }) {
				continue
			}
			if len(x.Sources) == mostFiles {
				x.Others++
				continue
			}
			x.Sources = append(x.Sources, l)
		}
	}
	for _, c := range m.Clashes {
		x.Clashed = append(x.Clashed, clashOf(v, c))
	}
	for _, p := range m.Perhaps[:min(len(m.Perhaps), mostMaybe)] {
		x.Maybe = append(x.Maybe, v.Say.T("records.medicines.perhaps."+p.Why, "what", nameOf(v.Say, p.Name)))
		x.MaybeNot = x.MaybeNot || p.Opposed
	}
	if len(x.Clashed) > 0 {
		x.Ask = v.Say.T("records.medicines.question", "what", x.Title)
		x.Asked = slices.Contains(on, x.Ask)
	}
	x.Strip = scale.strip(v, x)
	return x
}

// saidOf is one saying in words.
func saidOf(v *web.Visit, m records.Medicine, s records.MedicineSaid) medicineLine {
	l := medicineLine{When: whenOf(v.Say, s), What: evidenceOf(v.Say, s.Evidence), Dose: shortened(s.Dose), State: s.State}
	if s.Status != "" {
		l.Status = statusOf(v.Say, s.Status)
	}
	if s.Text != m.Name {
		l.Written = s.Text
	}
	for _, c := range s.Parts {
		l.Dose = strings.TrimPrefix(l.Dose+"\n"+shortened(strings.TrimSpace(c.Text+" "+c.Value+" "+records.UnitText(c.Unit))), "\n")
	}
	for _, w := range s.Sources {
		l.Sources = append(l.Sources, witnessLink(v, w))
		if w.Who != "" && !slices.Contains(l.Who, w.Who) {
			l.Who = append(l.Who, w.Who)
		}
	}
	return l
}

func evidenceOf(say text.Speaker, e clinical.Evidence) string {
	if e == "" {
		e = "unknown"
	}
	return say.T("records.medicines.evidence." + string(e))
}

// whenOf says of which days a saying speaks, as exactly as they are written.
func whenOf(say text.Speaker, s records.MedicineSaid) string {
	switch {
	case s.Date == "" && s.End == "":
		return say.T("timeline.undated")
	case s.Date == "":
		return say.T("records.medicines.when.until", "to", say.Date(s.End))
	case s.End != "":
		return say.T("records.medicines.when.both", "from", say.Date(s.Date), "to", say.Date(s.End))
	}
	switch s.Evidence {
	case clinical.Given, clinical.Dispensed, clinical.Ordered, clinical.Planned, clinical.Listed:
		return say.Date(s.Date) // what happened on it, the kind of saying tells
	}
	return say.T("records.medicines.when.from", "from", say.Date(s.Date))
}

func shortened(s string) string {
	if r := []rune(s); len(r) > mostText {
		return string(r[:mostText]) + "…" // its source has all of it
	}
	return s
}

func medicineTag(s records.MedicineState) string {
	switch s {
	case records.MedicineDisputed:
		return "tag-warn"
	case records.MedicinePaused, records.MedicineUnclear:
		return "tag-ask"
	case records.MedicineTaking:
		return "tag-agree"
	}
	return ""
}

// The handler. What is looked for goes in the body of the form, never into an address.

func showMedicines(v *web.Visit) error {
	x, err := lookMedicines(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.medicines.title"), medicinesPage(v, ui.NewForm(v.Say, v.Form), x))
}
