package intake_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/document"
)

func read(b []byte) clinical.Reading {
	return intake.Read(context.Background(), "file", bytes.NewReader(b), int64(len(b)), intake.Options{})
}

func hasKey(r clinical.Reading, key string) bool {
	for _, i := range r.Issues {
		if i.Key == key {
			return true
		}
	}
	return false
}

func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// zeros is a file of nothing but zeros, of any size, that takes no memory.
type zeros int64

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	n := min(int64(len(p)), int64(z)-off)
	clear(p[:max(n, 0)])
	if n < int64(len(p)) {
		return int(max(n, 0)), io.EOF
	}
	return int(n), nil
}

func TestTwoGigabytesOfZerosAreReadInConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes 2 GB")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := intake.Read(context.Background(), "zeros", zeros(2<<30), 2<<30, intake.Options{})
	runtime.ReadMemStats(&after)
	if r.Kind != clinical.FileUnknown || !hasKey(r, "intake.unknown") || len(r.SHA256) != 64 {
		t.Errorf("%+v", r)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

func TestAnEmptyFileSaysSo(t *testing.T) {
	if r := read(nil); r.Kind != clinical.FileUnknown || !hasKey(r, "intake.empty") {
		t.Errorf("%+v", r)
	}
}

func TestAFileIsKnownByItsContentsNotItsName(t *testing.T) {
	for kind, body := range map[string]string{
		clinical.FileFHIRResource: "\n  {\"resourceType\":\"Patient\"}",
		clinical.FileFHIRBundle:   "\xef\xbb\xbf{\"resourceType\":\"Bundle\",\"type\":\"collection\"}",
		clinical.FileFHIRNDJSON:   "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\"}\n",
		clinical.FileCCDA:         "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
		clinical.FileHL7v2:        "MSH|^~\\&|A\r",
		clinical.FilePDF:          "rubbish\n%PDF-1.4\n",
		clinical.FileImage:        "GIF89a\x01\x00\x01\x00\x00\x00\x00",
		clinical.FileZIP:          "PK\x05\x06" + strings.Repeat("\x00", 18),
		clinical.FileHealthCard:   "shc:/567629595326546034602925",
		clinical.FileDICOM:        strings.Repeat("\x00", 128) + "DICM",
		clinical.FileISO:          strings.Repeat("\x00", 32769) + "CD001",
		clinical.FileHealthLink:   "https://viewer.example/#shlink:/eyJ9",
		clinical.FileUnknown:      "%%hello",
	} {
		for _, name := range []string{"x.pdf", "x.json"} {
			r := intake.Read(context.Background(), name, strings.NewReader(body), int64(len(body)), intake.Options{})
			if r.Kind != kind || r.Name != name {
				t.Errorf("%q is %s, want %s", body, r.Kind, kind)
			}
		}
	}
}

func TestACompressedFileIsReadAsWhatItHolds(t *testing.T) {
	plain, err := os.ReadFile("testdata/fhir/Bundle-bundle-minimal.json")
	if err != nil {
		t.Fatal(err)
	}
	packed := gzipped(plain)
	r := read(packed)
	if r.Kind != clinical.FileFHIRBundle || r.Counts.Total() != read(plain).Counts.Total() || r.Facts[0].Source.File != r.SHA256 {
		t.Errorf("%+v", r.Counts)
	}
	if cut := read(packed[:len(packed)/2]); !hasKey(cut, "intake.gzip_damaged") || !cut.Has(clinical.Error) {
		t.Errorf("%+v", cut.Issues)
	}
	bomb := gzipped(make([]byte, 80<<20))
	if r := read(bomb); !hasKey(r, "intake.unpacked_too_large") {
		t.Errorf("%+v", r.Issues)
	}
	nested := plain
	for range 10 {
		nested = gzipped(nested)
	}
	if r := read(nested); !hasKey(r, "intake.too_many_layers") {
		t.Errorf("%+v", r.Issues)
	}
}

func TestAnArchiveIsReadEntryByEntry(t *testing.T) {
	plain, err := os.ReadFile("testdata/fhir/Bundle-bundle-minimal.json")
	if err != nil {
		t.Fatal(err)
	}
	inner := zipped(t, map[string][]byte{"record.json": plain})
	r := read(zipped(t, map[string][]byte{"deep.zip": inner}))
	if r.Kind != clinical.FileZIP || len(r.Children) != 1 || len(r.Children[0].Children) != 1 {
		t.Fatalf("%+v", r)
	}
	child := r.Children[0].Children[0]
	if child.Name != "file/deep.zip/record.json" || child.Kind != clinical.FileFHIRBundle || len(child.Facts) == 0 {
		t.Errorf("%s %s %d", child.Name, child.Kind, len(child.Facts))
	}
	if alone := read(plain); alone.Facts[0].ID != child.Facts[0].ID {
		t.Error("the same record has other ids in an archive")
	}
	nested := plain
	for range 6 {
		nested = zipped(t, map[string][]byte{"x.zip": nested})
	}
	deep := false
	read(nested).Each(func(r clinical.Reading) { deep = deep || hasKey(r, "intake.archive.too_deep") })
	if !deep {
		t.Error("six archives inside one another were all opened")
	}
}

func TestAFormatThatWasAskedForAndIsNotThereIsAnError(t *testing.T) {
	b := []byte(`{"resourceType":"Patient"}`)
	for format, ok := range map[intake.Format]bool{intake.Auto: true, intake.FHIR: true, intake.PDF: false, intake.DICOM: false} {
		r := intake.Read(context.Background(), "file", bytes.NewReader(b), int64(len(b)), intake.Options{Format: format})
		if hasKey(r, "intake.other_format") == ok {
			t.Errorf("%s: %+v", format, r.Issues)
		}
	}
}

func TestReadingStopsWhenItsTimeIsUp(t *testing.T) {
	opts := intake.Options{Limits: intake.DefaultLimits()}
	opts.Limits.Time = time.Nanosecond
	b := []byte(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]}`)
	r := intake.Read(context.Background(), "file", bytes.NewReader(b), int64(len(b)), opts)
	if !r.Has(clinical.Error) {
		t.Errorf("%+v", r)
	}
}

func TestEveryOpenRecordGetsAnAnswer(t *testing.T) {
	kinds, sentences := map[string]int{}, intake.Sentences()
	for _, p := range openFiles(t, "hostile", "pdf", "fhir", "ccda", "dicom", "hl7v2", "shc") {
		start := time.Now()
		r, err := intake.ReadFile(context.Background(), p, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %s", p, took)
		}
		kinds[r.Kind]++
		r.Each(func(r clinical.Reading) {
			if hasKey(r, "intake.reader_failed") {
				t.Errorf("%s: a reader gave up", p)
			}
			for _, i := range r.Issues {
				if sentences[i.Key] == "" || i.Text == "" || strings.Contains(i.Text, "%") {
					t.Errorf("%s: issue %q has no sentence: %q", p, i.Key, i.Text)
				}
			}
			if r.Kind == clinical.FileUnknown && len(r.Issues) == 0 {
				t.Errorf("%s: unknown without a word about it", p)
			}
		})
		if b, err := json.Marshal(r); err != nil || !json.Valid(b) {
			t.Errorf("%s: %v", p, err)
		}
		if strings.Contains(p, "/hostile/") && (len(r.Facts) > 0 || r.Patient != nil) {
			t.Errorf("%s: facts from a hostile file", p)
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if stats.Sys > 512<<20 {
		t.Errorf("the process took %d MB", stats.Sys>>20)
	}
	for _, k := range []string{
		clinical.FileFHIRBundle, clinical.FileFHIRResource, clinical.FileCCDA, clinical.FileDICOM, clinical.FileDICOMDIR,
		clinical.FilePDF, clinical.FileImage, clinical.FileZIP, clinical.FileHL7v2, clinical.FileUnknown,
	} {
		if kinds[k] == 0 {
			t.Errorf("no file of kind %s was found: %v", k, kinds)
		}
	}
	t.Log(kinds)
}

func TestEveryOpenRecordCutInHalfGetsAnAnswer(t *testing.T) {
	for _, p := range openFiles(t, "pdf", "fhir/us-core", "fhir/ips", "ccda/viewer", "dicom/charset", "dicom/dicomdir", "hl7v2", "hostile/zip", "hostile/upload") {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		r := read(b[:len(b)/2])
		if hasKey(r, "intake.reader_failed") {
			t.Errorf("%s: a reader gave up", p)
		}
		if strings.Contains(filepath.ToSlash(p), "/fhir/") && !r.Has(clinical.Error) {
			t.Errorf("%s: half a record without an error", p)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Patient"}`))
	f.Add(zipped(f, map[string][]byte{"a.json": []byte(`{"resourceType":"Patient"}`)}))
	f.Add(gzipped([]byte("%PDF-1.4")))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Without poppler, whose own faults are not looked for here.
		opts := intake.Options{Tools: document.Tools{PDFText: document.None}}
		r := intake.Read(context.Background(), "file", bytes.NewReader(b), int64(len(b)), opts)
		if hasKey(r, "intake.reader_failed") {
			t.Fatal("a reader gave up")
		}
	})
}
