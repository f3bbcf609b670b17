package letters

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"consilium/internal/web/text/grade"
	"consilium/rules"
)

// mei is refused by her employer's own plan because no approval was on file.
func mei() AppealIn {
	return AppealIn{
		RefusalIn: RefusalIn{
			Today: "2026-11-22", Patient: Patient{Name: "Mei Tanaka", BirthDate: "1992-03-14", Address: "4 Pier Road\nTacoma, WA 98402", Phone: "555-0100"},
			Plan:   Insurer{Name: "Employer PPO", Address: "Appeals\nPO Box 9\nTacoma, WA 98401", Fax: "555-0199", Phone: "555-0198", Member: "BW-1", Group: "G7"},
			Claim:  Claim{Number: "C-88", Service: "second-opinion visit with repeat PET-CT.", Codes: []string{"99205", "78815"}, Diagnosis: "fever of unknown origin", ICD10: "R50.9", Provider: "University Rheumatology", On: "2026-10-20"},
			Notice: "2026-11-02", Received: "2026-11-05", Reason: "Prior authorization was not obtained.", Codes: []string{"CO 197"}, Class: "prior_authorization",
			Regime: "erisa", Service: "post_service", Level: "internal", LevelName: "appeal to the plan", LevelLaw: "29 CFR 2560.503-1(h)",
		},
		Harm: "I may take steroids for the wrong illness", Tried: "prednisone; methotrexate", Circumstances: []Circumstance{ToldNotNeeded},
		Calls:      []Said{{Said: "No approval is needed for a visit.", Asked: "Do I need approval?", By: "the phone desk", On: "2026-10-01", Reference: "R-55", Against: "Prior authorization was not obtained."}},
		Rights:     []string{"RGT-01", "RGT-02", "RGT-03", "RGT-04", "RGT-05", "RGT-06", "RGT-07", "RGT-12"},
		Enclosures: []string{"The plan's letter of November 2, 2026", "Letter of medical necessity"},
		Signer:     Doctor{Name: "Dr. C", Specialty: "Rheumatology", Phone: "555-0111"}, SignerNPI: "1234567893", FileBy: "2027-05-04", Pages: 12, TalkBy: "2026-11-27",
		History: []Line{{Date: "2026-03-02", Text: "CRP 148 mg/L"}},
	}
}

// ruthRefused is refused by an insured California HMO because the care is not needed.
func ruthRefused() AppealIn {
	return AppealIn{
		RefusalIn: RefusalIn{
			Today: "2026-11-22", Patient: ruth, Plan: Insurer{Name: "California HMO", Member: "H-2"}, Claim: Claim{Service: "21-gene score", Diagnosis: "invasive ductal carcinoma", ICD10: "C50.411"},
			Notice: "2026-11-10", Reason: "Not medically necessary", Class: "necessity", Regime: "california", Service: "pre_service",
		},
		Expedited: true, Urgent: true, Definition: "care that agrees with accepted standards of practice",
		Opinions: Opinions{First: a, Second: b, SecondDate: "2026-10-30", Agree: []string{"Diagnosis: invasive ductal carcinoma"}, Differ: []Difference{{About: "Chemotherapy", First: "now", Second: "after the 21-gene score"}}},
		Laws:     []Law{{"A plan in California must offer an independent medical review.", "Health and Safety Code 1374.30"}},
		Signer:   b,
	}
}

// walter is refused by Original Medicare, where a national rule decided.
func walterRefused() AppealIn {
	return AppealIn{RefusalIn: RefusalIn{
		Today: "2026-11-22", Patient: Patient{Name: "Walter Brandt", BirthDate: "1956-02-11"}, Plan: Insurer{Name: "Medicare", Member: "1EG4-TE5-MK73"}, Claim: Claim{Service: "targeted injection", Codes: []string{"62323"}, On: "2026-10-12"},
		Notice: "2026-11-01", Codes: []string{"CO 50", "N386"}, Class: "necessity", Regime: "medicare_original", Service: "post_service", Level: "reconsideration", SendTo: "Qualified Independent Contractor\nPO Box 4",
	}}
}

