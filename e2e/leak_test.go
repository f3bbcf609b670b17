package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// secrets are what nobody but the person may read anywhere: each a word that stands
// nowhere else.
var secrets = []string{
	"Quillfeather", "Zelenkova", "1961-04-02", "sarcoidosis of the lacrimal", "C50.911", "zelenkova-biopsy", "Osei-Hartwell", "Methotrexamine",
	"WXQ-83125507", "Grimthwaite", "Vossberg", "CLM-20661794", "8417.63", "8,417.63", "1417.63", "AUTH-7730914", "RB-55501466",
}

func TestNothingOfTheCaseIsInTheLogTheAddressesOrTheFolder(t *testing.T) {
	data := t.TempDir()
	h := start(t, data)
	p := come(t, h).own()
	home := p.openCase()
	form := url.Values{
		"version": {"0"}, "patient_name": {"Quillfeather Zelenkova"}, "birth_date-month": {"4"}, "birth_date-day": {"2"}, "birth_date-year": {"1961"},
		"state": {"CA"}, "diagnosis": {"sarcoidosis of the lacrimal gland"}, "icd10": {"C50.911"}, "treatment": {"Methotrexamine for ever"}, "doctor_name": {"Dr. Osei-Hartwell"},
	}
	wrong := url.Values{}
	for name, values := range form {
		wrong[name] = values
	}
	wrong.Set("state", "ZZ")
	p.post(home+"/start", wrong).must(http.StatusUnprocessableEntity)
	p.post(home+"/start", form).must(http.StatusSeeOther)
	late := url.Values{}
	for name, values := range form {
		late[name] = values
	}
	late.Set("treatment", "Methotrexamine, said in another tab")
	p.post(home+"/start", late).must(http.StatusConflict)
	told := strings.NewReplacer("Ruth", "Quillfeather", "Alvarez", "Zelenkova", "Invasive", "sarcoidosis of the lacrimal gland").Replace(bundle)
	p.hand(home, file{"zelenkova-biopsy.json", strings.NewReader(told)}, file{"zelenkova-biopsy-empty.pdf", strings.NewReader("")}).must(http.StatusUnprocessableEntity)
	p.hand(home, file{"zelenkova-biopsy-broken.zip", strings.NewReader("PK\x03\x04 Quillfeather Zelenkova")}).must(http.StatusSeeOther)
	list := p.read(home).Text()
	if !strings.Contains(list, "zelenkova-biopsy.json") {
		t.Fatalf("the file is not listed: %s", opening(list))
	}
	id, _, err := p.begin(home, "zelenkova-biopsy-half.img", 5000) // stays half way
	must(t, err)
	_, err = p.part(home, id, 0, strings.NewReader("Quillfeather Zelenkova, sarcoidosis of the lacrimal gland"))
	must(t, err)
	for _, page := range []string{"", "/start", "/need", "/coverage", "/expert", "/records", "/prepare", "/prepare/timeline", "/opinion", "/no-such-page", "/log", "/records/file/0000"} {
		p.get(home + page)
	}
	p.toldOfMoney(t, home)
	stranger := come(t, h)
	lost := stranger.post(home+"/start", form).must(http.StatusUnauthorized)
	if found := secretsIn([]byte(lost.Body)); found != "" {
		t.Errorf("the sign-in page says %q to whoever comes", found)
	}
	stranger.post("/sign-in", url.Values{"handle": {"Zelenkova"}, "passphrase": {"Quillfeather Zelenkova"}}).must(http.StatusUnauthorized)
	if got := p.get(home + "/start").must(http.StatusOK).value("diagnosis"); got != form.Get("diagnosis") {
		t.Fatalf("the case does not hold what this test looks for: %q", got)
	}

	if found := secretsIn([]byte(h.Log())); found != "" {
		t.Errorf("the log says %q:\n%s", found, h.Log())
	}
	for _, address := range append(p.seen, stranger.seen...) {
		if found := secretsIn([]byte(address)); found != "" {
			t.Errorf("an address says %q: %s", found, address)
		}
	}
	look := func(when string) {
		files, size := 0, 0
		must(t, filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files, size = files+1, size+len(b)
			if found := secretsIn(append(b, path...)); found != "" {
				t.Errorf("%s: %s holds %q in the clear", when, filepath.Base(path), found)
			}
			return nil
		}))
		if files < 4 || size < 50_000 {
			t.Errorf("%s: only %d files of %d bytes were looked at", when, files, size)
		}
	}
	look("while it runs")
	h.kill()
	start(t, data).kill() // the journal has gone into the database by now
	look("after a start")
}

// secretsIn gives the first of the secrets that stands in the bytes, plain or in one
// of the ways in which a program may write it without sealing it.
func secretsIn(b []byte) string {
	small := bytes.ToLower(b)
	for _, s := range secrets {
		wide := make([]byte, 0, 2*len(s))
		for _, u := range utf16.Encode([]rune(strings.ToLower(s))) {
			wide = append(wide, byte(u), byte(u>>8))
		}
		ways := [][]byte{[]byte(strings.ToLower(s)), wide, []byte(hex.EncodeToString([]byte(s))), []byte(strings.ToLower(url.QueryEscape(s)))}
		for _, w := range ways {
			if bytes.Contains(small, w) {
				return s
			}
		}
		// Base64 of a longer text holds one of three forms of it, without its ends.
		for shift := range 3 {
			coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
			if from, to := (shift*8+5)/6, (shift+len(s))*8/6; to-from >= 8 && bytes.Contains(b, []byte(coded[from:to])) {
				return s
			}
		}
	}
	return ""
}

func TestTheLookForSecretsFindsThem(t *testing.T) {
	const said = `{"name":"Quillfeather Zelenkova"}`
	for way, b := range map[string][]byte{
		"plain": []byte(said), "in capitals": []byte(strings.ToUpper(said)), "in hex": []byte(hex.EncodeToString([]byte(said))),
		"in base64": []byte(base64.StdEncoding.EncodeToString([]byte(said))), "in an address": []byte(url.QueryEscape("sarcoidosis of the lacrimal gland")),
	} {
		if secretsIn(b) == "" {
			t.Errorf("%s they are not found", way)
		}
	}
	if found := secretsIn([]byte("Ruth Alvarez, born April 2, 1961")); found != "" {
		t.Errorf("%q is found where it is not", found)
	}
}
