// Package archive opens ZIP files and the images of discs (ISO 9660) and hands what
// is in them to the readers, one file at a time, within limits that no bomb gets past. Nothing is ever unpacked
// to a folder, so a name cannot lead anywhere; names that try are refused all the
// same, for what they say of the file.
package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"iter"
	"strings"
	"unicode/utf8"

	"consilium/internal/clinical"
)

// Limits are what one archive may ask for.
type Limits struct {
	MaxEntries   int   // files that are opened
	MaxEntry     int64 // bytes of one file that are looked at
	MaxTotal     int64 // bytes of all files, unpacked
	MaxRatio     int64 // times that a file may grow, once it is over RatioFrom
	RatioFrom    int64 // bytes
	MaxDepth     int   // archives inside archives
	MaxDirectory int64 // bytes of the archive's own list
}

// DefaultLimits hold a disc of images and refuse a bomb.
func DefaultLimits() Limits {
	return Limits{MaxEntries: 20_000, MaxEntry: 48 << 20, MaxTotal: 1 << 30, MaxRatio: 200, RatioFrom: 8 << 20, MaxDepth: 3, MaxDirectory: 16 << 20}
}

// Opener reads what an entry holds. Depth counts the archives around this one.
type Opener struct {
	Name  string
	Depth int
	Open  func(name, sha256 string, in io.ReaderAt, size int64) clinical.Reading
	Only  func(name string) bool // when given, no other file is unpacked
}

var sayings = map[string]string{
	"damaged":       "The archive is damaged: its list of files could not be read.",
	"list_too_long": "The archive's list of files is too long: it was not opened.",
	"too_deep":      "There are too many archives inside one another: this one was not opened.",
	"too_many":      "The archive holds more files than are opened: the rest was not read.",
	"total":         "The archive is too large when unpacked: the rest was not read.",
	"time":          "Reading took too long and was stopped: the rest was not read.",
	"traversal":     "The name of this file leads out of the archive: it was not opened.",
	"link":          "This entry is a link or a device, not a file: it was not opened.",
	"encrypted":     "This file is locked with a password: it could not be opened.",
	"method":        "This file is compressed in a way that cannot be read.",
	"bomb":          "This file grows far too much when unpacked: it was not read.",
	"entry_damaged": "This file is damaged inside the archive.",
	"entry_large":   "This file is very large: only its beginning was looked at.",
	"duplicate":     "The archive has two files of the same name.",
	"empty_archive": "The archive is empty.",
	"odd":           "The archive is put together in an unusual way: something stands before or behind it, or its list is not where it says. What was found was read.",
	"udf":           "The disc image is written in a way (UDF) that is not read here: hand in the files of the disc as a folder or a ZIP file.",
	"disc_damaged":  "The disc image is damaged: its list of files could not be read to the end.",
	"disc_cut":      "The disc image ends in the middle: files of the disc are missing.",
	"disc_loop":     "The folders of the disc image lead into one another: some were not read.",
}

func issue(s clinical.Severity, key, path string) clinical.Issue {
	return clinical.Issue{Severity: s, Path: path, Key: "intake.archive." + key, Text: sayings[key]}
}

// Read lists the entries of a ZIP file as children, each read by what it holds.
func Read(ctx context.Context, in io.ReaderAt, size int64, lim Limits, open Opener) clinical.Reading {
	out := clinical.Reading{Kind: clinical.FileZIP}
	say := func(s clinical.Severity, key, path string) { out.Issues = append(out.Issues, issue(s, key, path)) }
	if open.Depth >= lim.MaxDepth {
		say(clinical.Error, "too_deep", "")
		return out
	}
	if directorySize(in, size) > lim.MaxDirectory {
		say(clinical.Error, "list_too_long", "")
		return out
	}
	z, err := zip.NewReader(in, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		say(clinical.Error, "damaged", "")
		return out
	}
	if odd(in, size) {
		say(clinical.Warning, "odd", "")
	}
	listed(ctx, &out, packed(z), lim, open)
	return out
}

