package opinion

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed text.en.json
var textEN []byte

//go:embed text.es.json
var textES []byte

var texts = map[string]map[string]string{"en": readTexts(textEN), "es": readTexts(textES)}

func readTexts(raw []byte) map[string]string {
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		panic("opinion: text: " + err.Error()) // our own file, embedded: a test reads it
	}
	return m
}

// say gives the sentence of a key, with its values put in: say("en", "days", "n", "3").
// Values are put in once, so that a name with braces in it stays as it is.
func say(lang, key string, kv ...string) string {
	pairs := make([]string, 0, len(kv))
	for i := 0; i+1 < len(kv); i += 2 {
		pairs = append(pairs, "{"+kv[i]+"}", kv[i+1])
	}
	s, ok := texts[lang][key]
	if !ok {
		return key
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func (c *comparison) say(key string, kv ...string) string { return say(c.lang, key, kv...) }

// specialty names a doctor's field in words: as stated, else of the NUCC code.
func (c *comparison) specialty(o Stated) string {
	if s := strings.TrimSpace(o.By.Specialty); s != "" {
		return s
	}
	names := lex.specialties[strings.ToUpper(strings.TrimSpace(o.By.SpecialtyNUCC))]
	if c.lang == "es" {
		return names[1]
	}
	return names[0]
}
