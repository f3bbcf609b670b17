package records

import (
	"cmp"
	"slices"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Book is the power this room needs of the rules.
type Book interface {
	Judge(topic string, facts map[string]any, on contract.Date, lang string) finding.Verdict
}

// CheckAnswer is how complete the records are for a second opinion.
type CheckAnswer struct {
	Ready     bool              `json:"ready" doc:"nothing that must be here is missing or too old, and no alarm stands that would send the case back"`
	Specialty string            `json:"specialty" enum:"general,oncology,neurosurgery,spine,orthopaedics,cardiology,pathology,radiology,paediatrics,autoimmune,gastroenterology,endocrinology,rare" doc:"whose list was used"`
	Missing   []Lacking         `json:"missing"`
	Perhaps   []Lacking         `json:"perhaps" doc:"needed only if it was ever made, and nothing here shows that it was"`
	Here      []Present         `json:"here"`
	TooOld    []TooOldItem      `json:"too_old"`
	Alarms    []Alarm           `json:"alarms"`
	AskSoon   []AskSoon         `json:"ask_soon" doc:"what is not here and may be destroyed by the place that keeps it"`
	Matches   []Match           `json:"matches" doc:"which report belongs to which images, and by what"`
	Tell      []string          `json:"tell" doc:"fields of the question that would make the list more exact"`
	Findings  []finding.Finding `json:"findings"`

	List    []ListItem `json:"-"` // the whole list, without what does not fit
	NotMine []Lacking  `json:"-"` // what the person says was never made, or is not theirs
}

// Lacking is one item that is not here.
type Lacking struct {
	Item       string             `json:"item"`
	Kind       string             `json:"kind" enum:"note,report,image_set,specimen,data"`
	Need       string             `json:"need" enum:"must,should,if_exists"`
	Name       string             `json:"name"`
	Why        string             `json:"why"`
	Holder     string             `json:"holder"`
	Rule       string             `json:"rule"`
	Confidence finding.Confidence `json:"confidence" enum:"verified,unverified"`
	ProvenBy   string             `json:"proven_by,omitempty" doc:"what shows that it was made: an item that is here, or an event"`
}

// Present is one item that is here.
type Present struct {
	Item    string `json:"item"`
	Name    string `json:"name"`
	Rule    string `json:"rule"`
	Date    string `json:"date,omitempty" doc:"of the newest"`
	Entries []int  `json:"entries" doc:"places in have, counted from 0, the newest first"`
}

// TooOldItem is an item whose newest copy is older than those who read it like.
type TooOldItem struct {
	Item       string             `json:"item"`
	Name       string             `json:"name"`
	Need       string             `json:"need" enum:"must,should,if_exists"`
	Date       string             `json:"date"`
	AgeDays    int                `json:"age_days"`
	MaxDays    int                `json:"max_days"`
	Text       string             `json:"text"`
	Holder     string             `json:"holder"`
	Rule       string             `json:"rule"`
	Confidence finding.Confidence `json:"confidence" enum:"verified,unverified"`
	Entry      int                `json:"entry" doc:"place in have, counted from 0"`
}

// AskSoon warns that what is missing is not kept for ever.
type AskSoon struct {
	Item   string        `json:"item"`
	Years  int           `json:"years"`
	Until  contract.Date `json:"until,omitzero" doc:"the day until which it must be kept, where its date is known and the rule is verified"`
	Text   string        `json:"text"`
	Holder string        `json:"holder"`
	Rule   string        `json:"rule"`
}

// CheckRecords tells for a day, in "en" or "es", what a case of a specialty lacks, what is
// too old and what is wrong with what is there. The error is of type
// contract.Problems and names each wrong field. A date in the input goes before on.
//
// A rule whose source nobody read never makes an item a must. A copy that such a rule
// calls too old keeps a must from being called ready all the same: "ready" is a
// promise, and a doubt is enough to withhold it.
func CheckRecords(in CheckInput, on contract.Date, lang string, book Book) (CheckAnswer, error) {
	if !in.On.IsZero() {
		on = in.On
	}
	if err := in.validate(on, lang); err != nil {
		return CheckAnswer{}, err
	}
	k := &checker{in: in, on: on, lang: lang, book: book, out: CheckAnswer{
		Missing: []Lacking{}, Perhaps: []Lacking{}, Here: []Present{}, TooOld: []TooOldItem{}, Alarms: []Alarm{},
		AskSoon: []AskSoon{}, Matches: []Match{}, Tell: []string{}, Findings: []finding.Finding{},
	}}
	k.chooseSpecialty()
	k.sort()
	k.alarm()
	k.list()
	k.out.Ready = k.ready()
	return k.out, nil
}

// checker is one question on its way to its answer.
type checker struct {
	in    CheckInput
	on    contract.Date
	lang  string
	book  Book
	out   CheckAnswer
	mine  []bool // by place in have: whether it is the patient's
	use   []bool // and whether it counts as here
	said  map[string]bool
	wants []*want
}

func (k *checker) facts() map[string]any {
	f := map[string]any{"case.specialty": k.out.Specialty, "case.icd10": k.in.ICD10, "case.under_treatment": k.in.UnderTreatment}
	if problem := strings.TrimSpace(k.in.Diagnosis + "; " + k.in.Question); problem != ";" {
		f["case.problem"] = problem
	}
	return f
}

// chooseSpecialty takes the one given, or proposes one.
func (k *checker) chooseSpecialty() {
	if k.out.Specialty = k.in.Specialty; k.out.Specialty == "" {
		s := SpecialtyFor(k.in, k.on, k.lang, k.book)
		k.out.Specialty = s.Code
		k.out.Findings = append(k.out.Findings, s.Findings...)
		k.out.Tell = append(k.out.Tell, "specialty")
	}
	switch k.out.Specialty {
	case "oncology", "neurosurgery":
		if k.in.ICD10 == "" && k.in.Diagnosis == "" {
			k.out.Tell = append(k.out.Tell, "icd10")
		}
	}
}

// find adds a finding once.
func (k *checker) find(f finding.Finding) {
	if k.said == nil {
		k.said = map[string]bool{}
	}
	if !k.said[f.Rule] {
		k.said[f.Rule] = true
		k.out.Findings = append(k.out.Findings, f)
	}
}

// want is one item of the list, put together from every rule that names it.
type want struct {
	Lacking
	provenBy string
	modality []string
	entries  []int // newest first
}

// want puts the list together.
func (k *checker) want() finding.Verdict {
	verdict := k.book.Judge("records", k.facts(), k.on, k.lang)
	byItem := map[string]*want{}
	for _, f := range verdict.Fired {
		if f.Kind != "item" {
			continue
		}
		k.find(f.Finding)
		w := byItem[f.Sets["item"]]
		if w == nil {
			w = &want{}
			byItem[f.Sets["item"]] = w
			k.wants = append(k.wants, w)
		}
		w.take(f)
	}
	return verdict
}

// list sets what is wanted against what is here.
func (k *checker) list() {
	verdict := k.want()
	for _, w := range k.wants {
		k.seek(w)
	}
	for _, w := range k.wants {
		k.place(w)
	}
	for _, f := range verdict.Fired {
		switch f.Kind {
		case "age":
			k.age(f)
		case "keep":
			k.keep(f)
		}
	}
	rank := func(l Lacking) int { return slices.Index([]string{"must", "should", "if_exists"}, l.Need) }
	slices.SortStableFunc(k.out.Missing, func(a, b Lacking) int { return cmp.Compare(rank(a), rank(b)) })
}

// take lets a further rule speak of the item: the stronger need wins, and the words
// of the later, more special row.
func (w *want) take(f finding.Fired) {
	need := f.Sets["need"]
	if !f.Decides && need == "must" {
		need = "should"
	}
	stronger := w.Need == "" || w.Need == "if_exists" || w.Need == "should" && need == "must"
	if w.Need == "" || stronger {
		w.Need = need
	}
	w.Lacking = Lacking{
		Item: f.Sets["item"], Kind: f.Sets["kind"], Need: w.Need, Name: f.Words["name"], Why: f.Reason,
		Holder: f.Words["holder"], Rule: f.Rule, Confidence: f.Confidence,
	}
	if by := f.Sets["proven_by"]; by != "" {
		w.provenBy = by
	}
	if m := f.Sets["modality"]; m != "" {
		w.modality = strings.Fields(m)
	}
}

// seek finds the entries that answer an item.
func (k *checker) seek(w *want) {
	for i, h := range k.in.Have {
		if k.use[i] && h.answers(w) {
			w.entries = append(w.entries, i)
		}
	}
	switch {
	case w.Item == "question" && len(w.entries) == 0 && strings.TrimSpace(k.in.Question) != "":
		w.entries = []int{} // it stands in the question itself
	case w.Item == "diagnosis" && len(w.entries) == 0 && (k.in.ICD10 != "" || k.in.Diagnosis != ""):
		w.entries = []int{}
	case w.Item == "prior_images" && !k.studiesCompare(w.entries):
		w.entries = nil
	}
	slices.SortStableFunc(w.entries, func(a, b int) int {
		return clinical.CompareDates(k.dateOf(b), k.dateOf(a))
	})
}

// dateOf gives an entry's date, or one before every other.
func (k *checker) dateOf(i int) string {
	if d := k.in.Have[i].Date; d != "" {
		return d
	}
	return "0001"
}

// studiesCompare tells whether two studies of one kind are here.
func (k *checker) studiesCompare(entries []int) bool {
	seen := map[string]string{}
	for _, i := range entries {
		h := k.in.Have[i]
		key := h.Date + h.StudyUID
		for _, m := range h.modalities() {
			if was, had := seen[m]; had && was != key {
				return true
			}
			seen[m] = key
		}
		if h.Item == "prior_images" {
			return true
		}
	}
	return false
}

// place says how an item stands.
func (k *checker) place(w *want) {
	if w.entries != nil {
		p := Present{Item: w.Item, Name: w.Name, Rule: w.Rule, Entries: w.entries}
		if len(w.entries) > 0 {
			p.Date = k.in.Have[w.entries[0]].Date
		}
		k.out.Here = append(k.out.Here, p)
		k.out.List = append(k.out.List, w.row())
		return
	}
	if slices.Contains(k.in.DoesNotFit, CheckItem(w.Item)) {
		k.out.NotMine = append(k.out.NotMine, w.Lacking)
		return
	}
	l := w.Lacking
	if w.provenBy != "" && k.proven(w.provenBy) {
		l.ProvenBy = w.provenBy
		if l.Need != "must" {
			l.Need = "should"
			if l.Confidence == finding.Verified {
				l.Need = "must" // it was made, so it is no longer "if it exists"
			}
		}
	}
	k.out.List = append(k.out.List, ListItem{Item: l.Item, Kind: l.Kind, Need: l.Need, Name: l.Name})
	if l.Need == "if_exists" {
		k.out.Perhaps = append(k.out.Perhaps, l)
		return
	}
	k.out.Missing = append(k.out.Missing, l)
}

// proven tells whether an item is here, or an event is known to have been.
func (k *checker) proven(by string) bool {
	if slices.Contains(k.in.Happened, by) {
		return true
	}
	for i, h := range k.in.Have {
		if k.mine[i] && (string(h.Item) == by || by == "images" && h.isImages()) {
			return true
		}
	}
	return false
}

// age says which item is too old.
func (k *checker) age(f finding.Fired) {
	for _, w := range k.wants {
		if w.Item != f.Sets["item"] {
			continue
		}
		modality := strings.Fields(f.Sets["modality"])
		for _, i := range w.entries { // newest first
			h := k.in.Have[i]
			if h.Date == "" || len(modality) > 0 && !h.mayBe(modality) {
				continue
			}
			if days, age := f.Numbers["days"], ageDays(h.Date, k.on); age > days {
				k.find(f.Finding)
				k.out.TooOld = append(k.out.TooOld, TooOldItem{
					Item: w.Item, Name: w.Name, Need: w.Need, Date: day(h.Date), AgeDays: age, MaxDays: days,
					Text: f.Reason, Holder: w.Holder, Rule: f.Rule, Confidence: f.Confidence, Entry: i,
				})
			}
			break
		}
	}
}

// keep warns of what is missing and not kept for ever.
func (k *checker) keep(f finding.Fired) {
	for _, l := range slices.Concat(k.out.Missing, k.out.Perhaps) {
		if l.Item != f.Sets["item"] || l.Need == "if_exists" {
			continue
		}
		k.find(f.Finding)
		a := AskSoon{Item: l.Item, Years: f.Numbers["years"], Text: f.Reason, Holder: l.Holder, Rule: f.Rule}
		// What it is kept from: the report of it, or the event that shows it.
		oldest := ""
		for i, h := range k.in.Have {
			d := day(h.Date)
			if k.use[i] && len(d) == 10 && (string(h.Item) == l.ProvenBy || h.reportsOn(l)) && (oldest == "" || d < oldest) {
				oldest = d
			}
		}
		if d, err := contract.ParseDate(oldest); err == nil && f.Decides {
			a.Until = contract.DateOf(d.Time().AddDate(a.Years, 0, 0))
		}
		k.out.AskSoon = append(k.out.AskSoon, a)
	}
}

func (k *checker) ready() bool {
	blocked := slices.ContainsFunc(k.out.Missing, func(l Lacking) bool { return l.Need == "must" }) ||
		slices.ContainsFunc(k.out.TooOld, func(t TooOldItem) bool { return t.Need == "must" }) ||
		slices.ContainsFunc(k.out.Alarms, func(a Alarm) bool { return a.Blocks })
	return !blocked
}
