package records

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"consilium/internal/clinical"
)

// Gathered is what the files of a case show: the things at hand, and the events that
// prove that more was made.
type Gathered struct {
	Have     []Held
	Happened []string
}

// Into adds what was gathered to a question.
func (g Gathered) Into(in *CheckInput) {
	in.Have = append(in.Have, g.Have...)
	for _, h := range g.Happened {
		if !slices.Contains(in.Happened, h) {
			in.Happened = append(in.Happened, h)
		}
	}
}

// FilesOf makes files of readings, for readings that lie in no case: the patient in
// each is compared with the one given.
func FilesOf(patient clinical.Patient, readings []clinical.Reading) []File {
	files := make([]File, len(readings))
	for i, r := range readings {
		files[i] = File{Received: Received{SHA256: r.SHA256, Name: r.Name, Size: r.Size}, Read: true, Piece: judge(r, r.SHA256, patient, nil)}
	}
	return files
}

// Gather derives from the readings what is at hand: each report by itself, the images
// by study over all files, data by kind and file, and every file that cannot be read.
// What the person says a file is goes before what its name suggests.
func Gather(files []File) Gathered {
	g := &gatherer{studies: map[string]*Held{}, events: map[string]bool{}, seen: map[string]string{}}
	for _, f := range files {
		if f.Piece.Belongs == SetAside {
			continue
		}
		g.file(f)
	}
	g.imageSets()
	for _, e := range []string{"tissue", "operation", "hospital_stay", "cancer_drugs", "radiation", "implant", "images"} {
		if g.events[e] {
			g.out.Happened = append(g.out.Happened, e)
		}
	}
	return g.out
}

type gatherer struct {
	out     Gathered
	studies map[string]*Held
	order   []string
	events  map[string]bool
	seen    map[string]string // SHA-256 of an image to the name it was first seen under
}

func (g *gatherer) file(f File) {
	f.Piece.Each(func(p Piece) {
		if p.Belongs == SetAside {
			return
		}
		h := Held{Name: p.Name, SHA256: p.SHA256, Top: p.Top, Date: day(p.Date)}
		h.whose(p)
		if p.SHA256 == f.SHA256 {
			h.Name, h.Item, h.Holder = f.Name, CheckItem(f.Label.Item), f.Label.From
			if f.Label.Date != "" {
				h.Date = f.Label.Date
			}
			for _, again := range f.Again {
				copied := h
				copied.Name, copied.Item = again.Name, OtherItem
				g.out.Have = append(g.out.Have, copied)
			}
		}
		g.piece(p, h)
	})
}

// whose takes over the patient of a piece, and the person's own word on it.
func (h *Held) whose(p Piece) {
	if p.Patient != nil {
		h.PatientName, h.PatientBirthDate = p.Patient.Name, p.Patient.BirthDate
		if !clinical.ReadableDate(h.PatientBirthDate) {
			h.PatientBirthDate = ""
		}
	}
	no, yes := false, true
	switch p.Belongs {
	case Differs:
		h.PatientConfirmed = &no
	case Said, Fits, Check, Nobody:
		h.PatientConfirmed = &yes
	}
}

func (g *gatherer) piece(p Piece, h Held) {
	reason := unreadable(p.Reading)
	switch p.Kind {
	case clinical.FileDICOM, clinical.FileDICOMDIR:
		if reason == "" {
			g.dicom(p, h)
			if len(p.Used) > 0 {
				g.factsOf(p, h) // a structured report
			}
			return
		}
		for _, s := range p.Studies {
			h.StudyUID, h.Modality, h.Description = s.UID, s.Modality, s.Description
		}
		h.Item, h.Format = "images", "dicom"
	case clinical.FilePDF, clinical.FileImage:
		h.Format = map[string]string{clinical.FilePDF: "pdf", clinical.FileImage: "picture"}[p.Kind]
		h.Description = p.Title
		if len(p.Used) > 0 && reason == "" {
			g.factsOf(p, h)
			return
		}
		if h.Item == "" {
			h.Item = itemByName(h.Name, p.Kind)
			h.Description = base(h.Name)
		}
	default:
		if reason == "" {
			g.factsOf(p, h)
			return
		}
	}
	if h.Item == "" {
		h.Item = OtherItem
	}
	h.Unreadable = reason
	if reason != "" || p.Kind == clinical.FilePDF || p.Kind == clinical.FileImage {
		g.out.Have = append(g.out.Have, h)
	}
	if reason != "" && len(p.Used) > 0 {
		h.Unreadable = ""
		g.factsOf(p, h) // what came whole before the end counts
	}
}

