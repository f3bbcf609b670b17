package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/letters"
)

func TestSeveralLettersAreOneFileWithItsPagesNumberedThrough(t *testing.T) {
	first, second := decision("en"), decision("en")
	second.Subject, second.Blocks = "A second letter", append([]letters.Block{{Sort: letters.Paragraph, Text: "It begins on a page of its own."}}, second.Blocks...)
	b, err := PrintAll([]letters.Letter{first, second}, USLetter)
	if err != nil {
		t.Fatal(err)
	}
	again, err := PrintAll([]letters.Letter{first, second}, USLetter)
	if err != nil || !bytes.Equal(b, again) {
		t.Fatal("the same letters gave other bytes", err)
	}
	path := filepath.Join(t.TempDir(), "packet.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(t, "qpdf", "--check", path); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
	pages := strings.Split(strings.TrimSuffix(run(t, "pdftotext", "-layout", path, "-"), "\f"), "\f")
	at := -1
	for i, p := range pages {
		if strings.Contains(p, "It begins on a page of its own.") {
			at = i
		}
	}
	if at < 1 || !strings.Contains(pages[at], "A second letter") || strings.Contains(pages[at-1], "A second letter") {
		t.Fatalf("the second letter begins on page %d of %d", at+1, len(pages))
	}
	last := pages[len(pages)-1]
	if n := len(pages); !strings.Contains(last, "Page "+string(rune('0'+n))+" of "+string(rune('0'+n))) {
		t.Errorf("the last page is not numbered %d: %s", n, last)
	}
	if !strings.Contains(pages[0], first.Subject[:20]) {
		t.Error("the first letter's subject is not on its first page")
	}
	if _, err := PrintAll(nil, USLetter); err == nil {
		t.Error("nothing was printed")
	}
}
