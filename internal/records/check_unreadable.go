package records

import (
	"slices"
	"strings"

	"consilium/internal/clinical"
)

// unreadable gives why nobody can read a file, "" when it can be read. A file of which
// only some entries are wrong is readable; so is a locked one whose words came out.
func unreadable(r clinical.Reading) string {
	words := slices.ContainsFunc(r.Issues, func(i clinical.Issue) bool { return strings.HasSuffix(i.Key, ".pdf_read") })
	for _, i := range r.Issues {
		if i.Key == "intake.empty" {
			return "empty"
		}
		switch key := i.Key[strings.LastIndexByte(i.Key, '.')+1:]; key {
		case "pdf_locked":
			return "encrypted"
		case "pdf_encrypted":
			if !words {
				return "encrypted"
			}
		case "encrypted":
			return "locked_archive"
		case "cut_short", "pdf_no_end", "image_cut":
			return "truncated"
		case "pdf_scanned":
			return "no_text"
		case "pdf_empty":
			return "empty"
		case "directory_empty":
			return "empty_disc"
		case "damaged", "not_json", "not_read", "reader_failed":
			if i.Severity == clinical.Error {
				return "damaged"
			}
		default:
			if i.Severity == clinical.Error && strings.HasSuffix(key, "_damaged") {
				return "damaged"
			}
		}
	}
	if r.Kind == clinical.FileDICOMDIR && len(r.Studies) == 0 {
		return "empty_disc"
	}
	return ""
}

func formatOf(kind string) string {
	switch kind {
	case clinical.FileFHIRBundle, clinical.FileFHIRNDJSON, clinical.FileFHIRResource, clinical.FileHealthCard:
		return "fhir"
	case clinical.FileCCDA:
		return "ccda"
	case clinical.FileHL7v2:
		return "hl7v2"
	case clinical.FilePDF:
		return "pdf"
	case clinical.FileImage:
		return "picture"
	case clinical.FileDICOM:
		return "dicom"
	}
	return "other"
}
