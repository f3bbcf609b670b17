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
	return h.briefOf(c, files, lang, byName(lang))
}

// briefOf makes the page of some of the case's files: in a packet, of those alone that
// are in it.
func (h *House) briefOf(c *casefile.Case, files []records.File, lang string, naming naming) (letters.Letter, error) {
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
	check, err := h.CheckRecords(c, files, lang)
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
	from := newSources(files, facts, naming)
	in.Conditions, in.Medicines = from.conditions(besides(facts, profile.Diagnosis)), from.medicines(records.Medicines(files, h.today()), lang)
	in.Allergies, in.NoAllergy = from.allergies(facts)
	in.Timeline = from.lines(records.Moments(files, story))
	for _, p := range check.Here {
		if !slices.Contains(onThePage, p.Item) {
			in.Records = append(in.Records, p.Name)
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

// onThePage are the items of the list that the page itself carries: they need not be
// announced on it.
var onThePage = []string{"story", "question", "doctor_contact", "diagnosis", "medication_list", "allergies"}

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
