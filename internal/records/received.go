// Package records is the papers, files and images of a case: what was handed in,
// whose it is, what it is good for, what the second doctor still lacks, and who
// has it. A report is not the image, and a report is not the slide.
package records

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
)

// Received is one file that the person handed in. It is saved when all its bytes
// are safe; what the bytes say is another document, FactsRef, saved when they have
// been read.
type Received struct {
	SHA256 string  `json:"sha256"` // of the plain bytes, 64 hexadecimal letters
	Name   string  `json:"name"`   // what the person's machine calls it, with its folder
	Size   int64   `json:"size"`   // bytes
	Again  []Again `json:"again,omitempty"`
}

// Again is the same bytes handed in once more: kept once, and said.
type Again struct {
	Name string `json:"name"`
	At   string `json:"at"` // instant, RFC 3339
}

// The kinds of document of this package, one for each file.
const (
	ReceivedKind casefile.Kind = "record" // Received
	FactsKind    casefile.Kind = "facts"  // clinical.Reading
	WhoseKind    casefile.Kind = "whose"  // Whose
	LabelKind    casefile.Kind = "label"  // Label
)

// Ref is where a received file lies.
func Ref(sha256 string) casefile.Ref { return casefile.Ref{Kind: ReceivedKind, Name: sha256} }

// FactsRef is where the clinical.Reading of a file lies.
func FactsRef(sha256 string) casefile.Ref { return casefile.Ref{Kind: FactsKind, Name: sha256} }

// WhoseRef is where the person's word on whose a file is lies. The file may also
// be one inside an archive.
func WhoseRef(sha256 string) casefile.Ref { return casefile.Ref{Kind: WhoseKind, Name: sha256} }

// LabelRef is where the person's own word on what a file is lies.
func LabelRef(sha256 string) casefile.Ref { return casefile.Ref{Kind: LabelKind, Name: sha256} }

// Base is the file's name without its folders.
func (r Received) Base() string {
	name := strings.ReplaceAll(r.Name, "\\", "/")
	return name[strings.LastIndex(name, "/")+1:]
}

// Claim is what a person says of a file whose patient is not the case's.
type Claim string

// The claims.
const (
	Ours    Claim = "ours"     // it is the patient's: the name changed, or it is written wrong
	NotOurs Claim = "not_ours" // it is somebody else's: set aside, kept, and not used
)

// Whose is the person's word on a file that seems to be about somebody else. It
// can be changed; every earlier word stays.
type Whose struct {
	Claim  Claim  `json:"claim"`
	Reason string `json:"reason"`
}

// Check lists what is wrong, each fault on its field.
func (w Whose) Check() error {
	var fs fault.Faults
	if w.Claim != Ours && w.Claim != NotOurs {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("claim"))
	}
	if strings.TrimSpace(w.Reason) == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("reason"))
	}
	return fs.OrNil()
}

// Label is what the person says that a file is, which counts where its bytes
// cannot tell: a scanned letter, a photograph of a page.
type Label struct {
	Item string `json:"item,omitempty"` // a CheckItem
	From string `json:"from,omitempty"` // doctor or hospital it comes from
	Date string `json:"date,omitempty"` // YYYY-MM-DD: the date on the paper
	Note string `json:"note,omitempty"`
}

// Check lists what is wrong, each fault on its field.
func (l Label) Check(today string) error {
	var fs fault.Faults
	if l.Item != "" && knownItem(CheckItem(l.Item)).Kind == "" {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("item"))
	}
	if l.Date != "" && l.Date > today {
		fs = append(fs, fault.New(fault.Invalid, "form.date.past").On("date"))
	}
	return fs.OrNil()
}

// patientOf gives the case's patient as records would name them. Names under which
// the person has said that a file is theirs count as further names.
func patientOf(c *casefile.Case) (clinical.Patient, error) {
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	return clinical.Patient{Name: p.Patient.Name, BirthDate: p.Patient.BirthDate}, err
}
