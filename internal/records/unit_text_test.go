package records_test

import (
	"testing"

	"consilium/internal/records"
)

func TestAUnitIsPrintedAsPeopleWriteItAndOneNotKnownAsItWasWritten(t *testing.T) {
	for unit, want := range map[string]string{
		"mm[Hg]": "mmHg", "Cel": "°C", "10*6/uL": "10⁶/µL", "10*3/uL": "10³/µL", "mg/dL": "mg/dL", "/min": "/min",
		"kg/m2": "kg/m²", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "{score}": "score", "meq/L": "mEq/L", "mmol/L": "mmol/L",
		"u[IU]/mL": "µIU/mL", "%": "%", "mg/g{creat}": "mg/g", "kcal/kg.d": "kcal/kg·d", "fL": "fL", "pg": "pg",
		"": "", "cells per field": "cells per field", "mg/dl (serum)": "mg/dl (serum)", "10*12/furlong": "10*12/furlong",
		"{": "{", "}{": "}{", "mm [Hg]": "mm [Hg]",
	} {
		if got := records.UnitText(unit); got != want {
			t.Errorf("%q is printed %q, not %q", unit, got, want)
		}
	}
}
