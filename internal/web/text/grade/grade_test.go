package grade

import (
	"math"
	"testing"
)

func TestEnglishSyllablesAreCountedAsSpoken(t *testing.T) {
	for word, want := range map[string]int{
		"a": 1, "the": 1, "cat": 1, "make": 1, "table": 2, "tables": 2, "opinion": 3, "second": 2, "doctor": 2, "insurance": 3,
		"wanted": 2, "asked": 1, "places": 2, "boxes": 2, "names": 1, "coverage": 3, "hospital": 3, "radiology": 5, "previous": 3,
		"nation": 2, "question": 2, "don't": 1, "didn’t": 2, "safely": 2, "careful": 2, "statement": 2, "special": 2, "material": 4,
		"specialist": 3, "emergency": 4, "information": 4, "medical": 3, "patient": 2, "saved": 1, "needed": 2, "see": 1, "free": 1,
		"value": 2, "going": 2, "buying": 2, "diagnosis": 4, "you": 1, "your": 1, "agree": 2, "surgeon": 2, "we're": 1, "everyone": 3,
		"pathology": 4, "mistake": 2, "people": 2, "treatment": 2, "idea": 3, "theater": 3, "usual": 3, "year": 1, "easier": 3,
	} {
		if got := englishSyllables(word); got != want {
			t.Errorf("%s: got %d, want %d", word, got, want)
		}
	}
}

func TestSpanishSyllablesAreCountedAsSpoken(t *testing.T) {
	for word, want := range map[string]int{
		"a": 1, "casa": 2, "médico": 3, "opinión": 3, "segunda": 3, "quiero": 2, "guitarra": 3, "agua": 2, "día": 2, "país": 2,
		"poeta": 3, "caos": 2, "ciudad": 2, "seguro": 3, "muy": 1, "hoy": 1, "estudiáis": 3, "guerra": 2, "pingüino": 3, "leer": 2,
		"tratamiento": 4, "enfermedad": 4, "diagnóstico": 4, "causa": 2, "aire": 2, "oír": 2, "y": 1, "emergencia": 4, "expediente": 4,
		"ayuda": 3, "construir": 2, "cuidado": 3, "buey": 1, "averigüe": 4, "reír": 2, "baúl": 2, "yo": 1, "rey": 1, "maíz": 2, "había": 3,
	} {
		if got := spanishSyllables(word); got != want {
			t.Errorf("%s: got %d, want %d", word, got, want)
		}
	}
}

// The texts are old enough to be free; the counts were made by hand.
//
// Lincoln's opening sentence has 30 words and 48 syllables: 0.39×30 + 11.8×1.6 −
// 15.59 = 14.99. "The cat sat..." has two
// sentences of 6 and 5 words, all of one syllable: 0.39×5.5 + 11.8 − 15.59 < 0.
func TestTheEnglishGradeOfKnownTexts(t *testing.T) {
	near(t, "Lincoln", English("Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and dedicated to the proposition that all men are created equal."), 14.99, 0.01)
	near(t, "cat", English("The cat sat on the mat. It was a fat cat."), 0, 0.01)
	// One sentence, 10 words, 15 syllables: 3.9 + 17.7 − 15.59 = 6.01.
	near(t, "plain", English("The doctor will talk about every question you bring today."), 6.01, 0.01)
	near(t, "none", English(" \n"), 0, 0)
}

// Cervantes opens with one sentence of 33 words and 60 syllables: ease 206.84 −
// 60×60/33 − 1.02×33 = 64.09, which is grade 8.73. The plain sentence has 6 words and
// 13 syllables: ease 206.84 − 130 − 6.12 = 70.72, grade 7.64.
func TestTheSpanishGradeOfKnownTexts(t *testing.T) {
	near(t, "Cervantes", Spanish("En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo que vivía un hidalgo de los de lanza en astillero, adarga antigua, rocín flaco y galgo corredor."), 8.73, 0.01)
	near(t, "plain", Spanish("Su médico le explica los resultados."), 7.64, 0.01)
	near(t, "none", Spanish(""), 0, 0)
	easy, hard := Spanish("Pida ayuda. Llame hoy."), Spanish("La administración institucional condiciona previamente las autorizaciones extraordinarias solicitadas.")
	if easy >= 8 || hard < 14 {
		t.Errorf("easy %.1f, hard %.1f", easy, hard)
	}
}

func TestAListIsNotOneLongSentence(t *testing.T) {
	if a, b := English("Bring your scans\nBring your notes\nBring a friend"), English("Bring your scans. Bring your notes. Bring a friend."); a != b {
		t.Errorf("list %.2f, sentences %.2f", a, b)
	}
	c := count("Dr. Lee paid $4.50. Well-known!", englishSyllables)
	if c.sentences != 2 || c.words != 6 {
		t.Errorf("got %+v", c)
	}
}

func near(t *testing.T, name string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: got %.2f, want %.2f", name, got, want)
	}
}
