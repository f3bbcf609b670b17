package records

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
)

// PacketFormat names the form of a full packet and of its manifest.
const PacketFormat = "consilium-packet-1"

// Consent to a packet: the key and version of the words that a person agrees to
// before the whole record leaves the house.
const PacketWording = "packet.v1"

// Manifest lists what a packet holds. It is what the installation signs: whoever
// trusts the signature can trust every byte that is named here. It holds no id of
// the case or of a person.
type Manifest struct {
	Format   string     `json:"format"`
	Made     string     `json:"made"`     // instant, RFC 3339, UTC
	Version  string     `json:"version"`  // of the program that made it
	Language string     `json:"language"` // of what is written for people
	Key      string     `json:"key"`      // public key of the installation that signed
	Consent  string     `json:"consent"`  // the words that the person agreed to
	Facts    FactsSum   `json:"facts"`
	Log      LogState   `json:"log"`
	LeftOut  []LeftOut  `json:"left_out"`
	Entries  []Contents `json:"entries"`
}

// FactsSum is what the originals of a packet say, in one number: whoever reads the
// same bytes to the same facts gets the same sum.
type FactsSum struct {
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"`
}

// LogState is how far the case's log had come when the packet was made.
type LogState struct {
	Entries    int64  `json:"entries"`
	Checkpoint string `json:"checkpoint"` // signed
}

// LeftOut counts the files that are not in the packet, by the reason. Which they
// are is nobody's business.
type LeftOut struct {
	Why   string `json:"why"` // one of the Left constants
	Files int    `json:"files"`
}

// Why a file is not in a packet.
const (
	LeftByChoice = "chosen"      // the person took it out
	LeftStranger = "not_patient" // it is about somebody else, or may be
)

// Contents is one file of a packet.
type Contents struct {
	Path   string `json:"path"` // inside the packet, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	Type   string `json:"type"`            // media type
	What   string `json:"what"`            // one of the What constants
	Name   string `json:"name,omitempty"`  // what the person's machine called an original, with its folder
	From   string `json:"from,omitempty"`  // who wrote an original, as far as it says
	Label  *Label `json:"label,omitempty"` // what the person said that an original is
}

// What a file of a packet is.
const (
	WhatPeople   = "people"   // the PDF to be read
	WhatSummary  = "summary"  // the FHIR document
	WhatOriginal = "original" // a file as it was handed in
	WhatLog      = "log"      // the case's log
)

// Sum counts and sums up what readings say, whoever it is about: every standing fact,
// in the order of the files' hashes. What a file is called does not count.
func Sum(readings []clinical.Reading) FactsSum {
	readings = slices.Clone(readings)
	slices.SortFunc(readings, func(a, b clinical.Reading) int { return cmp.Compare(a.SHA256, b.SHA256) })
	h := sha256.New()
	n := 0
	for _, r := range readings {
		r.Each(func(x clinical.Reading) {
			for _, f := range clinical.Standing(x.Facts) {
				f.Source.Name = ""
				b, err := json.Marshal(f)
				if err != nil {
					continue // a fact is made of texts and numbers: it always can be written
				}
				h.Write(append(b, '\n'))
				n++
			}
		})
	}
	return FactsSum{n, hex.EncodeToString(h.Sum(nil))}
}

// PacketOriginals is the folder of the originals in a packet.
const PacketOriginals = "originals/"

// PacketPath is where the n-th original lies in a packet, counted from 1. The pages for
// people name it as the manifest does, so that a printed number leads to a file.
func PacketPath(n int, f File) string {
	return fmt.Sprintf("%s%04d-%s", PacketOriginals, n, plainName(f.Base()))
}

// plainName keeps letters, digits, dots and dashes; the end, which tells the kind of
// file, stays.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, name)
	ext := path.Ext(name)
	if len(ext) > 12 {
		ext = ""
	}
	stem := strings.Trim(strings.TrimSuffix(name, ext), "._-")
	if len(stem) > 60 {
		stem = stem[:60]
	}
	return cmp.Or(stem, "file") + ext
}

// PacketChoice is what the person wants in the packet. What they do not name is in it.
type PacketChoice struct {
	LeftOut  []string `json:"left_out,omitempty"` // SHA-256 of files that stay out
	Language string   `json:"language"`           // en or es
	Agreed   string   `json:"agreed"`             // the wording: PacketWording
}

// PacketChoiceRef is where it lies.
var PacketChoiceRef = casefile.Ref{Kind: "full_packet"}

// Check lists what is wrong, each fault on its field.
func (p PacketChoice) Check() error {
	var fs fault.Faults
	if p.Language != "en" && p.Language != "es" {
		fs = append(fs, fault.New(fault.Invalid, "form.choice").On("language"))
	}
	if p.Agreed != PacketWording {
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("agreed"))
	}
	return fs.OrNil()
}

// Packable parts the files of a case into those that go into a packet and those that
// do not, with the reasons. What may be about somebody else never goes, for it is
// theirs. A file that has not been read yet goes: its bytes are what was handed in.
func Packable(files []File, choice PacketChoice) (in []File, out []LeftOut) {
	chosen, stranger := 0, 0
	for _, f := range files {
		switch {
		case slices.Contains(choice.LeftOut, f.SHA256):
			chosen++
		case strange(f):
			stranger++
		default:
			in = append(in, f)
		}
	}
	slices.SortFunc(in, func(a, b File) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.SHA256, b.SHA256)) })
	out = []LeftOut{}
	if chosen > 0 {
		out = append(out, LeftOut{LeftByChoice, chosen})
	}
	if stranger > 0 {
		out = append(out, LeftOut{LeftStranger, stranger})
	}
	return in, out
}

// SizeOf is how many bytes files have in all.
func SizeOf(files []File) (n int64) {
	for _, f := range files {
		n += f.Size
	}
	return n
}

// strange tells whether a file, or anything inside it, is somebody else's.
func strange(f File) bool {
	is := false
	f.Piece.Each(func(p Piece) { is = is || !p.Belongs.Used() && p.Belongs != "" })
	return is
}
