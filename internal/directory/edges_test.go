package directory

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestAStrongTieHasTheNumberOfTheRules(t *testing.T) {
	rules, err := os.ReadFile("../../rules/expert_fit/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("shared_patients: %d,", topPatients); !strings.Contains(string(rules), want) {
		t.Errorf("the rules of expert_fit have no %q: topPatients is another number", want)
	}
}
