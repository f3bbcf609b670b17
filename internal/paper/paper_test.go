package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"consilium/internal/letters"
)

var ruth = letters.Patient{Name: "Ruth Alvarez", BirthDate: "1961-04-02", Address: "12 Olive Street\nFresno, CA 93701", Phone: "559-555-0134"}

func decision(lang string) letters.Letter {
	return letters.DecisionToFirst(letters.DecisionIn{
		Today: "2026-11-22", Patient: ruth,
		First:  letters.Doctor{Name: "Dr. Muñoz", Specialty: "Orthopedic surgery", Practice: "Valley Spine Clinic", Address: "400 Main Street\nFresno, CA 93701"},
		Second: letters.Doctor{Name: "Dr. Inés Fournier"}, Heard: letters.Finding{Diagnosis: "lumbar disc degeneration", ICD10: "M51.36", Treatment: "lumbar fusion at L4–L5"}, SecondDate: "2026-10-02",
		Agree:  []string{"Diagnosis: chronic low back pain with lumbar disc degeneration (M51.36)", "Records: MRI of September 1, 2026"},
		Differ: []letters.Difference{{About: "Treatment", First: "Lumbar fusion surgery", Second: "Physical therapy; targeted injections; medication management. Lumbar fusion is named and not advised", AskFirst: "Dr. Inés Fournier points to “disc degeneration is not always correlated with pain severity”. How do you see that?"}, {About: "How soon", First: "safe to take up to 30 days", Second: "safe to take up to 180 days", AskFirst: "What could happen if I wait longer?"}},
		Chosen: "physical therapy and targeted injections for three months", Reasons: "I want to try the less invasive way first, and be able to work in my garden in spring", With: "second", Talk: letters.Given, TalkUntil: "2027-05-22",
		SendRecords: []string{"MRI images (DICOM) and report of September 1, 2026", "Visit notes since January 2026"},
	}, lang)
}

func brief(events int) letters.Letter {
	in := letters.BriefIn{
		Today: "2026-11-22", Patient: ruth, First: letters.Doctor{Name: "Dr. Muñoz"}, Expert: letters.Doctor{Name: "Dr. Inés Fournier"}, Visit: "2026-12-03", Companion: "Elena Alvarez (daughter)", DecideBy: "2026-12-20",
		Heard: letters.Finding{Diagnosis: "Lumbar disc degeneration", ICD10: "M51.36", Treatment: "Lumbar fusion at L4–L5"}, AtStake: "Whether to have the fusion this winter, or to try therapy first.",
		Medicines: []letters.Stated{{Text: "Ibuprofen 400 mg, up to three times a day"}, {Text: "Lisinopril 10 mg, once a day"}, {Text: "Vitamin D 1000 IU"}}, Allergies: []letters.Stated{{Text: "penicillin (rash)"}}, Conditions: []letters.Stated{{Text: "High blood pressure"}},
		Questions: []string{"Is the disc the cause of my pain?", "What can I try before an operation, and for how long?", "What happens if I wait six months?", "How many of your patients are better two years after a fusion?"},
	}
	for i := range events {
		in.Timeline = append(in.Timeline, letters.Line{Date: fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28), Text: "Visit: back pain, worse when sitting; physical therapy continued"})
	}
	return letters.Brief(in, "en")
}

func pdf(t testing.TB, l letters.Letter, size Size) string {
	t.Helper()
	b, err := Print(l, size)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if dir := os.Getenv("PAPER_OUT"); dir != "" {
		path = filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+".pdf")
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a reader of PDF that is not ours. Where it is not installed the test is
// skipped, and fails in CI.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestTheTextOfALetterComesBackExactly(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		l := decision(lang)
		got := flat(run(t, "pdftotext", "-raw", pdf(t, l, USLetter), "-"))
		for _, b := range l.Blocks {
			for _, s := range append(append([]string{b.Text}, b.Items...), b.Head...) {
				if !strings.Contains(got, flat(s)) {
					t.Errorf("%s: %q is not in\n%s", lang, s, got)
				}
			}
		}
		for _, s := range []string{"Dr. Muñoz", "Dr. Inés Fournier", "L4–L5", "“disc degeneration", "severity”", "M51.36", "Ruth Alvarez"} {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is lost", lang, s)
			}
		}
	}
}

