package intake

import (
	"maps"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
	"consilium/internal/intake/ccda"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/document"
	"consilium/internal/intake/fhir"
	"consilium/internal/intake/healthlink"
	"consilium/internal/intake/hl7v2"
)

// sayings are the sentences of this package's own issues.
var sayings = map[string]string{
	"not_read":           "The bytes could not be read to the end.",
	"reader_failed":      "This file could not be read: it is damaged in a way that was not foreseen.",
	"empty":              "The file is empty.",
	"unknown":            "It is not known what this file is. It is kept as it is.",
	"too_many_layers":    "There are too many archives inside one another: this one was not opened.",
	"gzip_damaged":       "The file is compressed with gzip and damaged: what could be unpacked was read.",
	"unpacked_too_large": "The file is compressed, and larger than allowed when unpacked: it was not read.",
	"unpacked":           "The file was compressed with gzip and was unpacked for reading.",
	"other_format":       "The file is not of the format that was asked for.",
	"two_kinds":          "The file passes for two kinds of file at once, which is a known trick: it is kept, and nothing in it was read.",
	"program":            "This is a program, such as the viewer of a disc: it is no record, and it is never run.",
	"disc_part":          "This belongs to the disc itself, such as how it starts: it is no record.",
	"virus_test":         "This file holds the text with which virus scanners are tested: it is no record.",
	"office":             "This is an office document, such as a Word file: it is kept, but its text is not read.",
	"web_page":           "This is a web page: it is kept, but it is never opened here and its text is not read.",
	"text":               "This is plain text: it is kept, but it is not read into facts.",
}

// Sentences gives the English sentence of every issue that reading can come up
// with, by its key, so that a page can hold them in every language. "%" stands for
// the issue's variable "what".
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake."+key] = text
	}
	for _, more := range []map[string]string{
		fhir.Sentences(), ccda.Sentences(), dicom.Sentences(),
		document.Sentences(), archive.Sentences(), hl7v2.Sentences(), healthlink.Sentences(),
	} {
		maps.Copy(all, more)
	}
	return all
}

func issue(s clinical.Severity, key string) clinical.Issue {
	return clinical.Issue{Severity: s, Key: "intake." + key, Text: sayings[key]}
}
