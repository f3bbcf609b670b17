package document

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Tools are the programs of this machine that help to read documents. The zero
// value looks for poppler's pdftotext and recognises no pictures.
type Tools struct {
	PDFText string // the program pdftotext; "" looks for it, None does without
	OCR     OCR
}

// None is a program that is not to be used.
const None = "none"

// OCR is how words in pictures are recognised, which only an operator can turn on:
// it is slow, and it makes mistakes. Off without Tesseract.
type OCR struct {
	Tesseract string // the program tesseract
	Pictures  string // poppler's pdftoppm, which makes pictures of a PDF's pages; "" looks for it
	Languages string // as tesseract names them: "eng+spa"; "" is "eng"
	Pages     int    // of one document; 0 is 20
}

// What one program may use, for one document.
const (
	programMemory = 448 << 20 // bytes of address space
	programTime   = 5 * time.Second
	ocrTime       = 30 * time.Second // for one page
	programOutput = 8 << 20
)

// atOnce keeps the programs that run at the same time to what a small machine bears.
var atOnce = make(chan struct{}, 2)

var lookedFor sync.Map // name of a program to where it is, "" when it is not installed

// found gives where a program is, or "".
func found(given, name string) string {
	switch given {
	case None:
		return ""
	case "":
		if p, ok := lookedFor.Load(name); ok {
			return p.(string)
		}
		p, err := exec.LookPath(name)
		if err != nil {
			p = ""
		}
		lookedFor.Store(name, p)
		return p
	}
	return given
}

var errOutput = errors.New("more output than is taken")

// ran is how a program ended.
type ran struct {
	out  []byte
	said string // the beginning of what it complained of; never shown
	code int
	err  error // it did not run to its end
}

// run hands a document to a program in a process of its own, within limits of time,
// memory and output. The bytes go through a pipe and are never written to a disk.
func run(ctx context.Context, limit time.Duration, in io.Reader, program string, args ...string) ran {
	select {
	case atOnce <- struct{}{}:
		defer func() { <-atOnce }()
	case <-ctx.Done():
		return ran{err: ctx.Err()}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1", "PATH=/usr/local/bin:/usr/bin:/bin"}
	cmd.Dir = "/"
	cmd.WaitDelay = time.Second
	out, said := &bounded{left: programOutput, stop: cancel}, &bounded{left: 4096}
	cmd.Stdout, cmd.Stderr = out, said
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return ran{err: err}
	}
	if err := cmd.Start(); err != nil {
		return ran{err: err}
	}
	// It has read nothing yet, so the limits hold before the first foreign byte.
	confine(cmd.Process.Pid, limit)
	given := make(chan struct{})
	go func() {
		defer close(given)
		_, _ = io.Copy(pipe, in) // a program that has seen enough closes its end
		_ = pipe.Close()
	}()
	err = cmd.Wait()
	<-given // nobody reads the document once this has returned
	r := ran{out: out.b.Bytes(), said: said.b.String(), code: cmd.ProcessState.ExitCode()}
	var exit *exec.ExitError
	switch {
	case out.over:
		r.err = errOutput
	case ctx.Err() != nil:
		r.err = ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() < 0: // killed, as when it wanted too much
		r.err = err
	case err != nil && !errors.As(err, &exit):
		r.err = err
	}
	return r
}

// bounded takes only so much, and stops the program that writes more where stop is
// given.
type bounded struct {
	b    bytes.Buffer
	left int
	over bool
	stop func()
}

func (w *bounded) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.b.Write(p[:n])
	if w.left -= n; n < len(p) {
		w.over = true
		if w.stop != nil {
			w.stop()
		}
	}
	return len(p), nil
}

// readable makes what a program wrote safe to keep: valid text without control
// characters, without the blanks at the ends of lines and without empty lines in a row.
func readable(b []byte, limit int) string {
	b = b[:min(len(b), limit)]
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f || r == '\ufeff' || r == '\ufffd':
			return -1
		}
		return r
	}, string(bytes.ToValidUTF8(b, nil)))
	var lines []string
	empty := 0
	for line := range strings.Lines(clean) {
		line = strings.TrimRight(line, " \t\n")
		if empty++; line != "" {
			empty = 0
		}
		if empty < 2 && (line != "" || len(lines) > 0) {
			lines = append(lines, line)
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n ")
}
