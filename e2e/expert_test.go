package e2e

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"consilium/internal/demo"
)

// A patient with breast cancer finds three independent medical oncologists in a
// directory, compares them, writes down two calls and a certificate, and chooses one:
// in English while typing, in Spanish without any script.
func TestABreastCancerPatientFindsThreeIndependentOncologists(t *testing.T) {
	for lang, s := range map[string]script{"en": withScript, "es": withoutScript} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel() // a house and a browser of their own
			data := t.TempDir()
			if err := demo.BuildDirectory(t.Context(), filepath.Join(data, "directory.db"), time.Now()); err != nil {
				t.Fatal(err)
			}
			w := arriveAt(t, data, "ruth-alvarez", lang, s)
			w.start()
			w.calm()
			w.seek(s)
			w.compareExperts()
			w.otherRoads()
			w.callExperts()
			w.certify()
			w.chooseExpert()
		})
	}
}

// seek fills in the search and puts three on the list.
func (w *walker) seek(s script) {
	w.open(w.address + "/expert")
	w.look("expert")
	w.follow(fmt.Sprintf(`main a[href=%s]`, quote(w.address+"/expert/search")))
	w.look("expert.search")
	if zip := ask[string](w.tab, `document.querySelector('main [name=zip]').value`); zip != "92111" {
		w.t.Errorf("the ZIP code of the case is not filled in: %q", zip)
	}
	if n := ask[int](w.tab, `document.querySelectorAll('main [name=fields]:checked').length`); n == 0 {
		w.t.Error("nothing is proposed for the diagnosis")
	}
	// Of those proposed, only who treats cancer without operating.
	ask[bool](w.tab, `[...document.querySelectorAll('main [name=fields]:checked')].slice(1).forEach(e => e.click()), true`)
	w.fill(map[string]string{"zip": "12"})
	w.send("#search .button-primary")
	w.look("expert.search") // the wrong field is named
	w.fill(map[string]string{"zip": "92111", "miles": "25", "ties": "none", "sort": "distance"})
	if s == withScript {
		// Those found come while the form is being filled in.
		w.until(`document.querySelectorAll("#results article").length >= 3 && !document.querySelector("#results[aria-busy]")`)
		if !strings.HasSuffix(w.path(), "/expert/search") {
			w.t.Errorf("typing led to %s", w.path())
		}
	}
	w.send("#search .button-primary")
	w.look("expert.search")
	if at := ask[string](w.tab, `location.href`); strings.Contains(at, "92111") || strings.ContainsAny(at, "?") {
		w.t.Errorf("the address tells of the search: %s", at)
	}
	for range 3 {
		w.follow(`#results button[name=add]`)
	}
	w.open(w.address + "/expert/search")
	// Each of the ten has the mark of independence, and three that of the list.
	if n := ask[int](w.tab, `document.querySelectorAll("#results .tag-agree").length`); n != 13 {
		w.t.Errorf("%d marks of independence and of the list", n)
	}
	if n := ask[int](w.tab, `[...document.querySelectorAll("#results article")].filter(a => /Oncology/.test(a.innerText)).length`); n != 10 {
		w.t.Errorf("%d of ten say that they are oncologists", n)
	}
	w.follow(`#results article .button-link`)
	w.look("expert.person")
	if p, _ := url.PathUnescape(w.path()); strings.Contains(p, "/person/1") && len(p) < 80 {
		w.t.Errorf("the address of a person may hold their number: %s", p)
	}
}

func (w *walker) compareExperts() {
	w.open(w.address + "/expert/compare")
	w.look("expert.compare")
	if n := ask[int](w.tab, `document.querySelectorAll("main table thead th").length`); n != 4 {
		w.t.Errorf("%d columns for three doctors", n)
	}
}

// callExperts writes down a call to the first two of the list.
func (w *walker) callExperts() {
	w.open(w.address + "/expert/calls")
	w.look("expert.calls")
	links := ask[[]string](w.tab, `[...document.querySelectorAll('main .card a.button')].map(a => a.getAttribute("href"))`)
	if len(links) != 3 {
		w.t.Fatalf("%d can be called", len(links))
	}
	for i, to := range links[:2] {
		w.open(to)
		w.look("expert.call")
		w.has(w.told.Profile.Patient.Name)
		w.send()
		w.look("expert.call") // who was spoken with must be said
		w.fill(map[string]string{
			"person": "Dana", "reference": fmt.Sprintf("REF-%d", i), "q.self_referral": "yes", "q.new_patients": "yes", "q.network": "yes", "q.price": "$450", "q.wait": fmt.Sprint(7 + 7*i), "q.codes": "99205",
			"call_back": time.Now().AddDate(0, 0, 3).Format(time.DateOnly),
		})
		w.send()
	}
	w.look("expert.calls")
	w.has("Dana", "$450.00")
	w.open(w.address + "/expert/compare")
	w.has("$450.00", "99205")
	w.look("expert.compare")
	w.open(w.address)
	w.look("home")
}

func (w *walker) certify() {
	w.open(w.address + "/expert")
	w.look("expert")
	w.follow(fmt.Sprintf(`main a[href^=%s]`, quote(w.address+"/expert/proof/")))
	w.look("expert.proof")
	w.send()
	w.look("expert.proof")
	w.fill(map[string]string{"holds": "yes", "certificate": "medical oncology", "where": "abms", "by": "Dana", "on": time.Now().Format(time.DateOnly), "until": time.Now().AddDate(5, 0, 0).Format(time.DateOnly)})
	w.send()
	w.has("medical oncology", "ABMS")
}

func (w *walker) chooseExpert() {
	w.open(w.address + "/expert")
	w.look("expert")
	w.follow(`main button[name=chosen]`)
	if !strings.HasSuffix(w.path(), "/records") {
		w.t.Errorf("the choice led to %s", w.path())
	}
	w.open(w.address + "/expert")
	w.look("expert")
	if n := ask[int](w.tab, `document.querySelectorAll("main .tag-done").length`); n != 1 {
		w.t.Errorf("%d are chosen", n)
	}
}
