package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
)

// folderZip packs the files below a folder, as a person would pack a disc.
func folderZip(t *testing.T, dir string, leave func(name string) bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, p)
		if err != nil || leave(filepath.ToSlash(name)) {
			return err
		}
		body, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := w.Create("disc/" + filepath.ToSlash(name))
		if err != nil {
			return err
		}
		_, err = f.Write(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func issueOf(r clinical.Reading, key string) *clinical.Issue {
	var found *clinical.Issue
	r.Each(func(r clinical.Reading) {
		for _, i := range r.Issues {
			if i.Key == key {
				found = &i
			}
		}
	})
	return found
}

func TestADiscPackedWholeLacksNothing(t *testing.T) {
	dir := filepath.Join(openData, "dicom/dicomdir")
	openFiles(t, "dicom/dicomdir")
	lists := func(name string) bool { return strings.HasPrefix(name, "DICOMDIR-") || strings.HasPrefix(name, "TINY") }
	r := read(folderZip(t, dir, lists))
	if i := issueOf(r, "intake.dicom.images_missing"); i != nil {
		t.Errorf("%+v", i)
	}
	instances, series := 0, 0
	for _, s := range r.Studies {
		instances, series = instances+s.Instances, series+s.Series
	}
	// Counted by hand: 31 images in 13 series of 6 studies, of two patients.
	if len(r.Studies) != 6 || instances != 31 || series != 13 {
		t.Errorf("%d studies, %d series, %d images", len(r.Studies), series, instances)
	}
	part := read(folderZip(t, dir, func(name string) bool { return lists(name) || strings.HasPrefix(name, "98892003/MR700/") }))
	if i := issueOf(part, "intake.dicom.images_missing"); i == nil || i.Vars["what"] != "7" {
		t.Errorf("%+v", i)
	}
	folder, err := intake.ReadFolder(context.Background(), filepath.Join(dir, "TINY_ALPHA"), intake.Options{})
	if err != nil || len(folder.Studies) != 1 || folder.Studies[0].Instances != 50 || issueOf(folder, "intake.dicom.images_missing") != nil || issueOf(folder, "intake.dicom.directory_only") != nil {
		t.Errorf("%v %+v", err, folder.Studies)
	}
}

func TestAnImageThatIsThereTwiceCountsOnce(t *testing.T) {
	files := openFiles(t, "dicom/dicomdir/77654033/CR1")
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	r := read(zipped(t, map[string][]byte{"a": b, "b": b}))
	if r.Studies[0].Instances != 1 || issueOf(r, "intake.dicom.repeated") == nil {
		t.Errorf("%+v", r.Studies)
	}
}

func TestWhatIsOnADiscBesidesRecordsSaysSo(t *testing.T) {
	java := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range []string{"META-INF/MANIFEST.MF", "Viewer.class"} {
			f, _ := w.Create(name)
			_, _ = f.Write([]byte("x"))
		}
		_ = w.Close()
		return b.Bytes()
	}
	word := zipped(t, map[string][]byte{"[Content_Types].xml": []byte("<Types/>")})
	for name, c := range map[string]struct {
		body []byte
		key  string
	}{
		"viewer.exe":  {append([]byte("MZ\x90\x00\x03\x00\x00\x00"), make([]byte, 200)...), "program"},
		"viewer":      {[]byte("\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00", 60)), "program"},
		"start.sh":    {[]byte("#!/bin/sh\nexec ./viewer\n"), "program"},
		"viewer.jar":  {java(), "program"},
		"AUTORUN.INF": {[]byte("[AutoRun]\r\nopen=viewer.exe\r\n"), "disc_part"},
		"INDEX.HTM":   {[]byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "web_page"},
		"readme.txt":  {[]byte("Your images are on this disc.\r\n"), "text"},
		"lettre.txt":  {[]byte("R\xe9sum\xe9 de l'IRM du genou\r\n"), "text"},
		"letter.docx": {word, "office"},
		"letter.rtf":  {[]byte("{\\rtf1 hello}"), "office"},
		"letter.doc":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 60)), "office"},
	} {
		r := read(c.body)
		if !hasKey(r, "intake."+c.key) || r.Kind != clinical.FileUnknown || len(r.Children) > 0 || len(r.Facts) > 0 {
			t.Errorf("%s: %s %+v", name, r.Kind, r.Issues)
		}
	}
}

func TestAFileThatPassesForTwoKindsIsRefused(t *testing.T) {
	packed := zipped(t, map[string][]byte{"evil.html": []byte("<html>")})
	dicomFile := func(front string) []byte {
		b := append([]byte(front), make([]byte, 128-len(front))...)
		b = append(b, "DICM\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00\x10\x00\x10\x00PN\x04\x00A^B "...)
		return b
	}
	disc := func(front string) []byte {
		b := append([]byte(front), make([]byte, 32769-len(front))...)
		return append(b, append([]byte("CD001"), make([]byte, 4096)...)...)
	}
	const gif, pdf = "GIF89a\x01\x00\x01\x00\x00\x00\x00", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
	for name, b := range map[string][]byte{
		"a picture that is an archive":   append([]byte(gif), packed...),
		"a PDF that is an archive":       append([]byte(pdf), packed...),
		"JSON that is an archive":        append([]byte(`{"resourceType":"Patient"}`), packed...),
		"a picture that is a PDF":        []byte(gif + pdf),
		"an image that is a program":     dicomFile("MZ\x90\x00\x03\x00"),
		"an image that is an archive":    dicomFile("PK\x03\x04"),
		"an image that is a PDF":         dicomFile("%PDF-1.7"),
		"an image that is a web page":    dicomFile("<SCRIPT>x</script>"),
		"a disc that is a PDF":           disc("%PDF-1.4"),
		"a disc that is an archive":      disc("PK\x03\x04"),
		"a disc that is another picture": disc(gif),
	} {
		r := read(b)
		if !hasKey(r, "intake.two_kinds") || !r.Has(clinical.Error) || len(r.Children) > 0 || r.Patient != nil || r.Kind == "" {
			t.Errorf("%s: %s %+v", name, r.Kind, r.Issues)
		}
	}
	for name, b := range map[string][]byte{
		"an image":                           dicomFile(""),
		"an image that slides' viewers open": dicomFile("II*\x00\x08\x00\x00\x00"),
		"a picture":                          []byte(gif),
		"a PDF":                              []byte(pdf),
		"an archive":                         packed,
		"a disc that starts a computer":      disc("\x33\xed\x90\x90"),
	} {
		if r := read(b); hasKey(r, "intake.two_kinds") {
			t.Errorf("%s was refused", name)
		}
	}
	if r := read(append([]byte("some words in front "), packed...)); !hasKey(r, "intake.archive.odd") || len(r.Children) != 1 {
		t.Errorf("%s %+v", r.Kind, r.Issues)
	}
}

func TestAFileInsideADocumentIsReadToo(t *testing.T) {
	for _, p := range openFiles(t, "ccda/hl7") {
		r, err := intake.ReadFile(context.Background(), p, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, i := range r.Issues {
			if i.Key == "intake.ccda.inside" {
				said++
			}
		}
		if said > 0 && len(r.Children) == 0 {
			t.Errorf("%s: a file inside was not opened", p)
		}
		for _, c := range r.Children {
			if c.SHA256 == "" || c.Kind == "" || c.Counts == nil || !strings.HasPrefix(c.Name, r.Name+"/inside-") {
				t.Errorf("%s: %+v", p, c)
			}
			t.Logf("%s: %s %s", filepath.Base(p), c.Kind, c.Title)
		}
	}
}
