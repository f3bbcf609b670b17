package records

import (
	"slices"
	"strings"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/contract"
)

// Match says that a report belongs to a set of images, and by what that is known.
type Match struct {
	Report  int    `json:"report" doc:"place in have, counted from 0"`
	Images  int    `json:"images" doc:"place in have, counted from 0"`
	By      string `json:"by" enum:"study_uid,accession,accession_alone,modality_body_part_date,modality_date,date,nothing_against" doc:"the strongest thing that ties them; accession_alone: the number is the same, and neither who gave it nor the day confirms it; nothing_against: too little is known to tell them apart"`
	Certain bool   `json:"certain" doc:"a number that only this study has ties them; anything else is a likeness"`
	Text    string `json:"text" doc:"the same in one sentence"`
	Rule    string `json:"rule"`
}

// MatchReports ties each report of the entries to its images. Numbers decide where
// both sides have one; else what was looked at, how, and a date at most window days
// apart. The entries that use refuses take no part. A report on several studies is tied
// to each of them by number.
func MatchReports(have []Held, window int, use func(int) bool) []Match {
	out := []Match{}
	for r, report := range have {
		if !use(r) || !report.isImageReport() {
			continue
		}
		best := len(matchWays)
		var mine []Match
		for i, images := range have {
			if !use(i) || !images.isImages() {
				continue
			}
			by := tie(report, images, window)
			rank := slices.Index(matchWays, by)
			if by == "" || rank > best {
				continue
			}
			if rank < best {
				best, mine = rank, nil
			}
			mine = append(mine, Match{Report: r, Images: i, By: by})
		}
		out = append(out, mine...)
	}
	return out
}

// matchWays are the ways to match, the strongest first.
var matchWays = []string{"study_uid", "accession", "accession_alone", "modality_body_part_date", "modality_date", "date", "nothing_against"}

// tie says by what a report and images belong together, "" when they do not.
func tie(report, images Held, window int) string {
	if studies := report.studies(); len(studies) > 0 && images.StudyUID != "" {
		if slices.Contains(studies, images.StudyUID) {
			return "study_uid"
		}
		return ""
	}
	number, numbers := sameNumber(report, images)
	if numbers && !number {
		return ""
	}
	if number {
		day, dated := near(report.Date, images.Date, 0)
		if day && dated || sameIssuer(report, images) {
			return "accession"
		}
	}
	near, known := near(report.Date, images.Date, window)
	if known && !near && !number {
		return ""
	}
	how, both := sameModality(report, images)
	where, bothParts := samePart(report, images)
	if both && !how || bothParts && !where || otherSide(report, images) {
		return ""
	}
	switch {
	case number:
		return "accession_alone"
	case known && both && bothParts:
		return "modality_body_part_date"
	case known && both:
		return "modality_date"
	case known:
		return "date"
	}
	return "nothing_against"
}

// near tells whether two dates can be at most so many days apart, and whether both
// are known.
func near(a, b string, days int) (is, known bool) {
	a0, a1, ok1 := span(a)
	b0, b1, ok2 := span(b)
	if !ok1 || !ok2 {
		return false, false
	}
	room := time.Duration(days) * 24 * time.Hour
	return !a0.After(b1.Add(room)) && !b0.After(a1.Add(room)), true
}

// span gives the first and the last day that a date of any precision can mean.
func span(date string) (from, to time.Time, ok bool) {
	d := day(date)
	switch len(d) {
	case 4:
		t, err := time.Parse("2006", d)
		return t, t.AddDate(1, 0, -1), err == nil
	case 7:
		t, err := time.Parse("2006-01", d)
		return t, t.AddDate(0, 1, -1), err == nil
	}
	t, err := time.Parse(time.DateOnly, d)
	return t, t, err == nil
}

// day is the day of a date that may be an instant.
func day(date string) string {
	if len(date) > 10 {
		return date[:10]
	}
	return date
}

// ageDays counts from the last day that a date can mean, so that nothing is called old
// too soon.
func ageDays(date string, on contract.Date) int {
	_, last, ok := span(date)
	if !ok {
		return 0
	}
	return contract.DateOf(last).DaysUntil(on)
}

