package appeal_test

import (
	"bytes"
	"testing"

	"consilium/internal/web/text/grade"
	"consilium/rules"

	"go.yaml.in/yaml/v3"
)

func TestEverySentenceOfTheRulesIsPlain(t *testing.T) {
	for _, topic := range []string{"appeal", "appeal_clock"} {
		plainIn(t, topic)
	}
}

func plainIn(t *testing.T, topic string) {
	body, err := rules.Files.ReadFile(topic + "/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rules []struct {
			ID     string
			Reason map[string]string
			Words  map[string]map[string]string
		}
	}
	if err := yaml.NewDecoder(bytes.NewReader(body)).Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rules {
		if g := grade.English(r.Reason["en"]); g > 8 {
			t.Errorf("%s en %.1f: %s", r.ID, g, r.Reason["en"])
		}
		if g := grade.Spanish(r.Reason["es"]); g > 8 {
			t.Errorf("%s es %.1f: %s", r.ID, g, r.Reason["es"])
		}
	}
}
