package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"consilium/internal/journey"
	"consilium/people"
)

const passphrase = "winter lantern river stone"

// walker is one of the cast being led through every step by hand.
type walker struct {
	*tab
	t       *testing.T
	address string // the case's address
	who     people.Person
	told    people.Case
	lang    string
	behind  time.Duration // how far the clock of the house is behind ours
}

// The two whose stories are whole walk the whole way: one in English with script, one
// in Spanish without any.
func TestWalterWalksTheWholeWayInEnglish(t *testing.T) { walk(t, "walter-brandt", "en", withScript) }

func TestRuthWalksTheWholeWayInSpanish(t *testing.T) { walk(t, "ruth-alvarez", "es", withoutScript) }

type script int

const (
	withScript script = iota
	withoutScript
)

func walk(t *testing.T, folder, lang string, s script) {
	w := arrive(t, folder, lang, s)
	w.start()
	w.need()
	w.coverage()
	w.expert()
	w.records(s)
	w.prepare()
	w.opinions()
	w.compare()
	w.decide()

	w.open(w.address)
	w.look("home")
	w.open("/account")
	w.look("account")
}

func (w *walker) start() {
	p := w.told.Profile
	w.look("start")
	w.send()
	w.look("start") // every field that is missing is named
	w.fill(present(map[string]string{
		"patient_name": p.Patient.Name, "birth_date": p.Patient.BirthDate, "state": p.Patient.State, "language": w.lang,
		"diagnosis": p.Diagnosis.Text, "icd10": p.Diagnosis.ICD10, "treatment": p.Treatment, "decide_by": p.DecideBy,
		"doctor_name": p.FirstDoctor.Name, "doctor_specialty": p.FirstDoctor.Specialty, "doctor_practice": p.FirstDoctor.Practice,
		"doctor_address": p.FirstDoctor.Address, "doctor_hospital": p.FirstDoctor.Hospital, "doctor_phone": p.FirstDoctor.Phone, "doctor_npi": p.FirstDoctor.NPI,
	}))
	w.send()
}

func (w *walker) need() {
	w.look("need.screen")
	w.fill(map[string]string{"flag": "chest_pain"})
	w.send()
	w.look("need.answer") // an emergency stops everything
	w.has("911")
	w.open(w.address + "/records")
	if !strings.Contains(w.path(), "/need") {
		w.t.Errorf("in an emergency the records opened: %s", w.path())
	}
	w.open(w.address + "/need/screen")
	ask[bool](w.tab, `[...document.querySelectorAll('[name=flag]:checked')].forEach(e => e.click()), true`)
	w.calm()
}

func (w *walker) coverage() {
	w.open(w.address + "/coverage")
	w.look("coverage.plan")
	var in struct {
		Plan struct{ Kind, Medigap, Funding string }
	}
	if err := json.Unmarshal(w.told.Coverage, &in); err != nil {
		w.t.Fatal(err)
	}
	w.fill(map[string]string{"plan": in.Plan.Kind})
	w.send()
	w.look("coverage")
	if ask[bool](w.tab, `!!document.querySelector('main [name="plan.funding"]')`) {
		w.fill(present(map[string]string{"plan.funding": in.Plan.Funding, "plan.situs_state": w.told.Profile.Patient.State}))
	}
	w.send()
	if strings.HasSuffix(w.path(), "/coverage/more") {
		w.look("coverage.more")
		w.send()
	} else {
		w.look("coverage.answer")
		w.open(w.address + "/coverage/more")
		w.look("coverage.more")
	}
	w.open(w.address + "/coverage/answer")
	w.look("coverage.answer")
	w.open(w.address + "/coverage/letter")
	w.look("coverage.letter")
	w.open(w.address + "/coverage/tests")
	w.look("coverage.tests")
	w.open(w.address + "/coverage/test/new")
	w.look("coverage.test")
	w.open(w.address + "/coverage/calls")
	w.look("coverage.calls")
	w.send()
	w.look("coverage.calls") // who was spoken with, and when, must be said
	w.fill(map[string]string{"person": "Pat in member services", "on": time.Now().Format(time.DateOnly), "reference": "REF-20417", "answer-0": "Yes, with a referral."})
	w.send()
	w.look("coverage.calls")
	w.has("REF-20417", "Pat in member services")
}

