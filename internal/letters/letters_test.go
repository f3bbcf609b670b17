package letters

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var (
	ruth = Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02", Address: "12 Olive Street\nFresno, CA 93701"}
	leo  = Patient{Name: "Leo Alvarez", BirthDate: "2019-05-06", Acting: "Ruth Alvarez", ActingAs: "parent"}
	a    = Doctor{Name: "Dr. A", Specialty: "Orthopedic surgery", Practice: "Spine Clinic"}
	b    = Doctor{Name: "Dr. B", Specialty: "Pain medicine", Practice: "University Hospital"}
)

func decided() DecisionIn {
	return DecisionIn{
		Today: "2026-11-22", Patient: ruth, First: a, Second: b, Heard: Finding{"lumbar disc degeneration", "M51.36", "lumbar fusion"}, SecondDate: "2026-10-02",
		Agree:  []string{"Diagnosis: lumbar disc degeneration"},
		Differ: []Difference{{"Treatment", "lumbar fusion", "physical therapy; targeted injections", "Why fusion first?", "Why wait?"}},
		Chosen: "physical therapy for three months", Reasons: "I want to try the less invasive way first", With: "second", Talk: Given, TalkUntil: "2027-05-22", SendRecords: []string{"MRI images of 2026-09-01"},
	}
}

func hasAll(t *testing.T, l Letter, want ...string) {
	t.Helper()
	text := l.Text()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", l.Kind, w, text)
		}
	}
}

func hasNone(t *testing.T, l Letter, bad ...string) {
	t.Helper()
	for _, w := range bad {
		if strings.Contains(l.Text(), w) {
			t.Errorf("%s says %q:\n%s", l.Kind, w, l.Text())
		}
	}
}

func TestTheFirstDoctorIsToldTheReasonsAndAskedForRecords(t *testing.T) {
	in := TellFirstIn{Today: "2026-11-22", Patient: ruth, Doctor: a, Heard: Finding{"lumbar disc degeneration", "M51.36", "lumbar fusion"}, Reasons: []string{"The operation cannot be undone."}, Expert: b, Records: []string{"MRI of 2026-09-01"}, DecideBy: "2026-12-20"}
	hasAll(t, TellFirst(in, "en"), "Dear Dr. A:", "November 22, 2026", "Ruth Alvarez, born April 2, 1961", "lumbar disc degeneration (M51.36)", "you advise lumbar fusion", "The operation cannot be undone.", "Dr. B (Pain medicine) at University Hospital", "- MRI of 2026-09-01", "I hope to decide by December 20, 2026.", "12 Olive Street")
	hasAll(t, TellFirst(in, "es"), "Estimado/a Dr. A:", "22 de noviembre de 2026", "Espero decidir antes del 20 de diciembre de 2026.")
}

func TestBothDoctorsAreToldTheDecisionEachFromTheirSide(t *testing.T) {
	first, second := DecisionToFirst(decided(), "en"), DecisionToSecond(decided(), "en")
	hasAll(t, first, "Dear Dr. A:", "physical therapy for three months", "I want to try the less invasive way first.", "Treatment | lumbar fusion | physical therapy; targeted injections", "1. Why fusion first?", "Dr. B will lead this treatment.", "MRI images of 2026-09-01", "until May 22, 2027", "On October 2, 2026 I had a second opinion from Dr. B.")
	hasNone(t, first, "Why wait?")
	hasAll(t, second, "Dear Dr. B:", "Treatment | physical therapy; targeted injections | lumbar fusion", "1. Why wait?", "with you", "I have asked Dr. A to send you the records")
	hasNone(t, second, "Why fusion first?", "Handing over")
}

func TestConsentToTalkIsWrittenOnlyWhenItIsKnown(t *testing.T) {
	in := decided()
	in.Talk = Unknown
	hasNone(t, DecisionToFirst(in, "en"), "Consent", "Please do not talk")
	in.Talk = Refused
	hasAll(t, DecisionToFirst(in, "en"), "Please do not talk with Dr. B about my care")
	hasNone(t, DecisionToFirst(in, "en"), "I agree")
}

