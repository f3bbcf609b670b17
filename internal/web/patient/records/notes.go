package records

import (
	"slices"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/records"
	"consilium/internal/web/text"
)

// plain says which sentence a person reads for an issue that a reader found. The
// readers' own words are for whoever made the file; the last part of their key
// says what kind of trouble it is. What stands nowhere here is a part that does
// not follow its standard.
var plain = map[string]string{
	"cut_short": "cut", "pdf_no_end": "cut", "image_cut": "cut",
	"not_json": "damaged", "damaged": "damaged", "gzip_damaged": "damaged", "pdf_damaged": "damaged", "image_damaged": "damaged",
	"entry_damaged": "damaged", "not_read": "damaged", "reader_failed": "damaged", "card_damaged": "damaged", "encoding": "damaged",
	"too_large": "too_big", "resource_too_large": "too_big", "unpacked_too_large": "too_big", "bomb": "too_big", "total": "too_big",
	"too_many": "too_big", "too_many_entries": "too_big", "too_many_facts": "too_big", "timeout": "too_big", "time": "too_big",
	"stopped": "too_big", "list_too_long": "too_big", "too_deep": "too_big", "too_many_layers": "too_big", "entry_large": "too_big", "method": "too_big",
	"encrypted": "locked", "pdf_encrypted": "locked",
	"listed": "kept", "pdf_listed": "kept", "image_listed": "kept", "unsupported": "kept", "pdf_attachments": "kept",
	"unknown": "unknown", "json_not_fhir": "unknown", "not_cda": "unknown",
	"several_patients": "several", "patients": "several",
	"withdrawn": "withdrawn",
	"empty":     "empty", "empty_archive": "empty",
	"traversal": "unsafe", "link": "unsafe", "doctype": "unsafe", "pdf_active": "unsafe",
	"no_patient": "nameless", "fragment": "nameless",
	"card_unsigned": "unsigned",
	// Nothing that a person must know.
	"unpacked": "", "byte_order_mark": "", "no_preamble": "", "more": "", "pdf_large": "", "history": "", "no_study": "",
}

// noteOf gives the last part of the text key for an issue, "" for none.
func noteOf(i clinical.Issue) string {
	key := i.Key[strings.LastIndex(i.Key, ".")+1:]
	if note, ok := plain[key]; ok {
		return note
	}
	if i.Severity == clinical.Note {
		return ""
	}
	return "unclear"
}

// noteKeys tells what is the matter with a file and what is inside it, each thing once.
// That the file itself is of no known kind its kind says already.
func noteKeys(p records.Piece) []string {
	var keys []string
	p.Each(func(x records.Piece) {
		for _, i := range x.Issues {
			if key := noteOf(i); key != "" && !(key == "unknown" && x.SHA256 == p.SHA256) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	})
	return keys
}

// notes says in plain words what is the matter with a file.
func notes(say text.Speaker, keys []string) []string {
	var said []string
	for _, k := range keys {
		said = append(said, say.T("records.note."+k))
	}
	return said
}

// mend are the notes after which somebody must do something: get a new copy, open a
// lock. What we cannot read ourselves wants a word on what it is.
var mend = []string{"cut", "damaged", "locked", "empty", "unsafe", "too_big"}

// troubled tells whether somebody must look at a file that was read.
func troubled(f records.File) bool {
	for _, k := range noteKeys(f.Piece) {
		if slices.Contains(mend, k) || (k == "kept" || k == "unknown") && f.Label.Item == "" {
			return true
		}
	}
	return f.Piece.Kind == "" && f.Label.Item == ""
}
