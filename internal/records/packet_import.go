package records

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

// Import is a packet that was made elsewhere and taken in: who made it, and which
// files came with it. It is written once.
type Import struct {
	ID          string   `json:"id"` // SHA-256 of the packet's manifest as it was signed: its number
	Made        string   `json:"made"`
	Key         string   `json:"key"`
	Fingerprint string   `json:"fingerprint"`
	Version     string   `json:"version"`
	Facts       FactsSum `json:"facts"`
	Files       []Came   `json:"files"`
}

// Came is one file that came with a packet.
type Came struct {
	SHA256 string `json:"sha256"`
	Path   string `json:"path"` // in the packet
}

// ImportKind is the kind of document of one packet taken in.
const ImportKind casefile.Kind = "packet_import"

// ImportRef is where it lies.
func ImportRef(id string) casefile.Ref { return casefile.Ref{Kind: ImportKind, Name: id} }

// Imports gives every packet that was taken in.
func Imports(c *casefile.Case) ([]Import, error) { return casefile.ReadAll[Import](c, ImportKind) }

// CameWith gives the packet that a file came with; ok is false when it came by itself.
func CameWith(all []Import, sha256 string) (i Import, ok bool) {
	for _, i := range all {
		for _, f := range i.Files {
			if f.SHA256 == sha256 {
				return i, true
			}
		}
	}
	return Import{}, false
}

// Same tells whether the files of a packet say here what they said where it was made.
// ready is false while some of them have not been read.
func (i Import) Same(files []File) (same, ready bool) {
	var readings []clinical.Reading
	for _, came := range i.Files {
		for _, f := range files {
			if f.SHA256 != came.SHA256 {
				continue
			}
			if !f.Read {
				return false, false
			}
			readings = append(readings, f.Piece.Reading)
		}
	}
	return Sum(readings) == i.Facts, true
}

// SameFingerprint compares two as people write them.
func SameFingerprint(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	return plain(a) == plain(b) && plain(a) != ""
}