func (w *walker) expert() {
	w.open(w.address + "/expert")
	w.look("expert")
	var chosen string
	for i, x := range w.told.Candidates {
		w.open(w.address + "/expert/candidate/new")
		if i == 0 {
			w.look("expert.candidate")
		}
		w.fill(present(map[string]string{
			"name": x.Name, "specialty": x.Specialty, "credentials": x.Credentials, "practice": x.Practice, "address": x.Address, "hospital": x.Hospital,
			"phone": x.Phone, "npi": x.NPI, "notes": x.Notes,
			"expertise": x.Criteria.Expertise, "independent": x.Criteria.Independent, "board_certified": x.Criteria.BoardCertified, "accepts_plan": x.Criteria.AcceptsPlan,
		}))
		w.send()
		if x.Chosen {
			chosen = x.Name
		}
	}
	w.has(w.told.Candidates[0].Name)
	w.look("expert")
	w.open(w.address + "/expert/script")
	w.look("expert.script")
	w.has(w.told.Profile.Patient.Name)
	w.open(w.address + "/expert/routes")
	w.look("expert.routes")
	w.open(w.address + "/expert")
	w.leave(fmt.Sprintf(`(() => { const c = [...document.querySelectorAll("section.card")].find(c => c.getAttribute("aria-label") === %s); const b = c && c.querySelector('button[name=chosen]'); if (!b) return false; b.click(); return true; })()`, quote(chosen)), "choice of "+chosen)
}

// records uploads a real bundle and a PDF of the person's own.
func (w *walker) records(s script) {
	w.open(w.address + "/records")
	w.look("records")
	w.open(w.address + "/records/upload")
	w.look("records.upload")
	dir := w.t.TempDir()
	var files []string
	for _, r := range w.told.Records {
		b, err := fs.ReadFile(w.who.FS, r.File)
		if err != nil {
			w.t.Fatal(err)
		}
		name := filepath.Join(dir, path.Base(r.File))
		if err := os.WriteFile(name, b, 0o600); err != nil {
			w.t.Fatal(err)
		}
		files = append(files, name)
	}
	if s == withScript {
		files = append(files, w.strangers(dir))
		w.pick(files)
		w.until(`document.querySelector(".upload-next")`)
		w.look("records.upload")
		w.follow(".upload-next")
	} else {
		w.do(chromedp.SetUploadFiles(chromedp.CSS(`main input[type="file"]`), files))
		w.send(`[data-plain-upload] button[type="submit"]`)
		w.look("records.upload")
		w.open(w.address + "/records")
	}
	// The files are read in the background; the page asks to be loaded again until they are.
	w.until(fmt.Sprintf(`await (async () => { const r = await fetch(%s); const p = await r.text(); return !r.headers.get("Refresh") && p.split("/records/file/").length > %d; })()`, quote(w.address+"/records"), len(files)))
	w.open(w.address + "/records")
	w.look("records")
	if s == withScript {
		w.setAside()
	}
	w.follow(`main a[href*="/records/file/"]`)
	w.look("records.file")
	w.send()
	w.look("records.file")
}

// strangers is a file of somebody else, as offices mix them up.
func (w *walker) strangers(dir string) string {
	for _, p := range people.Cast() {
		told, err := p.Case("en")
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range told.Records {
			if r.Wrong == "" {
				continue
			}
			b, err := fs.ReadFile(p.FS, r.File)
			if err != nil {
				w.t.Fatal(err)
			}
			name := filepath.Join(dir, "mixed-up.json")
			if err := os.WriteFile(name, b, 0o600); err != nil {
				w.t.Fatal(err)
			}
			return name
		}
	}
	w.t.Fatal("the cast has no mixed-up file")
	return ""
}

// setAside says of the stranger's file that it is not the patient's.
func (w *walker) setAside() {
	w.follow(`main a[href*="/records/whose/"]`)
	w.look("records.whose")
	w.fill(map[string]string{"claim": "not_ours", "reason": "The office mixed it up"})
	w.send()
	w.open(w.address + "/records")
}

// pick gives files to the script as a person's picking does.
func (w *walker) pick(files []string) {
	type file struct{ Name, Bytes string }
	var all []file
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, file{filepath.Base(name), base64.StdEncoding.EncodeToString(b)})
	}
	j, _ := json.Marshal(all)
	ask[bool](w.tab, fmt.Sprintf(`(() => {
		const picked = new DataTransfer();
		for (const f of %s) picked.items.add(new File([Uint8Array.from(atob(f.Bytes), c => c.charCodeAt(0))], f.Name));
		const click = HTMLInputElement.prototype.click;
		HTMLInputElement.prototype.click = function () { this.files = picked.files; this.dispatchEvent(new Event("change")); };
		document.querySelector('[data-pick="files"]').click();
		HTMLInputElement.prototype.click = click;
		return true;
	})()`, j))
}

