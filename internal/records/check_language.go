package records

import (
	"strings"
	"unicode"
)

// small are short words that every text of a language has and others have not.
var small = []struct {
	tag   string
	words string
}{
	{"en", "the and of with is was are to for this that from were has been"},
	{"es", "el los las del que con una para por está fue se sin como y"},
	{"pt", "os das dos uma com não para foi ao pela sem são e"},
	{"fr", "le les des une est avec pour dans pas du et sur sans au"},
	{"de", "der die das und ist mit nicht ein eine zu den von im wurde"},
	{"it", "il gli della che con una per di non sono è nel e"},
	{"pl", "nie jest się na do z w oraz przez bez i"},
	{"vi", "và của không có được cho trong là các"},
	{"tl", "ang ng mga sa ay hindi na at para"},
}

// scripts are letters of languages that are not written in Latin ones.
var scripts = []struct {
	tag   string
	table *unicode.RangeTable
}{
	{"ja", unicode.Hiragana}, {"ko", unicode.Hangul}, {"zh", unicode.Han}, {"ru", unicode.Cyrillic}, {"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"hi", unicode.Devanagari}, {"th", unicode.Thai}, {"el", unicode.Greek},
}

// languageOf tells the language of a text by its letters and its smallest words, ""
// where the text is too short or says too little: a list of values has no language.
func languageOf(text string) string {
	letters, foreign := 0, map[string]int{}
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		for _, s := range scripts {
			if unicode.Is(s.table, r) {
				foreign[s.tag]++
				break
			}
		}
	}
	for _, s := range scripts {
		if foreign[s.tag] > 20 && foreign[s.tag]*2 > letters {
			return s.tag
		}
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) < shortest {
		return ""
	}
	best, most, second := "", 0, 0
	for _, s := range small {
		list := strings.Fields(s.words)
		n := 0
		for _, w := range words {
			for _, x := range list {
				if w == x {
					n++
					break
				}
			}
		}
		switch {
		case n > most:
			best, most, second = s.tag, n, most
		case n > second:
			second = n
		}
	}
	if most < 3 || most*10 < len(words) || most < second+2 {
		return ""
	}
	return best
}
