package records

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

// Belongs is whose a file is, as far as the case knows.
type Belongs string

// Only Differs and SetAside keep a file's facts out of the case.
const (
	Fits     Belongs = "fits"      // the patient in it is the case's
	Nobody   Belongs = "nobody"    // it names no patient
	Check    Belongs = "check"     // it says too little to be sure: used, and marked
	Differs  Belongs = "differs"   // somebody else, until the person says otherwise
	Said     Belongs = "said_ours" // it seemed to be somebody else's; the person says it is the patient's
	SetAside Belongs = "set_aside" // the person says that it is not the patient's
)

// Used tells whether what the file says is used in this case.
func (b Belongs) Used() bool { return b != Differs && b != SetAside }

// File is one received file with all that the case knows of it.
type File struct {
	Received
	At    time.Time // when it was handed in
	Read  bool      // its bytes have been read; until then Piece is empty
	Label Label
	Piece Piece // the file itself; what an archive holds is inside
}

// Piece is one reading: of a file, or of a file inside an archive.
type Piece struct {
	clinical.Reading
	Top     string // SHA-256 of the received file that holds it
	Belongs Belongs
	Why     string // key of the reason, from clinical.SamePatient
	Whose   Whose  // the person's word, if they gave one
	Version casefile.Version
	Used    []clinical.Fact // the facts that count in this case; the rest are only shown
	Inside  []Piece
}

// Files gives every received file, the newest first.
func Files(c *casefile.Case) ([]File, error) {
	patient, err := patientOf(c)
	if err != nil {
		return nil, err
	}
	var all []File
	for _, d := range c.Named(ReceivedKind) {
		received, _, err := casefile.Read[Received](c, d.Ref)
		if err != nil {
			return nil, err
		}
		f := File{Received: received, At: d.At}
		f.SHA256 = d.Ref.Name
		reading, version, err := readings.read(c, FactsRef(d.Ref.Name))
		if err != nil {
			return nil, err
		}
		f.Read = version > 0
		f.Piece.Reading = reading
		if f.Label, _, err = casefile.Read[Label](c, LabelRef(d.Ref.Name)); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	claims, err := claimsOf(c)
	if err != nil {
		return nil, err
	}
	patient.OtherNames = namesClaimed(all, claims, patient)
	for i := range all {
		if all[i].Read {
			all[i].Piece = judge(all[i].Piece.Reading, all[i].SHA256, patient, claims)
		}
	}
	slices.SortStableFunc(all, func(a, b File) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
	return all, nil
}

// claim is the person's word on one file, and the version of it.
type claim struct {
	Whose
	version casefile.Version
}

func claimsOf(c *casefile.Case) (map[string]claim, error) {
	claims := map[string]claim{}
	for _, d := range c.Named(WhoseKind) {
		w, version, err := casefile.Read[Whose](c, d.Ref)
		if err != nil {
			return nil, err
		}
		claims[d.Ref.Name] = claim{w, version}
	}
	return claims, nil
}

// namesClaimed lists the names under which the person said that a file with the
// patient's own birth date is theirs, so that they are not asked again for each
// file that bears the same former name.
func namesClaimed(files []File, claims map[string]claim, patient clinical.Patient) []string {
	var names []string
	for _, f := range files {
		f.Piece.Reading.Each(func(r clinical.Reading) {
			if claims[r.SHA256].Claim == Ours && r.Patient != nil && r.Patient.BirthDate == patient.BirthDate && patient.BirthDate != "" {
				names = append(names, r.Patient.Name)
			}
		})
	}
	return names
}

// judge says whose a reading is and which of its facts count, and so for all that
// is inside it.
func judge(r clinical.Reading, top string, patient clinical.Patient, claims map[string]claim) Piece {
	p := Piece{Reading: r, Top: top, Whose: claims[r.SHA256].Whose, Version: claims[r.SHA256].version}
	p.Belongs, p.Why, p.Used = belongs(r, patient)
	switch p.Whose.Claim {
	case NotOurs:
		p.Belongs, p.Used = SetAside, nil
	case Ours:
		if p.Belongs == Differs || p.Belongs == Check {
			p.Belongs = Said
		}
		p.Used = r.Facts
	}
	for _, child := range r.Children {
		inside := judge(child, top, patient, claims)
		// What holds it was set aside as a whole.
		if p.Belongs == SetAside && inside.Whose.Claim == "" {
			inside.Belongs, inside.Used = SetAside, nil
		}
		p.Inside = append(p.Inside, inside)
	}
	return p
}

// belongs compares the patients of a reading with the case's. Of a file that
// speaks of several people only the facts of those who fit count.
func belongs(r clinical.Reading, patient clinical.Patient) (Belongs, string, []clinical.Fact) {
	if len(r.Patients) > 1 {
		fits := map[string]bool{}
		any := false
		for _, p := range r.Patients {
			same, _ := clinical.SamePatient(patient, p)
			fits[p.Ref] = same == clinical.Same
			any = any || fits[p.Ref]
		}
		var used []clinical.Fact
		for _, f := range r.Facts {
			if fits[f.Subject] {
				used = append(used, f)
			}
		}
		if !any {
			return Differs, "several_patients", nil
		}
		return Check, "several_patients", used
	}
	if r.Patient == nil || r.Patient.Empty() {
		return Nobody, "", r.Facts
	}
	switch same, why := clinical.SamePatient(patient, *r.Patient); same {
	case clinical.Differs:
		return Differs, why, nil
	case clinical.CannotSay:
		return Check, why, r.Facts
	default:
		return Fits, why, r.Facts
	}
}

// Each calls do for the piece and all that is inside it, outermost first.
func (p Piece) Each(do func(Piece)) {
	do(p)
	for _, i := range p.Inside {
		i.Each(do)
	}
}

// Find gives the piece with this SHA-256, in any file.
func Find(files []File, sha256 string) (Piece, File, bool) {
	var found Piece
	var in File
	ok := false
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			if !ok && p.SHA256 == sha256 {
				found, in, ok = p, f, true
			}
		})
	}
	return found, in, ok
}