// spoken are the words by which people call what a machine makes.
var spoken = []struct {
	code  string
	words []string
}{
	{"MR", []string{"mri", "magnetic resonance", "resonancia", "mr brain", "mr spine"}},
	{"PT", []string{"pet"}},
	{"CT", []string{"ct", "computed tomograph", "tomograf"}},
	{"MG", []string{"mammogra", "mamogra"}},
	{"US", []string{"ultrasound", "sonogra", "echocardiogra", "ecograf", "ecocardiogra"}},
	{"XA", []string{"angiogra", "catheteri"}},
	{"DX", []string{"x-ray", "xray", "radiograph", "radiograf"}},
	{"NM", []string{"scintigra", "bone scan", "nuclear"}},
}

// films are modalities that people all call X-rays.
var films = []string{"CR", "DX", "RF", "RG"}

// modalitiesIn gives the modalities that a title speaks of.
func modalitiesIn(title string) []string {
	text := strings.ToLower(title)
	var out []string
	for _, s := range spoken {
		if saysOne(text, s.words) {
			out = append(out, s.code)
		}
	}
	return out
}

func sameModality(a, b Held) (same, both bool) {
	x, y := a.modalities(), b.modalities()
	if len(x) == 0 {
		x = modalitiesIn(a.Description)
	}
	if len(y) == 0 {
		y = modalitiesIn(b.Description)
	}
	if len(x) == 0 || len(y) == 0 {
		return false, false
	}
	return slices.ContainsFunc(x, func(m string) bool {
		return slices.Contains(y, m) || slices.Contains(films, m) && slices.ContainsFunc(y, func(n string) bool { return slices.Contains(films, n) })
	}), true
}

// parts are parts of the body by the words that name them, in English, Spanish and
// as DICOM does.
var parts = [][]string{
	{"brain", "head", "skull", "cereb", "cranial", "cráneo", "cabeza"},
	{"neck", "cervical", "cspine", "cuello"},
	{"thoracic spine", "tspine", "dorsal"},
	{"lumbar", "lspine", "lumbosacral"},
	{"chest", "thorax", "lung", "tórax", "pulm"},
	{"breast", "mammogra", "mama"},
	{"heart", "cardiac", "coronar", "echocardio", "corazón"},
	{"abdom", "liver", "hígado"},
	{"pelvis", "pelvic", "prostat", "próstata"},
	{"hip", "cadera"},
	{"knee", "rodilla"},
	{"shoulder", "hombro"},
	{"ankle", "foot", "tobillo", "pie"},
	{"wrist", "hand", "muñeca", "mano"},
	{"elbow", "codo"},
	{"thyroid", "tiroides"},
	{"kidney", "renal", "riñón"},
}

func partsIn(text string) []int {
	text = strings.ToLower(text)
	var out []int
	for i, words := range parts {
		if saysOne(text, words) {
			out = append(out, i)
		}
	}
	// A spine without a word on which part of it may be any part.
	if saysOne(text, []string{"spine", "spinal", "columna"}) && !slices.ContainsFunc(out, func(p int) bool { return slices.Contains(spine, p) }) {
		out = append(out, spine...)
	}
	return out
}

// spine are the places in parts of the parts of the spine.
var spine = []int{1, 2, 3}

// samePart compares what two entries show.
func samePart(a, b Held) (same, both bool) {
	x, y := partsIn(a.BodyPart+" "+a.Description), partsIn(b.BodyPart+" "+b.Description)
	if len(x) == 0 || len(y) == 0 {
		return false, false
	}
	return slices.ContainsFunc(x, func(p int) bool { return slices.Contains(y, p) }), true
}

// sameRecordPatient compares whose an entry is with the case's patient.
func sameRecordPatient(p clinical.Patient, h Held) clinical.Sameness {
	if h.PatientConfirmed != nil {
		if *h.PatientConfirmed {
			return clinical.Same
		}
		return clinical.Differs
	}
	if h.PatientName == "" && h.PatientBirthDate == "" || p.Name == "" && p.BirthDate == "" {
		return clinical.CannotSay
	}
	same, _ := clinical.SamePatient(p, clinical.Patient{Name: h.PatientName, BirthDate: h.PatientBirthDate})
	return same
}
