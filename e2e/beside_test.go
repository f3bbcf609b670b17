package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"consilium/people"
)

// Three whose plan has said no each go from the start to a finished packet, in both
// languages: a member of an HMO in California, somebody with Original Medicare and
// Medigap N, and a member of a self-funded PPO who had no approval (CARC 197). The
// English ones type the letter off beside its picture with script, the Spanish ones
// without any.
func TestThreeWhosePlanSaidNoCometoAFinishedPacketInBothLanguages(t *testing.T) {
	for _, folder := range []string{"ruth-alvarez", "walter-brandt", "mei-tanaka"} {
		for lang, s := range map[string]script{"en": withScript, "es": withoutScript} {
			t.Run(folder+" "+lang, func(t *testing.T) {
				t.Parallel() // a house and a browser of their own
				w := arrive(t, folder, lang, s)
				w.start()
				w.calm()
				w.coverage()
				w.shortlist()
				w.cost()
				w.estimate()
				w.refused(s)
				w.dates()
			})
		}
	}
}

// arrive is one of the cast at the door of a house of their own, with an empty case.
func arrive(t *testing.T, folder, lang string, s script) *walker {
	return arriveAt(t, t.TempDir(), folder, lang, s)
}

// arriveAt is arrive at a house over this data folder.
func arriveAt(t *testing.T, data, folder, lang string, s script, args ...string) *walker {
	return arriveIn(t, start(t, data, args...), folder, lang, s)
}

// arriveIn is arrive at a house that runs.
func arriveIn(t *testing.T, h *house, folder, lang string, s script) *walker {
	w := &walker{tab: browse(t, h.URL), t: t, lang: lang}
	for _, p := range people.Cast() {
		if p.Folder == folder {
			w.who = p
		}
	}
	var err error
	if w.told, err = w.who.Case(lang); err != nil {
		t.Fatal(err)
	}
	if s == withoutScript {
		w.mute = true
		w.scripts(false)
	}
	t.Cleanup(func() {
		if log := h.Log(); strings.Contains(log, "ERROR") {
			t.Errorf("the log holds errors: %s", log)
		}
	})
	w.open("/language/" + lang + "?back=/")
	w.open(h.find(`(http\S+/welcome/\S+)`))
	w.look("welcome")
	w.fill(map[string]string{"handle": "owner", "passphrase": passphrase, "again": passphrase})
	w.send()
	w.look("setup")
	w.open("/")
	w.look("cases")
	w.send()
	w.address = strings.TrimSuffix(w.path(), "/start")
	return w
}

// calm answers the first questions of somebody who is in no emergency.
func (w *walker) calm() {
	w.fill(map[string]string{"none": "yes"})
	w.send()
	w.look("need")
	var in struct {
		Diagnosis struct{ Certainty string }
		Treatment struct{ Kind, Status, Risk string }
	}
	if err := json.Unmarshal(w.told.Need, &in); err != nil {
		w.t.Fatal(err)
	}
	w.fill(present(map[string]string{"certainty": in.Diagnosis.Certainty, "treatment_kind": in.Treatment.Kind, "treatment_status": in.Treatment.Status, "risk": in.Treatment.Risk}))
	w.send()
	w.look("need.answer")
}

// shortlist names two doctors to ask.
func (w *walker) shortlist() {
	for _, x := range w.told.Candidates[:2] {
		w.open(w.address + "/expert/candidate/new")
		w.fill(present(map[string]string{"name": x.Name, "specialty": x.Specialty, "practice": x.Practice, "address": x.Address, "phone": x.Phone, "npi": x.NPI}))
		w.send()
	}
}

// cost sees what the visit costs with each doctor.
func (w *walker) cost() {
	w.open(w.address + "/cost")
	w.look("cost")
	ask[bool](w.tab, `(() => { const e = document.querySelector('main [name$="allowed"]'); e.value = "-5"; return true; })()`)
	w.send()
	w.look("cost") // what cannot be is named
	ask[bool](w.tab, `(() => {
		const put = (name, v) => { for (const e of document.querySelectorAll('main [name$="' + name + '"]')) if (e.type === "text") e.value = v; };
		put("allowed", "380.00"); put("billed", "600.00"); put("self_pay", "450.00");
		put("deductible_remaining", "100.00"); put("copay", "50.00"); put("out_of_pocket_remaining", "5000.00"); put("penalty", "");
		for (const n of ["assignment", "network"]) for (const e of document.querySelectorAll('main [name$="' + n + '"]')) {
			const said = n === "network" ? "in" : "participating";
			if (e.tagName === "SELECT") e.value = said; else if (e.value === said) e.click();
		}
		return true;
	})()`)
	w.send()
	w.look("cost.answer")
	w.has(w.told.Candidates[0].Name, "$")
	w.open(w.address + "/cost/codes")
	w.look("cost.codes")
	w.has("99202")
}

