package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/consent"
	"consilium/internal/expert"
	"consilium/internal/letters"
	"consilium/internal/questions"
	"consilium/internal/records"
)

// Brief is the one page that the person takes to the visit, made of the case's own
// facts, in a language.
func (h *House) Brief(c *casefile.Case, lang string) (letters.Letter, error) {
	files, err := records.Files(c)
	if err != nil {
		return letters.Letter{}, err
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return letters.Letter{}, err
	}
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return letters.Letter{}, err
	}
	shortlist, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return letters.Letter{}, err
	}
	list, err := records.Checklist(c, files, h.today())
	if err != nil {
		return letters.Letter{}, err
	}
	in := letters.BriefIn{
		Today:    h.today(),
		Patient:  letters.Patient{Name: profile.Patient.Name, BirthDate: profile.Patient.BirthDate, Acting: profile.Acting.Name, ActingAs: profile.Acting.As},
		First:    doctor(profile.FirstDoctor),
		Heard:    letters.Finding{Diagnosis: profile.Diagnosis.Text, ICD10: profile.Diagnosis.ICD10, Treatment: profile.Treatment},
		DecideBy: profile.DecideBy,
	}
	if chosen, ok := shortlist.Find(shortlist.Chosen); ok {
		in.Expert = doctor(chosen.Doctor)
	}
	facts := records.Facts(files)
	in.Conditions, in.Medicines = current(besides(facts, profile.Diagnosis), clinical.Condition), current(facts, clinical.Medication)
	in.Allergies, in.NoAllergy = allergies(facts)
	in.Timeline = briefLines(records.Moments(files, story))
	for _, i := range list {
		if (i.State == records.Here || i.State == records.TooOld || i.State == records.Paper) && !slices.Contains(onThePage, i.ID) {
			in.Records = append(in.Records, i.Name.In(lang))
		}
	}
	asked, _, err := casefile.Read[questions.List](c, questions.Ref)
	if err != nil {
		return letters.Letter{}, err
	}
	visit, _, err := casefile.Read[questions.Visit](c, questions.VisitRef)
	if err != nil {
		return letters.Letter{}, err
	}
	in.Questions, in.Visit, in.Companion = asked.Texts(lang, 0), visit.Date, asked.Companion.Name
	if in.Companion != "" && asked.Companion.Related != "" {
		in.Companion += ", " + asked.Companion.Related
	}
	return letters.Brief(in, lang), nil
}

// onThePage are the items of the checklist that the page itself carries: they need
// not be announced on it.
var onThePage = []string{"story", "doctor_contact", "diagnosis", "medication_list", "allergies"}

// besides leaves out the illness that the case is about, as far as its code tells.
func besides(facts []clinical.Fact, d casefile.Diagnosis) []clinical.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f clinical.Fact) bool {
		return f.Kind == clinical.Condition && (strings.EqualFold(f.Text, d.Text) ||
			d.ICD10 != "" && slices.ContainsFunc(f.Codes, func(c clinical.Code) bool { return c.Code == d.ICD10 }))
	})
}

// PrintBrief gives the brief as PDF to a person who may take things out of the
// case, and writes so in its log.
func (h *House) PrintBrief(ctx context.Context, who casefile.Person, c *casefile.Case, lang string) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	letter, err := h.Brief(c, lang)
	if err != nil {
		return nil, err
	}
	pdf, err := h.Paper.Print(letter)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "print_brief"})
}

func doctor(d casefile.Doctor) letters.Doctor {
	return letters.Doctor{Name: d.Name, Specialty: d.Specialty, Practice: d.Practice, Address: d.Address, Phone: d.Phone}
}

// current names what holds now: conditions and medicines that no record calls over,
// each once, the newest first. A medicine comes with the dose that was written last.
func current(facts []clinical.Fact, kind clinical.Kind) []string {
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b clinical.Fact) int { return clinical.CompareDates(b.Date, a.Date) })
	var names []string
	seen := map[string]bool{}
	for _, f := range facts {
		key := strings.ToLower(f.Text)
		if f.Kind != kind || f.Text == "" || seen[key] {
			continue
		}
		seen[key] = true // an older entry says nothing that the newest does not
		if over(f) {
			continue
		}
		name := f.Text
		if kind == clinical.Medication && f.Detail != "" {
			name += ": " + f.Detail
		}
		names = append(names, name)
	}
	return names
}

// over tells whether a record says that something has ended or never was.
func over(f clinical.Fact) bool {
	s := strings.ToLower(f.Status)
	for _, w := range []string{"resolved", "inactive", "remission", "refuted", "stopped", "cancelled", "completed", "ended", "not-taken", "draft"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return f.Kind == clinical.Condition && f.End != ""
}

// allergies names them, or says that the records state that there are none.
func allergies(facts []clinical.Fact) ([]string, letters.Consent) {
	none := letters.Unknown
	var names []string
	for _, f := range facts {
		text := strings.ToLower(f.Text)
		switch {
		case f.Kind != clinical.Allergy || f.Text == "" || over(f):
		case strings.HasPrefix(text, "no known"):
			none = letters.Given
		case !slices.Contains(names, f.Text):
			names = append(names, f.Text)
		}
	}
	if len(names) > 0 {
		none = letters.Unknown
	}
	return names, none
}

// briefLines gives the course of things: what was found, done and told. Results
// stay in the full record, and of a scan with its report on one day one line is
// enough.
func briefLines(all []records.Moment) []letters.Line {
	reported := map[string]bool{}
	for _, m := range all {
		if m.Kind == clinical.Report && m.General {
			reported[m.Date[:min(10, len(m.Date))]] = true
		}
	}
	var lines []letters.Line
	for _, m := range all {
		switch m.Kind {
		case records.Told, clinical.Condition, clinical.Procedure, clinical.ImagingStudy, clinical.Report:
		default:
			continue
		}
		day := m.Date[:min(10, len(m.Date))]
		if !m.General || !clinical.ReadableDate(m.Date) || m.Text == "" || m.Kind == clinical.ImagingStudy && reported[day] {
			continue
		}
		if m.Status == "refuted" || m.Status == "not-done" || m.Status == "cancelled" {
			continue
		}
		lines = append(lines, letters.Line{Date: day, Text: m.Text})
	}
	return lines
}
