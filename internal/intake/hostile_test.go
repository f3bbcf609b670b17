//go:build unix

package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake"
)

// pattern is a file of any size made of a head and one unit over and over, which
// takes no memory itself.
type pattern struct {
	head, unit string
	size       int64
}

func (f pattern) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < f.size {
		var from string
		if off < int64(len(f.head)) {
			from = f.head[off:]
		} else {
			from = f.unit[(off-int64(len(f.head)))%int64(len(f.unit)):]
		}
		c := copy(p[n:], from[:min(int64(len(from)), f.size-off)])
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

const (
	mega = 1 << 20
	size = 48 * mega
)

func bundleOf(unit string) pattern {
	return pattern{`{"resourceType":"Bundle","type":"collection","entry":[` + unit, "," + unit, size}
}

// hostiles are files made to use up memory or time.
func hostiles() map[string]func() (io.ReaderAt, int64) {
	of := func(p pattern) func() (io.ReaderAt, int64) {
		// In large pieces, so that the making of it takes no time.
		return func() (io.ReaderAt, int64) {
			p.unit = strings.Repeat(p.unit, 1<<16/len(p.unit)+1)
			return p, p.size
		}
	}
	in := func(b []byte) (io.ReaderAt, int64) { return bytes.NewReader(b), int64(len(b)) }
	return map[string]func() (io.ReaderAt, int64){
		"one endless string":       of(pattern{`{"a":"`, "x", size}),
		"one endless list":         of(pattern{`{"a":[0`, ",0", size}),
		"an endless resource":      of(pattern{`{"resourceType":"Patient","a":[0`, ",0", size}),
		"endless names":            of(pattern{`{"resourceType":"Bundle"`, `,"a":1`, size}),
		"tiny entries":             of(bundleOf(`{}`)),
		"tiny facts":               of(bundleOf(`{"resource":{"resourceType":"Observation"}}`)),
		"facts with long texts":    of(bundleOf(`{"resource":{"resourceType":"Observation","status":"final","code":{"text":"` + strings.Repeat("long text ", 300) + `"}}}`)),
		"facts with many codes":    of(bundleOf(`{"resource":{"resourceType":"Condition","code":{"coding":[` + strings.Repeat(`{"code":"abc","display":"something"},`, 60) + `{}]}}}`)),
		"nothing but errors":       of(bundleOf(`{"x":[` + strings.Repeat("{},", 50) + `1]}`)),
		"lists in entries":         of(bundleOf(`{"resource":{"resourceType":"Patient","name":[` + strings.Repeat("0,", 9*mega) + `0]}}`)),
		"patients":                 of(bundleOf(`{"resource":{"resourceType":"Patient","name":[{"text":"abc def"}]}}`)),
		"lines":                    of(pattern{"{\"resourceType\":\"Patient\"}\n", "{\"resourceType\":\"Observation\",\"code\":{\"text\":\"abc\"}}\n", size}),
		"one endless line":         of(pattern{"{\"resourceType\":\"Patient\"}\n", `{"a":"xxxx`, size}),
		"empty lines":              of(pattern{"{\"resourceType\":\"Patient\"}\n{", "\n", size}),
		"open brackets":            of(pattern{`{"a":`, "[", size}),
		"backslashes":              of(pattern{`{"resourceType":"Patient","id":"`, `\\`, size}),
		"spaces":                   of(pattern{"{", " ", size}),
		"endless XML text":         of(pattern{`<ClinicalDocument xmlns="urn:hl7-org:v3"><title>`, "x", size}),
		"endless XML elements":     of(pattern{`<ClinicalDocument xmlns="urn:hl7-org:v3">`, "<a b='c'/>", size}),
		"an endless XML attribute": of(pattern{`<ClinicalDocument xmlns="urn:hl7-org:v3"><a b="`, "x", size}),
		"endless XML attributes":   of(pattern{`<ClinicalDocument xmlns="urn:hl7-org:v3"><a `, ` b="c"`, size}),
		"HL7 results":              of(pattern{"MSH|^~\\&|A||||||ORU^R01\r", "OBX|1|NM|1^x||5\r", size}),
		"HL7 words":                of(pattern{"MSH|^~\\&|A||||||ORU^R01\rOBR|1\rOBX|1|TX|1||", "word ", size}),
		"HL7 patients":             of(pattern{"MSH|^~\\&|A\r", "PID|1||1||A^B\r", size}),
		"DICOM report":             of(pattern{strings.Repeat("\x00", 128) + "DICM\x40\x00\x30\xa7SQ\x00\x00\xff\xff\xff\xff", "\xfe\xff\x00\xe0\xff\xff\xff\xff\x40\x00\x40\xa0CS\x04\x00TEXT\x40\x00\x60\xa1UT\x00\x00\x04\x00\x00\x00abcd\xfe\xff\x0d\xe0\x00\x00\x00\x00", size}),
		"DICOM list":               of(pattern{strings.Repeat("\x00", 128) + "DICM\x04\x00\x20\x12SQ\x00\x00\xff\xff\xff\xff", "\xfe\xff\x00\xe0\x18\x00\x00\x00\x04\x00\x30\x14CS\x06\x00IMAGE \x04\x00\x00\x15CS\x02\x00A ", size}),
		"a disc of nothing":        of(pattern{strings.Repeat("\x00", 32769) + "CD001", "\x01CD001", size}),
		"a disc of folders":        of(pattern{strings.Repeat("\x00", 32768) + "\x01CD001" + strings.Repeat("\x00", 122) + "\x00\x08\x08\x00" + strings.Repeat("\x00", 24) + "\x22\x00\x11\x00\x00\x00\x00\x00\x00\x11\x00\x00\x80\x00\x00\x80\x00\x00" + strings.Repeat("\x00", 7) + "\x02\x00\x00\x01\x00\x00\x01\x01\x00" + strings.Repeat("\x00", 1858), "\x22\x00\x12\x00\x00\x00\x00\x00\x00\x12\x00\x00\x80\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00\x01\x01a", size}),
		"shc digits":               of(pattern{"shc:/", "56", size}),
		"FHIR attachments":         of(bundleOf(`{"resource":{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"application/pdf","data":"` + strings.Repeat("JVBERi0x", 300) + `"}}]}}`)),
		"FHIR letters":             of(bundleOf(`{"resource":{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"text/plain","data":"` + strings.Repeat("d29yZHMg", 300) + `"}}]}}`)),
		"DICOM elements":           of(pattern{strings.Repeat("\x00", 128) + "DICM", "\x08\x00\x05\x00CS\x00\x00", size}),
		"DICOM items":              of(pattern{strings.Repeat("\x00", 128) + "DICM\x08\x00\x05\x00SQ\x00\x00\xff\xff\xff\xff", "\xfe\xff\x00\xe0\xff\xff\xff\xff", size}),
		"PDF page trees":           of(pattern{"%PDF-1.4\n", "/Type /Pages ", size}),
		"PDF with no objects":      of(pattern{"%PDF-1.4\n", "x", size}),
		"JPEG markers":             of(pattern{"\xff\xd8\xff\xe0\x00\x02", "\xff\xe1\x00\x02", size}),
		"GIF":                      of(pattern{"GIF89a\xff\xff\xff\xff\xf7\x00\x00", "\xff", size}),
		"PNG":                      of(pattern{"\x89PNG\r\n\x1a\n\x7f\xff\xff\xffIHDR", "\xff", size}),
		"gzip of a bundle": func() (io.ReaderAt, int64) {
			p := bundleOf(`{"resource":{"resourceType":"Observation","code":{"text":"abc"}}}`)
			b := make([]byte, 47*mega)
			_, _ = p.ReadAt(b, 0)
			return in(gzipped(b))
		},
		"archives in archives": func() (io.ReaderAt, int64) {
			b := make([]byte, 40*mega)
			_, _ = bundleOf(`{"resource":{"resourceType":"Observation","code":{"text":"`+strings.Repeat("abc", 900)+`"}}}`).ReadAt(b, 0)
			for range 4 {
				b = storedZip(map[string][]byte{"a": b, "b": b[:min(len(b), 100)]})
			}
			return in(b)
		},
		"many entries of one file": func() (io.ReaderAt, int64) {
			files := map[string][]byte{}
			zero := make([]byte, 7*mega)
			for i := range 150 {
				files[strconv.Itoa(i)] = zero
			}
			return in(storedZip(files))
		},
	}
}

// storedZip packs files so that they hardly take room.
func storedZip(files map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range files {
		f, _ := w.Create(name)
		_, _ = f.Write(body)
	}
	_ = w.Close()
	return b.Bytes()
}

// TestHostileHelper is not a test: it is the process that reads one hostile file.
func TestHostileHelper(t *testing.T) {
	name := os.Getenv("READ_HOSTILE")
	if name == "" {
		t.Skip("only run by the test below")
	}
	in, n := hostiles()[name]()
	// The processor's time is measured, not the clock's, for other tests run beside
	// this one; the limit of the clock has a test of its own.
	opts := intake.Options{SHA256: strings.Repeat("0", 64), Limits: intake.DefaultLimits()}
	opts.Limits.Time = time.Hour
	before := processorTime(t)
	r := intake.Read(context.Background(), "hostile", in, n, opts)
	took := processorTime(t) - before
	if !r.Has(clinical.Error) && !r.Has(clinical.Warning) && r.Kind != clinical.FileUnknown && r.Kind != clinical.FileZIP {
		t.Errorf("nothing was said: %s %+v", r.Kind, r.Issues)
	}
	if hasKey(r, "intake.reader_failed") {
		t.Error("a reader gave up")
	}
	t.Logf("%s, %d facts, %d issues, %s", r.Kind, len(r.Facts), len(r.Issues), took.Round(time.Millisecond))
	if took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestNoHostileFileTakesMoreThanHalfAGigabyteOrTenSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("reads several gigabytes")
	}
	only := os.Getenv("HOSTILE") // to look at one of them alone
	for name := range hostiles() {
		if only != "" && !strings.Contains(name, only) {
			continue
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestHostileHelper$", "-test.v")
		cmd.Env = append(os.Environ(), "READ_HOSTILE="+name)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		used := int64(0)
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			used = maxResident(u)
		}
		line := ""
		for l := range strings.Lines(string(out)) {
			if strings.Contains(l, "facts,") {
				line = strings.TrimSpace(l)
			}
		}
		t.Logf("%-26s %4d MB  %s", name, used>>20, line)
		if used > 512*mega {
			t.Errorf("%s: took %d MB", name, used>>20)
		}
	}
}
