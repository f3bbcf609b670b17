package actions

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
)

// MaxFile is the most bytes that one file may have: 64 GiB, more than the largest
// whole-slide images.
const MaxFile = 64 << 30

// maxName is the most letters that are kept of a file's name with its folder.
const maxName = 400

// StartUpload begins to receive a file. name is what the person's machine calls it,
// with its folder; size is how many bytes that machine announced, -1 when unknown.
// An empty file is refused at once.
func (h *House) StartUpload(ctx context.Context, who casefile.Person, c *casefile.Case, name string, size int64) (Upload, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return Upload{}, err
	}
	name = fileName(name)
	switch {
	case size == 0:
		return Upload{}, emptyFile(name)
	case size > MaxFile:
		return Upload{}, tooLarge()
	case size < 0:
		size = -1
	}
	u := Upload{ID: h.NewID(), Case: c.ID, By: who, Name: name, Size: size, At: h.Now()}
	return u, h.Uploads.StartUpload(ctx, u)
}

// mayAdd refuses whoever may not write in the case, and everybody while it is
// closed.
func (h *House) mayAdd(ctx context.Context, who casefile.Person, c *casefile.Case) error {
	if err := h.may(ctx, who, c, consent.Write); err != nil {
		return err
	}
	if c.State == casefile.Closed {
		return fault.New(fault.Forbidden, "fault.closed")
	}
	return nil
}

// uploadOf gives an upload to the person who began it in this case. To everybody
// else there is no such upload.
func (h *House) uploadOf(ctx context.Context, who casefile.Person, c *casefile.Case, id string) (Upload, error) {
	u, err := h.Uploads.Upload(ctx, id)
	if err != nil {
		return Upload{}, err
	}
	if u.Case != c.ID || u.By != who {
		return Upload{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return u, nil
}

// UploadProgress tells the person how far an upload has come: from where to go on
// after a lost connection.
func (h *House) UploadProgress(ctx context.Context, who casefile.Person, c *casefile.Case, id string) (Upload, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return Upload{}, err
	}
	return h.uploadOf(ctx, who, c, id)
}

// fileName takes from a name what could harm a page or a list, and its middle when
// it is too long: the beginning tells the folder and the end the kind of file.
func fileName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "")))
	if name == "" {
		return "file"
	}
	if rs := []rune(name); len(rs) > maxName {
		return string(rs[:maxName/2-1]) + "…" + string(rs[len(rs)-maxName/2:])
	}
	return name
}

func emptyFile(name string) error {
	return fault.New(fault.Invalid, "records.upload.empty").On("file").With("name", name)
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "records.upload.too_large").On("file").With("limit", strconv.Itoa(MaxFile>>30))
}
