package actions

import (
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/need"
	"consilium/internal/questions"
	"consilium/internal/records"
)

// RecordsCheck is how complete the records of a case are today.
type RecordsCheck struct {
	records.CheckAnswer
	Have  []records.Held // what Entries of the answer point into
	Marks records.Marks
	// Since is the day (YYYY-MM-DD) since which nothing is lacking: on which the newest
	// of what the answer rests on was saved. "" while something is lacking.
	Since string
}

// CheckRecords sets what the files hold, what the person told of them, and what the
// case knows otherwise against what a second doctor of the specialty needs. Nothing is
// saved: the answer is of today.
func (h *House) CheckRecords(c *casefile.Case, files []records.File, lang string) (RecordsCheck, error) {
	var out RecordsCheck
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return out, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	in, marks, err := checkInput(c, files, on)
	if err != nil {
		return out, err
	}
	answer, err := records.CheckRecords(in, on, lang, h.Rules)
	if err != nil {
		return out, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	out = RecordsCheck{CheckAnswer: answer, Have: in.Have, Marks: marks}
	if answer.Ready {
		out.Since = lastWord(c).Format(time.DateOnly)
	}
	return out, nil
}

// lastWord is when the newest of what the check rests on was saved.
func lastWord(c *casefile.Case) time.Time {
	var last time.Time
	for _, kind := range []casefile.Kind{records.ReceivedKind, records.WhoseKind, records.LabelKind, records.MarksRef.Kind, records.StoryRef.Kind, questions.Ref.Kind} {
		for _, d := range c.Named(kind) {
			if d.At.After(last) {
				last = d.At
			}
		}
	}
	if last.IsZero() {
		last = c.Created
	}
	return last
}

// checkInput is the question as the case tells it.
func checkInput(c *casefile.Case, files []records.File, on contract.Date) (records.CheckInput, records.Marks, error) {
	in := records.CheckInput{On: on}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return in, records.Marks{}, err
	}
	marks, _, err := casefile.Read[records.Marks](c, records.MarksRef)
	if err != nil {
		return in, marks, err
	}
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return in, marks, err
	}
	asked, _, err := casefile.Read[questions.List](c, questions.Ref)
	if err != nil {
		return in, marks, err
	}
	answers, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return in, marks, err
	}
	records.Gather(files).Into(&in)
	in.Specialty, in.Diagnosis = marks.Specialty, profile.Diagnosis.Text
	if casefile.IsICD10(profile.Diagnosis.ICD10) {
		in.ICD10 = profile.Diagnosis.ICD10 // a code that is none says nothing, and must not stand in the way
	}
	in.Patient.Name = profile.Patient.Name
	if in.Patient.BirthDate, err = profileDate(profile.Patient.BirthDate); err != nil {
		return in, marks, err
	}
	in.Question = strings.Join(asked.Texts("en", 0), "\n")
	in.UnderTreatment = answers.Input.Treatment.Begun
	told := func(item records.CheckItem) {
		in.Have = append(in.Have, records.Held{Item: item, Format: "told"})
	}
	if len(story.Entries) > 0 || len(asked.Questions) > 0 {
		told("story")
	}
	if d := profile.FirstDoctor; d.Name != "" && (d.Phone != "" || d.Address != "") {
		told("doctor_contact")
	}
	for _, id := range sortedItems(marks) {
		switch marks.Items[id] {
		case records.OnPaper:
			told(records.CheckItem(id))
		case records.DoesNotFit:
			in.DoesNotFit = append(in.DoesNotFit, records.CheckItem(id))
		}
	}
	for i, x := range in.Have {
		// A day that is none, or has not come, is a slip of whoever wrote it: the record
		// counts, and its day is not known.
		if x.Date != "" && (!clinical.ReadableDate(x.Date) || x.Date[:min(10, len(x.Date))] > on.String()) {
			in.Have[i].Date = ""
		}
		if b := x.PatientBirthDate; b != "" && b[:min(10, len(b))] > on.String() {
			in.Have[i].PatientBirthDate = ""
		}
	}
	return in, marks, nil
}

func sortedItems(m records.Marks) []string {
	ids := make([]string, 0, len(m.Items))
	for id := range m.Items {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