func TestAnAppealNamesTheCaseTheReasonAndTheRequest(t *testing.T) {
	l := Appeal(mei(), "en")
	hasAll(t, l, "Employer PPO\nAppeals\nPO Box 9", "Fax: 555-0199", "Mei Tanaka, born March 14, 1992", "Member ID | BW-1", "Group number | G7", "Claim or reference number | C-88", "Date of the decision | November 2, 2026", "Service codes | 99205, 78815", "fever of unknown origin (R50.9)",
		"I am appealing the decision of November 2, 2026.", "I ask that this care be paid: second-opinion visit with repeat PET-CT.", "This letter asks for an internal appeal (29 CFR 2560.503-1(h)).", "“Prior authorization was not obtained.” Codes in that letter: CO 197.",
		"Before the care we were told that no approval was needed.", "by the same medical test", "What was tried before: prednisone; methotrexate.", "I may take steroids for the wrong illness.",
		"Enclosure 1: The plan's letter of November 2, 2026", "Enclosure 2: Letter of medical necessity", "same specialty", "555-0100")
	hasNone(t, l, "expedited", "could seriously", "PET-CT..", "PET-CT.\nService codes", "emergency", "RGT-", "phone or fax")
}

func TestAnAppealInSpanishSaysTheSame(t *testing.T) {
	hasAll(t, Appeal(mei(), "es"), "22 de noviembre de 2026", "Apelo la decisión del 2 de noviembre de 2026.", "Pido que se pague esta atención: second-opinion visit with repeat PET-CT.", "“Prior authorization was not obtained.”", "Antes de la atención se nos dijo que no hacía falta autorización.", "Anexo 2: Letter of medical necessity", "El 1 de octubre de 2026 the phone desk, del plan, nos dijo")
}

func TestWhatThePlanSaidBeforeStandsBesideWhatItSaysNow(t *testing.T) {
	l := Appeal(mei(), "en")
	hasAll(t, l, "On October 1, 2026 the phone desk of the plan told us: “No approval is needed for a visit.” We had asked: “Do I need approval?” Reference number: R-55. The letter now says: “Prior authorization was not obtained.”")
	in := mei()
	in.Calls = []Said{{Said: "Yes."}, {Asked: "Anything else?"}}
	hasAll(t, Appeal(in, "en"), "- The plan told us: “Yes.”\n")
	hasNone(t, Appeal(in, "en"), "Anything else")
	in.Calls = nil
	hasNone(t, Appeal(in, "en"), "What the plan said before")
}

func TestTheRightsOfTheLawAreAskedForOnceEach(t *testing.T) {
	l := Appeal(mei(), "en")
	hasAll(t, l, "29 CFR 2560.503-1(g)(1)(v)", "(h)(3)(ii)", "(h)(3)(iii), (iv)", "(h)(2)(iv)")
	if n := strings.Count(l.Text(), "free of charge"); n != 1 {
		t.Errorf("the file is asked for %d times", n)
	}
	hasNone(t, Appeal(walterRefused(), "en"), "29 CFR", "45 CFR")
	hasAll(t, Appeal(walterRefused(), "en"), "free of charge, a copy of everything in the file")
}

func TestUrgencyIsStatedOnlyWhenThePersonSaysSo(t *testing.T) {
	in := ruthRefused()
	hasAll(t, Appeal(in, "en"), "Urgent: request for an expedited appeal", "Please decide this as an expedited appeal. Waiting for the standard time could seriously put at risk my life")
	in.Urgent = false
	hasAll(t, Appeal(in, "en"), "Please decide this as an expedited appeal.")
	hasNone(t, Appeal(in, "en"), "could seriously")
	in.Urgent, in.Expedited = true, false
	hasNone(t, Appeal(in, "en"), "could seriously", "expedited")
	in.Expedited, in.Patient = true, leo
	hasAll(t, Appeal(in, "en"), "the life or health of Leo Alvarez", "If you need a form that lets me act for Leo Alvarez", "about the care of Leo Alvarez")
	hasNone(t, Appeal(in, "en"), "my life", "My plan", "see me")
	in.Rights = []string{"RGT-07"}
	hasAll(t, Appeal(in, "en"), "by phone or fax")
}

