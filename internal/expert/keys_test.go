package expert

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOneBuildingHasOneKeyHoweverItIsWritten(t *testing.T) {
	for _, spellings := range [][]string{
		{"120 N. Main St, Suite 400", "120 North Main Street", "120 N MAIN ST STE 210", "120 N Main St #4", "120 N Main St., 2nd Floor", "120 n main st fl 3", "Suite 400, 120 North Main Street"},
		{"One Medical Center Drive", "1 MEDICAL CTR DR"},
		{"450 Brookline Ave", "450 BROOKLINE AVENUE RM 12"},
		{"9 E 5th Ave", "9 East Fifth Avenue"},
		{"70 St Mary's St", "70 SAINT MARYS STREET"},
	} {
		want := AddressKey(spellings[0], "93701-1234")
		for _, s := range spellings {
			if got := AddressKey(s, "93701"); got != want || got == "" {
				t.Errorf("%q: %q, not %q", s, got, want)
			}
		}
	}
}

func TestNoBuildingHasNoKey(t *testing.T) {
	for _, c := range [][2]string{{"", "93701"}, {"Main Street", "93701"}, {"PO Box 12", "93701"}, {"120 Main St", ""}, {"120 Main St", "9370"}, {"120 Main St", "K1A 0B1"}} {
		if got := AddressKey(c[0], c[1]); got != "" {
			t.Errorf("%v: %q", c, got)
		}
	}
	if AddressKey("120 Main St", "93701") == AddressKey("120 Main St", "93702") || AddressKey("120 Main St", "93701") == AddressKey("122 Main St", "93701") {
		t.Error("two buildings have one key")
	}
}

func TestOnePracticeHasOneKeyHoweverItIsWritten(t *testing.T) {
	for _, spellings := range [][]string{
		{"Valley Oncology Assoc., P.C.", "VALLEY ONCOLOGY ASSOCIATES PC", "The Valley Oncology Associates, Inc."},
		{"Bay Univ Med Ctr", "Bay University Medical Center LLC"},
		{"Saint Luke's Clinic", "ST LUKES CLINIC"},
	} {
		want := OrganizationKey(spellings[0], "CA")
		for _, s := range spellings {
			if got := OrganizationKey(s, "NV"); got != want || got == "" {
				t.Errorf("%q: %q, not %q", s, got, want)
			}
		}
	}
}

func TestANameOfGeneralWordsIsOnePracticeOnlyInItsState(t *testing.T) {
	if OrganizationKey("Family Medicine Associates", "CA") == OrganizationKey("Family Medicine Associates", "OH") {
		t.Error("two practices of two states have one key")
	}
	if OrganizationKey("Family Medicine Assoc", "CA") != OrganizationKey("Family Medicine Associates LLC", "ca") {
		t.Error("one practice has two keys")
	}
	for _, s := range []string{"", "LLC", "Inc. P.C."} {
		if got := OrganizationKey(s, "CA"); got != "" {
			t.Errorf("%q: %q", s, got)
		}
	}
	if got := OrganizationKey("Medical Group", ""); got != "" {
		t.Errorf("a general name in no state: %q", got)
	}
}

func TestKeysOfAnythingAreTheirOwnKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "line")
		if k := address(s); address(k) != k {
			t.Fatalf("%q: %q, then %q", s, k, address(k))
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	line, zip, name, state := []byte("1100 N FIRST STREET STE 210"), []byte("937011234"), []byte("VALLEY ONCOLOGY MEDICAL GROUP INC"), []byte("CA")
	room := make([]byte, 0, 200)
	b.ReportAllocs()
	for b.Loop() {
		room = AppendAddressKey(room[:0], line, zip)
		room = AppendOrganizationKey(room, name, state)
	}
}
