package opinion

import (
	"net/url"
	"reflect"
	"testing"
)

// Whatever is posted is read without a crash, and reading what was shown again gives
// the same opinion: editing changes nothing that was not typed.
func FuzzAFormIsReadAndShownTheSame(f *testing.F) {
	f.Add("by.name=Beatrice+Boone&options[0].text=Exercise&options[0].recommended=no&options[0].evidence.study=One%0ATwo&relied_on=MRI+2026-08-11&date-month=11&date-day=6&date-year=2026")
	f.Add("options[11].harms=x&options[99].text=y&diagnoses[-1].text=z&diagnoses[0].text=%20&urgency_days=1e9&summary=2026-01-01")
	f.Add("images[0].what=MRI&images[0].date-year=2026&addenda[5].text=later&tests[0].what=-&missing=%E2%80%A2+%E2%80%A2%0A%0D")
	f.Fuzz(func(t *testing.T, posted string) {
		form, err := url.ParseQuery(posted)
		if err != nil {
			return
		}
		once, faults := read(compact(form))
		_ = once.Check("2026-11-22")
		if len(faults) > 0 {
			return
		}
		twice, faults := read(compact(values(once)))
		if len(faults) > 0 {
			t.Fatalf("what was read cannot be read again: %v", faults)
		}
		thrice, _ := read(compact(values(twice)))
		if !reflect.DeepEqual(twice, thrice) {
			t.Fatalf("editing changed the opinion:\n%+v\n%+v", twice, thrice)
		}
	})
}