// Total counts the facts of a file and all that is inside it, used or not.
func (p Piece) Total() clinical.Counts {
	sum := clinical.Count(nil)
	p.Each(func(x Piece) { sum = sum.Add(x.Counts) })
	return sum
}

// Asks tells whether the person must say whose the file, or something inside it, is.
func (p Piece) Asks() bool {
	asks := false
	p.Each(func(x Piece) { asks = asks || x.Belongs == Differs })
	return asks
}

// Facts gives what counts in this case: the standing facts of every file that is
// the patient's. The same fact in two files (one resource exported twice) is
// given once.
func Facts(files []File) []clinical.Fact {
	var facts []clinical.Fact
	seen := map[string]bool{}
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			for _, x := range clinical.Standing(p.Used) {
				if key := sameness(x); !seen[key] {
					seen[key] = true
					facts = append(facts, x)
				}
			}
		})
	}
	return facts
}

// sameness is what two facts share when they are one: everything but where each
// was read. A fact without a date says too little to be told from another.
func sameness(f clinical.Fact) string {
	if f.Date == "" {
		return f.ID
	}
	code := ""
	if len(f.Codes) > 0 {
		code = f.Codes[0].System + "|" + f.Codes[0].Code
	}
	parts := []string{string(f.Kind), f.Text, code, f.Date, f.End, f.Value, f.Unit, f.Status, f.Detail, f.Who}
	for _, c := range f.Components {
		parts = append(parts, c.Text, c.Value, c.Unit)
	}
	return strings.Join(parts, "\x00")
}

// TopOf tells for every reading's SHA-256 which received file holds it.
func TopOf(files []File) map[string]string {
	tops := map[string]string{}
	for _, f := range files {
		f.Piece.Each(func(p Piece) {
			if _, had := tops[p.SHA256]; !had {
				tops[p.SHA256] = p.Top
			}
		})
	}
	return tops
}
