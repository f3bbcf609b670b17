package actions

import (
	"reflect"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/letters"
	"consilium/internal/records"
)

func received(sha, name string) records.File {
	return records.File{Received: records.Received{SHA256: sha, Name: name}, Piece: records.Piece{Reading: clinical.Reading{SHA256: sha, Name: name}, Top: sha}, Read: true}
}

func fact(kind clinical.Kind, text, date, status string) clinical.Fact {
	return clinical.Fact{ID: text + date, Kind: kind, Text: text, Date: date, Status: status, Source: clinical.Source{File: "aa", Page: 2}}
}

// twoFiles are the sources of a brief that numbers its files.
func twoFiles(facts ...clinical.Fact) sources {
	files := []records.File{received("aa", "disc/old.json"), received("bb", "new.json")}
	return newSources(files, facts, byNumber(files, "en"))
}

func texts(all []letters.Stated) (out []string) {
	for _, s := range all {
		out = append(out, strings.TrimSpace(s.Text+" ["+s.From.Name+"]"))
	}
	return out
}

func TestAFileIsNamedByItsNumberOrItsNameWithThePage(t *testing.T) {
	files := []records.File{received("aa", "disc/a very long name of a report from the hospital.pdf"), received("bb", "mri.pdf")}
	for _, c := range []struct {
		name naming
		file int
		page int
		want string
	}{
		{byNumber(files, "en"), 1, 0, "2"},
		{byNumber(files, "en"), 1, 3, "2, p. 3"},
		{byNumber(files, "es"), 1, 3, "2, pág. 3"},
		{byName("en"), 1, 3, "mri.pdf, p. 3"},
		{byName("es"), 1, 0, "mri.pdf"},
		{byName("en"), 0, 1, "a very long name o…pital.pdf, p. 1"},
	} {
		if got := c.name(files[c.file], c.page); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	// A file that is not in the packet has no number, and no line may point to it.
	if got := byNumber(files[:1], "en")(files[1], 2); got != "" {
		t.Errorf("a file that is not there is named %q", got)
	}
	if got := newSources(files[:1], nil, byNumber(files[:1], "en")).at("bb", 2); got != (letters.Source{}) {
		t.Errorf("a file that is not there is a source: %+v", got)
	}
}

func TestTheBriefNamesWhatHoldsNowOnceTheNewestFirst(t *testing.T) {
	facts := []clinical.Fact{
		fact(clinical.Condition, "Asthma", "2001", "active"),
		fact(clinical.Condition, "asthma", "2015", "active"),
		fact(clinical.Condition, "Gout", "2010", "active"),
		fact(clinical.Condition, "Gout", "2020", "resolved"), // over: the older entry must not bring it back
		fact(clinical.Condition, "", "2021", "active"),
		fact(clinical.Procedure, "Appendectomy", "1990", "completed"),
		{ID: "e", Kind: clinical.Condition, Text: "Pneumonia", Date: "2018", End: "2018-03", Source: clinical.Source{File: "bb"}},
		{ID: "b", Kind: clinical.Condition, Text: "Diabetes", Date: "2022", Source: clinical.Source{File: "bb"}},
	}
	if got, want := texts(twoFiles(facts...).conditions(facts)), []string{"Diabetes [2]", "asthma [1, p. 2]"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnAllergyIsNeverLostAndNoneIsOnlyWhatARecordSays(t *testing.T) {
	none := fact(clinical.Allergy, "No known allergies", "2020", "active")
	latex, again, gone := fact(clinical.Allergy, "Latex", "2019", "active"), fact(clinical.Allergy, "LATEX", "2021", "active"), fact(clinical.Allergy, "Nickel", "2018", "refuted")
	for _, c := range []struct {
		why   string
		facts []clinical.Fact
		want  []string
		none  letters.Consent
	}{
		{"nothing is said", nil, nil, letters.Unknown},
		{"a record says there are none", []clinical.Fact{none}, nil, letters.Given},
		{"one record names one and another says none", []clinical.Fact{none, latex}, []string{"Latex [1, p. 2]"}, letters.Unknown},
		{"twice the same, in other letters", []clinical.Fact{latex, again}, []string{"Latex [1, p. 2]"}, letters.Unknown},
		{"ruled out", []clinical.Fact{gone}, nil, letters.Unknown},
	} {
		got, none := twoFiles(c.facts...).allergies(c.facts)
		if !reflect.DeepEqual(texts(got), c.want) || none != c.none {
			t.Errorf("%s: got %q %v, want %q %v", c.why, texts(got), none, c.want, c.none)
		}
	}
}

func TestAMedicineThatMayNotBeTakenIsNamedWithTheDoubt(t *testing.T) {
	said := func(state records.MedicineState, dose, file string) records.MedicineSaid {
		return records.MedicineSaid{State: state, Dose: dose, Sources: []records.Witness{{Top: file, Place: clinical.Source{Page: 4}}}}
	}
	list := records.MedicineList{All: []records.Medicine{
		{Name: "Letrozole", State: records.MedicineTaking, Said: []records.MedicineSaid{said(records.MedicineTaking, "1 mg", "aa"), said(records.MedicineTaking, "2.5 mg", "bb"), said(records.MedicineOver, "9 mg", "aa")}},
		{Name: "Aspirin", State: records.MedicineDisputed, Said: []records.MedicineSaid{said(records.MedicineTaking, "81 mg", "aa")}},
		{Name: "Warfarin", State: records.MedicinePaused},
		{Name: "Naproxen", State: records.MedicineUnclear},
		{Name: "Amoxicillin", State: records.MedicineOver},
		{Name: "", State: records.MedicineTaking},
	}}
	for lang, want := range map[string][]string{
		"en": {"Letrozole: 2.5 mg [2, p. 4]", "Aspirin: 81 mg (the records disagree) [1, p. 4]", "Warfarin (on hold) []", "Naproxen (not clear if still taken) []"},
		"es": {"Letrozole: 2.5 mg [2, p. 4]", "Aspirin: 81 mg (los documentos no coinciden) [1, p. 4]", "Warfarin (en pausa) []", "Naproxen (no está claro si aún se toma) []"},
	} {
		if got := texts(twoFiles().medicines(list, lang)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

func TestTheCourseOfThingsHasOneLineForAScanAndItsReport(t *testing.T) {
	moment := func(kind clinical.Kind, date, text string) records.Moment {
		return records.Moment{Kind: kind, Date: date, Text: text, Top: "aa", Fact: text + date, General: true}
	}
	report := moment(clinical.Report, "2026-08-11T10:00:00Z", "MRI report")
	report.Detail = strings.Repeat("word ", 60)
	refuted, minor := moment(clinical.Condition, "2026-08-13", "Ruled out"), moment(clinical.Procedure, "2026-08-14", "Blood draw")
	refuted.Status, minor.General = "refuted", false
	f := fact(clinical.Report, "MRI report", "2026-08-11T10:00:00Z", "final")
	lines := twoFiles(f).lines([]records.Moment{
		moment(clinical.ImagingStudy, "2026-08-11", "MRI"), report, moment(clinical.ImagingStudy, "2026-08-12", "X-ray"),
		moment(clinical.Result, "2026-08-12", "Sodium"), refuted, minor, moment(clinical.Condition, "", "No day"),
	})
	if len(lines) != 2 || lines[0].Text != "MRI report" || lines[0].Date != "2026-08-11" || lines[1].Text != "X-ray" {
		t.Fatalf("%+v", lines)
	}
	if n := len([]rune(lines[0].Detail)); n > mostDetail+1 || !strings.HasSuffix(lines[0].Detail, "word…") {
		t.Errorf("%d runes: %q", n, lines[0].Detail)
	}
	if lines[0].From.Name != "1, p. 2" || lines[1].From.Name != "1" {
		t.Errorf("%+v", lines)
	}
}
