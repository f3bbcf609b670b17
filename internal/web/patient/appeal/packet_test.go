package appeal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/coverage"
	"consilium/internal/journey"
	"consilium/internal/web/webtest"
)

// read gives the text of a PDF, by a reader that is not ours.
func read(t *testing.T, pdf string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not installed")
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
			t.Errorf("%q is not in\n%s", w, text)
		}
	}
}

// draft is the form of the packet as the person fills it.
func draft(d appeal.Draft, version string) url.Values {
	return url.Values{
		"version": {version}, "language": {d.Language}, "doctor": {"first"}, "address": {d.Address}, "phone": {d.Phone},
		"harm": {d.Harm}, "tried": {d.Tried}, "addition": {d.Addition}, "circumstances": {"told_not_needed"},
	}
}

// told writes down a call to the plan in which it said that no approval was needed.
func (p person) told() {
	p.t.Helper()
	_, err := p.House.RecordCall(p.t.Context(), p.Who, p.Case(p.id), coverage.Call{
		On: "2026-09-30", Person: "Dana in member services", Reference: "R-4471",
		Answers: []coverage.Spoken{{Rule: "ASK-11", Question: "Does this visit need your approval first?", Said: coverage.SaidNo, Answer: "No, not for a second reading."}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestWhatThePlanSaidOnTheTelephoneIsLaidBesideTheLetter(t *testing.T) {
	p := visit(t, "mei-tanaka")
	p.told()
	id := p.enter(p.cast.Refused.Denial)
	want(t, p.Get(p.home+"/appeal/answer/"+id), "What the plan told you before", "Dana in member services", "No, not for a second reading.", "R-4471", "No approval was asked for before the service.")
	want(t, p.GetIn("es", p.home+"/appeal/answer/"+id), "Lo que el plan le dijo antes", "R-4471")
	a := p.Get(p.home + "/appeal/packet/" + id)
	want(t, a, `name="with_calls"`, "R-4471")
	f := draft(p.cast.Refused.Draft, "0")
	if a := p.Post(p.home+"/appeal/packet/"+id, f); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if text := read(t, p.Get(p.home+"/appeal/packet_pdf/"+id).Body); strings.Contains(text, "R-4471") {
		t.Error("a call is named though the person did not ask for it")
	}
	f = draft(p.cast.Refused.Draft, "1")
	f.Set("with_calls", "yes")
	if a := p.Post(p.home+"/appeal/packet/"+id, f); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	says(t, read(t, p.Get(p.home+"/appeal/packet_pdf/"+id).Body), "What the plan said before", "R-4471", "Dana in member services")
}

func TestAPacketIsPutTogetherFromTheCase(t *testing.T) {
	p := visit(t, "mei-tanaka")
	d, own := p.cast.Refused.Denial, p.cast.Refused.Draft
	a := p.PostFiles(p.home+"/appeal", webtest.Upload{Field: "files", Name: "letter.pdf", Body: bytes.NewReader([]byte("%PDF-1.4\nthe letter\n%%EOF\n"))})
	p.Work()
	at, query, _ := strings.Cut(a.Location(), "?")
	vals, _ := url.ParseQuery(query)
	f := letter(d, 0)
	f["letter"] = vals["letter"]
	if a := p.Post(at, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	id := at[strings.LastIndex(at, "/")+1:]
	packet := p.home + "/appeal/packet/" + id
	a = p.Get(packet)
	want(t, a, "in your letters already", `id="have-LMN-04"`, `value="`+vals["letter"][0]+`" checked`, "Your first doctor: Simon Vance", "Language of the letters")
	never(t, a, "Your letters are ready to take", `name="expedited"`) // nothing is kept yet; care that was given has no fast way
	if item := checkbox(a.Body, "have-LMN-08"); item == "" || strings.Contains(item, "checked") || strings.Contains(a.Body, `<li id="have-LMN-08">`) {
		t.Error("the harm of waiting is there before a word was written")
	}
	form := draft(own, "0")
	form["enclosed"] = vals["letter"]
	form["have"] = []string{"LMN-07"}
	form.Set("do", "preview")
	a = p.Post(packet, form)
	if a.Status != http.StatusOK || p.Case(p.id).Has(appeal.DraftRef(id)) {
		t.Fatalf("the preview was saved or refused: %d", a.Status)
	}
	want(t, a, "Before the care we were told that no approval was needed.")
	form.Del("do")
	if a := p.Post(packet, form); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	a = p.Get(packet)
	want(t, a, "Your letters are ready to take", "/appeal/packet_pdf/"+id, "I sent it")
	for _, there := range []string{"have-LMN-02", "have-LMN-04", "have-LMN-07", "have-LMN-08"} {
		if !strings.Contains(a.Body, `<li id="`+there+`">`) && !strings.Contains(checkbox(a.Body, there), "checked") {
			t.Errorf("%s is not said to be there", there)
		}
	}
	pdf := p.Get(p.home + "/appeal/packet_pdf/" + id)
	if pdf.Header.Get("Content-Type") != "application/pdf" {
		t.Fatal(pdf.Status, pdf.Body)
	}
	text := read(t, pdf.Body)
	says(t, text, "Mei Tanaka", d.Plan.Name, d.Plan.Member, d.Claim.Number, "88323", "M35.9", "November 9, 2026", d.Input.Denial.Reason, "PR 197", own.Tried, own.Harm, own.Addition,
		"Enclosure 1", "Letter of medical necessity, Simon Vance", "Copy of the plan’s letter of November 9, 2026", "2560.503-1")
	if strings.Contains(text, "The doctor writes here") {
		t.Error("a draft that nobody signed goes to the plan")
	}
	for which, word := range map[string]string{"cover": "What is in this packet", "appeal": own.Harm, "necessity": "The doctor writes here", "peer": "Simon Vance", "file": "This is not yet my appeal"} {
		a := p.Get(p.home + "/appeal/letter/" + id + "/" + which)
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %d %s", which, a.Status, a.Body)
			continue
		}
		says(t, read(t, a.Body), word)
	}
	form = draft(own, "1")
	form.Set("language", "es")
	form.Set("doctor", "none")
	if a := p.Post(packet, form); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	text = read(t, p.Get(p.home+"/appeal/packet_pdf/"+id).Body)
	says(t, text, "apel", "9 de noviembre de 2026")
	for _, not := range []string{"Enclosure", "I am appealing", "Carta de necesidad"} {
		if strings.Contains(text, not) {
			t.Errorf("the Spanish packet without a doctor's letter says %q", not)
		}
	}
	form.Set("harm", "Words of another tab")
	if a := p.Post(packet, form); a.Status != http.StatusConflict {
		t.Errorf("a late draft: %d", a.Status)
	}
	form = draft(own, "2")
	form.Set("harm", strings.Repeat("x", 5000))
	form["enclosed"] = []string{strings.Repeat("0", 64)}
	form["circumstances"] = []string{"the moon was full"}
	form.Set("language", "fr")
	a = p.Post(packet, form)
	for _, field := range []string{"harm", "enclosed", "circumstances", "language"} {
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-`+field+`"`) {
			t.Errorf("%d: %s is not named", a.Status, field)
		}
	}
}

// checkbox is the input with this id.
func checkbox(body, id string) string {
	i := strings.Index(body, `id="`+id+`"`)
	if i < 0 {
		return ""
	}
	return body[i : i+strings.Index(body[i:], ">")]
}

func TestASentPacketIsKeptExactlyAsItWas(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := p.enter(p.cast.Refused.Denial)
	if a := p.Post(p.home+"/appeal/packet/"+id, draft(p.cast.Refused.Draft, "0")); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	printed := p.Get(p.home + "/appeal/packet_pdf/" + id).Body
	p.Pass(3 * 24 * time.Hour) // signed and mailed three days later
	packet := p.send(id, "2026-11-24")
	if p.due("due.appeal", id) != "" || p.due("due.appeal_answer", id) != "2027-01-23" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	kept, _, err := casefile.Read[appeal.Packet](p.Case(p.id), appeal.PacketRef(packet))
	if err != nil || kept.On != "2026-11-24" || kept.How != "fax" || kept.Proof != "FX 20931" || kept.Level != "internal" || kept.DecideBy != "2027-01-23" {
		t.Errorf("%+v %v", kept, err)
	}
	a := p.Get(p.home + "/appeal/sent_pdf/" + packet)
	sum := sha256.Sum256([]byte(a.Body))
	if a.Body != printed || hex.EncodeToString(sum[:]) != kept.SHA256 {
		t.Error("what is kept is not what was printed")
	}
	again, err := p.House.Paper.PrintAll(kept.Letters)
	if err != nil || string(again) != printed {
		t.Errorf("the kept letters print to other bytes: %v", err)
	}
	if !p.Case(p.id).Holds(kept.SHA256) {
		t.Error("the PDF is not among the case's files")
	}
	want(t, p.Get(p.home+"/appeal/sent/"+packet), "Tuesday, November 24, 2026", "FX 20931", kept.SHA256, "Saturday, January 23, 2027", "By fax")
	want(t, p.Get(p.home+"/appeal/answer/"+id), "The plan must answer by Saturday, January 23, 2027.", "You sent this")
	want(t, p.Get(p.home+"/appeal"), "The packet you sent on November 24, 2026")
	never(t, p.Get(p.home+"/records"), kept.SHA256) // it is no record of the patient's
	// What comes later changes nothing of it.
	f := draft(p.cast.Refused.Draft, "1")
	f.Set("harm", "Other words")
	p.Post(p.home+"/appeal/packet/"+id, f)
	if p.Get(p.home+"/appeal/sent_pdf/"+packet).Body != printed {
		t.Error("what was sent has changed")
	}
	// The plan is silent: its day is past.
	p.Pass(70 * 24 * time.Hour)
	want(t, p.Get(p.home+"/appeal/answer/"+id), "The plan had to answer by Saturday, January 23, 2027.", "Call the plan today")
}

func TestTheSameSendingTwiceIsOnePacketAndAWrongOneIsNone(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := p.enter(p.cast.Refused.Denial)
	at := p.home + "/appeal/send/" + id
	for name, f := range map[string]url.Values{
		"how": {"version": {"1"}, "how": {"pigeon"}, "on-month": {"11"}, "on-day": {"22"}, "on-year": {"2026"}},
		"on":  {"version": {"1"}, "how": {"mail"}, "on-month": {"11"}, "on-day": {"23"}, "on-year": {"2026"}, "proof": {"my proof"}},
	} {
		a := p.Post(at, f)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-`+name+`"`) || !strings.Contains(a.Body, f.Get("proof")) {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	early := url.Values{"version": {"1"}, "how": {"mail"}, "on-month": {"11"}, "on-day": {"10"}, "on-year": {"2026"}} // the letter came on the 12th
	if a := p.Post(at, early); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "before the letter came") {
		t.Errorf("an appeal before the letter: %d", a.Status)
	}
	if n := len(p.Case(p.id).Named(appeal.PacketKind)); n != 0 {
		t.Fatalf("%d packets", n)
	}
	f := url.Values{"version": {"1"}, "packet": {strings.Repeat("b", 26)}, "how": {"mail"}, "on-month": {"11"}, "on-day": {"22"}, "on-year": {"2026"}}
	for range 2 {
		if a := p.Post(at, f); a.Status != http.StatusSeeOther || a.Location() != p.home+"/appeal/sent/"+f.Get("packet") {
			t.Fatalf("%d %s", a.Status, webtest.Words(a.Body))
		}
	}
	if n := len(p.Case(p.id).Named(appeal.PacketKind)); n != 1 {
		t.Errorf("%d packets", n)
	}
	f.Set("packet", strings.Repeat("c", 26))
	if a := p.Post(at, f); a.Status != http.StatusConflict { // made before the first was sent
		t.Errorf("a late sending: %d", a.Status)
	}
	files := len(p.Case(p.id).Files)
	if files != 1 {
		t.Errorf("%d files", files)
	}
}

func TestAnotherNoGoesOnToTheNextStep(t *testing.T) {
	p := visit(t, "mei-tanaka")
	first := p.enter(p.cast.Refused.Denial)
	p.send(first, "2026-11-22")
	p.Pass(40 * 24 * time.Hour)
	reply := p.home + "/appeal/reply/" + first
	if a := p.Post(reply, url.Values{"version": {p.version(first)}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-reply"`) {
		t.Errorf("no answer was taken: %d", a.Status)
	}
	a := p.Post(reply, url.Values{"version": {p.version(first)}, "reply": {"refused"}})
	if a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	a = p.Get(a.Location())
	if a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	at := a.Location()
	a = p.Get(at)
	want(t, a, "What does the new letter say?", `value="internal_denied" selected`, p.cast.Refused.Denial.Plan.Name, p.cast.Refused.Denial.Claim.Number, `name="after" value="`+first+`"`)
	d := p.cast.Refused.Denial
	d.Input.Level = "internal_denied"
	f := letter(d, 0)
	f.Set("after", first)
	for name, day := range map[string][3]string{"notice_date": {"2026", "12", "28"}, "received_date": {"2026", "12", "30"}} {
		f.Set(name+"-year", day[0])
		f.Set(name+"-month", day[1])
		f.Set(name+"-day", day[2])
	}
	at, _, _ = strings.Cut(at, "?")
	if a := p.Post(at, f); a.Status != http.StatusSeeOther {
		t.Fatal(webtest.Words(a.Body))
	}
	second := at[strings.LastIndex(at, "/")+1:]
	// Four months from the day it came: April 30, 2027, a Friday.
	want(t, p.Get(p.home+"/appeal/answer/"+second), "Send your appeal by Friday, April 30, 2027.", "Behind you")
	want(t, p.Get(p.home+"/appeal/answer/"+first), "The plan said no again. There is a newer letter.", "/appeal/answer/"+second)
	if p.due("due.appeal_answer", first) != "" || p.due("due.external_review", second) != "2027-04-30" {
		t.Errorf("due: %v", p.Case(p.id).Due)
	}
	want(t, p.Get(p.home+"/appeal/packet/"+second), `name="send_to"`)
	for _, how := range []string{"partly", "won", "dropped"} {
		if a := p.Post(p.home+"/appeal/reply/"+second, url.Values{"version": {p.version(second)}, "reply": {how}}); a.Status != http.StatusSeeOther {
			t.Fatal(how, a.Status)
		}
		if p.due("due.external_review", second) != "" {
			t.Errorf("%s: still due", how)
		}
	}
	want(t, p.Get(p.home+"/appeal/answer/"+second), "You chose to stop here.")
	if a := p.Post(p.home+"/appeal/reply/"+second, url.Values{"version": {p.version(second)}, "reply": {"open"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if p.due("due.external_review", second) != "2027-04-30" {
		t.Errorf("opened again: %v", p.Case(p.id).Due)
	}
	if a := p.Post(p.home+"/appeal/reply/"+second, url.Values{"version": {"1"}, "reply": {"won"}}); a.Status != http.StatusConflict {
		t.Errorf("a late answer: %d", a.Status)
	}
}

func TestAnAppealIsBesideTheWayAndStopsInAnEmergency(t *testing.T) {
	p := visit(t, "mei-tanaka")
	if got := journey.Stands(p.Case(p.id), "appeal"); got != journey.Ready {
		t.Errorf("it stands %s", got)
	}
	next := journey.Next(p.Case(p.id))
	p.enter(p.cast.Refused.Denial)
	if got := journey.Next(p.Case(p.id)); got != next {
		t.Errorf("a letter leads from %s to %s", next, got)
	}
}

func TestWhoMayNotWriteSendsNothingAndTakesNothing(t *testing.T) {
	p := visit(t, "mei-tanaka")
	id := p.enter(p.cast.Refused.Denial)
	packet := p.send(id, "2026-11-22")
	c, ctx := p.Case(p.id), t.Context()
	const stranger = "person000000000000stranger"
	d := p.denial(id)
	draft, _, err := p.House.DraftOf(c, d, "en")
	if err != nil {
		t.Fatal(err)
	}
	_, enter := p.House.EnterDenial(ctx, stranger, c, d, 2)
	_, print := p.House.PrintPacket(ctx, stranger, c, d, draft)
	_, one := p.House.PrintAppealLetter(ctx, stranger, c, d, draft, "appeal")
	r, open := p.House.OpenPacket(ctx, stranger, c, packet)
	if r != nil {
		_, _ = io.Copy(io.Discard, io.NewSectionReader(r, 0, 1))
	}
	for name, err := range map[string]error{
		"enter": enter, "print": print, "letter": one, "open": open,
		"tick": p.House.TickMoves(ctx, stranger, c, id, nil, 2), "draft": p.House.DraftPacket(ctx, stranger, c, draft, 0), "settle": p.House.SettleDenial(ctx, stranger, c, id, "won", 2),
	} {
		if err == nil {
			t.Errorf("a stranger may %s", name)
		}
	}
	log := p.Log()
	for _, s := range []string{"Tanaka", "Tidewater", "FX 20931", "lymph"} {
		if strings.Contains(log, s) {
			t.Errorf("the log says %q", s)
		}
	}
	if !slices.ContainsFunc(p.Case(p.id).Due, func(d casefile.Due) bool { return d.Item == id }) {
		t.Error("the date is gone")
	}
}

func TestEveryoneOfTheCastComesFromTheLetterToASentPacket(t *testing.T) {
	// ERISA and California: 180 days from the day it came. Original Medicare: 120 days,
	// from five days after the date of a letter of which nobody knows when it came.
	for folder, expect := range map[string]struct{ title, due string }{
		"mei-tanaka":    {"Send your appeal by Tuesday, May 11, 2027.", "2027-05-11"},
		"ruth-alvarez":  {"Send your appeal by Wednesday, May 19, 2027.", "2027-05-19"},
		"walter-brandt": {"Send your appeal by Friday, March 19, 2027.", "2027-03-19"},
	} {
		t.Run(folder, func(t *testing.T) {
			p := visit(t, folder)
			d := p.cast.Refused.Denial
			if known := p.Get(p.begin("")); !strings.Contains(known.Body, `value="`+d.Input.Regime+`" checked`) {
				t.Errorf("the case does not know that the plan is under %s", d.Input.Regime)
			}
			id := p.enter(d)
			a := p.Get(p.home + "/appeal/answer/" + id)
			want(t, a, expect.title)
			if got := p.due("due.appeal", id); got != expect.due {
				t.Errorf("due: %q", got)
			}
			for _, lang := range []string{"en", "es"} {
				p.Plain(lang, p.home+"/appeal/answer/"+id)
				f := draft(p.cast.Refused.Draft, map[string]string{"en": "0", "es": "1"}[lang])
				f.Set("language", lang)
				if a := p.Post(p.home+"/appeal/packet/"+id, f); a.Status != http.StatusSeeOther {
					t.Fatal(webtest.Words(a.Body))
				}
				text := read(t, p.Get(p.home+"/appeal/packet_pdf/"+id).Body)
				says(t, text, d.Plan.Name, d.Claim.Number, p.cast.Profile.Patient.Name)
				if strings.Contains(text, "{") || strings.Contains(text, "⟦") {
					t.Errorf("a word is missing in\n%s", text)
				}
			}
			p.send(id, "2026-11-22")
		})
	}
}
