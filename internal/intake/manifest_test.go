package intake_test

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/dicom"
)

// row is one file of the open set, as its list describes it.
type row struct{ file, purpose string }

func (r row) base() string { return path.Base(r.file) }

// says tells whether the name of the file has one of these words.
func (r row) says(words ...string) bool {
	for _, w := range words {
		if strings.Contains(r.base(), w) {
			return true
		}
	}
	return false
}

func manifest(t *testing.T) []row {
	t.Helper()
	b, err := os.ReadFile(openData + "/MANIFEST.tsv")
	if err != nil {
		t.Skip("the open records are not here")
	}
	var rows []row
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		f := strings.Split(line, "\t")
		if i > 0 && len(f) >= 7 {
			rows = append(rows, row{f[0], f[6]})
		}
	}
	if len(rows) < 800 {
		t.Fatalf("only %d files are listed", len(rows))
	}
	return rows
}

// purpose is what a class of files is there for, and how the reading must answer.
type purpose struct {
	begins string // of the purpose's words
	under  string // the folder
	check  func(t *testing.T, f row, r clinical.Reading)
}

// kind wants one of these kinds of file.
func kind(kinds ...string) func(*testing.T, row, clinical.Reading) {
	return func(t *testing.T, f row, r clinical.Reading) {
		t.Helper()
		if !slices.Contains(kinds, r.Kind) {
			t.Errorf("%s is %s, want %v", f.file, r.Kind, kinds)
		}
	}
}

var fhirKind = kind(clinical.FileFHIRBundle, clinical.FileFHIRResource, clinical.FileFHIRNDJSON)

// noRecord wants a file to be kept and nothing to be taken from it.
func noRecord(t *testing.T, f row, r clinical.Reading) {
	t.Helper()
	if r.Kind != clinical.FileUnknown || len(r.Facts) > 0 || r.Patient != nil || len(r.Issues) == 0 {
		t.Errorf("%s: %s, %d facts, %v", f.file, r.Kind, len(r.Facts), keys(r))
	}
}

func keys(r clinical.Reading) []string {
	var all []string
	r.Each(func(r clinical.Reading) {
		for _, i := range r.Issues {
			all = append(all, strings.TrimPrefix(i.Key, "intake."))
		}
	})
	return all
}

func want(t *testing.T, f row, r clinical.Reading, key string) {
	t.Helper()
	if !slices.Contains(keys(r), key) {
		t.Errorf("%s lacks %q: %v", f.file, key, keys(r))
	}
}

var resources = regexp.MustCompile(`(\d+) resources`)