func TestTwoOpinionsAreLaidSideBySideAsEvidence(t *testing.T) {
	for _, l := range []Letter{Appeal(ruthRefused(), "en"), Necessity(ruthRefused(), "en")} {
		hasAll(t, l, "The second opinion is dated October 30, 2026.", "- Diagnosis: invasive ductal carcinoma", "About | Dr. A | Dr. B", "Chemotherapy | now | after the 21-gene score", "A plan in California must offer an independent medical review (Health and Safety Code 1374.30).")
	}
	hasNone(t, Appeal(mei(), "en"), "What two doctors say", "The law that speaks")
}

func TestEachKindOfNoIsAnsweredInItsOwnWords(t *testing.T) {
	for class, c := range map[string]struct {
		so   []Circumstance
		want string
	}{
		"necessity":               {nil, "Dr. C writes in the enclosed letter why the care is needed."},
		"experimental":            {nil, "which studies were looked at"},
		"prior_authorization":     {[]Circumstance{Emergency, OfficeAsked, ApprovedBefore}, "It was an emergency and could not wait for an approval. The doctor's office asked for the approval in time. The plan had approved this care"},
		"network":                 {[]Circumstance{NobodyInside}, "No doctor in the plan's network can give this care. Please approve this as a network exception"},
		"second_opinion_required": {[]Circumstance{OpinionHad}, "I had the second opinion that the plan asks for. Dr. B gave it on October 2, 2026. Please undo the cut"},
		"missing_information":     {nil, "What I have is enclosed."},
		"clerical":                {nil, "an error on the claim"},
		"benefit":                 {nil, "name the page and the sentence"},
		"eligibility":             {nil, "dates of coverage"},
		"timeliness":              {nil, "on which day this claim first came"},
		"coordination":            {nil, "which other coverage"},
		"cost_share":              {nil, "how my share was worked out"},
		"unknown":                 {nil, "does not give the reason clearly"},
		"":                        {nil, "does not give the reason clearly"},
	} {
		in := mei()
		in.Class, in.Circumstances, in.Opinions = class, c.so, Opinions{Second: b, SecondDate: "2026-10-02"}
		hasAll(t, Appeal(in, "en"), c.want)
	}
	in := mei()
	in.Class, in.Circumstances = "network", []Circumstance{ListedInside}
	hasAll(t, Appeal(in, "en"), "list named this doctor", "Please apply the in-network share.")
	in.Circumstances = nil
	hasAll(t, Appeal(in, "en"), "when they can see me")
	hasNone(t, Appeal(in, "en"), "exception", "relied on it")
	in.Class, in.Also = "clerical", []string{"necessity", "cost_share", "clerical"}
	hasAll(t, Appeal(in, "en"), "an error on the claim", "Please answer that letter point by point.")
	hasNone(t, Appeal(in, "en"), "my share")
}

func TestTheAppealGoesToWhoeverDecides(t *testing.T) {
	l := Appeal(walterRefused(), "en")
	if l.To.Name != "Qualified Independent Contractor" || strings.Join(l.To.Lines, "/") != "PO Box 4" {
		t.Errorf("%+v", l.To)
	}
	hasAll(t, l, "To whom it may concern:", "Plan | Medicare", "Medicare number | 1EG4-TE5-MK73", "Codes in that letter: CO 50, N386")
	in := walterRefused()
	hasAll(t, l, "This letter asks for a reconsideration.")
	in.SendTo, in.Level = "", "alj"
	hasAll(t, Appeal(in, "en"), "To whom it may concern:", "a hearing before an administrative law judge.")
	in.Level, in.LevelName = "of a new kind", "Talk with the ombudsman."
	hasAll(t, Appeal(in, "en"), "This letter asks for the next step: Talk with the ombudsman.")
	in.Level, in.LevelName = "redetermination", ""
	hasAll(t, Appeal(in, "es"), "Al departamento de apelaciones de Medicare:", "Esta carta pide una redeterminación.")
	if f := FileRequest(walterRefused(), "en"); f.To.Name != "Medicare" {
		t.Errorf("the file lies with %q", f.To.Name)
	}
	if c := Cover(walterRefused(), "en"); c.To.Name != "Qualified Independent Contractor" {
		t.Errorf("%+v", c.To)
	}
}