func TestWhoWritesForThePatientSaysSo(t *testing.T) {
	in := decided()
	in.Patient = leo
	l := DecisionToFirst(in, "en")
	hasAll(t, l, "parent of Leo Alvarez", "we have decided", "the care of Leo Alvarez")
	hasNone(t, l, "my care", "I have decided")
	if last := l.Blocks[len(l.Blocks)-1]; last.Sort != Sign || last.Items[0] != "Ruth Alvarez" {
		t.Errorf("signed %v", last)
	}
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	hole := regexp.MustCompile(`\{\w*\}|  |\(\)|: \.|[a-z]+\.[a-z_]+\b`)
	for _, lang := range []string{"en", "es"} {
		for _, l := range []Letter{
			TellFirst(TellFirstIn{}, lang), Records(RecordsIn{}, lang), DecisionToFirst(DecisionIn{}, lang), DecisionToSecond(DecisionIn{With: "first"}, lang), Brief(BriefIn{}, lang), Ask(DecisionIn{}, "second", lang),
			TellFirst(TellFirstIn{Patient: leo, Heard: Finding{Treatment: "x"}}, lang), DecisionToFirst(decided(), lang), Records(RecordsIn{Patient: ruth, Holder: Doctor{Practice: "Spine Clinic"}, SendTo: b, From: "2025-01", NeedBy: "2026-12-01"}, lang),
		} {
			if m := hole.FindString(l.Text()); m != "" {
				t.Errorf("%s %s has a hole: %q in\n%s", lang, l.Kind, m, l.Text())
			}
		}
	}
	hasNone(t, TellFirst(TellFirstIn{Patient: ruth, Doctor: a}, "en"), "diagnosis", "My reasons", "Records that would help", "hope to decide")
}

func TestARequestForRecordsNamesTheRightTheImagesAndTheFee(t *testing.T) {
	l := Records(RecordsIn{Today: "2026-11-22", Patient: ruth, Holder: Doctor{Practice: "Spine Clinic"}, Items: []string{"MRI of 2026-09-01"}, SendTo: b, NeedBy: "2026-12-01"}, "en")
	hasAll(t, l, "To the medical records office:", "45 CFR 164.524", "30 days", "DICOM", "fee", "December 1, 2026", "Name | Dr. B", "Practice | University Hospital")
	hasAll(t, Records(RecordsIn{Patient: ruth}, "en"), "to me at the address above")
}

func TestTheBriefKeepsTheNewestEventsAndSaysWhatItLeavesOut(t *testing.T) {
	in := BriefIn{Patient: ruth, Allergies: []Stated{{Text: "penicillin"}, {Text: "latex"}}}
	for range 30 {
		in.Timeline = append(in.Timeline, Line{Date: "2020", Text: "old"})
		in.Questions = append(in.Questions, "q?")
	}
	in.Timeline = append(in.Timeline, Line{Date: "2026-09-01", Text: "MRI"})
	l := Brief(in, "en")
	hasAll(t, l, "September 1, 2026 | MRI", "Earlier events in the full packet: 19.", "23 more in the full packet.", "Allergies: penicillin; latex")
	hasNone(t, Brief(BriefIn{}, "en"), "llerg") // nothing known is not "none"
	hasAll(t, Brief(BriefIn{NoAllergy: Given}, "en"), "No known allergies.")
}

func TestDatesAreWrittenOutAsExactAsTheyAre(t *testing.T) {
	for in, want := range map[string][2]string{
		"2026-11-22": {"November 22, 2026", "22 de noviembre de 2026"}, "2026-09": {"September 2026", "septiembre de 2026"}, "2026": {"2026", "2026"},
		"2026-09-01T10:00:00Z": {"September 1, 2026", "1 de septiembre de 2026"}, "last spring": {"last spring", "last spring"}, "2026-13-01": {"2026-13-01", "2026-13-01"}, "": {"", ""},
	} {
		if got := [2]string{Day(in, "en"), Day(in, "es")}; got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}

func TestEverySentenceOfALetterIsInBothLanguages(t *testing.T) {
	hole := regexp.MustCompile(`\{\w+\}`)
	for key, en := range texts["en"] {
		es, ok := texts["es"][key]
		if !ok {
			t.Errorf("%s is not in Spanish", key)
		}
		count := func(s string) map[string]int {
			m := map[string]int{}
			for _, h := range hole.FindAllString(s, -1) {
				m[h]++
			}
			return m
		}
		if !reflect.DeepEqual(count(en), count(es)) {
			t.Errorf("%s: %v and %v", key, count(en), count(es))
		}
	}
	if len(texts["en"]) != len(texts["es"]) {
		t.Error("the two languages do not have the same keys")
	}
}