// dicom adds a file to its study.
func (g *gatherer) dicom(p Piece, h Held) {
	for _, s := range p.Studies {
		if len(s.Modality) > 0 && !slices.ContainsFunc(s.Modality, pictured) {
			continue // a plan, a report or a marking, and no picture
		}
		key := s.UID + "\x00" + confirmed(h)
		had := g.studies[key]
		if had == nil {
			n := h
			n.Item, n.Format, n.StudyUID, n.Modality, n.Description = "images", "dicom", s.UID, slices.Clone(s.Modality), s.Description
			n.Date, n.Instances = day(s.Date), new(int)
			n.SHA256 = "" // it stands for many files
			had = &n
			g.studies[key] = had
			g.order = append(g.order, key)
		}
		for _, m := range s.Modality {
			if !slices.Contains(had.Modality, m) {
				had.Modality = append(had.Modality, m)
			}
		}
		if had.Date == "" {
			had.Date = day(s.Date)
		}
		if had.Description == "" {
			had.Description = s.Description
		}
		if p.Kind == clinical.FileDICOMDIR {
			n := s.Instances
			if had.Listed != nil {
				n = max(n, *had.Listed)
			}
			had.Listed = &n
			continue
		}
		if first, twice := g.seen[p.SHA256]; twice && first != h.Name {
			if g.studies[key+"\x00again"] == nil { // one line for a whole disc that is here twice
				again := *had
				again.Name, again.Instances, again.Listed = h.Name, new(int), nil
				g.studies[key+"\x00again"] = &again
				g.order = append(g.order, key+"\x00again")
			}
			*g.studies[key+"\x00again"].Instances++
			continue
		}
		g.seen[p.SHA256] = h.Name
		*had.Instances++
	}
}

// pictured tells whether a DICOM modality is one of pictures.
func pictured(modality string) bool { return !slices.Contains(unpictured, modality) }

var unpictured = []string{"SR", "PR", "KO", "DOC", "SEG", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "PLAN", "FID", "AU", "ECG", "EPS", "HD", "RESP", "SMR", "STAIN"}

func confirmed(h Held) string {
	if h.PatientConfirmed != nil && !*h.PatientConfirmed {
		return "other"
	}
	return ""
}

func (g *gatherer) imageSets() {
	for _, key := range g.order {
		g.out.Have = append(g.out.Have, *g.studies[key])
	}
}