func TestOwnWordsStandAboveTheEnclosures(t *testing.T) {
	in := mei()
	in.Addition = "My mother had the same.\n\nPlease read this."
	text := Appeal(in, "en").Text()
	own, enclosed := strings.Index(text, "My mother had the same.\nPlease read this."), strings.Index(text, "Enclosure 1")
	if own < 0 || enclosed < own {
		t.Errorf("%d, %d", own, enclosed)
	}
}

func TestTheLetterOfNecessityLeavesToTheDoctorWhatIsTheDoctors(t *testing.T) {
	l := Necessity(mei(), "en")
	if l.Blocks[0].Sort != Notice || !strings.HasPrefix(l.Blocks[0].Text, "Draft for the doctor.") {
		t.Errorf("%+v", l.Blocks[0])
	}
	if l.From.Name != "Dr. C" || strings.Contains(strings.Join(l.From.Lines, " "), "Pier Road") {
		t.Errorf("%+v", l.From)
	}
	hasAll(t, l, "I am writing about my patient Mei Tanaka, born March 14, 1992. On November 2, 2026 this care was refused.", "March 2, 2026 | CRP 148 mg/L", "Tried before, as the patient tells it: prednisone; methotrexate.", "The patient writes: “I may take steroids for the wrong illness.”", "NPI: 1234567893",
		"[The doctor writes here: license number and state]", "[The doctor writes here: board certification]", "[The doctor writes here: findings on examination", "[The doctor writes here: the guidelines", "[The doctor writes here: signature]", "[The doctor writes here: date]", "at 555-0111")
	hasNone(t, l, "no doctor in the network", "[The doctor writes here: NPI]", "expedited")
	in := ruthRefused()
	in.Circumstances = []Circumstance{NobodyInside}
	hasAll(t, Necessity(in, "en"), "The plan defines it so: “care that agrees with accepted standards of practice.”", "in your own judgment, whether the standard time", "The patient says that no doctor in the network can give this care.", "[The doctor writes here: NPI]")
	hasAll(t, Necessity(in, "es"), "Borrador para el médico.", "[Aquí escribe el médico: número y estado de la licencia]")
}

func TestTheSheetForTheTalkSaysWhatToSayAskAndWriteDown(t *testing.T) {
	l := PeerToPeer(mei(), "en")
	hasAll(t, l, "Call | Employer PPO 555-0198", "Ask for the talk by | November 27, 2026", "The plan's letter says: “Prior authorization was not obtained.”", "1. Why the care was needed", "3. Ask for approval after the fact", "Which rule or criterion do you use?", "Reference number | ", "It must be filed by May 4, 2027, whatever comes of the talk.")
	if l.OnePage == "" {
		t.Error("it is not held to one page")
	}
	in := ruthRefused()
	hasAll(t, PeerToPeer(in, "en"), "What was tried before, and why it failed", "does not stop the clock of the appeal.")
	in.Class = "benefit"
	hasAll(t, PeerToPeer(in, "es"), "Cuál es el diagnóstico")
}

