package intake

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/intake/archive"
	"consilium/internal/intake/dicom"
	"consilium/internal/intake/fhir"
)

// walker reads one file that was handed in, and everything inside it.
type walker struct {
	opts   Options
	images map[string]bool // SOP instance UIDs seen so far
	seek   *sought         // the one file that is wanted; nil reads everything
}

// maxImages is how many images are remembered to find those that come twice.
const maxImages = 200_000

// level is one archive, disc or folder: what its DICOMDIRs list, by their names.
type level struct {
	lists map[string][]string
}

// dicom reads an image or the list of a disc, and remembers what other files of the
// same disc are held against.
func (w *walker) dicom(ctx context.Context, f file, depth int, around *level) clinical.Reading {
	out, seen := dicom.ReadOpening(ctx, f.in, f.size, clinical.Source{File: f.sum, Name: f.name}, w.inside(ctx, f, depth))
	if seen.Listed != nil {
		if around.lists == nil {
			around.lists = map[string][]string{}
		}
		around.lists[f.name] = seen.Listed
	}
	switch {
	case seen.Instance == "":
	case w.images[seen.Instance]:
		out.Issues = append(out.Issues, dicom.Repeated())
	case len(w.images) < maxImages:
		w.images[seen.Instance] = true
	}
	return out
}

// fhir reads records and cards; what is attached to them is read too.
func (w *walker) fhir(ctx context.Context, f file, depth int) fhir.Reader {
	return fhir.Reader{Limits: w.opts.Limits.FHIR, Cards: w.opts.Cards, Open: w.inside(ctx, f, depth)}
}

// archive reads the files of a ZIP archive or of a disc image.
func (w *walker) archive(ctx context.Context, f file, depth int, what content) clinical.Reading {
	here := &level{}
	read := archive.Read
	if what == isDisc {
		read = archive.ReadDisc
	}
	out := read(ctx, f.in, f.size, w.opts.Limits.Archive, archive.Opener{
		Name: f.name, Depth: depth, Only: w.seek.only(),
		Open: func(name, sum string, in io.ReaderAt, size int64) clinical.Reading {
			return w.read(ctx, file{name: name, sum: sum, in: in, size: size}, depth+1, here)
		},
	})
	here.settle(&out)
	return out
}

// settle holds every list of a disc against the files that came with it.
func (l *level) settle(out *clinical.Reading) {
	for i := range out.Children {
		list := &out.Children[i]
		listed, ok := l.lists[list.Name]
		if !ok {
			continue
		}
		folder := path.Dir(list.Name) + "/"
		var here []string
		for _, c := range out.Children {
			if name, ok := strings.CutPrefix(c.Name, folder); ok && c.SHA256 != "" {
				here = append(here, name)
			}
		}
		var kept []clinical.Issue
		for _, is := range list.Issues {
			if is.Key != "intake.dicom.directory_only" {
				kept = append(kept, is)
			}
		}
		if missing := dicom.Missing(listed, here); missing != nil {
			kept = append(kept, *missing)
		}
		list.Issues = kept
	}
}

// ReadFolder reads every file below a folder of this machine, such as a disc in its
// drive: the files are children, their names from the folder, and the images of one
// study are counted together. Links are not followed.
func ReadFolder(ctx context.Context, dir string, opts Options) (clinical.Reading, error) {
	opts = opts.filled()
	opts.Format, opts.SHA256 = Auto, ""
	out := clinical.Reading{Name: filepath.Base(dir), Kind: clinical.FileFolder, Counts: clinical.Count(nil)}
	here := &level{}
	w := walker{opts: opts, images: map[string]bool{}}
	errMany := errors.New("too many files")
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if len(out.Children) >= opts.Limits.Archive.MaxEntries {
			return errMany
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		name := out.Name + "/" + filepath.ToSlash(rel)
		child, err := w.open(ctx, p, name, here)
		if err != nil { // one bad spot on a disc must not hide the rest
			child = unknown(clinical.Error, "not_read")
			child.Name, child.Counts = name, clinical.Count(nil)
		}
		out.Children = append(out.Children, child)
		out.Size += child.Size
		return ctx.Err()
	})
	if err != nil && !errors.Is(err, errMany) {
		return clinical.Reading{}, err
	}
	if err != nil {
		out.Issues = append(out.Issues, archive.TooMany())
	}
	here.settle(&out)
	out.Studies = archive.Studies(out.Children)
	return out, nil
}

// open reads one file of a folder.
func (w *walker) open(ctx context.Context, p, name string, here *level) (clinical.Reading, error) {
	f, err := os.Open(p)
	if err != nil {
		return clinical.Reading{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return clinical.Reading{}, err
	}
	sum, err := hash(ctx, f, info.Size())
	if err != nil {
		return clinical.Reading{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.Limits.Time)
	defer cancel()
	return w.read(ctx, file{name: name, sum: sum, in: f, size: info.Size()}, 1, here), nil
}

// cancelled stops reading when the time is up.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