var purposes = []purpose{
	{"", "codes/", noRecord},
	{"", "nppes/", noRecord},
	{"", "price-transparency/", noRecord},
	{"", "x12/", noRecord},
	{"JSON a parser must refuse", "hostile/json/", noRecord},
	{"XML external entities", "hostile/xxe/", func(t *testing.T, f row, r clinical.Reading) {
		noRecord(t, f, r)
		want(t, f, r, "ccda.entities")
	}},
	{"EICAR", "hostile/upload/", func(t *testing.T, f row, r clinical.Reading) {
		if f.says("eicar") {
			noRecord(t, f, r)
			want(t, f, r, "virus_test")
			return
		}
		kind(clinical.FileImage)(t, f, r)
		// In one, the program appears only when a server makes the picture smaller.
		if !f.says("110x110") {
			want(t, f, r, "document.image_script")
		}
	}},
	{"odd zip", "hostile/zip/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileZIP)(t, f, r)
		for name, key := range map[string]string{
			"comment-truncated": "archive.damaged", "symlink": "archive.link", "prefix": "archive.odd", "trailing-junk": "archive.odd",
			"badbase": "archive.odd", "baddirsz": "archive.odd",
		} {
			if f.says(name) {
				want(t, f, r, key)
			}
		}
		if f.says("zip64") && (len(r.Children) != 1 || r.Has(clinical.Error)) {
			t.Errorf("%s: %d files, %v", f.file, len(r.Children), keys(r))
		}
	}},
	{"PDF: damaged", "pdf/", checkPDF},
	{"C-CDA, one is a 16-byte stub", "ccda/viewer/", func(t *testing.T, f row, r clinical.Reading) {
		if f.says("sml.xml") {
			noRecord(t, f, r)
			return
		}
		checkCCDA(t, f, r)
	}},
	{"C-CDA section fragment", "ccda/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileCCDA)(t, f, r)
		if r.Has(clinical.Error) || len(r.Facts) == 0 {
			t.Errorf("%s: %d facts, %v", f.file, len(r.Facts), keys(r))
		}
	}},
	{"C-CDA", "ccda/", checkCCDA},
	{"one 512x512 CT", "dicom/transfer-syntaxes/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileDICOM)(t, f, r)
		uid := regexp.MustCompile(`_(1\.2\.840\.10008\.1\.2[\d.]*)\.dcm$`).FindStringSubmatch(f.base())
		if uid == nil {
			return
		}
		for _, i := range r.Issues {
			if i.Key == "intake.dicom.stored" && i.Vars["what"] == dicom.Syntax(uid[1]) && r.Date != "" && len(r.Studies) == 1 {
				return
			}
		}
		t.Errorf("%s: %v", f.file, r.Issues)
	}},
	{"DICOM character sets", "dicom/charset/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileDICOM)(t, f, r)
		if f.says("chrSQ") { // the name stands only inside a sequence
			return
		}
		if r.Patient == nil || strings.ContainsAny(r.Patient.Name, "\ufffd\x1b?$") || r.Patient.Name == "" {
			t.Errorf("%s: %+v", f.file, r.Patient)
		}
	}},
	{"DICOMDIR folder", "dicom/dicomdir/", func(t *testing.T, f row, r clinical.Reading) {
		switch {
		case f.says("README"):
			noRecord(t, f, r)
		case f.says("DICOMDIR-empty"):
			kind(clinical.FileDICOMDIR)(t, f, r)
			want(t, f, r, "dicom.directory_empty")
		case f.says("DICOMDIR"):
			kind(clinical.FileDICOMDIR)(t, f, r)
			n := 0
			for _, s := range r.Studies {
				n += s.Instances
			}
			if n != 31 && n != 50 {
				t.Errorf("%s lists %d images", f.file, n)
			}
			want(t, f, r, "dicom.directory_only")
		default:
			kind(clinical.FileDICOM)(t, f, r)
			if r.Patient == nil || len(r.Studies) != 1 || r.Has(clinical.Error) {
				t.Errorf("%s: %v", f.file, keys(r))
			}
		}
	}},
	{"", "dicom/", func(t *testing.T, f row, r clinical.Reading) {
		if f.says(".json", "no_meta.dcm") { // DICOM written as JSON; a byte too many in front
			noRecord(t, f, r)
			return
		}
		kind(clinical.FileDICOM)(t, f, r)
		if cut := f.says("truncated"); cut != slices.Contains(keys(r), "dicom.cut_short") {
			t.Errorf("%s: %v", f.file, keys(r))
		}
		if slices.Contains(keys(r), "dicom.damaged") || slices.Contains(keys(r), "dicom.syntax_unknown") {
			t.Errorf("%s: %v", f.file, keys(r))
		}
		report := slices.ContainsFunc(r.Studies, func(s clinical.Study) bool { return slices.Contains(s.Modality, "SR") })
		if report != (len(r.Facts) > 0) {
			t.Errorf("%s: a report with %d facts", f.file, len(r.Facts))
		}
	}},
	{"HL7 v2", "hl7v2/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileHL7v2)(t, f, r)
		if r.Patient == nil || len(r.Facts) == 0 || r.Title == "" {
			t.Errorf("%s: %d facts, %v", f.file, len(r.Facts), keys(r))
		}
	}},
	{"SMART Health Card", "shc/", func(t *testing.T, f row, r clinical.Reading) {
		if !f.says("bundle") {
			noRecord(t, f, r)
			return
		}
		kind(clinical.FileFHIRBundle)(t, f, r)
		if r.Patient == nil || len(r.Facts) == 0 {
			t.Errorf("%s: %v", f.file, keys(r))
		}
	}},
	{"bulk NDJSON", "fhir/ndjson/", func(t *testing.T, f row, r clinical.Reading) {
		switch {
		case f.says("corrupt"):
			noRecord(t, f, r)
			want(t, f, r, "gzip_damaged")
		case f.says("single_byte"):
			noRecord(t, f, r)
		default:
			fhirKind(t, f, r)
		}
	}},
	{"Synthea", "fhir/", func(t *testing.T, f row, r clinical.Reading) {
		kind(clinical.FileFHIRBundle)(t, f, r)
		if m := resources.FindStringSubmatch(f.purpose); m != nil {
			if n, _ := strconv.Atoi(m[1]); len(r.Facts) > n || len(r.Facts) < n/4 {
				t.Errorf("%s: %d facts of %d resources", f.file, len(r.Facts), n)
			}
		}
		if strings.Contains(f.purpose, "outside ASCII") && !slices.ContainsFunc([]byte(r.Patient.Name), func(b byte) bool { return b >= 0x80 }) {
			t.Errorf("%s: the name is plain", f.file)
		}
		if strings.Contains(f.purpose, "ImagingStudy") && len(r.Studies) == 0 {
			t.Errorf("%s: no study", f.file)
		}
		if strings.Contains(f.purpose, "cancer") && r.Counts[clinical.Condition] == 0 {
			t.Errorf("%s: no condition", f.file)
		}
	}},
	{"", "fhir/", func(t *testing.T, f row, r clinical.Reading) {
		// Lists that a program made, and pieces that have no resource type.
		if f.says("-module-response", "identifier-array", "-object.json", "test-config") {
			noRecord(t, f, r)
			return
		}
		fhirKind(t, f, r)
		if f.says("count-bundle") { // its resources are of made-up types
			want(t, f, r, "fhir.unknown_resource")
			return
		}
		for _, k := range []string{"fhir.cut_short", "fhir.not_json", "fhir.timeout", "fhir.too_deep", "fhir.unknown_resource"} {
			if slices.Contains(keys(r), k) {
				t.Errorf("%s: %v", f.file, keys(r))
			}
		}
	}},
}

