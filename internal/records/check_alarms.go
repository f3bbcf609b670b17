package records

import (
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

// Alarm is one thing that is wrong with what is at hand. Text says in one sentence
// what it is, why it matters and what to do; the other fields say the same in parts.
type Alarm struct {
	Kind     string   `json:"kind" enum:"report_without_images,images_without_report,wrong_patient,duplicate,unreadable,not_english,slides_due_back,images_not_here,not_dicom"`
	Reason   string   `json:"reason,omitempty" doc:"which of the forms of this kind it is, such as encrypted"`
	Text     string   `json:"text"`
	What     string   `json:"what"`
	Why      string   `json:"why"`
	Next     string   `json:"next"`
	Holder   string   `json:"holder" doc:"who has what is needed"`
	From     string   `json:"from,omitempty" doc:"who made this very record, where it says so"`
	Item     string   `json:"item,omitempty"`
	Date     string   `json:"date,omitempty" doc:"of the record; of a loan, the day on which it is due back"`
	Modality []string `json:"modality,omitempty" doc:"of images, or of a report: how they were made"`
	BodyPart string   `json:"body_part,omitempty"`
	Number   string   `json:"accession,omitempty" doc:"number of the order: whoever keeps the images finds them by it"`
	Studies  []string `json:"studies,omitempty" doc:"UIDs of the studies that the report names, or of the images"`
	About    string   `json:"about,omitempty" doc:"title of the record"`
	Files    []string `json:"files" doc:"names of the files it is about"`
	Entries  []int    `json:"entries" doc:"places in have, counted from 0"`
	Blocks   bool     `json:"blocks" doc:"the records are not ready while it stands"`
	Rule     string   `json:"rule"`
}

// sort tells which entries count: the patient's own, readable, and images only as
// DICOM.
func (k *checker) sort() {
	k.mine, k.use = make([]bool, len(k.in.Have)), make([]bool, len(k.in.Have))
	p := k.in.Patient.AsPatient()
	for i, h := range k.in.Have {
		k.mine[i] = sameRecordPatient(p, h) != clinical.Differs
		readable := h.Unreadable == "" || h.Unreadable == "no_text"
		empty := h.Instances != nil && *h.Instances == 0
		k.use[i] = k.mine[i] && readable && !(h.isImages() && (flat(h) || empty))
	}
}

// flat tells of images that are no DICOM.
func flat(h Held) bool { return slices.Contains([]string{"pdf", "picture", "print"}, h.Format) }

// alarm looks for everything that is wrong, in the order of weight.
func (k *checker) alarm() {
	limits := map[string]int{}
	for _, f := range k.book.Judge("records_alarms", nil, k.on, k.lang).Fired {
		if f.Kind == "limit" {
			limits[f.Sets["limit"]] = f.Numbers["days"]
		}
	}
	k.wrongPatients()
	for i, h := range k.in.Have {
		if k.mine[i] && h.Unreadable != "" {
			k.raise("unreadable", h.Unreadable, i)
		}
	}
	k.imagesAndReports(limits["same_study"])
	k.notWhole()
	k.duplicates()
	for i, h := range k.in.Have {
		if k.use[i] && h.Language != "" && h.Language != "en" && !strings.HasPrefix(h.Language, "en-") {
			k.raise("not_english", "", i)
		}
		if h.DueBack.IsZero() || k.on.IsZero() {
			continue
		}
		switch {
		case h.DueBack.Before(k.on):
			k.raise("slides_due_back", "overdue", i)
		case !h.DueBack.After(k.on.AddDays(limits["due_soon"])):
			k.raise("slides_due_back", "soon", i)
		}
	}
}

// wrongPatients gives one alarm for each file, however much of it there is.
func (k *checker) wrongPatients() {
	of := map[string][]int{}
	var order []string
	for i, h := range k.in.Have {
		if k.mine[i] {
			continue
		}
		key := h.SHA256 + "\x00" + h.Name
		if key == "\x00" {
			key = strconv.Itoa(i)
		}
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], i)
	}
	for _, key := range order {
		k.raise("wrong_patient", "", of[key]...)
	}
}

func (k *checker) imagesAndReports(window int) {
	all := func(i int) bool {
		return k.use[i] || k.mine[i] && k.in.Have[i].isImages() && k.in.Have[i].Unreadable == ""
	}
	k.out.Matches = MatchReports(k.in.Have, window, all)
	for i := range k.out.Matches {
		k.say(&k.out.Matches[i])
	}
	for i, h := range k.in.Have {
		if !all(i) {
			continue
		}
		matched := func(usable bool, side func(Match) (int, int)) bool {
			return slices.ContainsFunc(k.out.Matches, func(m Match) bool {
				this, other := side(m)
				return this == i && (!usable || k.use[other] || flat(k.in.Have[other]))
			})
		}
		switch {
		case h.isImageReport() && !matched(true, func(m Match) (int, int) { return m.Report, m.Images }):
			// Where the disc's list names them, that alarm says more.
			if !matched(false, func(m Match) (int, int) { return m.Report, m.Images }) {
				reason := "unnamed"
				if h.namesStudy() {
					reason = "named"
				}
				k.raise("report_without_images", reason, i)
			}
		case h.isImages() && k.use[i] && !matched(false, func(m Match) (int, int) { return m.Images, m.Report }) && !k.again(i):
			k.raise("images_without_report", "", i)
		}
	}
}

// say puts in the words of the rules by what a report and its images were matched, and
// takes from them whether that is certain.
func (k *checker) say(m *Match) {
	for _, f := range k.book.Judge("records_alarms", map[string]any{"match.by": m.By}, k.on, k.lang).Fired {
		if f.Kind == "match" {
			k.find(f.Finding)
			m.Text, m.Rule, m.Certain = f.Reason, f.Rule, f.Sets["certain"] == "yes"
		}
	}
}

