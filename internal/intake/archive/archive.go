// Package archive opens ZIP files and hands what is in them to the readers, one
// entry at a time, within limits that no bomb gets past. Nothing is ever unpacked
// to a folder, so a name cannot lead anywhere; names that try are refused all the
// same, for what they say of the file.
package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
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
	if len(z.File) == 0 {
		say(clinical.Warning, "empty_archive", "")
	}
	lim.MaxEntry >>= open.Depth // an archive in an archive shares the memory of the outer one
	names := map[string]bool{}
	total := int64(0)
	var studies []clinical.Study
	for i, f := range z.File {
		path := shown(f.Name)
		if f.FileInfo().IsDir() && f.UncompressedSize64 == 0 {
			continue
		}
		switch {
		case ctx.Err() != nil:
			say(clinical.Error, "time", "")
		case len(out.Children) >= lim.MaxEntries || i > 4*lim.MaxEntries:
			say(clinical.Error, "too_many", "")
		case total >= lim.MaxTotal:
			say(clinical.Error, "total", "")
		default:
			if names[f.Name] && len(out.Issues) < 200 {
				say(clinical.Warning, "duplicate", path)
			}
			names[f.Name] = true
			child, spent := entry(ctx, f, lim, lim.MaxTotal-total, open)
			total += spent
			studies = append(studies, child.Studies...)
			out.Children = append(out.Children, child)
			continue
		}
		break
	}
	out.Studies = clinical.MergeStudies(studies)
	return out
}

// entry reads one file of the archive, and tells how many bytes it unpacked.
func entry(ctx context.Context, f *zip.File, lim Limits, budget int64, open Opener) (clinical.Reading, int64) {
	name := open.Name + "/" + shown(f.Name)
	size, bad := int64(0), ""
	refuse := func(key string) (clinical.Reading, int64) {
		return clinical.Reading{
			Name: name, Kind: clinical.FileUnknown, Counts: clinical.Count(nil),
			Issues: []clinical.Issue{issue(clinical.Error, key, shown(f.Name))},
		}, size
	}
	switch {
	case leadsOut(f.Name):
		return refuse("traversal")
	case f.Mode()&fs.ModeType != 0:
		return refuse("link")
	case f.Flags&1 != 0:
		return refuse("encrypted")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse("method")
	}
	packed := int64(min(f.CompressedSize64, 1<<62))
	allowed := max(lim.RatioFrom, packed*lim.MaxRatio)
	r, err := f.Open()
	if err != nil {
		return refuse("entry_damaged")
	}
	defer r.Close()
	sum := sha256.New()
	var head bytes.Buffer
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		sum.Write(buf[:n])
		size += int64(n)
		if room := lim.MaxEntry - int64(head.Len()); room > 0 {
			head.Write(buf[:min(int64(n), room)])
		}
		switch {
		case size > allowed:
			return refuse("bomb")
		case size > budget:
			return refuse("total")
		case ctx.Err() != nil:
			return refuse("time")
		case errors.Is(err, io.EOF):
		case err != nil:
			bad = "entry_damaged"
		default:
			continue
		}
		break
	}
	child := open.Open(name, hex.EncodeToString(sum.Sum(nil)), bytes.NewReader(head.Bytes()), int64(head.Len()))
	child.Size = size
	if bad != "" {
		child.Issues = append(child.Issues, issue(clinical.Error, bad, shown(f.Name)))
	}
	if size > lim.MaxEntry {
		child.Issues = append(child.Issues, issue(clinical.Warning, "entry_large", shown(f.Name)))
	}
	return child, size
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

// Sentences gives the English sentence of every issue of this reader, by its full key.
func Sentences() map[string]string {
	all := map[string]string{}
	for key, text := range sayings {
		all["intake.archive."+key] = text
	}
	return all
}
