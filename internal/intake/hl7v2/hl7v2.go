// Package hl7v2 tells what an HL7 version 2 message is and whom it is about. Its
// results are not read into facts.
package hl7v2

import (
	"io"
	"strings"

	"consilium/internal/clinical"
)

const listed = "This is an HL7 version 2 message: it is kept, but its contents are not read into facts."

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string { return map[string]string{"intake.hl7v2.listed": listed} }

// Read reads the message header and the patient segment of the first message.
func Read(in io.ReaderAt, size int64) clinical.Reading {
	head := make([]byte, min(size, 64<<10))
	n, _ := in.ReadAt(head, 0)
	out := clinical.Reading{Kind: clinical.FileHL7v2, Issues: []clinical.Issue{{Severity: clinical.Note, Key: "intake.hl7v2.listed", Text: listed}}}
	text := strings.ToValidUTF8(strings.TrimLeft(string(head[:n]), "\xef\xbb\xbf\v\x1c \r\n"), "?")
	for _, segment := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		f := strings.Split(segment, "|")
		field := func(i int) string {
			if i < len(f) {
				return f[i]
			}
			return ""
		}
		switch f[0] {
		case "MSH": // the separator itself is the first field
			if out.Title == "" {
				out.Title = "HL7 v2 " + strings.ReplaceAll(clean(field(8)), "^", " ")
				out.Date = clinical.DateFromHL7(part(field(6), 0))
			}
		case "PID":
			if out.Patient == nil {
				out.Patient = patient(field)
			}
		}
	}
	return out
}

func patient(field func(int) string) *clinical.Patient {
	born := clinical.DateFromHL7(part(field(7), 0))
	p := &clinical.Patient{BirthDate: born[:min(len(born), 10)]} // the hour is nobody's business here
	for i, name := range strings.Split(field(5), "~") {
		full := strings.Join(strings.Fields(part(name, 1)+" "+part(name, 2)+" "+strings.ReplaceAll(part(name, 0), "&", " ")), " ")
		if i == 0 {
			p.Name = full
		} else if full != "" {
			p.OtherNames = append(p.OtherNames, full)
		}
	}
	switch field(8) {
	case "M":
		p.Sex = "male"
	case "F":
		p.Sex = "female"
	case "O", "A":
		p.Sex = "other"
	case "U":
		p.Sex = "unknown"
	}
	for _, id := range strings.Split(field(3), "~") {
		if v := part(id, 0); v != "" {
			p.Identifiers = append(p.Identifiers, clinical.Identifier{System: part(id, 3), Type: part(id, 4), Value: v})
		}
	}
	return p
}

// part gives one component of a field, unescaped as far as names need it.
func part(field string, i int) string {
	parts := strings.Split(field, "^")
	if i >= len(parts) {
		return ""
	}
	s := strings.NewReplacer(`\F\`, "|", `\S\`, "^", `\T\`, "&", `\R\`, "~", `\E\`, `\`).Replace(parts[i])
	if s == `""` {
		return ""
	}
	return strings.TrimSpace(s)
}

func clean(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return s
}