// factsOf adds what the facts of a piece show.
func (g *gatherer) factsOf(p Piece, h Held) {
	facts := p.Used
	if p.Belongs == Differs {
		facts = nil
		if h.Item == "" {
			h.Item = OtherItem
		}
		g.out.Have = append(g.out.Have, h) // that it is somebody else's must be said, and no more of it
		return
	}
	h.Format = formatOf(p.Kind)
	data := map[CheckItem]*Held{}
	var order []CheckItem
	add := func(item CheckItem, date string) {
		d := data[item]
		if d == nil {
			n := h
			n.Item, n.Date = item, day(date)
			d = &n
			data[item] = d
			order = append(order, item)
		}
		if clinical.ReadableDate(day(date)) && (d.Date == "" || clinical.CompareDates(d.Date, day(date)) < 0) {
			d.Date = day(date)
		}
	}
	reports := 0
	for _, f := range clinical.Standing(facts) {
		g.event(f)
		switch f.Kind {
		case clinical.Report, clinical.Document:
			if r, ok := reportOf(f, h); ok {
				reports++
				g.out.Have = append(g.out.Have, r)
			}
			sections(f, add)
		case clinical.Condition:
			add("diagnosis", f.Date)
		case clinical.Medication:
			add("medication_list", f.Date)
		case clinical.Allergy:
			add("allergies", f.Date)
		case clinical.Result:
			if item, ok := itemOf(f); ok && kindOfItem(item) == "data" {
				add(item, f.Date)
			}
			if !vital(f) {
				add("test_results", f.Date)
			}
		}
	}
	for _, item := range order {
		g.out.Have = append(g.out.Have, *data[item])
	}
	if h.Item != "" && reports == 0 && !slices.Contains(order, h.Item) {
		g.out.Have = append(g.out.Have, h) // the person says what it is
	}
}

// vitals are LOINC codes of what is measured at every visit: no test that a second
// doctor would ask for.
var vitals = []string{"8867-4", "9279-1", "85354-9", "8480-6", "8462-4", "8302-2", "29463-7", "39156-5", "8310-5", "59408-5", "2708-6", "72166-2", "85353-1", "72514-3", "9843-4"}

func vital(f clinical.Fact) bool {
	return slices.ContainsFunc(f.Codes, func(c clinical.Code) bool { return slices.Contains(vitals, c.Code) })
}

// reportOf makes one line of a report or a document.
func reportOf(f clinical.Fact, h Held) (Held, bool) {
	item, ok := itemOf(f)
	if h.Item != "" && h.Item != OtherItem {
		item, ok = h.Item, true // the person's word
	}
	if !ok {
		return h, false
	}
	h.Item, h.Fact, h.Description = item, f.ID, f.Text
	if d := day(f.Date); clinical.ReadableDate(d) {
		h.Date = d
	}
	if f.Who != "" {
		h.Holder = f.Who
	}
	if picturesOf(item) != "" {
		h.Modality = modalitiesIn(f.Text)
	}
	h.ReportForStudy, h.Accession = studyOf(f), accessionOf(f)
	text := wordsOf(f)
	h.Content, h.Language = fingerprint(text), languageOf(text)
	return h, true
}

// studyOf and accessionOf find the numbers that tie a report to its images, where the
// reader gives them as codes or parts of the fact.
func studyOf(f clinical.Fact) string {
	for _, c := range f.Components {
		for _, code := range c.Codes {
			if code.Code == "110180" || code.System == "urn:dicom:uid" {
				return strings.TrimPrefix(c.Value+codeIf(c.Value == "", code.Code), "urn:oid:")
			}
		}
	}
	return ""
}

func accessionOf(f clinical.Fact) string {
	for _, c := range f.Components {
		for _, code := range c.Codes {
			if code.Code == "ACSN" || code.Code == "121022" {
				return c.Value
			}
		}
	}
	return ""
}

func codeIf(is bool, code string) string {
	if is {
		return code
	}
	return ""
}

// sections lets the parts of a document count: a note of a visit holds a list of
// medicines and of allergies as words, even where no entry stands behind them.
func sections(f clinical.Fact, add func(CheckItem, string)) {
	for _, c := range f.Components {
		if strings.TrimSpace(c.Value) == "" {
			continue
		}
		for _, code := range c.Codes {
			switch code.Code {
			case "10160-0":
				add("medication_list", f.Date)
			case "48765-2":
				add("allergies", f.Date)
			}
		}
	}
}