func TestTheStructureIsThatOfALetter(t *testing.T) {
	path := pdf(t, decision("en"), USLetter)
	tree := run(t, "pdfinfo", "-struct-text", path)
	for _, want := range []string{"Document", "H1", "H2", "P (block)", "L (block)", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", `"Dear Dr. Muñoz:"`, `"Lumbar fusion surgery"`} {
		if !strings.Contains(tree, want) {
			t.Errorf("%s is not in the structure:\n%s", want, tree)
		}
	}
	if strings.Contains(tree, "Page 1") {
		t.Error("the footer is read out")
	}
	info := run(t, "pdfinfo", path)
	for _, want := range []string{"Tagged:          yes", "Title:           Decision after a second opinion: Ruth Alvarez, born April 2, 1961"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is not in\n%s", want, info)
		}
	}
	meta := run(t, "pdfinfo", "-meta", path)
	if !strings.Contains(meta, "<pdfuaid:part>1</pdfuaid:part>") {
		t.Error(meta)
	}
}

func TestAnotherReaderFindsTheFileSound(t *testing.T) {
	for name, l := range map[string]letters.Letter{"letter": decision("es"), "brief": brief(9), "nothing": {}} {
		for _, size := range []Size{USLetter, A4} {
			path := pdf(t, l, size)
			if out := run(t, "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors found") {
				t.Errorf("%s: %s", name, out)
			}
			if size == A4 && !strings.Contains(run(t, "pdfinfo", path), "(A4)") {
				t.Errorf("%s is not on A4", name)
			}
		}
	}
}

func TestEveryFontIsEmbeddedAsFarAsItIsUsed(t *testing.T) {
	path := pdf(t, decision("en"), USLetter)
	out := run(t, "pdffonts", path)
	if n := strings.Count(out, "yes yes yes"); n != 2 {
		t.Errorf("%d of 2 fonts are embedded, cut and mapped:\n%s", n, out)
	}
	if st, err := os.Stat(path); err != nil || st.Size() > 80<<10 {
		t.Errorf("%d bytes: the font is not cut", st.Size())
	}
}

func pages(t *testing.T, path string) string {
	t.Helper()
	for _, l := range strings.Split(run(t, "pdfinfo", path), "\n") {
		if f := strings.Fields(l); len(f) == 2 && f[0] == "Pages:" {
			return f[1]
		}
	}
	return ""
}

func TestABriefIsOnePageHoweverMuchThereIs(t *testing.T) {
	long := brief(12)
	for i := range long.Blocks {
		if long.Blocks[i].Sort == letters.List {
			for len(long.Blocks[i].Items) < 150 {
				long.Blocks[i].Items = append(long.Blocks[i].Items, strings.Repeat("a long line of a list ", 10))
			}
		}
	}
	huge := brief(2)
	huge.Blocks = append(huge.Blocks, letters.Block{Sort: letters.Paragraph, Text: strings.Repeat("word ", 9000)})
	for name, l := range map[string]letters.Letter{"short": brief(3), "full": brief(12), "long": long, "huge": huge} {
		path := pdf(t, l, USLetter)
		if n := pages(t, path); n != "1" {
			t.Errorf("%s: %s pages", name, n)
		}
		text := flat(run(t, "pdftotext", "-raw", path, "-"))
		if cut := strings.Contains(text, "more in the full packet.") || strings.Contains(text, "are whole in the full packet."); cut != (name == "long" || name == "huge") {
			t.Errorf("%s: says that it was cut: %v", name, cut)
		}
		if !strings.Contains(text, "Allergies: penicillin (rash)") {
			t.Errorf("%s: the allergy was cut", name)
		}
	}
}

func TestMedicinesAreTheLastToBeCutAndSayThatTheyWere(t *testing.T) {
	var events [][]string
	for i := range 40 {
		events = append(events, []string{"2026", fmt.Sprintf("event %d", i)})
	}
	medicines := func(n int) letters.Block {
		b := letters.Block{Sort: letters.List, Firm: true, More: "{n} more medicines"}
		for i := range n {
			b.Items = append(b.Items, fmt.Sprintf("medicine %d", i))
		}
		return b
	}
	of := func(n int) string {
		l := brief(3)
		l.Blocks = append(l.Blocks, medicines(n), letters.Block{Sort: letters.Table, Head: []string{"Date", "What"}, Rows: events})
		return flat(run(t, "pdftotext", "-raw", pdf(t, l, USLetter), "-"))
	}
	text := of(9)
	for i := range 9 {
		if !strings.Contains(text, fmt.Sprintf("medicine %d", i)) {
			t.Errorf("medicine %d was cut while events stand", i)
		}
	}
	if strings.Contains(text, "event 0 ") {
		t.Error("nothing was cut: this test tells nothing")
	}
	if text = of(150); !regexp.MustCompile(`\d+ more medicines`).MatchString(text) {
		t.Error("a list of medicines that was cut does not say so itself")
	}
}

