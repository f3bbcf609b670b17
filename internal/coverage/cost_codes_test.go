package coverage_test

import (
	"strings"
	"testing"

	"consilium/internal/coverage"
)

func TestANumberOnABillIsExplainedInBothLanguages(t *testing.T) {
	en, es := coverage.Codes(today, "en", book), coverage.Codes(today, "es", book)
	if len(en) != 20 || len(es) != len(en) {
		t.Fatalf("%d in English, %d in Spanish", len(en), len(es))
	}
	for i := range en {
		if en[i].Plain == "" || en[i].Plain == es[i].Plain || en[i].Codes != es[i].Codes || strings.ContainsAny(en[i].Plain+en[i].Note, "{}") {
			t.Errorf("%+v\n%+v", en[i], es[i])
		}
	}
}

func TestMedicarePaysNoConsultationNumberAndOldOnesAreWrong(t *testing.T) {
	for _, c := range []struct {
		code            string
		unpaid, retired bool
		known           bool
	}{
		{"99244", true, false, true},
		{"99254", true, false, true},
		{"99204", false, false, true},
		{"99273", false, true, true},
		{"88321", false, false, true},
		{"99241", false, false, false},
		{"", false, false, false},
		{"12345", false, false, false},
	} {
		got, ok := coverage.CodeOf(c.code, today, "en", book)
		if ok != c.known || got.Unpaid != c.unpaid || got.Retired != c.retired {
			t.Errorf("%s: %v %+v", c.code, ok, got)
		}
	}
}
