package records

import (
	"slices"
	"strings"

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
	g.sameReports()
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
	texts   []reportText
}

func (g *gatherer) file(f File) {
	f.Piece.Each(func(p Piece) {
		if p.Belongs == SetAside {
			return
		}
		h := Held{Name: p.Name, SHA256: p.SHA256, Top: p.Top, Date: day(p.Date)}
		h.whose(p)
		if p.SHA256 == f.SHA256 && (p.SHA256 != "" || p.Name == f.Name) { // what is locked has no hash
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
	if reason == "locked_archive" {
		if i := strings.LastIndexByte(h.Name, '/'); i > 0 && p.Kind != clinical.FileZIP {
			h.Name, h.SHA256 = h.Name[:i], "" // one line for a whole archive
		}
		if g.seen[h.Name+reason] != "" {
			return
		}
		g.seen[h.Name+reason] = h.Name
	}
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
			h.complete(s)
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
			n.Accession, n.AccessionIssuer, n.BodyPart, n.Laterality = s.Accession, s.Issuer, s.BodyPart, s.Laterality
			n.SHA256 = "" // it stands for many files
			had = &n
			g.studies[key] = had
			g.order = append(g.order, key)
		}
		had.complete(s)
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

// complete takes over from a further file of a study what was not known yet.
func (h *Held) complete(s clinical.Study) {
	for _, m := range s.Modality {
		if !slices.Contains(h.Modality, m) {
			h.Modality = append(h.Modality, m)
		}
	}
	if h.Date == "" {
		h.Date = day(s.Date)
	}
	if h.Description == "" {
		h.Description = s.Description
	}
	if h.Accession == "" {
		h.Accession, h.AccessionIssuer = s.Accession, s.Issuer
	}
	if h.BodyPart == "" {
		h.BodyPart = s.BodyPart
	}
	switch {
	case h.Laterality == "":
		h.Laterality = s.Laterality
	case s.Laterality != "" && s.Laterality != h.Laterality:
		h.Laterality = "B" // a study of both sides has series of each
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
