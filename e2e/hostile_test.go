package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// bundle is a small FHIR bundle about the patient of the case.
const bundle = `{"resourceType":"Bundle","type":"collection","entry":[` +
	`{"resource":{"resourceType":"Patient","id":"p","name":[{"given":["Ruth"],"family":"Alvarez"}],"birthDate":"1961-04-02"}},` +
	`{"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"code":{"text":"Invasive"}}}]}`

// bomb is a ZIP file of half a megabyte that unpacks to half a gigabyte.
func bomb(t *testing.T) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("zeros.json")
	must(t, err)
	_, err = io.CopyN(w, &zeros{left: 512 << 20}, 512<<20)
	must(t, err)
	must(t, z.Close())
	return &b
}

// zeros is a stream of so many zero bytes.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

func TestEachBrokenFileIsKeptAndItsTroubleSaidInThePersonsLanguage(t *testing.T) {
	h := start(t, t.TempDir())
	p := come(t, h).own()
	for _, c := range []struct {
		trouble string
		body    io.Reader
		note    string // what the page says of it
	}{
		{"cut in half", strings.NewReader(bundle[:len(bundle)/2]), "records.note.cut"},
		{"nested deeply", strings.NewReader(`{"resourceType":"Bundle","entry":[{"resource":` + strings.Repeat(`{"a":`, 100_000)), "records.note.too_big"},
		{"nested lists", strings.NewReader(`{"resourceType":"Patient","extension":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + "}"), "records.note.too_big"},
		{"names given twice", strings.NewReader(strings.Replace(bundle, `"id":"p"`, `"id":"p","id":"q"`, 1)), "records.note.unclear"},
		{"not UTF-8", strings.NewReader(strings.Replace(bundle, "Invasive", "Inva\xff\xc3sive", 1)), "records.note.unclear"},
		{"a bomb", bomb(t), "records.note.too_big"},
	} {
		t.Run(c.trouble, func(t *testing.T) {
			p.t = t
			home := p.toldCase()
			p.hand(home, file{"records of mine", c.body}).must(http.StatusSeeOther)
			p.read(home)
			for _, lang := range []string{"en", "es"} {
				p.lang = lang
				page := p.get(home + "/records").must(http.StatusOK).Text()
				if want := say(t, lang).T(c.note); !strings.Contains(page, want) || !strings.Contains(page, "records of mine") {
					t.Errorf("the page does not say %q:\n%s", want, opening(page))
				}
			}
			p.lang = "en"
		})
	}
	p.t = t
	p.get("/health").must(http.StatusOK)
	if strings.Contains(h.Log(), "level=ERROR") {
		t.Errorf("the server took a broken file for its own mistake:\n%s", h.Log())
	}
}

func TestAnEmptyFileIsRefusedInThePersonsLanguageAndTheOthersAreKept(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	both(t, func(t *testing.T, lang string) {
		p.t, p.lang = t, lang
		home := p.toldCase()
		a := p.hand(home, file{"nothing.pdf", strings.NewReader("")}, file{"letter.txt", strings.NewReader("Dear doctor")}).must(http.StatusUnprocessableEntity)
		for _, want := range []string{say(t, lang).T("records.upload.empty", "name", "nothing.pdf"), say(t, lang).N("records.upload.stored", 1)} {
			if !strings.Contains(a.Text(), want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if list := p.read(home).Text(); !strings.Contains(list, "letter.txt") || strings.Contains(list, "nothing.pdf") {
			t.Errorf("the list is not that of the one good file: %s", opening(list))
		}
		b, err := p.ask(http.MethodPost, home+"/records/part/", jsonType, strings.NewReader(`{"name":"nothing.pdf","size":0}`))
		must(t, err)
		if b.must(http.StatusUnprocessableEntity); !strings.Contains(b.Body, say(t, lang).T("records.upload.empty", "name", "nothing.pdf")) {
			t.Errorf("in pieces it says %s", b.Body)
		}
	})
}

// dying is a body that breaks off.
type dying struct{ io.Reader }

func (d dying) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err == io.EOF {
		err = io.ErrClosedPipe
	}
	return n, err
}

func TestAnUploadThatStoppedHalfWayGoesOnWhereItWas(t *testing.T) {
	const size, half = 3_000_000, 1_200_000
	p := come(t, start(t, t.TempDir())).own()
	home := p.toldCase()
	id, _, err := p.begin(home, "scan.img", size)
	must(t, err)
	if _, err := p.part(home, id, 0, dying{bytesOf("scan", 0, half)}); err == nil {
		t.Fatal("the connection did not break")
	}
	n, _ := p.received(home, id)
	for range 100 { // the house may still be writing down what came
		if n > 0 {
			break
		}
		n, _ = p.received(home, id)
	}
	if n == 0 || n > half {
		t.Fatalf("%d bytes came, want some of %d", n, half)
	}
	a, err := p.part(home, id, 0, bytesOf("scan", 0, size))
	must(t, err)
	a.must(http.StatusConflict)
	a, err = p.part(home, id, n, bytesOf("scan", n, size))
	must(t, err)
	a.must(http.StatusNoContent)
	if sum := sumOf(bytesOf("scan", 0, size)); p.original(home, sum) != sum {
		t.Error("the file is not what was sent")
	}
}

func TestAPieceThatComesTwiceIsTakenOnce(t *testing.T) {
	p := come(t, start(t, t.TempDir())).own()
	home := p.toldCase()
	id, _, err := p.begin(home, "scan.img", 5000)
	must(t, err)
	a, err := p.part(home, id, 0, bytesOf("scan", 0, 2000))
	must(t, err)
	a.must(http.StatusNoContent)
	// The same piece again, as when its answer never came.
	a, err = p.part(home, id, 0, bytesOf("scan", 0, 2000))
	must(t, err)
	if a.must(http.StatusConflict); a.Header.Get("Upload-Offset") != "2000" {
		t.Errorf("the refusal says %q, want 2000", a.Header.Get("Upload-Offset"))
	}
	a, err = p.part(home, id, 2000, bytesOf("scan", 2000, 5000))
	must(t, err)
	a.must(http.StatusNoContent)
	if sum := sumOf(bytesOf("scan", 0, 5000)); p.original(home, sum) != sum {
		t.Error("the file is not what was sent")
	}
}
