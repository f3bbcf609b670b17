package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"

	"consilium/internal/clinical"
)

// member is one file of an archive or a disc.
type member struct {
	name   string // as the archive gives it
	bad    string // key of the reason why it is not opened
	packed int64  // bytes that it takes in the archive
	open   func() (io.ReadCloser, error)
	plain  *io.SectionReader // the bytes themselves, where they lie unpacked
}

// listed reads the members of an archive as children.
func listed(ctx context.Context, out *clinical.Reading, members iter.Seq[member], lim Limits, open Opener) {
	say := func(s clinical.Severity, key, path string) { out.Issues = append(out.Issues, issue(s, key, path)) }
	lim.MaxEntry >>= open.Depth // an archive in an archive shares the memory of the outer one
	names := map[string]bool{}
	total, passed := int64(0), 0
	for m := range members {
		passed++
		switch {
		case ctx.Err() != nil:
			say(clinical.Error, "time", "")
		case len(out.Children) >= lim.MaxEntries || passed > 4*lim.MaxEntries:
			say(clinical.Error, "too_many", "")
		case total >= lim.MaxTotal:
			say(clinical.Error, "total", "")
		default:
			if names[m.name] && len(out.Issues) < 200 {
				say(clinical.Warning, "duplicate", shown(m.name))
			}
			names[m.name] = true
			if open.Only != nil && !open.Only(open.Name+"/"+shown(m.name)) {
				continue
			}
			child, spent := m.read(ctx, lim, lim.MaxTotal-total, open)
			total += spent
			out.Children = append(out.Children, child)
			continue
		}
		break
	}
	if passed == 0 {
		say(clinical.Warning, "empty_archive", "")
	}
	out.Studies = Studies(out.Children)
}

// read reads one file of the archive, and tells how many bytes it unpacked.
func (m member) read(ctx context.Context, lim Limits, budget int64, open Opener) (clinical.Reading, int64) {
	name := open.Name + "/" + shown(m.name)
	size, bad := int64(0), ""
	refuse := func(key string) (clinical.Reading, int64) {
		return clinical.Reading{
			Name: name, Kind: clinical.FileUnknown, Counts: clinical.Count(nil),
			Issues: []clinical.Issue{issue(clinical.Error, key, shown(m.name))},
		}, size
	}
	switch {
	case leadsOut(m.name):
		return refuse("traversal")
	case m.bad != "":
		return refuse(m.bad)
	}
	allowed := max(lim.RatioFrom, m.packed*lim.MaxRatio)
	r, err := m.open()
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
		if room := lim.MaxEntry - int64(head.Len()); m.plain == nil && room > 0 {
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
	hash := hex.EncodeToString(sum.Sum(nil))
	if m.plain != nil {
		child := open.Open(name, hash, m.plain, m.plain.Size())
		return child, size
	}
	child := open.Open(name, hash, bytes.NewReader(head.Bytes()), int64(head.Len()))
	child.Size = size
	if bad != "" {
		child.Issues = append(child.Issues, issue(clinical.Error, bad, shown(m.name)))
	}
	if size > lim.MaxEntry {
		child.Issues = append(child.Issues, issue(clinical.Warning, "entry_large", shown(m.name)))
	}
	return child, size
}

// Studies puts together which imaging studies the files of an archive belong to.
// What only speaks of a study (the list of a disc, a record that refers to it) adds
// nothing to the images that are here themselves.
func Studies(children []clinical.Reading) []clinical.Study {
	var images, told []clinical.Study
	for _, c := range children {
		switch {
		case c.Kind == clinical.FileDICOMDIR, repeated(c):
		case c.Kind == clinical.FileDICOM, len(c.Children) > 0:
			images = append(images, c.Studies...)
		default:
			told = append(told, c.Studies...)
		}
	}
	here := map[string]bool{}
	for _, s := range images {
		here[s.UID] = true
	}
	for _, s := range told {
		if s.UID == "" || !here[s.UID] {
			images = append(images, s)
		}
	}
	return clinical.MergeStudies(images)
}

// repeated tells whether an image is in the archive a second time.
func repeated(c clinical.Reading) bool {
	for _, i := range c.Issues {
		if i.Key == "intake.dicom.repeated" {
			return true
		}
	}
	return false
}

// TooMany is the issue of a folder with more files than are opened.
func TooMany() clinical.Issue { return issue(clinical.Error, "too_many", "") }