// again tells of a further copy of a study.
func (k *checker) again(i int) bool {
	h := k.in.Have[i]
	return h.StudyUID != "" && slices.ContainsFunc(k.in.Have[:i], func(o Held) bool { return o.isImages() && o.StudyUID == h.StudyUID })
}

// notWhole finds images that a disc's list names and that are not here, and images
// that are no DICOM with no DICOM beside them.
func (k *checker) notWhole() {
	for i, h := range k.in.Have {
		if !k.mine[i] || !h.isImages() || h.Unreadable != "" {
			continue
		}
		here := 0
		if h.Instances != nil {
			here = *h.Instances
		}
		if h.Listed != nil && *h.Listed > here {
			k.raise("images_not_here", "", i)
			continue
		}
		if !flat(h) || k.dicomOf(h) {
			continue
		}
		k.raise("not_dicom", h.Format, i)
	}
}

// dicomOf tells whether the same images are here as DICOM too.
func (k *checker) dicomOf(flatOne Held) bool {
	for i, h := range k.in.Have {
		if !k.use[i] || !h.isImages() {
			continue
		}
		if h.StudyUID != "" && h.StudyUID == flatOne.StudyUID {
			return true
		}
		if flatOne.StudyUID == "" {
			close, dated := near(h.Date, flatOne.Date, 0)
			how, bothHow := sameModality(h, flatOne)
			where, bothWhere := samePart(h, flatOne)
			if (close || !dated) && (how || !bothHow) && (where || !bothWhere) {
				return true
			}
		}
	}
	return false
}

// duplicates finds the same bytes, the same study and the same report twice.
func (k *checker) duplicates() {
	told := map[int]bool{} // said to be a copy of an earlier one
	for i, a := range k.in.Have {
		if !k.mine[i] || told[i] {
			continue
		}
		for _, reason := range []string{"same_bytes", "same_study", "same_report"} {
			copies := []int{i}
			for j := i + 1; j < len(k.in.Have); j++ {
				b := k.in.Have[j]
				if k.mine[j] && !told[j] && twice(reason, a, b) && !slices.ContainsFunc(copies, func(c int) bool { return sameFile(k.in.Have[c], b) }) {
					copies = append(copies, j)
				}
			}
			if len(copies) > 1 {
				k.raise("duplicate", reason, copies...)
				for _, c := range copies[1:] {
					k.copied(c, told)
				}
			}
		}
	}
}

// copied marks an entry as a copy, and with it all that came out of the same file.
func (k *checker) copied(entry int, told map[int]bool) {
	told[entry] = true
	for i, h := range k.in.Have {
		if sameFile(h, k.in.Have[entry]) && h.SHA256 != "" {
			told[i] = true
		}
	}
}

// sameFile tells whether two entries come from one file: a file holds many things.
func sameFile(a, b Held) bool { return a.Name != "" && a.Name == b.Name && a.SHA256 == b.SHA256 }

func twice(reason string, a, b Held) bool {
	switch reason {
	case "same_bytes":
		if a.SHA256 != "" || b.SHA256 != "" {
			return a.SHA256 == b.SHA256
		}
		// Two lines that nothing tells apart are one thing written down twice.
		return a.Name == "" && b.Name == "" && a.Item != "" && a.Item == b.Item && len(a.Date) >= 10 && a.Date == b.Date &&
			kindOfItem(a.Item) != "data" && a.StudyUID == b.StudyUID && a.ReportForStudy == b.ReportForStudy && a.Accession == b.Accession &&
			a.BodyPart == b.BodyPart && a.Description == b.Description && slices.Equal(a.Modality, b.Modality) && a.Format == b.Format
	case "same_study":
		return a.isImages() && b.isImages() && a.StudyUID != "" && a.StudyUID == b.StudyUID
	case "same_report":
		if kindOfItem(a.Item) != "report" && kindOfItem(a.Item) != "note" || a.Item != b.Item || a.Name == b.Name && a.Name != "" {
			return false
		}
		if a.Content != "" && a.Content == b.Content {
			return true
		}
		return a.Accession != "" && a.Accession == b.Accession && a.Format != b.Format && day(a.Date) == day(b.Date)
	}
	return false
}

// raise adds an alarm in the words of the rules.
func (k *checker) raise(kind, reason string, entries ...int) {
	verdict := k.book.Judge("records_alarms", map[string]any{"alarm.kind": kind, "alarm.reason": reason}, k.on, k.lang)
	for _, f := range verdict.Fired {
		if f.Kind != "alarm" {
			continue
		}
		k.find(f.Finding)
		h := k.in.Have[entries[0]]
		a := Alarm{
			Kind: kind, Reason: reason, Text: f.Reason, What: f.Words["what"], Why: f.Words["why"], Next: f.Words["next"], Holder: f.Words["holder"],
			From: h.Holder, Item: string(h.Item), Date: day(h.Date), About: h.Description, Files: []string{}, Entries: entries,
			Blocks: f.Sets["blocks"] == "yes", Rule: f.Rule,
		}
		a.Modality, a.BodyPart, a.Number, a.Studies = h.modalities(), h.BodyPart, h.number(), h.studies()
		if h.StudyUID != "" && h.isImages() {
			a.Studies = []string{h.StudyUID}
		}
		if kind == "slides_due_back" {
			a.Date = h.DueBack.String()
		}
		for _, e := range entries {
			if name := k.in.Have[e].Name; name != "" && !slices.Contains(a.Files, name) {
				a.Files = append(a.Files, name)
			}
		}
		k.out.Alarms = append(k.out.Alarms, a)
	}
}
