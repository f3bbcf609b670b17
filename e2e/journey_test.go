package e2e

import (
	"testing"
)

const passphrase = "winter lantern river stone"

// enter makes the owner by the one-time link, as a person does on the first day.
func enter(t *testing.T, h *house, b *tab) {
	t.Helper()
	b.open(h.find(`(http\S+/welcome/\S+)`))
	b.fill(map[string]string{"handle": "ruth", "passphrase": passphrase, "again": passphrase})
	b.send()
}

func TestAPersonIsLedThroughEveryStep(t *testing.T) {
	h := start(t, t.TempDir())
	b := browse(t, h.URL)
	enter(t, h, b)
	b.look("setup")
	b.open("/")
	b.look("cases")
	b.send()
	b.look("start")
	b.send()
	b.look("start-wrong")
	b.fill(map[string]string{"patient_name": "Ruth Alvarez", "birth_date": "1961-04-02", "state": "CA", "diagnosis": "Breast cancer, right side", "icd10": "C50.911", "treatment": "Mastectomy", "decide_by": "2026-12-10", "doctor_name": "Dr. Stone", "doctor_practice": "Valley"})
	b.send()
	b.look("need.screen")
	b.fill(map[string]string{"none": "yes"})
	b.send()
	b.look("need")
	b.fill(map[string]string{"treatment_kind": "major_surgery", "life_threatening": "yes"})
	b.send()
	b.look("need.answer")
	b.open("/")
	b.look("cases")
	b.follow("main .card a")
	b.look("home")
	b.open(b.path() + "/expert")
	b.look("expert")
	b.follow("main .empty a")
	b.look("expert.candidate")
	b.fill(map[string]string{"name": "Dr. Grace Lin", "practice": "Valley"})
	b.send()
	b.look("expert")
}
