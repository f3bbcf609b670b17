package appeal

import (
	"net/url"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
)

func TestAnAmountIsReadAsPeopleWriteIt(t *testing.T) {
	for said, want := range map[string]string{"1240": "1240.00", "$1,240.5": "1240.50", " 0.99 ": "0.99", ".50": "0.50", "0": "0.00", "007": "7.00", "1 240.00": "1240.00"} {
		if got, ok := money(said); !ok || got.String() != want {
			t.Errorf("%q: %s %v", said, got, ok)
		}
	}
	for _, said := range []string{"much", "12.345", "1.2.3", "--5", "$", "12e3", "٣"} {
		if got, ok := money(said); ok {
			t.Errorf("%q was read as %s", said, got)
		}
	}
}

func TestCodesAreTakenApartHoweverTheyAreParted(t *testing.T) {
	in := readIt(t, url.Values{"denial.carc": {"co-197; 050/B7 A1"}, "denial.rarc": {"n386,ma130"}, "claim.codes": {"99245\n g0463"}})
	if got := in.Input.Denial; got.Group != "CO" || len(got.CARC) != 4 || got.CARC[0] != "197" || got.CARC[1] != "50" || got.CARC[2] != "B7" || got.RARC[1] != "MA130" {
		t.Errorf("%+v", got)
	}
	if got := in.Claim.Codes; len(got) != 2 || got[1] != "G0463" {
		t.Errorf("%v", got)
	}
	// A group that was chosen is not changed by a code.
	if got := readIt(t, url.Values{"denial.carc": {"CO-197"}, "denial.group": {"PR"}}).Input.Denial.Group; got != "PR" {
		t.Error(got)
	}
}

func readIt(t *testing.T, f url.Values) appeal.Denial {
	t.Helper()
	d, err := readDenial(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What was read can be typed again, and is read as the same.
func FuzzALetterIsReadAsItIsShown(f *testing.F) {
	f.Add("regime=erisa&notice_date-month=11&notice_date-day=9&notice_date-year=2026&denial.carc=PR-197&amount=%241%2C240&urgent=no&claim.codes=88323")
	f.Add("level=internal_denied&plan.name=x&claim.on-month=feb&claim.on-day=29&claim.on-year=2024&ending=hospital&grandfathered=yes")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		d, wrong := readDenial(form)
		if wrong != nil {
			return
		}
		again, wrong := readDenial(typed(d))
		if wrong != nil {
			t.Fatalf("what was read is refused when it is typed again: %v", wrong)
		}
		a, b := d.Input, again.Input
		if a.NoticeDate != b.NoticeDate || a.Regime != b.Regime || a.Denial.Reason != b.Denial.Reason || amount(a.Amount) != amount(b.Amount) || d.Claim.On != again.Claim.On || d.Plan != again.Plan {
			t.Fatalf("%+v became %+v", d, again)
		}
	})
}

func amount(m *contract.Money) string {
	if m == nil {
		return ""
	}
	return m.String()
}