func TestALongLetterGoesOnOverPagesAndLosesNothing(t *testing.T) {
	l := decision("en")
	var rows [][]string
	for i := range 120 {
		rows = append(rows, []string{fmt.Sprintf("row%d", i), strings.Repeat("text ", 1+i%40), fmt.Sprintf("end%d", i)})
	}
	rows = append(rows, []string{"tall", strings.Repeat("very tall cell ", 900), "endtall"})
	l.Blocks = append([]letters.Block{{Sort: letters.Paragraph, Text: strings.Repeat("A sentence that goes on. ", 400)}, {Sort: letters.Table, Head: []string{"One", "Two", "Three"}, Rows: rows}}, l.Blocks...)
	path := pdf(t, l, USLetter)
	got := flat(run(t, "pdftotext", path, "-"))
	for _, s := range []string{"row0", "row119", "end119", "endtall", "Sincerely,"} {
		if !strings.Contains(got, s) {
			t.Errorf("%s is lost", s)
		}
	}
	if n := strings.Count(got, "very tall cell"); n != 900 {
		t.Errorf("%d of 900", n)
	}
	n := pages(t, path)
	if !strings.Contains(got, "Page "+n+" of "+n) || n == "1" {
		t.Errorf("the last of %s pages is not numbered", n)
	}
}

func TestASignatureNeverStandsOnAPageAlone(t *testing.T) {
	for n := range 60 { // lines and items are not of one height, so that their ends fall anywhere
		l := decision("en")
		last := l.Blocks[len(l.Blocks)-1]
		items := letters.Block{Sort: letters.List, Items: slices.Repeat([]string{"An item."}, 1+n/5)}
		l.Blocks = append(slices.Repeat([]letters.Block{{Sort: letters.Paragraph, Text: "A line."}}, 15+n%5), items, letters.Block{Sort: letters.Paragraph, Text: "The last words."}, last)
		for _, page := range strings.Split(run(t, "pdftotext", "-layout", pdf(t, l, USLetter), "-"), "\f") {
			if strings.Contains(page, last.Text) && !strings.Contains(page, "The last words.") {
				t.Errorf("after %d lines the signature is alone: %s", n, flat(page))
			}
		}
	}
}

func TestALetterThatTheFontCannotWriteIsShownAndCopied(t *testing.T) {
	l := decision("en")
	l.Blocks = []letters.Block{{Sort: letters.Paragraph, Text: "Name: 王芳 and 𝒳, n\u0303 joined, \x00\x1b gone, broken \xff."}}
	path := pdf(t, l, USLetter)
	got := flat(run(t, "pdftotext", path, "-"))
	if !strings.Contains(got, "Name: 王芳 and 𝒳, ñ joined, gone, broken \uFFFD.") {
		t.Error(got)
	}
}

func TestTheSameLetterGivesTheSameBytes(t *testing.T) {
	a, err := Print(decision("en"), USLetter)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Print(decision("en"), USLetter)
	c, _ := Print(decision("es"), USLetter)
	if !bytes.Equal(a, b) || bytes.Equal(a, c) {
		t.Error("two printings of one letter differ, or two letters are one")
	}
}

func TestALetterWithoutEndIsRefused(t *testing.T) {
	for _, text := range []string{strings.Repeat("word ", 400000), strings.Repeat("w", 2000000)} {
		l := letters.Letter{Blocks: []letters.Block{{Sort: letters.Paragraph, Text: text}}}
		if _, err := Print(l, USLetter); err == nil {
			t.Error("printed")
		}
	}
}

func FuzzAnyTextPrints(f *testing.F) {
	f.Add("a ñ 王 \x00", "sub", 3)
	f.Fuzz(func(t *testing.T, s, subject string, n int) {
		n = max(1, min(20, n))
		l := letters.Letter{Language: "en", Subject: subject, From: letters.Address{Name: s}}
		for i := range n {
			l.Blocks = append(l.Blocks, letters.Block{Sort: []letters.Sort{letters.Paragraph, letters.List, letters.Table, letters.Notice, letters.Sign, letters.Heading, "?"}[i%7], Text: s, Items: []string{s, subject}, Rows: [][]string{{s}, {}, {s, subject, s}}})
		}
		for _, one := range []string{"", "more"} {
			l.OnePage = one
			d, err := layOut(clean(l), A4, 1)
			if err != nil && len(s)+len(subject) < 10000 {
				t.Fatal(err)
			}
			if err == nil && one != "" && len(s) < 100 {
				if _, err := d.write(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkALetter(b *testing.B) {
	l := decision("en")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Print(l, USLetter); err != nil {
			b.Fatal(err)
		}
	}
}