// events are what proves that further records were made, by the words of procedures.
var events = []struct {
	event string
	words []string
}{
	{"tissue", []string{"biops", "mastectomy", "lumpectomy", "resection", "excision"}},
	{"operation", []string{"operat", "surg", "craniotomy", "laminectomy", "discectomy", "fusion", "arthroplasty", "replacement of", "bypass", "mastectomy", "lumpectomy", "resection", "transplant", "hysterectomy", "prostatectomy", "nephrectomy", "colectomy", "appendectomy", "cholecystectomy", "thyroidectomy"}},
	{"radiation", []string{"radiotherapy", "radiation therapy", "teletherapy", "brachytherapy", "radioterapia"}},
	{"cancer_drugs", []string{"chemotherapy", "quimioterapia", "immunotherapy for"}},
	{"implant", []string{"implant", "pacemaker", "arthroplasty", "spinal fusion", "defibrillator"}},
}

func (g *gatherer) event(f clinical.Fact) {
	switch f.Kind {
	case clinical.Procedure:
		if s := changed(f.Status); s != "" && s != "stopped" {
			return // planned, or not done
		}
		text := strings.ToLower(f.Text)
		for _, e := range events {
			if saysOne(text, e.words) {
				g.events[e.event] = true
			}
		}
	case clinical.ImagingStudy:
		g.events["images"] = true
	case clinical.Encounter:
		text := strings.ToLower(f.Text)
		if saysOne(text, []string{"inpatient", "hospital admission", "imp", "hospitaliz"}) {
			g.events["hospital_stay"] = true
		}
	}
}

// unreadable gives why nobody can read a file, "" when it can be read. A file of which
// only some entries are wrong is readable.
func unreadable(r clinical.Reading) string {
	for _, i := range r.Issues {
		key := i.Key[strings.LastIndexByte(i.Key, '.')+1:]
		switch {
		case i.Key == "intake.empty":
			return "empty"
		case key == "pdf_encrypted":
			return "encrypted"
		case key == "encrypted":
			return "locked_archive"
		case key == "cut_short" || key == "pdf_no_end" || key == "image_cut":
			return "truncated"
		case i.Severity == clinical.Error && (key == "damaged" || strings.HasSuffix(key, "_damaged") || key == "not_json" || key == "not_read" || key == "reader_failed"):
			return "damaged"
		case key == "pdf_no_text" || key == "no_text" || key == "pdf_scanned":
			return "no_text"
		}
	}
	if r.Kind == clinical.FileDICOMDIR && len(r.Studies) == 0 {
		return "empty_disc"
	}
	return ""
}

func formatOf(kind string) string {
	switch kind {
	case clinical.FileFHIRBundle, clinical.FileFHIRNDJSON, clinical.FileFHIRResource, clinical.FileHealthCard:
		return "fhir"
	case clinical.FileCCDA:
		return "ccda"
	case clinical.FileHL7v2:
		return "hl7v2"
	case clinical.FilePDF:
		return "pdf"
	case clinical.FileImage:
		return "picture"
	case clinical.FileDICOM:
		return "dicom"
	}
	return "other"
}

// itemByName guesses what a paper is by the name of its file. A picture whose name
// speaks of a scan is a picture of the scan; a PDF is the report.
func itemByName(name, kind string) CheckItem {
	text := strings.ToLower(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(base(name)))
	if saysOne(text, []string{"images", "pictures", "prints", "imágenes"}) {
		return "images"
	}
	item, ok := itemByWords(text)
	switch {
	case !ok:
		return OtherItem
	case item == "imaging_reports" && kind == clinical.FileImage && !saysOne(text, []string{"report", "informe"}):
		return "images"
	}
	return item
}

func base(name string) string { return Received{Name: name}.Base() }

// wordsOf gives all the words of a report.
func wordsOf(f clinical.Fact) string {
	parts := []string{f.Detail, f.Value}
	for _, c := range f.Components {
		parts = append(parts, c.Value)
	}
	return strings.Join(parts, "\n")
}

// shortest is how many words a text must have for its fingerprint and its language to
// mean anything.
const shortest = 12

// fingerprint is the same for two texts that differ only in spaces, case and signs.
func fingerprint(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) < shortest {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(sum[:16])
}