// packed gives the files of a ZIP archive.
func packed(z *zip.Reader) iter.Seq[member] {
	return func(yield func(member) bool) {
		for _, f := range z.File {
			if f.FileInfo().IsDir() && f.UncompressedSize64 == 0 {
				continue
			}
			m := member{name: f.Name, packed: int64(min(f.CompressedSize64, 1<<62)), open: f.Open}
			switch {
			case f.Mode()&fs.ModeType != 0:
				m.bad = "link"
			case f.Flags&1 != 0:
				m.bad = "encrypted"
			case f.Method != zip.Store && f.Method != zip.Deflate:
				m.bad = "method"
			}
			if !yield(m) {
				return
			}
		}
	}
}

// leadsOut tells whether a name would leave the folder it is unpacked into.
func leadsOut(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(name, "/") || strings.ContainsRune(name, 0) || len(name) > 1 && name[1] == ':' {
		return true
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// shown makes a name safe to show: valid, without control characters, not endless.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
	if len(name) > 250 {
		name = strings.ToValidUTF8(name[:250], "")
	}
	return name
}

// directorySize gives the size of the archive's list as its end record claims it,
// so that a list of gigabytes is never loaded. 0 when there is no such record.
func directorySize(in io.ReaderAt, size int64) int64 {
	tail := make([]byte, min(size, 66<<10))
	n, _ := in.ReadAt(tail, size-int64(len(tail)))
	tail = tail[:n]
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return 0
	}
	claimed := int64(binary.LittleEndian.Uint32(tail[i+12:]))
	if claimed != 0xffffffff {
		return claimed
	}
	if j := bytes.LastIndex(tail[:i], []byte("PK\x06\x06")); j >= 0 && len(tail)-j >= 48 {
		if big := binary.LittleEndian.Uint64(tail[j+40:]); big < 1<<62 {
			return int64(big)
		}
	}
	return 1 << 62
}

// Ends tells whether a file ends as a ZIP file does, whatever it begins with.
func Ends(in io.ReaderAt, size int64) bool { return directorySize(in, size) > 0 }

// EndsExactly tells whether the end of a ZIP file is also the end of this file, and
// its list is there: such a file is opened as an archive by any program.
func EndsExactly(in io.ReaderAt, size int64) bool {
	end, at := endRecord(in, size)
	if end == nil || at+22+int64(binary.LittleEndian.Uint16(end[20:])) != size {
		return false
	}
	mark := make([]byte, 4)
	list := at - int64(binary.LittleEndian.Uint32(end[12:]))
	if list < 0 {
		return false
	}
	n, _ := in.ReadAt(mark, list)
	return n == 4 && string(mark) == "PK\x01\x02"
}

// endRecord gives the record that ends a ZIP file, and its place; nil without one.
func endRecord(in io.ReaderAt, size int64) ([]byte, int64) {
	tail := make([]byte, min(size, 66<<10))
	n, _ := in.ReadAt(tail, size-int64(len(tail)))
	i := bytes.LastIndex(tail[:n], []byte("PK\x05\x06"))
	if i < 0 || n-i < 22 {
		return nil, 0
	}
	return tail[i:n], size - int64(len(tail)) + int64(i)
}

// odd tells whether something stands before or behind the archive, or its list is
// not where its end says.
func odd(in io.ReaderAt, size int64) bool {
	end, at := endRecord(in, size)
	if end == nil {
		return false
	}
	length, offset := binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	if length == 0xffffffff || offset == 0xffffffff || binary.LittleEndian.Uint16(end[10:]) == 0xffff {
		return false // the longer form, whose own records Go's reader holds against each other
	}
	return at+22+int64(binary.LittleEndian.Uint16(end[20:])) != size || int64(offset)+int64(length) != at
}

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.archive."+key] = text
	}
	return all
}
