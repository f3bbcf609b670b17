package expert_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"consilium/internal/expert"
	"consilium/internal/finding"
	"consilium/rules"
)

// open gives a file of the optional open data, or skips.
func open(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../shared/data/open/codes", name))
	if err != nil {
		t.Skip("the open data is not here")
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// proposals asks the rules what they propose for a code.
func proposals(t testing.TB, icd10 string, age int) []expert.Proposal {
	t.Helper()
	q := expert.Question{ConditionICD: icd10, States: []string{"MA"}}
	if age >= 0 {
		q.PatientAge = &age
	}
	a, err := expert.Search(context.Background(), q, today, expert.Sources{Book: book, Directory: &memory{}, Lang: "en"})
	if err != nil {
		t.Fatal(icd10, err)
	}
	return a.Proposed
}

// codesOf gathers the NUCC codes of a role that are looked for first.
func codesOf(ps []expert.Proposal, role string) (out []string) {
	for _, p := range ps {
		if p.Role == role {
			out = append(out, p.Codes...)
		}
	}
	return out
}

func TestEachSituationHasItsField(t *testing.T) {
	for _, c := range []struct {
		icd10, role, code, why string
		age                    int
	}{
		{"C50.911", "medical", "207RX0202X", "breast cancer", 60},
		{"C50.911", "surgery", "2086X0206X", "breast cancer", 60},
		{"C50.911", "radiotherapy", "2085R0001X", "breast cancer", 60},
		{"C50.911", "pathology", "207ZP0102X", "breast cancer", 60},
		{"D05.11", "surgery", "2086X0206X", "breast cancer in situ", 50},
		{"C91.00", "medical", "207RH0003X", "leukemia of an adult", 40},
		{"C91.00", "medical", "2080P0207X", "leukemia of a child", 6},
		{"C91.00", "pathology", "207ZH0000X", "leukemia", 40},
		{"C56.1", "surgery", "207VX0201X", "ovarian cancer", 60},
		{"C18.7", "surgery", "208C00000X", "colon cancer", 60},
		{"C61", "surgery", "208800000X", "prostate cancer", 70},
		{"C32.0", "surgery", "207Y00000X", "cancer of the voice box", 60},
		{"C71.1", "surgery", "207T00000X", "brain tumor", 50},
		{"C71.1", "pathology", "207ZN0500X", "brain tumor", 50},
		{"C71.1", "imaging", "2085N0700X", "brain tumor", 50},
		{"C73", "medical", "207RE0101X", "thyroid cancer", 50},
		{"C43.59", "pathology", "207ZD0900X", "melanoma", 50},
		{"C34.11", "surgery", "208G00000X", "lung cancer", 60},
		{"M54.16", "surgery", "207XS0117X", "spine", 50},
		{"M48.061", "medical", "208100000X", "spine", 70},
		{"M17.11", "surgery", "207XS0114X", "knee", 70},
		{"S83.511A", "surgery", "207XX0005X", "knee ligament", 25},
		{"S52.501A", "surgery", "207XX0801X", "broken arm", 30},
		{"S52.501A", "surgery", "207XP3100X", "broken arm of a child", 9},
		{"G56.01", "surgery", "207XS0106X", "carpal tunnel", 50},
		{"M20.11", "surgery", "207XX0004X", "bunion", 50},
		{"I35.0", "surgery", "208G00000X", "narrow heart valve", 80},
		{"I25.10", "medical", "207RI0011X", "heart vessels", 60},
		{"I48.0", "medical", "207RC0001X", "atrial fibrillation", 60},
		{"I50.22", "medical", "207RA0001X", "heart failure", 60},
		{"Q21.0", "medical", "2080P0202X", "heart defect of a child", 1},
		{"Q21.0", "medical", "207RA0002X", "heart defect of an adult", 30},
		{"I71.40", "surgery", "2086S0129X", "aneurysm", 70},
		{"G35", "medical", "2084N0400X", "multiple sclerosis", 30},
		{"G40.909", "medical", "2084E0001X", "epilepsy", 30},
		{"G12.21", "medical", "2084N0008X", "ALS", 60},
		{"I63.9", "medical", "2084V0102X", "stroke", 60},
		{"G40.909", "medical", "2084N0402X", "epilepsy of a child", 7},
		{"K50.90", "medical", "207RG0100X", "Crohn's disease", 30},
		{"K74.60", "medical", "207RI0008X", "liver", 60},
		{"K72.10", "surgery", "204F00000X", "liver failure", 50},
		{"K80.20", "surgery", "208600000X", "gallstones", 50},
		{"E05.00", "medical", "207RE0101X", "thyroid", 40},
		{"M05.79", "medical", "207RR0500X", "rheumatoid arthritis", 50},
		{"N18.4", "medical", "207RN0300X", "kidney", 60},
		{"J84.112", "medical", "207RP1001X", "lung scarring", 70},
		{"B20", "medical", "207RI0200X", "HIV", 40},
		{"Z15.01", "medical", "207SG0201X", "breast cancer gene", 40},
		{"N80.00", "surgery", "207V00000X", "endometriosis", 30},
		{"O36.5930", "medical", "207VM0101X", "high-risk pregnancy", 30},
		{"N97.9", "medical", "207VE0102X", "infertility", 35},
		{"N81.10", "surgery", "2088F0040X", "prolapse", 60},
		{"H33.001", "medical", "207WX0107X", "retina", 60},
		{"H40.1131", "medical", "207WX0009X", "glaucoma", 60},
		{"H46.9", "medical", "207WX0109X", "optic nerve", 40},
		{"H80.90", "surgery", "207YX0901X", "inner ear", 40},
		{"L40.0", "medical", "207N00000X", "psoriasis", 40},
		{"C44.311", "surgery", "207ND0101X", "skin cancer", 70},
		{"F33.1", "medical", "2084P0800X", "depression", 40},
		{"J45.50", "medical", "207K00000X", "asthma", 30},
		{"G89.4", "medical", "208VP0014X", "lasting pain", 50},
		{"T24.301A", "surgery", "208200000X", "burn", 30},
		{"K40.90", "surgery", "2086S0120X", "hernia of a child", 3},
	} {
		if got := codesOf(proposals(t, c.icd10, c.age), c.role); !slices.Contains(got, c.code) {
			t.Errorf("%s (%s at %d): no %s for %s in %v", c.icd10, c.why, c.age, c.code, c.role, got)
		}
	}
}

func TestNoProposalIsADoctorWhoGivesNoSecondOpinions(t *testing.T) {
	for _, icd10 := range []string{"C50.911", "S06.0X0A", "I21.9", "K35.80", "T20.00XA", "A41.9"} {
		for _, p := range proposals(t, icd10, -1) {
			for _, code := range p.Codes {
				if slices.Contains([]string{"202C00000X", "207P00000X", "208M00000X"}, code) {
					t.Errorf("%s: %+v", icd10, p)
				}
			}
		}
	}
}

func TestEveryCodeOfTheRulesStandsInTheList(t *testing.T) {
	known := map[string]bool{}
	rows, err := csv.NewReader(open(t, "nucc_taxonomy_240.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		known[r[0]] = true
	}
	text, err := rules.Files.ReadFile("expert_fit/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`\b[0-9]{3}[0-9A-Z]{6}X\b`).FindAllString(string(text), -1)
	if len(codes) < 150 {
		t.Fatalf("only %d codes", len(codes))
	}
	for _, code := range codes {
		if !known[code] {
			t.Errorf("%s is not in the list", code)
		}
	}
}

// How much of each chapter of ICD-10-CM has a field is told, and may not shrink. Causes
// of injury (V to Y) and most of R, T and Z name no illness.
func TestTheProposalsReachTheWholeList(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole list")
	}
	list := csv.NewReader(open(t, "ICD10CM_2025_codes.csv.gz"))
	all, some, seen := map[string]int{}, map[string]int{}, map[string]bool{}
	has := func(code string) bool {
		yes, ok := seen[code]
		if !ok {
			v := book.Judge("expert_fit", map[string]any{"condition.icd10": code, "patient.age": 50}, today, "en")
			yes = slices.ContainsFunc(v.Fired, func(f finding.Fired) bool { return f.Kind == "specialty" })
			seen[code] = yes
		}
		return yes
	}
	for {
		r, err := list.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if code := strings.ReplaceAll(r[0], ".", ""); code != "Code" {
			all[code[:1]]++
			// What fits a category fits all below it.
			if has(code[:3]) || len(code) > 3 && has(code[:4]) {
				some[code[:1]]++
			}
		}
	}
	least := map[string]int{"A": 100, "B": 100, "C": 100, "D": 97, "E": 100, "F": 100, "G": 100, "H": 100, "I": 99, "J": 100, "K": 100, "L": 100, "M": 99, "N": 99, "O": 100, "P": 100, "Q": 99, "R": 57, "S": 67, "T": 32}
	for _, chapter := range slices.Sorted(maps.Keys(all)) {
		share := 100 * some[chapter] / all[chapter]
		t.Logf("%s: %d of %d codes have a field (%d %%)", chapter, some[chapter], all[chapter], share)
		if share < least[chapter] {
			t.Errorf("%s: only %d %%, less than %d", chapter, share, least[chapter])
		}
	}
}
