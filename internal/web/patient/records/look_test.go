package records_test

import (
	"archive/zip"
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"consilium/e2e/planted"
	"consilium/internal/casefile"
	"consilium/internal/intake"
	"consilium/internal/web/patient/records"
	"consilium/internal/web/webtest"
)

// element is a tag as a browser reads it, and allowed are all that may be there.
var (
	element = regexp.MustCompile(`<[^>]*>?`)
	allowed = regexp.MustCompile(`^(</?(h2|h3|p|ul|ol|li|table|caption|tr|th|td|b|i)>|<br>|<br/>)$`)
)

func drawn(t *testing.T, body []byte) string {
	t.Helper()
	v := intake.View(t.Context(), bytes.NewReader(body), int64(len(body)))
	var b strings.Builder
	if err := records.Marks(v.Words).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for _, tag := range element.FindAllString(b.String(), -1) {
		if !allowed.MatchString(tag) {
			t.Fatalf("%q came through", tag)
		}
	}
	return b.String()
}

func TestOnlyAFewElementsAndNoAttributeComeOfWhatAFileSays(t *testing.T) {
	kept := 0
	for name, body := range planted.Hostile("http://192.0.2.1") {
		t.Run(name, func(t *testing.T) {
			if out := drawn(t, body); strings.Contains(out, "Kept") {
				kept++
			} else if out != "" {
				t.Errorf("its words are lost: %.300s", out)
			}
		})
	}
	if kept < 7 {
		t.Errorf("only %d planted files keep their words", kept)
	}
	root := "../../../../../shared/data/open"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the open records are not here")
	}
	said := 0
	for _, folder := range []string{"hostile", "ccda", "hl7v2", "fhir/us-core", "fhir/spec-r4", "fhir/ips"} {
		_ = filepath.WalkDir(filepath.Join(root, folder), func(p string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(p)
			if err != nil || len(b) > 2<<20 {
				return err
			}
			if out := drawn(t, b); out != "" {
				said++
			}
			return nil
		})
	}
	if said < 80 {
		t.Errorf("only %d files of the open set say anything", said)
	}
}

func logOf(t *testing.T, s *webtest.Site, home string) string {
	t.Helper()
	var log strings.Builder
	if err := s.House.TakeLog(t.Context(), s.Who, s.Case(casefile.ID(strings.TrimPrefix(home, "/case/"))), &log); err != nil {
		t.Fatal(err)
	}
	return log.String()
}

func TestAPDFIsDrawnInAFrameThatCanReachNothing(t *testing.T) {
	s, home := site(t)
	sha := handIn(t, s, home, "scan.pdf", string(planted.PDF("Kept words of a page", "http://192.0.2.1", "1")))
	a := s.Get(home + "/records/look/" + sha)
	if a.Status != http.StatusOK {
		t.Fatalf("got %d", a.Status)
	}
	if n := strings.Count(logOf(t, s, home), "open_file"); n != 0 {
		t.Errorf("the page itself opened the file %d times", n)
	}
	frame := regexp.MustCompile(`data-frame="([^"]+)"`).FindStringSubmatch(a.Body)
	if frame == nil {
		const missing = "PDF.js is not built in: run make assets"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	if got := a.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-src 'self'") || !strings.Contains(got, "script-src 'self'") {
		t.Errorf("the page's policy is %q", got)
	}
	f := s.Get(frame[1])
	policy := f.Header.Get("Content-Security-Policy")
	for _, want := range []string{"sandbox allow-scripts;", "default-src 'none'", "connect-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the frame's policy lacks %s: %s", want, policy)
		}
	}
	for _, never := range []string{"'unsafe-inline'", "'unsafe-eval'", "http", "*", "script-src 'self'", "allow-same-origin", "allow-forms", "allow-popups"} {
		if strings.Contains(policy, never) {
			t.Errorf("the frame's policy has %s: %s", never, policy)
		}
	}
	if n := strings.Count(policy, "'sha256-"); n != 4 {
		t.Errorf("the frame may run or draw %d things, want three scripts and a style", n)
	}
	s.Get(home + "/records/original/" + sha)
	if n := strings.Count(logOf(t, s, home), "open_file"); n != 1 {
		t.Errorf("fetching it stands %d times in the log", n)
	}
}

func TestAPictureIsGivenForWhatItsBytesAre(t *testing.T) {
	s, home := site(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	sha := handIn(t, s, home, "photo.pdf", b.String())
	a := s.Get(home + "/records/picture/" + sha)
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "image/png" || a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") {
		t.Errorf("a picture is given as %d %v", a.Status, a.Header)
	}
	if p := s.Get(home + "/records/look/" + sha); !strings.Contains(p.Body, `src="`+home+"/records/picture/"+sha) {
		t.Errorf("the page has no picture: %s", webtest.Words(p.Body))
	}
	page := handIn(t, s, home, "photo.png", planted.Page("http://192.0.2.1"))
	if a := s.Get(home + "/records/picture/" + page); a.Status != http.StatusNotFound {
		t.Errorf("a web page is given as a picture: %d %s", a.Status, a.Header.Get("Content-Type"))
	}
}

func TestAFileInsideAnotherIsLookedAtByItself(t *testing.T) {
	s, home := site(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]string{"letters/page.html": planted.Page("http://192.0.2.1"), "other.txt": "Something else"} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(body))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	top := handIn(t, s, home, "disc.zip", b.String())
	p := s.Get(home + "/records/look/" + top)
	inner := regexp.MustCompile(`href="(/case/[^"]+/records/look/[0-9a-f]{64})">letters/page.html<`).FindStringSubmatch(p.Body)
	if inner == nil {
		t.Fatalf("the archive does not list what is in it: %s", webtest.Words(p.Body))
	}
	a := s.Get(inner[1])
	if !strings.Contains(a.Body, "<p>Kept words</p>") || strings.Contains(a.Body, "pwned") {
		t.Errorf("the page inside is not shown: %s", webtest.Words(a.Body))
	}
	if got := s.Get(strings.Replace(inner[1], "/look/", "/original/", 1)); got.Status != http.StatusOK || got.Body != planted.Page("http://192.0.2.1") || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file inside is not given as it is: %d", got.Status)
	}
	if a := s.Get(home + "/records/look/" + strings.Repeat("0", 64)); a.Status != http.StatusNotFound {
		t.Errorf("a file that is not there: %d", a.Status)
	}
}
