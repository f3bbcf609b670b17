package records

import (
	"slices"
	"strings"

	"consilium/internal/clinical"
)

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
				g.report(r, f)
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
	if !ok && (h.Format == "pdf" || h.Format == "picture") {
		item, ok = itemOfPage(f, h.Name), true
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
	text := wordsOf(f)
	h.tied(f, text)
	h.Content, h.Language = fingerprint(text), languageOf(text)
	return h, true
}

// heading is how many letters of a page are looked at to tell what it is.
const heading = 300

// itemOfPage tells what a paper is by the head of its first page, else by the name of
// its file.
func itemOfPage(f clinical.Fact, name string) CheckItem {
	if len(f.Components) > 0 {
		text := strings.ToLower(f.Components[0].Value)
		if item, ok := itemByWords(text[:min(len(text), heading)]); ok {
			return item
		}
	}
	return itemByName(name, clinical.FilePDF)
}

// tied gives a report the numbers and the rest by which its images or its tissue are
// found: those that its reader found, and those that its own words call so.
func (h *Held) tied(f clinical.Fact, text string) {
	var e clinical.Exam
	if f.Exam != nil {
		e.Add(*f.Exam)
	}
	for _, n := range numbersIn(text) {
		e.AddOrder(n)
	}
	if len(e.StudyUIDs) > 0 {
		h.ReportForStudy = e.StudyUIDs[0]
	}
	if len(e.StudyUIDs) > 1 {
		h.ReportForStudies = e.StudyUIDs
	}
	h.Accession, h.AccessionIssuer, h.OrderNumbers = e.Accession, e.Issuer, e.Orders
	h.BodyPart, h.Laterality = e.BodyPart, e.Laterality
	if len(h.Modality) == 0 && picturesOf(h.Item) != "" {
		h.Modality = slices.DeleteFunc(e.Modality, func(m string) bool { return !pictured(m) })
	}
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
