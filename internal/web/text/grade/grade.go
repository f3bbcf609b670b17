// Package grade measures how many years of school a text asks of its reader, so
// that a test can hold every page of the product to grade 8 or lower.
package grade

import (
	"strings"
	"unicode"
)

// English gives the Flesch-Kincaid grade level (Kincaid and others, 1975, US Navy
// report 8-75): 0.39 × words per sentence + 11.8 × syllables per word − 15.59.
// A text without words is grade 0, and no text is below it.
func English(text string) float64 {
	c := count(text, englishSyllables)
	if c.words == 0 {
		return 0
	}
	return max(0, 0.39*c.perSentence()+11.8*c.perWord()-15.59)
}

// Spanish gives a grade equivalent for a Spanish text: the reading ease of
// Fernández Huerta (1959), 206.84 − 60 × syllables per word − 1.02 × words per
// sentence (with the correction by Law, 2011, that the last factor is words per
// sentence), mapped to school grades on Flesch's own scale of ease (1949):
//
//	90-100 grade 5, 80-90 grade 6, 70-80 grade 7, 60-70 grades 8 and 9,
//	50-60 grades 10 to 12, 30-50 college (13-16), below 30 graduate (17)
//
// Between the middles of those bands the grade is a straight line, so that a text
// a little easier is a little lower. Ease of 105 and more is grade 4.
func Spanish(text string) float64 {
	c := count(text, spanishSyllables)
	if c.words == 0 {
		return 0
	}
	return fromEase(206.84 - 60*c.perWord() - 1.02*c.perSentence())
}

// bands are reading ease and the grade it stands for, hardest first.
var bands = []struct{ ease, grade float64 }{
	{15, 17}, {40, 14.5}, {55, 11}, {65, 8.5}, {75, 7}, {85, 6}, {95, 5}, {105, 4},
}

// fromEase finds the grade on the straight line between two bands.
func fromEase(ease float64) float64 {
	if ease <= bands[0].ease {
		return bands[0].grade
	}
	for i := 1; i < len(bands); i++ {
		a, b := bands[i-1], bands[i]
		if ease <= b.ease {
			return a.grade + (ease-a.ease)/(b.ease-a.ease)*(b.grade-a.grade)
		}
	}
	return bands[len(bands)-1].grade
}

// counts are what both formulas are made of.
type counts struct{ words, sentences, syllables int }

func (c counts) perSentence() float64 { return float64(c.words) / float64(max(1, c.sentences)) }
func (c counts) perWord() float64     { return float64(c.syllables) / float64(c.words) }

// count splits a text. A sentence ends at . ! ? … or : followed by a blank, or at a
// line's end: a button, a heading and an entry of a list are sentences of their own.
// A number counts as one word of one syllable, as readers of Flesch's rule do.
func count(text string, syllables func(string) int) counts {
	var c counts
	for _, line := range strings.Split(text, "\n") {
		open := false // words since the last end
		for _, token := range strings.Fields(line) {
			for _, w := range words(token) {
				c.words++
				open = true
				if unicode.IsDigit([]rune(w)[0]) {
					c.syllables++
				} else {
					c.syllables += max(1, syllables(strings.ToLower(w)))
				}
			}
			if open && ends(token) {
				c.sentences++
				open = false
			}
		}
		if open {
			c.sentences++
		}
	}
	return c
}

// abbreviations end with a point that ends no sentence.
var abbreviations = map[string]bool{
	"dr.": true, "dra.": true, "mr.": true, "mrs.": true, "ms.": true, "st.": true, "vs.": true,
	"sr.": true, "sra.": true, "e.g.": true, "i.e.": true, "ch.": true, "no.": true, "etc.": true,
}

// ends tells whether a sentence ends with this token.
func ends(token string) bool {
	t := strings.TrimRight(token, `"'”’»)]`)
	if t == "" || abbreviations[strings.ToLower(strings.TrimLeft(t, `"'“‘«(¿¡[`))] {
		return false
	}
	return strings.ContainsRune(".!?…:", []rune(t)[len([]rune(t))-1])
}

// words gives the words of a token: "well-known" is two, "don't" one, "4.5" one.
func words(token string) []string {
	number := strings.IndexFunc(token, unicode.IsLetter) < 0
	return strings.FieldsFunc(token, func(r rune) bool {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			return false
		}
		return !(r == '\'' || r == '’' || number && (r == '.' || r == ','))
	})
}
