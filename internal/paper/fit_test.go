package paper

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"consilium/internal/letters"
)

// anyBrief makes a brief of a case of any size: none of a thing or hundreds, short
// words or whole paragraphs without a space.
func anyBrief(r *rand.Rand, lang string) letters.Letter {
	words := []string{"pain", "Muñoz", "metastatic", "L4–L5", "strasse", "Pneumonoultramicroscopicsilicovolcanoconiosis", "é", "2 mg", strings.Repeat("x", 300), strings.Repeat("W", 90)}
	text := func() string {
		var s []string
		for range 1 + r.IntN([]int{2, 9, 120}[r.IntN(3)]) {
			s = append(s, words[r.IntN(len(words))])
		}
		return strings.Join(s, " ")
	}
	n := func() int { return r.IntN([]int{1, 4, 20, 300}[r.IntN(4)]) }
	said := func() (all []letters.Stated) {
		for i := range n() {
			all = append(all, letters.Stated{Text: text(), From: letters.Source{File: "a", Name: fmt.Sprintf("%d, p. 2", i)}})
		}
		return all
	}
	in := letters.BriefIn{
		Today: "2026-11-22", Patient: letters.Patient{Name: text(), BirthDate: "1961-04-02", Phone: text(), Acting: text(), ActingAs: "parent"}, First: letters.Doctor{Name: text(), Practice: text()}, Expert: letters.Doctor{Name: text()},
		Visit: "2026-12-03", Companion: text(), DecideBy: "2026-12-20", AtStake: text(), Heard: letters.Finding{Diagnosis: text(), ICD10: "M51.36", Treatment: text()},
		Medicines: said(), Allergies: said(), Conditions: said(), NoAllergy: letters.Given,
	}
	for range n() {
		in.Timeline = append(in.Timeline, letters.Line{Date: "2026-09-01", Text: text(), Detail: text(), From: letters.Source{Name: "a.pdf"}})
	}
	for range n() {
		in.Questions, in.Records = append(in.Questions, text()), append(in.Records, text())
	}
	return letters.Brief(in, lang)
}

func TestTheBriefOfAnyCaseIsOnePageAndSaysHowMuchItLeavesOut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	cut := 0
	for i := range 16 {
		lang := []string{"en", "es"}[i%2]
		l := anyBrief(r, lang)
		short, scale, err := fitted(clean(l), []Size{USLetter, A4}[i/2%2])
		if err != nil || scale < smallest {
			t.Fatal(scale, err)
		}
		b, err := Print(l, []Size{USLetter, A4}[i/2%2])
		if err != nil || !bytes.Contains(b, []byte("/Count 1 >>")) {
			t.Fatalf("case %d in %s is not one page: %v", i, lang, err)
		}
		for j, was := range l.Blocks {
			now := short.Blocks[j]
			lost := len(was.Items) + len(was.Rows) - len(now.Items) - len(now.Rows)
			if lost != now.Left-was.Left {
				t.Errorf("case %d: %d lines of %q are lost and it says %d", i, lost, was.Text, now.Left-was.Left)
			}
			if lost > 0 {
				cut++
				if now.Rest() == "" {
					t.Errorf("case %d: %q is cut and says nothing", i, was.Text)
				}
			}
			if was.Firm && was.Sort == letters.Notice && strings.Join(was.Items, ";") != strings.Join(now.Items, ";") {
				t.Errorf("case %d: an allergy was cut: %q", i, now.Items)
			}
			if len(now.Sources) > len(now.Items)+len(now.Rows) {
				t.Errorf("case %d: a source of a line that is gone", i)
			}
		}
	}
	if cut == 0 {
		t.Error("nothing was cut: this test tells nothing")
	}
}

func TestInAPacketTheBriefIsOnePageAndItsLinesLeadToTheirFile(t *testing.T) {
	l := brief(200)
	for i, b := range l.Blocks {
		if b.Sort == letters.List {
			l.Blocks[i].Sources = []letters.Source{{File: "aa", Name: "1, p. 2"}, {File: "zz", Name: "9"}}
		}
	}
	files := letters.Letter{Language: "en", Subject: "The files", Blocks: []letters.Block{{Sort: letters.Heading, Text: "1. mri.pdf", Anchor: letters.Source{File: "aa"}.Anchor()}}}
	b, err := PrintAll([]letters.Letter{decision("en"), l, files}, USLetter)
	if err != nil {
		t.Fatal(err)
	}
	first, err := PrintAll([]letters.Letter{decision("en")}, USLetter)
	if err != nil {
		t.Fatal(err)
	}
	if of := func(b []byte) int { return bytes.Count(b, []byte("/Type /Page ")) }; of(b) != of(first)+2 {
		t.Errorf("%d pages", of(b))
	}
	if n := bytes.Count(b, []byte("/Subtype /Link")); n != 1 {
		t.Errorf("%d links: one place is known, and one is not", n)
	}
	if bytes.Contains(b, []byte("/Rect [0 0")) || !bytes.Contains(b, []byte("/OBJR")) {
		t.Error("the link has no place, or no reader hears of it")
	}
}
