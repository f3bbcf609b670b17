package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"consilium/e2e/planted"
	"consilium/internal/portal/portaltest"
)

// A patient hands in a whole folder of records with the defects that real folders
// have, sees what is wrong and what is missing, asks two places for it with signed
// papers, sees one of them late, and prints the brief: in English with script, in
// Spanish without.
func TestAFolderOfRecordsIsHandedInCheckedAndWhatIsMissingAskedFor(t *testing.T) {
	for lang, s := range map[string]script{"en": withScript, "es": withoutScript} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel() // a house and a browser of their own
			far := portaltest.New(t)
			far.Add(
				`{"resourceType":"Patient","id":"`+portaltest.Patient+`","name":[{"family":"Brandt","given":["Walter"]}],"birthDate":"1956-08-19","gender":"male"}`,
				`{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/`+portaltest.Patient+`"},"code":{"text":"Low back pain"},"recordedDate":"2026-05-04"}`,
			)
			list := filepath.Join(t.TempDir(), "portals.json")
			must(t, os.WriteFile(list, []byte(far.List()), 0o600))
			w := arriveAt(t, t.TempDir(), "walter-brandt", lang, s, "--portals", list)
			w.start()
			w.calm()
			w.folder(s)
			w.complete(s)
			w.ask("Great Miami Hospital", -10)
			w.ask("Larkspur Hospital", -40)
			w.late()
			w.after()
			w.tissue()
			w.drawn()
			w.packetOut()
			w.portal()
			w.brief()
		})
	}
}

