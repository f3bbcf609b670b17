package hl7v2

import (
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// imaging are the departments of HL7 table 0074 that make images. Their orders carry
// the accession number in OBR-18 (IHE Radiology, Scheduled Workflow); elsewhere that
// field is free.
var imaging = []string{"RAD", "RX", "XRC", "CT", "NMR", "MRI", "MR", "RUS", "US", "CUS", "VUS", "OUS", "NMS", "PET", "MAM", "NM", "IMG"}

// orderOf reads the numbers of an order (OBR): of who placed it, of who filled it, and
// of the images.
func (r *reader) orderOf(f []string) clinical.Exam {
	var e clinical.Exam
	if n := r.part(at(f, 18), 0); slices.Contains(imaging, r.part(at(f, 24), 0)) {
		e.AddAccession(n, "")
	} else {
		e.AddOrder(n)
	}
	for _, i := range []int{2, 3} {
		e.AddOrder(r.part(at(f, i), 0))
	}
	code, words, _ := strings.Cut(r.part(at(f, 15), 3), string(r.sub))
	if words, _, _ = strings.Cut(words, string(r.sub)); words != "" {
		code = words
	}
	e.BodyPart, e.Laterality = clip(code, 200), clinical.Side(r.part(at(f, 45), 0))
	return e
}

// examNumber reads an observation that is no finding but a number of the examination:
// 113014 and 110180 of DICOM name a study, 121022 is the accession number.
func (r *reader) examNumber(codes []clinical.Code, raw string) bool {
	if len(codes) == 0 {
		return false
	}
	value := strings.TrimPrefix(r.part(raw, 0), "urn:oid:")
	var e clinical.Exam
	switch codes[0].Code {
	case "113014", "110180":
		if e.AddStudy(value); len(e.StudyUIDs) == 0 {
			return false
		}
		if len(r.out.Studies) < 1000 {
			r.out.Studies = append(r.out.Studies, clinical.Study{UID: value, Modality: []string{}, Date: r.date})
		}
	case "121022":
		if e.AddAccession(value, ""); e.Accession == "" {
			return false
		}
	default:
		return false
	}
	r.examined(e)
	return true
}

// procedureOf reads a segment that names the images of an order: IPC, or ZDS of IHE.
func (r *reader) procedureOf(name string, f []string) {
	var e clinical.Exam
	switch name {
	case "IPC":
		e.AddAccession(r.part(at(f, 1), 0), r.part(at(f, 1), 1))
		e.AddStudy(r.part(at(f, 3), 0))
		e.AddModality(r.part(at(f, 5), 0))
	case "ZDS":
		e.AddStudy(r.part(at(f, 1), 0))
	}
	r.examined(e)
}

// examined adds to the report that is being read, or to the document that comes next.
func (r *reader) examined(e clinical.Exam) {
	switch {
	case e.Empty():
	case r.report < 0:
		r.exam.Add(e)
	default:
		f := &r.out.Facts[r.report]
		if f.Exam == nil {
			f.Exam = &clinical.Exam{}
		}
		f.Exam.Add(e)
	}
}