func TestTheFileIsAskedForUnderTheLawOfThePlan(t *testing.T) {
	hasAll(t, FileRequest(mei(), "en"), "free of charge", "1. All papers", "The rule, guideline or criterion", "specialty and license", "29 CFR 2560.503-1(g)(1)(v); 29 CFR 2560.503-1(h)(2)(iii), (m)(8); 29 CFR 2560.503-1(h)(3)(iii), (iv).", "This is not yet my appeal.", "My appeal must be in by May 4, 2027.")
	hasNone(t, FileRequest(walterRefused(), "en"), "The law behind", "must be in by")
}

func TestTheCoverNumbersEveryEnclosure(t *testing.T) {
	hasAll(t, Cover(mei(), "en"), "Fax | 555-0199", "Pages, this one included | 12", "Enclosure 1 | The plan's letter of November 2, 2026", "Enclosure 2 | Letter of medical necessity", "please call 555-0100")
	hasNone(t, Cover(walterRefused(), "en"), "Pages", "EXPEDITED")
	hasAll(t, Cover(ruthRefused(), "es"), "APELACIÓN ACELERADA")
}

func packet(in AppealIn, lang string) []Letter {
	return []Letter{Appeal(in, lang), Necessity(in, lang), PeerToPeer(in, lang), FileRequest(in, lang), Cover(in, lang)}
}

func TestAPacketInventsNothing(t *testing.T) {
	hole := regexp.MustCompile(`\{\w*\}|  |\(\)|: \.|“”|(?m)\b[a-z]+\.[a-z_]+(\.[a-z_0-9]+)*$|^, `)
	for _, lang := range []string{"en", "es"} {
		all := AppealIn{RefusalIn: RefusalIn{Patient: leo}, Circumstances: Circumstances(), Expedited: true, Urgent: true}
		for _, class := range []string{"", "necessity", "experimental", "prior_authorization", "network", "second_opinion_required", "benefit", "cost_share"} {
			all.Class = class
			for _, in := range []AppealIn{{}, {RefusalIn: RefusalIn{Class: class}}, all, mei(), ruthRefused(), walterRefused()} {
				for _, l := range packet(in, lang) {
					if m := hole.FindString(l.Text()); m != "" {
						t.Errorf("%s %s has a hole: %q in\n%s", lang, l.Kind, m, l.Text())
					}
				}
			}
		}
	}
	hasNone(t, Appeal(AppealIn{}, "en"), "Enclosure", "Member", "“", "enclosed", "tried")
}

func TestALetterToAPlanCanBeReadByWhoSignsIt(t *testing.T) {
	law := regexp.MustCompile(` ?\((29|45) CFR[^.]*\.\d[^ ;]*( \(iv\))?\)|\d+ CFR [\d.()a-zA-Z-]+,?|\(CMS-0057-F\)`)
	for _, in := range []AppealIn{mei(), ruthRefused(), walterRefused()} {
		for _, lang := range []string{"en", "es"} {
			for _, l := range packet(in, lang) {
				var b strings.Builder
				for _, k := range l.Blocks {
					if k.Sort == Table || k.Sort == Heading || k.Sort == Sign {
						continue // labels and names are no sentences
					}
					for _, s := range slices.Concat([]string{k.Text}, k.Items) {
						if s != "" {
							b.WriteString(law.ReplaceAllString(ended(s), "") + " ")
						}
					}
				}
				g := grade.English(b.String())
				if lang == "es" {
					g = grade.Spanish(b.String())
				}
				if g > 10 {
					t.Errorf("%s %s of %s is grade %.1f:\n%s", lang, l.Kind, in.Patient.Name, g, b.String())
				}
			}
		}
	}
}

func TestEveryLevelOfTheRulesHasItsNameInALetter(t *testing.T) {
	body, err := rules.Files.ReadFile("appeal/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, m := range regexp.MustCompile(`sets: \{level: "([a-z_]+)"`).FindAllStringSubmatch(string(body), -1) {
		seen++
		if _, ok := texts["en"]["level."+m[1]]; !ok && m[1] != "court" { // no letter of ours goes to a court
			t.Errorf("level %s has no name in a letter", m[1])
		}
	}
	if seen < 20 {
		t.Errorf("only %d levels were found", seen)
	}
}
