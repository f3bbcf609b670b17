package actions

import (
	"maps"
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
	Names *records.Names // what each item is called
	// Since is the day (YYYY-MM-DD) since which nothing is lacking. "" while something is.
	Since string
}

// OnlyTold tells of a thing that nothing shows but the person's own word.
func (a RecordsCheck) OnlyTold(p records.Present) bool {
	return !slices.ContainsFunc(p.Entries, func(e int) bool { return a.Have[e].Format != "told" })
}

// CheckRecords sets what the files hold, what the person told of them, and what the
// case knows otherwise against what a second doctor of the specialty needs. Nothing is
// saved: the answer is of today.
func (h *House) CheckRecords(c *casefile.Case, files []records.File, lang string) (RecordsCheck, error) {
	var out RecordsCheck
	known, err := h.question(c)
	if err != nil {
		return out, err
	}
	in, err := known.with(c, files)
	if err != nil {
		return out, err
	}
	answer, err := records.CheckRecords(in, known.in.On, lang, h.Rules)
	if err != nil {
		return out, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	out = RecordsCheck{CheckAnswer: answer, Have: in.Have, Marks: known.marks, Names: records.NamesFor(known.in, known.in.On, lang, h.Rules)}
	if answer.Ready {
		out.Since = completeSince(c, files, out).Format(time.DateOnly)
	}
	return out, nil
}

// RecordsList gives what a second doctor of the case's field asks for, in "en" or "es",
// without a look at the files.
func (h *House) RecordsList(c *casefile.Case, lang string) ([]records.ListItem, error) {
	known, err := h.question(c)
	if err != nil {
		return nil, err
	}
	return records.List(known.in, known.in.On, lang, h.Rules), nil
}

// ItemNames tells what the items of the case's list are called, in "en" or "es".
func (h *House) ItemNames(c *casefile.Case, lang string) (*records.Names, error) {
	known, err := h.question(c)
	if err != nil {
		return nil, err
	}
	return records.NamesFor(known.in, known.in.On, lang, h.Rules), nil
}

// completeSince is the moment on which the last thing came that the answer rests on:
// of each thing that is needed the copy that was here first, and the person's last word
// on whose a file is. What came later beside it changes nothing.
func completeSince(c *casefile.Case, files []records.File, a RecordsCheck) time.Time {
	came := map[string]time.Time{}
	for _, f := range files {
		came[f.SHA256] = f.At
		if label, ok := c.Document(records.LabelRef(f.SHA256)); ok && f.Label.Item != "" && label.At.After(f.At) {
			came[f.SHA256] = label.At
		}
	}
	last := c.Created
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	needed := map[string]bool{}
	for _, i := range a.List {
		needed[i.Item] = i.Need != "should"
	}
	for _, p := range a.Here {
		var first time.Time
		for _, e := range p.Entries {
			at := toldAt(c, a.Have[e])
			if t, ok := came[a.Have[e].Top]; ok {
				at = t
			}
			if first.IsZero() || at.Before(first) {
				first = at
			}
		}
		if needed[p.Item] {
			later(first)
		}
	}
	for _, d := range c.Named(records.WhoseKind) {
		later(d.At)
	}
	if len(a.NotMine) > 0 {
		later(savedAt(c, records.MarksRef))
	}
	return last
}

// toldAt is when a thing was saved that no file shows.
func toldAt(c *casefile.Case, x records.Held) time.Time {
	switch {
	case x.Loan != "":
		return savedAt(c, records.SpecimenRef(x.Loan))
	case x.Item == "doctor_contact":
		return c.Created // with the case's first answers, whenever they were last corrected
	case x.Item == "story":
		story, asked := savedAt(c, records.StoryRef), savedAt(c, questions.Ref)
		if story.IsZero() || !asked.IsZero() && asked.Before(story) {
			return asked
		}
		return story
	}
	return savedAt(c, records.MarksRef)
}

func savedAt(c *casefile.Case, ref casefile.Ref) time.Time {
	d, _ := c.Document(ref)
	return d.At
}

// question is what a check asks, as the case tells it without its files.
type question struct {
	in    records.CheckInput
	marks records.Marks
	told  []records.CheckItem // what the person says or does themselves
}

func (h *House) question(c *casefile.Case) (question, error) {
	var k question
	on, err := contract.ParseDate(h.today())
	if err != nil {
		return k, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return k, err
	}
	if k.marks, _, err = casefile.Read[records.Marks](c, records.MarksRef); err != nil {
		return k, err
	}
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return k, err
	}
	asked, _, err := casefile.Read[questions.List](c, questions.Ref)
	if err != nil {
		return k, err
	}
	answers, _, err := casefile.Read[need.Saved](c, need.Ref)
	if err != nil {
		return k, err
	}
	k.in = records.CheckInput{On: on, Specialty: k.marks.Specialty, Diagnosis: profile.Diagnosis.Text}
	if casefile.IsICD10(profile.Diagnosis.ICD10) {
		k.in.ICD10 = profile.Diagnosis.ICD10 // a code that is none says nothing, and must not stand in the way
	}
	k.in.Patient.Name = profile.Patient.Name
	if k.in.Patient.BirthDate, err = profileDate(profile.Patient.BirthDate); err != nil {
		return k, err
	}
	k.in.Question = strings.Join(asked.Texts("en", 0), "\n")
	k.in.UnderTreatment = answers.Input.Treatment.Begun
	if len(story.Entries) > 0 || len(asked.Questions) > 0 {
		k.told = append(k.told, "story")
	}
	if d := profile.FirstDoctor; d.Name != "" && (d.Phone != "" || d.Address != "") {
		k.told = append(k.told, "doctor_contact")
	}
	for _, id := range slices.Sorted(maps.Keys(k.marks.Items)) {
		switch k.marks.Items[id] {
		case records.OnPaper:
			k.told = append(k.told, records.CheckItem(id))
		case records.DoesNotFit:
			k.in.DoesNotFit = append(k.in.DoesNotFit, records.CheckItem(id))
		}
	}
	return k, nil
}

// with adds what is at hand: what the files hold, what is on loan, what was told.
func (k question) with(c *casefile.Case, files []records.File) (records.CheckInput, error) {
	in := k.in
	records.Gather(files).Into(&in)
	lent, err := casefile.ReadAll[records.Specimen](c, records.SpecimenKind)
	if err != nil {
		return in, err
	}
	in.Have = append(in.Have, records.OnLoan(lent)...)
	for _, item := range k.told {
		in.Have = append(in.Have, records.Held{Item: item, Format: "told"})
	}
	today := in.On.String()
	for i, x := range in.Have {
		// A day that is none, or has not come, is a slip of whoever wrote it: the record
		// counts, and its day is not known.
		if x.Date != "" && (!clinical.ReadableDate(x.Date) || x.Date[:min(10, len(x.Date))] > today) {
			in.Have[i].Date = ""
		}
		if b := x.PatientBirthDate; b != "" && b[:min(10, len(b))] > today {
			in.Have[i].PatientBirthDate = ""
		}
	}
	return in, nil
}
