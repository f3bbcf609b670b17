package records

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/records"
	"consilium/internal/web"
)

// What the page gives: the bytes of a file as they were handed in, to be kept,
// never to be shown inside our own pages. That they were read stands in the log.

// safeTypes are the types that are told to a browser. Everything else is just
// bytes: a page of somebody else's must never open as if it were ours.
var safeTypes = map[string]string{
	clinical.FilePDF:          "application/pdf",
	clinical.FileDICOM:        "application/dicom",
	clinical.FileZIP:          "application/zip",
	clinical.FileFHIRBundle:   "application/fhir+json",
	clinical.FileFHIRResource: "application/fhir+json",
	clinical.FileFHIRNDJSON:   "application/fhir+ndjson",
}

// The handler.

func showOriginal(v *web.Visit) error {
	files, err := records.Files(v.Case)
	if err != nil {
		return err
	}
	// A file inside another is one too.
	p, f, ok := records.Find(files, v.Item("sha"))
	if !ok {
		if f, err = fileOf(v); err != nil {
			return err
		}
		p.Reading = f.Piece.Reading
	}
	file, err := v.House.OpenPiece(v.Context(), v.Who, v.Case, v.Item("sha"))
	if err != nil {
		return err
	}
	defer file.Close()
	kind := safeTypes[p.Kind]
	if kind == "" {
		kind = "application/octet-stream"
	}
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(file.Received.Base()))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+v.Item("sha")+`"`)
	http.ServeContent(v.W, v.R, "", f.At, io.NewSectionReader(file, 0, file.Size()))
	return nil
}

// disposition names the file for the person's machine, whatever letters it has.
func disposition(name string) string {
	if d := mime.FormatMediaType("attachment", map[string]string{"filename": name}); d != "" {
		return d
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)})
}