func (w *walker) prepare() {
	w.open(w.address + "/prepare")
	w.look("prepare")
	w.open(w.address + "/prepare/questions")
	w.look("prepare.questions")
	for _, q := range w.told.Questions {
		w.fill(map[string]string{"own": q.Text})
		w.send(`button[name="stay"].button-second`)
	}
	w.has(w.told.Questions[0].Text)
	ask[bool](w.tab, `document.querySelector('main input[type=checkbox]').click(), true`)
	w.send(`button[name="go"]`)
	w.look("prepare")
	w.open(w.address + "/prepare/bring")
	w.look("prepare.bring")
	w.fill(map[string]string{"companion.name": w.told.Companion.Name, "companion.related": w.told.Companion.Related, "companion.task": w.told.Companion.Task})
	w.send()
	w.open(w.address + "/prepare/timeline")
	w.look("prepare.timeline")
	if n := ask[int](w.tab, `document.querySelectorAll('main a[href*="/records/file/"]').length`); n < 10 {
		w.t.Errorf("the timeline has only %d lines that lead to a record", n)
	}
	w.open(w.address + "/prepare/brief")
	w.look("prepare.brief")
	w.has(w.told.Profile.Patient.Name, w.told.Companion.Name)
	text := w.paper(`main a[href*="/brief"][href*="pdf"]`)
	if !strings.Contains(text, w.told.Profile.Patient.Name) || !strings.Contains(text, w.told.Questions[0].Text[:20]) {
		w.t.Errorf("the brief does not hold the case's own facts: %.600s", text)
	}
}

func (w *walker) opinions() {
	w.open(w.address + "/opinion")
	w.look("opinion")
	for _, o := range w.told.Opinions {
		page, at := "opinion.first", w.address+"/opinion/first"
		if o.ID != "first" {
			page, at = "opinion.write", w.address+"/opinion/write/"+o.ID
		}
		w.open(at)
		w.look(page)
		form := map[string]string{"by.name": o.By.Name, "date": o.Date, "plain": o.Summary, "diagnoses[0].text": o.Diagnoses[0].Text, "diagnoses[0].icd10": o.Diagnoses[0].ICD10, "diagnoses[0].certainty": o.Diagnoses[0].Certainty}
		for i, x := range o.Options {
			if i > 0 {
				w.fill(present(form))
				form = map[string]string{}
				w.send(`button[name="add"][value="options"]`)
			}
			row := fmt.Sprintf("options[%d]", i)
			form[row+".text"], form[row+".kind"], form[row+".recommended"] = x.Text, x.Kind, map[bool]string{true: "yes", false: "no"}[x.Recommended]
			for _, e := range x.Evidence {
				form[row+".evidence."+e.Kind] += e.Text + "\n"
			}
		}
		for k, v := range form {
			form[k] = strings.TrimSuffix(v, "\n")
		}
		w.fill(present(form))
		w.send()
	}
	w.open(w.address + "/opinion/answers/second")
	w.look("opinion.answers")
	ask[bool](w.tab, `(() => { const seen = new Set(); for (const e of document.querySelectorAll('main input[type=radio]')) if (!seen.has(e.name)) { seen.add(e.name); e.click(); } return seen.size > 0; })()`)
	w.send()
	w.open(w.address + "/opinion")
	w.look("opinion")
	w.has(w.told.Opinions[0].By.Name, w.told.Opinions[1].By.Name)
}

func (w *walker) compare() {
	w.open(w.address + "/compare")
	w.look("compare")
	w.has(w.told.Opinions[0].By.Name, w.told.Opinions[1].By.Name, w.told.Opinions[0].Options[0].Text)
	w.follow(`main a[href$="/compare/ask/second"]`)
	w.look("compare.ask")
	if text := w.paper(`main a[href*="as=pdf"]`); !strings.Contains(text, w.told.Opinions[1].By.Name) {
		w.t.Errorf("the letter that asks the second doctor does not name them: %.600s", text)
	}
	w.open(w.address + "/compare")
	w.send()
}

