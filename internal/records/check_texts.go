package records

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"consilium/internal/clinical"
)

// reportText is a report's words, in runs of six, to find it again in another format.
type reportText struct {
	have int
	runs map[string]bool
}

// Two reports are one when this share of the shorter one's runs, in percent, stands in
// the other too. More reports than mostReports are not compared with one another.
const (
	runWords    = 6
	fewestRuns  = 20
	sameShare   = 90
	mostReports = 500
)

// report adds a report, and keeps its words for a while.
func (g *gatherer) report(h Held, f clinical.Fact) {
	g.out.Have = append(g.out.Have, h)
	words := plainWords(wordsOf(f))
	if len(words) < fewestRuns+runWords || len(g.texts) >= mostReports {
		return
	}
	t := reportText{len(g.out.Have) - 1, map[string]bool{}}
	for i := 0; i+runWords <= len(words); i++ {
		t.runs[strings.Join(words[i:i+runWords], " ")] = true
	}
	g.texts = append(g.texts, t)
}

// sameReports gives one fingerprint to what is one report in two files.
func (g *gatherer) sameReports() {
	for i, a := range g.texts {
		for _, b := range g.texts[:i] {
			x, y := &g.out.Have[a.have], &g.out.Have[b.have]
			if x.Item != y.Item || x.Name == y.Name && x.SHA256 == y.SHA256 || x.Content == y.Content {
				continue
			}
			if close, known := near(x.Date, y.Date, 0); known && !close {
				continue
			}
			small, large := a.runs, b.runs
			if len(small) > len(large) {
				small, large = large, small
			}
			shared := 0
			for run := range small {
				if large[run] {
					shared++
				}
			}
			if shared*100 >= sameShare*len(small) {
				x.Content = y.Content
			}
		}
	}
}

// wordsOf gives all the words of a report.
func wordsOf(f clinical.Fact) string {
	parts := []string{f.Detail, f.Value}
	for _, c := range f.Components {
		parts = append(parts, c.Value)
	}
	return strings.Join(parts, "\n")
}

// shortest is how many words a text must have for its fingerprint and its language to
// mean anything.
const shortest = 12

// fingerprint is the same for two texts that differ only in spaces, case and signs.
func fingerprint(text string) string {
	words := plainWords(text)
	if len(words) < shortest {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(sum[:16])
}

func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