// estimate asks a clinic for its price in writing, writes down what came and a bill
// far above it, and takes both letters.
func (w *walker) estimate() {
	w.open(w.address + "/cost/estimates")
	w.look("cost.estimates")
	w.open(w.address + "/cost/estimate/new")
	w.look("cost.estimate")
	w.fill(map[string]string{"paying": "not_using", "clinic": w.told.Candidates[0].Practice, "asked": day(-12), "visit": day(30)})
	w.send(stage("ask"))
	w.look("cost.estimate")
	at := w.address + "/cost/estimate/" + w.last()
	id := w.last()
	w.open(at)
	if text := w.paper(`main a[href*="/cost/estimate_letter/"]`); !strings.Contains(text, w.told.Profile.Patient.Name) {
		w.t.Errorf("the letter that asks for the price does not name the patient: %.600s", text)
	}
	w.fill(map[string]string{"received": day(-9), "p0": w.told.Candidates[0].Practice, "p0_l0_what": "Visit", "p0_l0_amount": "300.00"})
	w.send(stage("came"))
	w.open(at)
	w.fill(map[string]string{"bill_on": day(-1), "bill_total": "700.00"})
	ask[bool](w.tab, `(() => { const e = document.querySelector('main [name="bill_provider"]'); if (e) { const d = e.closest("details"); if (d) d.open = true; e.click(); } return true; })()`)
	w.send(stage("bill"))
	w.open(w.address + "/cost/dispute/" + id)
	w.look("cost.dispute")
	w.has("$400.00")
	if text := w.paper(`main a[href*="/cost/dispute_letter/"]`); !strings.Contains(text, "$700.00") {
		w.t.Errorf("the letter about the bill does not name it: %.600s", text)
	}
	w.open(w.address + "/cost/estimates")
	w.look("cost.estimates")
}

// stage finds the button that keeps one stage of an estimate.
func stage(name string) string {
	return fmt.Sprintf(`main form:has(input[name="stage"][value="%s"]) button[type="submit"]:not([name])`, name)
}

// last is the last part of the address: the id of what is shown.
func (w *walker) last() string {
	p := strings.Split(strings.SplitN(w.path(), "?", 2)[0], "/")
	return p[len(p)-1]
}

// day is so many days from today.
func day(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }

// refused brings the letter in which the plan said no to a finished packet that was
// sent, and writes down what the plan answered.
func (w *walker) refused(s script) {
	told := w.told.Refused
	b, err := fs.ReadFile(w.who.FS, told.Letter)
	if err != nil {
		w.t.Fatal(err)
	}
	letter := filepath.Join(w.t.TempDir(), "denial.pdf")
	if err := os.WriteFile(letter, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.open(w.address + "/appeal")
	w.look("appeal")
	if s == withScript {
		w.pick([]string{letter})
		w.until(`document.querySelector(".upload-next")`)
		w.follow(".upload-next")
	} else {
		w.do(chromedp.SetUploadFiles(chromedp.CSS(`main input[type="file"]`), []string{letter}))
		w.send(`[data-plain-upload] button[type="submit"]`)
	}
	w.look("appeal.denial")
	if ask[int](w.tab, `document.querySelectorAll('a[href*="/appeal/picture/"]').length`) == 0 {
		w.t.Errorf("the letter does not stand beside the form: %.600s", w.text())
	}
	d := told.Denial
	in := d.Input
	w.fill(map[string]string{"plan.name": d.Plan.Name, "regime": in.Regime, "notice_date": day(3), "received_date": day(-30)})
	w.send()
	w.look("appeal.denial") // a letter that is not written yet, and came before
	if ask[int](w.tab, `document.querySelectorAll('[id$="-error"]').length`) < 1 {
		w.t.Errorf("an impossible date was taken: %.600s", w.text())
	}
	urgent := map[bool]string{true: "yes", false: "no"}[in.Urgent != nil && *in.Urgent]
	form := map[string]string{
		"plan.name": d.Plan.Name, "regime": in.Regime, "notice_date": in.NoticeDate.String(), "received_date": in.ReceivedDate.String(),
		"denial.reason": in.Denial.Reason, "denial.carc": strings.Join(in.Denial.CARC, ", "), "denial.group": in.Denial.Group, "service": in.Service, "urgent": urgent,
		"claim.service": d.Claim.Service, "claim.provider": d.Claim.Provider, "claim.on": d.Claim.On, "claim.number": d.Claim.Number,
		"claim.codes": strings.Join(d.Claim.Codes, ", "), "claim.icd10": d.Claim.ICD10,
		"plan.member": d.Plan.Member, "plan.group": d.Plan.Group, "plan.address": d.Plan.Address, "plan.fax": d.Plan.Fax, "plan.phone": d.Plan.Phone,
	}
	if in.Amount != nil {
		form["amount"] = in.Amount.String()
	}
	if in.ReceivedDate.IsZero() {
		form["received_date"] = ""
		ask[bool](w.tab, `["month", "day", "year"].forEach(p => document.querySelector('main [name="received_date-' + p + '"]').value = ""), true`)
	}
	w.fill(present(form))
	w.send()
	w.look("appeal.answer")
	at := "/appeal/answer/"
	if !strings.Contains(w.path(), at) {
		w.t.Fatalf("the letter was not taken: %.1500s", w.text())
	}
	id := w.last()
	w.has(map[string]map[string]string{
		"erisa":             {"en": "May 11, 2027", "es": "11 de mayo de 2027"},    // 180 days from November 12
		"california":        {"en": "May 19, 2027", "es": "19 de mayo de 2027"},    // 180 days from November 20
		"medicare_original": {"en": "March 21, 2027", "es": "21 de marzo de 2027"}, // 5 days to come, then 120
	}[in.Regime][w.lang])
	w.packet(id)
	w.open(w.address + "/appeal/send/" + id)
	w.look("appeal.send")
	w.fill(map[string]string{"how": "mail", "on": day(0), "proof": "RB 555 014 662 US"})
	w.send()
	w.look("appeal.sent")
	w.has("RB 555 014 662 US", d.Plan.Name)
	if text := w.paper(`main a[href*="/appeal/sent_pdf/"]`); !strings.Contains(text, d.Claim.Number) {
		w.t.Errorf("the packet as it was sent does not name the claim: %.600s", text)
	}
	w.open(w.address + "/appeal/reply/" + id)
	w.look("appeal.reply")
	w.fill(map[string]string{"reply": "refused"})
	w.send()
	w.look("appeal.denial") // the next letter, with what is known
	w.open(w.address + "/appeal")
	w.look("appeal")
}

// packet puts the papers of an appeal together and reads each as it is printed.
func (w *walker) packet(id string) {
	told := w.told.Refused
	w.open(w.address + "/appeal/packet/" + id)
	w.look("appeal.packet")
	w.fill(present(map[string]string{
		"harm": told.Draft.Harm, "tried": told.Draft.Tried, "addition": told.Draft.Addition, "address": told.Draft.Address, "phone": told.Draft.Phone, "doctor": "first", "language": w.lang,
	}))
	for _, so := range told.Draft.Circumstances {
		w.fill(map[string]string{"circumstances": so})
	}
	ask[bool](w.tab, `(() => { const e = document.querySelector('main input[name="enclosed"]'); if (e && !e.checked) e.click(); return !!e; })()`)
	w.send()
	w.look("appeal.packet")
	d := told.Denial
	for _, which := range []string{"appeal", "necessity"} {
		text := w.paper(fmt.Sprintf(`main a[href$="/appeal/letter/%s/%s"]`, id, which))
		for _, fact := range []string{w.told.Profile.Patient.Name, d.Plan.Member, d.Claim.Number} {
			if !strings.Contains(text, fact) {
				w.t.Errorf("the letter %s does not say %q: %.1500s", which, fact, text)
			}
		}
	}
	text := w.paper(`main a[href*="/appeal/packet_pdf/"]`)
	if d.Input.Regime == "medicare_original" && !strings.Contains(text, "Medicare Benefit Policy Manual") {
		w.t.Errorf("the packet does not name the rule on second opinions: %.3000s", text)
	}
	for _, fact := range []string{w.told.Profile.Patient.Name, d.Plan.Name, d.Claim.Number, firstWords(told.Draft.Harm, 6), firstWords(told.Draft.Addition, 4), map[string]string{"en": "Enclosure 2", "es": "Anexo 2"}[w.lang]} {
		if !strings.Contains(text, fact) {
			w.t.Errorf("the packet does not say %q: %.3000s", fact, text)
		}
	}
}

// dates looks at what is due, and takes it as a calendar.
func (w *walker) dates() {
	w.open(w.address)
	w.look("home")
	kind := ask[string](w.tab, `(async () => { const a = document.querySelector('main a[href*="calendar"], main form[action*="calendar"]'); if (!a) return "no link"; const r = await fetch(a.href || a.action); return r.headers.get("Content-Type") + " " + (await r.text()).slice(0, 15); })()`)
	if !strings.HasPrefix(kind, "text/calendar") || !strings.HasSuffix(kind, "BEGIN:VCALENDAR") {
		w.t.Errorf("the calendar is %q", kind)
	}
	w.open("/account")
	w.look("account")
}