// folder hands in the planted folder: with script as a folder, without as its files.
func (w *walker) folder(s script) {
	dir := w.t.TempDir()
	planted.Plant(w.t, dir)
	var names []string
	must(w.t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	w.open(w.address + "/records/upload")
	if s == withScript {
		w.pickFolder(dir, names)
		w.until(`document.querySelector("progress, [role=progressbar], .upload-next")`)
		w.until(`document.querySelector(".upload-next")`)
		w.look("records.upload") // each of those that were refused says why
	} else {
		w.do(chromedp.SetUploadFiles(chromedp.CSS(`main input[type="file"]`), names))
		w.send(`[data-plain-upload] button[type="submit"]`)
		w.look("records.upload")
	}
	w.until(fmt.Sprintf(`await (async () => { const r = await fetch(%s); const p = await r.text(); return !r.headers.get("Refresh") && p.split("/records/file/").length > 20; })()`, quote(w.address+"/records")))
	w.open(w.address + "/records")
	w.look("records")
}

// pickFolder gives a folder to the script as a person's picking does.
func (w *walker) pickFolder(dir string, names []string) {
	type file struct{ Path, Bytes string }
	var all []file
	for _, name := range names {
		b, err := os.ReadFile(name)
		must(w.t, err)
		rel, err := filepath.Rel(filepath.Dir(dir), name)
		must(w.t, err)
		all = append(all, file{filepath.ToSlash(rel), base64.StdEncoding.EncodeToString(b)})
	}
	j, _ := json.Marshal(all)
	ask[bool](w.tab, fmt.Sprintf(`(() => {
		const picked = %s.map(f => {
			const file = new File([Uint8Array.from(atob(f.Bytes), c => c.charCodeAt(0))], f.Path.split("/").pop());
			Object.defineProperty(file, "webkitRelativePath", {value: f.Path});
			return file;
		});
		const click = HTMLInputElement.prototype.click;
		HTMLInputElement.prototype.click = function () { Object.defineProperty(this, "files", {value: picked}); this.dispatchEvent(new Event("change")); };
		document.querySelector('[data-pick="folder"]').click();
		HTMLInputElement.prototype.click = click;
		return true;
	})()`, j))
}

// complete sees what is wrong and what is missing.
func (w *walker) complete(s script) {
	w.open(w.address + "/records/check")
	w.look("records.check")
	w.has("other-labs.json", "locked.pdf", "visits.json", "PET scan of the brain")
	if n := ask[int](w.tab, `document.querySelectorAll('section[aria-labelledby="alarms"] .finding').length`); n < 12 {
		w.t.Errorf("%d alarms for twelve defects and more", n)
	}
	if n := ask[int](w.tab, `document.querySelectorAll('section[aria-labelledby="musts"] .finding').length`); n == 0 {
		w.t.Error("nothing is missing")
	}
	w.fill(map[string]string{"specialty": "spine"})
	w.send()
	w.look("records.check")
	w.open(w.address + "/records/contradictions")
	w.look("records.contradictions")
	// One click leads from a missing thing to asking for it.
	w.open(w.address + "/records/check")
	w.follow(`section[aria-labelledby="musts"] button[name=ask]`)
	w.look("records.request")
	if !ask[bool](w.tab, `!!document.querySelector('main [name=holder_name]') && !!document.querySelector('main [name=item]').value`) {
		w.t.Errorf("asking for what is missing led to %s: %.300s", w.path(), w.text())
	}
}

// ask asks a place for images with a right-of-access letter and an authorization,
// signs, and sends it so many days before today.
func (w *walker) ask(holder string, days int) {
	w.open(w.address + "/records/requests")
	w.look("records.requests")
	w.open(w.address + "/records/request/new")
	w.look("records.request")
	w.fill(map[string]string{"holder_name": holder})
	w.send()
	w.look("records.form")
	w.fill(map[string]string{"address": "1 Elm Street\nDayton, OH 45406", "details": "MRI", "my_address": "12 Olive Street\nDayton, OH 45406"})
	for _, kind := range []string{"images", "pathology"} {
		w.fill(map[string]string{"kinds": kind})
	}
	w.fill(map[string]string{"specimen": "disc", "accession": "S26-1182", "wants": "slides", "format": "download", "to": "me", "signer": "patient", "purpose": "opinion"})
	w.send()
	w.look("records.request")
	request := w.last()
	if text := w.paper(fmt.Sprintf(`main a[href=%s]`, quote(w.address+"/records/letter/"+request+"/access"))); !strings.Contains(text, "164.524") || !strings.Contains(text, "DICOM") || !strings.Contains(text, "S26-1182") || !strings.Contains(text, "Walter Brandt") {
		w.t.Errorf("the letter lacks the law, the images, the tissue or the patient: %.600s", text)
	}
	w.sign(request)
	w.open(w.address + "/records/sent/" + request)
	w.look("records.sent")
	w.fill(map[string]string{"how": "mail", "on": w.day(days), "proof": "9400 1"})
	if ask[bool](w.tab, `!!document.querySelector('main [name=what]')`) {
		w.fill(map[string]string{"what": "request"})
	}
	w.send()
	w.look("records.request")
}

// sign signs the letter by typing the name, after a try without saying so.
func (w *walker) sign(request string) {
	w.open(w.address + "/records/sign/" + request + "/access")
	w.look("records.sign")
	w.send()
	w.look("records.sign") // what is lacking is named
	w.fill(map[string]string{"how": "typed", "name": "Walter Brandt", "self": "yes"})
	w.send()
	w.look("records.request")
	if signed := ask[int](w.tab, fmt.Sprintf(`(async () => { const r = await fetch(%s); return r.status; })()`, quote(w.address+"/records/signed/"+request+"/access"))); signed != 200 {
		w.t.Errorf("the signed letter is not kept: %d", signed)
	}
}

// late sees which of the two is late, and what came from the other.
func (w *walker) late() {
	w.open(w.address + "/records/requests")
	w.look("records.requests")
	if n := ask[int](w.tab, `document.querySelectorAll("main .card .tag-warn").length`); n != 1 {
		w.t.Errorf("%d of two are late", n)
	}
	w.open(w.address)
	w.look("home")
	w.has("Larkspur Hospital")
	w.open(w.address + "/records/requests")
	w.follow(`main .card:has(.tag:not(.tag-warn)) h3 a`)
	w.open(w.address + "/records/answer/" + w.last())
	w.look("records.answer")
	w.fill(map[string]string{"kind": "all", "on": day(0)})
	w.send()
	w.look("records.request")
}

// after checks a bill of the place that is late, sees where to complain, and asks the
// second doctor what has arrived.
func (w *walker) after() {
	w.open(w.address + "/records/requests")
	w.follow(`main .card:has(.tag-warn) h3 a`)
	late := w.last()
	w.open(w.address + "/records/fee/" + late)
	w.look("records.fee")
	w.fill(map[string]string{"on": day(0), "for": "me", "electronic": "yes", "part-labor": "25.00"})
	w.send()
	w.open(w.address + "/records/fee/" + late)
	w.look("records.fee")
	w.has("$25.00")
	w.open(w.address + "/records/complaint/" + late)
	w.look("records.complaint")
	w.open(w.address + "/records/arrival/" + late)
	w.look("records.arrival")
	w.fill(map[string]string{"whom": "Dana", "on": day(0), "came": "all"})
	w.send()
}

// tissue follows slides out of the house and looks at their papers.
func (w *walker) tissue() {
	w.open(w.address + "/records/specimens")
	w.look("records.specimens")
	w.open(w.address + "/records/specimen/new")
	w.look("records.specimen")
	w.fill(map[string]string{"lab": "Larkspur Pathology", "what": "disc, L4 to L5", "accession": "S26-1182", "slides": "10", "due_back": day(50)})
	w.send()
	w.open(w.address + "/records/specimens")
	w.look("records.specimens")
	w.has("Larkspur Pathology")
	w.follow(`main a[href*="/records/specimen/"]:not([href$="/new"])`)
	w.look("records.specimen")
	if text := w.paper(`main a[href*="/records/custody/"]`); !strings.Contains(text, "S26-1182") {
		w.t.Errorf("the paper of custody lacks the number: %.300s", text)
	}
}

// drawn looks at what is drawn of the records.
func (w *walker) drawn() {
	w.open(w.address + "/records/results")
	w.look("records.results")
	w.follow(`main a[href*="/records/result/"]`)
	w.look("records.result")
	w.open(w.address + "/records/timeline")
	w.look("records.timeline")
	w.has("Glioblastoma")
	w.open(w.address + "/records/medicines")
	w.look("records.medicines")
}

// portal signs in at a hospital's portal and fetches what it has.
func (w *walker) portal() {
	w.open(w.address + "/records/portals")
	w.look("records.portals")
	at := w.address + "/records/portal/general"
	w.open(at)
	w.look("records.portal")
	w.send(`main button[name=do][value=connect]`)
	if ask[bool](w.tab, `!!document.querySelector('main a[href$="?go=sign-in"]')`) {
		w.look("records.portal")
		w.follow(`main a[href$="?go=sign-in"]`)
	}
	w.open(at)
	w.look("records.portal")
	w.send(`main button[name=do][value=pull]`)
	w.until(fmt.Sprintf(`await (async () => { const r = await fetch(%s); return (await r.text()).includes("/records/pulled/"); })()`, quote(at)))
	w.open(at)
	w.look("records.portal")
	w.open(w.address + "/records/pulled/general")
	w.look("records.pulled")
}

// packetOut makes the packet, takes it in again, and shares it by a link.
func (w *walker) packetOut() {
	w.open(w.address + "/records/packet")
	w.look("records.packet")
	w.send()
	w.look("records.packet") // nothing leaves without a yes
	w.fill(map[string]string{"language": w.lang, "agreed": "yes"})
	w.send()
	w.look("records.packet")
	b64 := ask[string](w.tab, fmt.Sprintf(`(async () => {
		const r = await fetch(%s);
		const b = new Uint8Array(await r.arrayBuffer());
		let s = ""; for (const x of b) s += String.fromCharCode(x);
		return r.status === 200 ? btoa(s) : "";
	})()`, quote(w.address+"/records/packet_zip")))
	zip, err := base64.StdEncoding.DecodeString(b64)
	must(w.t, err)
	name := filepath.Join(w.t.TempDir(), "packet.zip")
	must(w.t, os.WriteFile(name, zip, 0o600))
	w.open(w.address + "/records/import")
	w.look("records.import")
	w.do(chromedp.SetUploadFiles(chromedp.CSS(`main input[type="file"]`), []string{name}))
	w.send()
	w.look("records.import_check")
	if ask[bool](w.tab, `!!document.querySelector('main [name=trust]')`) {
		w.t.Error("a packet of this very house is called somebody else's")
	}
	w.send()
	w.open(w.address + "/records/share")
	w.look("records.share")
	w.fill(map[string]string{"passcode": "blue door 42", "language": w.lang, "agreed": "yes"})
	ask[bool](w.tab, `["what", "days", "most"].every(n => { const e = document.querySelector('main [name=' + n + ']'); if (e && !document.querySelector('main [name=' + n + ']:checked')) e.click(); return true; })`)
	w.send()
	w.look("records.share")
	link := ask[string](w.tab, `document.querySelector("#link-text").value`)
	if !strings.Contains(link, "/view#shlink:/") {
		w.t.Fatalf("the page shows no link: %s", link)
	}
	if !w.mute {
		w.opened(link)
	}
	w.open(w.address + "/records/shares")
	w.look("records.shares")
}

// opened opens the link as the doctor does who was given it.
func (w *walker) opened(link string) {
	w.open(link)
	w.look("link")
	w.fill(map[string]string{"recipient": "Dr. Dana", "passcode": "wrong"})
	w.until(`(document.querySelector("#link-form button").click(), true)`)
	w.until(`document.querySelector("#link-status").innerText.trim() !== ""`)
	if ask[bool](w.tab, `!!document.querySelector("#link-files a")`) {
		w.t.Error("a wrong passcode opens the packet")
	}
	w.fill(map[string]string{"passcode": "blue door 42"})
	w.until(`(document.querySelector("#link-form button").click(), true)`)
	w.until(`document.querySelector("#link-files a")`)
	w.look("link")
	w.open(w.address + "/records/shares")
	w.has("Dr. Dana")
}

// brief prints the one page.
func (w *walker) brief() {
	w.open(w.address + "/prepare/brief")
	w.look("prepare.brief")
	if text := w.paper(`main a[href*="/brief"][href*="pdf"]`); !strings.Contains(text, "Walter Brandt") {
		w.t.Errorf("the brief does not name the patient: %.300s", text)
	}
}
