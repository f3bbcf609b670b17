package expert

import "testing"

func TestCapitalsAreWrittenAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"GRACE O'NEILL-ADEYEMI III":    "Grace O'Neill-Adeyemi III",
		"RONAN MCDONALD":               "Ronan McDonald",
		"MCCABE CANCER CENTER OF UTAH": "McCabe Cancer Center of Utah",
		"MESA MEDICAL GROUP, PLLC":     "Mesa Medical Group, PLLC",
		"120 N 2ND ST STE 400B":        "120 N 2nd St Ste 400B",
		"Elena de la Cruz":             "Elena de la Cruz",
		"MARÍA NÚÑEZ":                  "María Núñez",
		"":                             "",
		"X":                            "X",
		"D'ANGELO":                     "D'Angelo",
		"CHILDREN'S HOSPITAL":          "Children's Hospital",
	} {
		if got := Readable(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}