func checkCCDA(t *testing.T, f row, r clinical.Reading) {
	if f.says(".pdf") { // the files that two of the documents wrap
		kind(clinical.FilePDF)(t, f, r)
		return
	}
	kind(clinical.FileCCDA)(t, f, r)
	if r.Patient == nil || len(r.Facts) == 0 || r.Title == "" || r.Date == "" {
		t.Errorf("%s: %d facts, %q of %q, %v", f.file, len(r.Facts), r.Title, r.Date, keys(r))
	}
	if f.says("embed", "Embedded") && len(r.Children) == 0 {
		t.Errorf("%s: the file inside was not opened", f.file)
	}
}

// checkPDF holds what is known of a PDF without any program's help: its form, and
// whether it is locked.
func checkPDF(t *testing.T, f row, r clinical.Reading) {
	b, err := os.ReadFile(filepath.Join(openData, f.file))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) { // pieces of PDFs that begin like none
		noRecord(t, f, r)
		return
	}
	kind(clinical.FilePDF)(t, f, r)
	said := keys(r)
	if f.says("enc-", "encrypted-") && !f.says("attachments-base") {
		want(t, f, r, "document.pdf_encrypted")
	}
	if f.says("add-attachments", "copy-attachments", "attachment-fields") {
		want(t, f, r, "document.pdf_attachments")
	}
	if slices.Contains(said, "document.pdf_listed") {
		return // no program for the words on this machine
	}
	if f.says("U=view", "U=wwwww") && !slices.Contains(said, "document.pdf_locked") {
		t.Errorf("%s is not said to be locked: %v", f.file, said)
	}
	// Every other PDF either gave its words, or it is said why it has none.
	why := []string{"pdf_read", "pdf_locked", "pdf_scanned", "pdf_empty", "pdf_damaged", "pdf_no_copy", "pdf_heavy"}
	if !slices.ContainsFunc(why, func(k string) bool { return slices.Contains(said, "document."+k) }) {
		t.Errorf("%s: %v", f.file, said)
	}
}

func TestEveryFileOfTheOpenSetAnswersAsItsPurposeSays(t *testing.T) {
	seen := map[string]int{}
	for _, f := range manifest(t) {
		i := slices.IndexFunc(purposes, func(p purpose) bool {
			return strings.HasPrefix(f.purpose, p.begins) && strings.HasPrefix(f.file, p.under)
		})
		if i < 0 {
			t.Errorf("%s: nobody says what %q must answer", f.file, f.purpose)
			continue
		}
		r, err := intake.ReadFile(context.Background(), filepath.Join(openData, f.file), intake.Options{})
		if err != nil {
			t.Errorf("%s: %v", f.file, err)
			continue
		}
		purposes[i].check(t, f, r)
		seen[purposes[i].under+" "+purposes[i].begins]++
	}
	if len(seen) != len(purposes) {
		t.Errorf("%d of %d purposes have files", len(seen), len(purposes))
	}
	t.Log(seen)
}
