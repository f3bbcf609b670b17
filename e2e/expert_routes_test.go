package e2e

import (
	"fmt"
	"strings"
	"time"
)

// otherRoads walks the ways to a second opinion besides the search: the routes, the
// programmes of hospitals with what is asked before they take somebody, one programme,
// and the doctor who says no to a referral, up to the letter on paper.
func (w *walker) otherRoads() {
	w.open(w.address + "/expert/routes")
	w.look("expert.routes")
	w.follow(fmt.Sprintf(`main a[href=%s]`, quote(w.address+"/expert/programmes")))
	w.look("expert.programmes")
	before := w.count(`main table .tag-agree`)
	w.fill(map[string]string{"in_hospital": "no", "signs": "no", "member": "no"})
	w.send(`main form[action$="/expert/programmes"] button[type="submit"]`)
	w.look("expert.programmes")
	if after := w.count(`main table .tag-agree`); after <= before {
		w.t.Errorf("%d programmes take the patient before the answers and %d after", before, after)
	}
	w.follow(`main a[href$="sort=price"]`)
	w.look("expert.programmes")
	w.follow(`main table a[href*="/expert/programme/"]`)
	w.look("expert.programme")
	w.has(w.told.Profile.Diagnosis.Text)
	w.open(w.address + "/expert/referral")
	w.look("expert.referral")
	w.fill(map[string]string{"refused": "yes", "asked": day(2), "addition": "Thank you for your care."})
	w.send(`main form[action$="/expert/referral"] button[type="submit"]:not([name])`)
	w.look("expert.referral") // a day to come on which it was refused
	if ask[int](w.tab, `document.querySelectorAll('[id$="-error"]').length`) == 0 {
		w.t.Errorf("a refusal that is still to come was taken: %.600s", w.text())
	}
	w.fill(map[string]string{"asked": day(-3)})
	w.send(`main form[action$="/expert/referral"] button[type="submit"]:not([name])`)
	w.look("expert.referral")
	text := w.paper(`main a[href$="/expert/referral_pdf"]`)
	for _, fact := range []string{w.told.Profile.Patient.Name, w.told.Profile.FirstDoctor.Name, "Thank you for your care.", fmt.Sprint(time.Now().AddDate(0, 0, -3).Year())} {
		if !strings.Contains(text, fact) {
			w.t.Errorf("the letter does not say %q: %.1500s", fact, text)
		}
	}
}

// count counts what is on the page.
func (w *walker) count(selector string) int {
	return ask[int](w.tab, fmt.Sprintf(`document.querySelectorAll(%s).length`, quote(selector)))
}
