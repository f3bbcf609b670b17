package records_test

import (
	"strings"
	"testing"

	"consilium/internal/web/webtest"
)

// flawed is a bundle with several mistakes of one kind, one that names a type, and
// statuses that are and are not of the standard.
func flawed() string {
	var entries []string
	for _, id := range []string{"v", "w", "x", "y", "z"} {
		entries = append(entries, `{"fullUrl":"urn:uuid:`+id+`","resource":{"resourceType":"Condition","id":"`+id+`","subject":{"reference":"urn:uuid:p"},"code":{"text":"Finding `+id+`"},"onsetDateTime":"someday",
"clinicalStatus":{"coding":[{"code":"resolved"}]}}}`)
	}
	own := `{"fullUrl":"urn:uuid:own","resource":{"resourceType":"Procedure","id":"own","status":"house-code","subject":{"reference":"urn:uuid:p"},"code":{"text":"Biopsy"}}}`
	b := bundle("Ruth", "Alvarez", "1961-04-02")
	return strings.TrimSuffix(b, "]}") + "," + strings.Join(append(entries, own), ",") + "]}"
}

func TestWhatIsWrongWithAFileIsSaidInThePersonsLanguage(t *testing.T) {
	s, home := site(t)
	page := home + "/records/file/" + handIn(t, s, home, "flawed.json", flawed())
	for lang, wants := range map[string][]string{
		"en": {"The value does not have the form of the type dateTime.", "More notes of this kind, not shown: 2. The value does not have the form of the type […].", "State: over", "State: house-code"},
		"es": {"El valor no tiene la forma del tipo dateTime.", "Otras notas de este tipo, que no mostramos: 2. El valor no tiene la forma del tipo […].", "Estado: ya pasó", "Estado: house-code"},
	} {
		body := s.GetIn(lang, page).Body
		words := webtest.Words(body)
		for _, w := range append(wants, "Bundle.entry[3].resource.onsetDateTime") {
			if !strings.Contains(words, w) {
				t.Errorf("%s: the page lacks %q:\n%s", lang, w, words)
			}
		}
		if lang == "es" && strings.Contains(body, `<span lang="en">`) {
			t.Error("a part of the Spanish page is in English")
		}
	}
	if m := s.Words.Missing(); len(m) > 0 {
		t.Errorf("words are missing: %v", m)
	}
}