// decide weighs, decides, writes to both doctors, closes the case and opens it again.
func (w *walker) decide() {
	w.open(w.address + "/decide")
	w.look("decide")
	form := map[string]string{}
	for i, v := range w.told.Values[:2] {
		form[fmt.Sprintf("values[%d].what", i)], form[fmt.Sprintf("values[%d].weight", i)] = v.What, fmt.Sprint(v.Weight)
	}
	w.fill(form)
	w.send()
	w.open(w.address + "/decide/choice")
	w.look("decide.choice")
	d := w.told.Decision
	with := "first"
	if d.With == w.told.Opinions[1].By.Name {
		with = "second"
	}
	w.fill(map[string]string{"chosen": "own", "own": d.Choice, "reasons": d.Reasons, "with": with})
	w.send()
	w.open(w.address + "/decide/letters")
	w.look("decide.letters")
	w.fill(map[string]string{"talk": "yes"})
	w.send()
	w.open(w.address + "/decide/letters")
	w.look("decide.letters")
	for i, which := range []string{"first", "second"} {
		text := w.paper(fmt.Sprintf(`main a[href$="/decide/letter/%s"]`, which))
		p := w.told.Profile
		for _, fact := range []string{p.Patient.Name, w.told.Opinions[i].By.Name, firstWords(d.Choice, 5)} {
			if !strings.Contains(text, fact) {
				w.t.Errorf("the letter to the %s doctor does not say %q: %.1500s", which, fact, text)
			}
		}
	}
	w.open(w.address + "/decide/close")
	w.look("decide.close")
	w.send()
	w.open(w.address)
	w.look("home") // closed, and can be opened again
	w.open(w.address + "/start")
	w.send()
	if !strings.Contains(w.path(), "/start") {
		w.t.Errorf("a closed case took a change: %s", w.path())
	}
	w.open(w.address)
	w.send()
	w.open(w.address + "/start")
	w.send()
	if strings.Contains(w.path(), "/start") {
		w.t.Errorf("a case that was opened again takes no change: %.800s", w.text())
	}
}

// firstWords are the first n words of a text: a line of a letter may end after them.
func firstWords(s string, n int) string {
	words := strings.Fields(s)
	return strings.Join(words[:min(n, len(words))], " ")
}

// paper takes the PDF that a link leads to and gives its text, as a reader reads it.
func (w *walker) paper(selector string) string {
	w.t.Helper()
	b64 := ask[string](w.tab, fmt.Sprintf(`(async () => {
		const a = document.querySelector(%s);
		if (!a) return "";
		const r = await fetch(a.href);
		if (r.headers.get("Content-Type") !== "application/pdf") return "";
		const b = new Uint8Array(await r.arrayBuffer());
		let s = ""; for (const x of b) s += String.fromCharCode(x);
		return btoa(s);
	})()`, quote(selector)))
	pdf, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(pdf) == 0 {
		w.t.Fatalf("%s: %s gives no PDF. %.1500s", w.path(), selector, w.text())
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("pdftotext: %v", err)
	}
	if w.shot != "" {
		_ = os.WriteFile(filepath.Join(w.shot, strings.NewReplacer("/", "-", " ", "-").Replace(fmt.Sprintf("%s-%02d.pdf", w.t.Name(), w.n))), pdf, 0o644)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// present leaves out what is empty.
func present(m map[string]string) map[string]string {
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
	return m
}

// It stands last in this file and in the package: by then every page was looked at.
func TestZEveryPageOfTheMapWasLookedAt(t *testing.T) {
	visited.Lock()
	defer visited.Unlock()
	if len(visited.pages) == 0 {
		t.Skip("no journey was walked in this run")
	}
	for _, s := range journey.All() {
		for _, p := range s.Pages {
			if !visited.pages[p.ID] && !unseen[p.ID] {
				t.Errorf("nobody looked at %s in a browser", p.ID)
			}
		}
	}
}

// unseen are addresses of the map that show no page: they take or give bytes.
var unseen = map[string]bool{
	"records.part": true, "records.original": true, "records.picture": true, "records.letter": true, "records.signed": true, "records.custody": true, "records.packet_zip": true, "expert.referral_pdf": true, "decide.letter": true, "coverage.print": true,
	"cost.estimate_letter": true, "cost.dispute_letter": true,
	"appeal.picture": true, "appeal.letter": true, "appeal.packet_pdf": true, "appeal.sent_pdf": true,
}
