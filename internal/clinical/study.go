package clinical

import (
	"slices"
	"strings"
)

// Study is one imaging study.
type Study struct {
	UID         string   `json:"study_uid"`
	Modality    []string `json:"modality"` // DICOM codes, such as "CT"
	Date        string   `json:"date,omitempty"`
	Description string   `json:"description,omitempty"`
	Series      int      `json:"series"`
	Instances   int      `json:"instances"`
	SeriesUIDs  []string `json:"series_uids,omitempty"` // when the files themselves were seen
	Accession   string   `json:"accession,omitempty"`   // number of the order, given by the department that made the images
	Issuer      string   `json:"issuer,omitempty"`      // whose number it is, as the file says it: an OID, a URI or a name
	BodyPart    string   `json:"body_part,omitempty"`   // as the file names it
	Laterality  string   `json:"laterality,omitempty"`  // L, R or B: DICOM (0020,0060)
}

// Exam is what a fact says of the examination that it comes from or reports on: the
// numbers by which a report and its images, or a report and its specimen, find each
// other, and what was looked at.
type Exam struct {
	StudyUIDs  []string `json:"study_uids,omitempty"` // DICOM Study Instance UIDs
	Accession  string   `json:"accession,omitempty"`  // as of Study
	Issuer     string   `json:"issuer,omitempty"`
	Orders     []string `json:"orders,omitempty"` // other numbers of the order: of whoever placed it, or of no said kind
	Modality   []string `json:"modality,omitempty"`
	BodyPart   string   `json:"body_part,omitempty"`
	Laterality string   `json:"laterality,omitempty"`
}

// Limits of one exam. Real reports are about one or two studies.
const (
	maxExamNumbers = 16
	maxExamNumber  = 128 // bytes; DICOM allows 64 letters for a UID and 16 for an accession number
)

// Empty tells whether nothing is said.
func (e Exam) Empty() bool {
	return len(e.StudyUIDs)+len(e.Orders)+len(e.Modality) == 0 && e.Accession == "" && e.BodyPart == "" && e.Laterality == ""
}

// OrNil gives the exam for a fact: nil where nothing is said.
func (e Exam) OrNil() *Exam {
	if e.Empty() {
		return nil
	}
	return &e
}

// AddStudy adds the number of a study, with or without "urn:oid:". What is no UID is
// left out.
func (e *Exam) AddStudy(uid string) {
	uid = strings.TrimPrefix(strings.TrimSpace(uid), "urn:oid:")
	if !isUID(uid) || len(e.StudyUIDs) >= maxExamNumbers || slices.Contains(e.StudyUIDs, uid) {
		return
	}
	e.StudyUIDs = append(e.StudyUIDs, uid)
}

// AddAccession adds an accession number. A second one stays as a number of the order.
func (e *Exam) AddAccession(number, issuer string) {
	number = strings.TrimSpace(number)
	switch {
	case number == "" || len(number) > maxExamNumber || number == e.Accession:
	case e.Accession == "":
		e.Accession = number
		if issuer = strings.TrimSpace(issuer); len(issuer) <= maxExamNumber {
			e.Issuer = strings.TrimPrefix(issuer, "urn:oid:")
		}
		e.Orders = slices.DeleteFunc(e.Orders, func(o string) bool { return o == number })
	default:
		e.AddOrder(number)
	}
}

// AddOrder adds a number of the order that nothing calls the accession number.
func (e *Exam) AddOrder(number string) {
	number = strings.TrimSpace(number)
	if number == "" || len(number) > maxExamNumber || number == e.Accession || len(e.Orders) >= maxExamNumbers || slices.Contains(e.Orders, number) {
		return
	}
	e.Orders = append(e.Orders, number)
}

// AddModality adds a DICOM modality code.
func (e *Exam) AddModality(code string) {
	if code != "" && len(code) <= 16 && len(e.Modality) < maxExamNumbers && !slices.Contains(e.Modality, code) {
		e.Modality = append(e.Modality, code)
	}
}

// Add takes over what another exam says: every number, and the rest where nothing is
// said yet.
func (e *Exam) Add(o Exam) {
	for _, u := range o.StudyUIDs {
		e.AddStudy(u)
	}
	e.AddAccession(o.Accession, o.Issuer)
	for _, n := range o.Orders {
		e.AddOrder(n)
	}
	for _, m := range o.Modality {
		e.AddModality(m)
	}
	if e.BodyPart == "" {
		e.BodyPart = o.BodyPart
	}
	if e.Laterality == "" {
		e.Laterality = o.Laterality
	}
}

// isUID tells whether s can be a DICOM UID: digits and points.
func isUID(s string) bool {
	return len(s) >= 3 && len(s) <= maxExamNumber && strings.IndexByte(s, '.') > 0 && strings.Trim(s, "0123456789.") == ""
}

// Side gives a DICOM laterality of a word or code: L, R, B, or "" where it is none.
// The numbers are SNOMED CT's, as FHIR's bodysite-laterality lists them, and those of
// left and right themselves.
func Side(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "l", "left", "unilateral left", "7771000", "419161000", "lt":
		return "L"
	case "r", "right", "unilateral right", "24028007", "419465000", "rt":
		return "R"
	case "b", "both", "bilateral", "51440002", "right and left":
		return "B"
	}
	return ""
}

// MergeStudies puts together what several files say about the same studies, in
// the order in which each study is first seen. Files of one study add up; a
// series that several files belong to counts once.
func MergeStudies(all []Study) []Study {
	var out []Study
	at := map[string]int{}
	seen := map[string]bool{}
	for _, s := range all {
		i, known := at[s.UID]
		if !known || s.UID == "" {
			s.Modality, s.SeriesUIDs = slices.Clone(s.Modality), slices.Clone(s.SeriesUIDs)
			for _, u := range s.SeriesUIDs {
				seen[s.UID+"\x00"+u] = true
			}
			if s.UID != "" {
				at[s.UID] = len(out)
			}
			out = append(out, s)
			continue
		}
		m := &out[i]
		m.Instances += s.Instances
		for _, mod := range s.Modality {
			if !slices.Contains(m.Modality, mod) {
				m.Modality = append(m.Modality, mod)
			}
		}
		for _, u := range s.SeriesUIDs {
			if key := s.UID + "\x00" + u; !seen[key] {
				seen[key] = true
				m.SeriesUIDs = append(m.SeriesUIDs, u)
			}
		}
		m.Series = max(m.Series, s.Series, len(m.SeriesUIDs))
		if m.Date == "" {
			m.Date = s.Date
		}
		if m.Description == "" {
			m.Description = s.Description
		}
		m.complete(s)
	}
	return out
}

// complete takes over what names a study and was not said yet.
func (m *Study) complete(s Study) {
	if m.Accession == "" {
		m.Accession, m.Issuer = s.Accession, s.Issuer
	}
	if m.BodyPart == "" {
		m.BodyPart = s.BodyPart
	}
	switch {
	case m.Laterality == "":
		m.Laterality = s.Laterality
	case s.Laterality != "" && s.Laterality != m.Laterality:
		m.Laterality = "B" // a study of both sides has series of each
	}
}
