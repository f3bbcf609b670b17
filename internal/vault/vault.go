// Package vault keeps the sealed bytes of files in a folder. Each part is one
// sealed stream in the age format: its key is wrapped by the case's key and bound to
// the part's name, and any range of it can be read without reading the rest.
package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"

	"filippo.io/age"
)

// Folder is a vault in a folder of this machine.
type Folder struct{ dir string }

var _ actions.Vault = (*Folder)(nil)

// leftover is how old an unfinished part must be before Open takes it away: older
// than any upload of one part can last.
const leftover = 24 * time.Hour

// Open opens the vault in a folder and makes the folder when there is none. It
// takes away what interrupted writes left behind.
func Open(dir string, now time.Time) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	v := &Folder{dir}
	if err := os.MkdirAll(v.unfinished(), 0o700); err != nil {
		return nil, fmt.Errorf("make the vault's folder: %w", err)
	}
	left, err := os.ReadDir(v.unfinished())
	if err != nil {
		return nil, fmt.Errorf("read the vault's folder: %w", err)
	}
	for _, e := range left {
		if st, err := e.Info(); err == nil && now.Sub(st.ModTime()) > leftover {
			os.Remove(filepath.Join(v.unfinished(), e.Name()))
		}
	}
	return v, nil
}

func (v *Folder) unfinished() string { return filepath.Join(v.dir, "unfinished") }

// partName keeps names from leaving the folder and from saying anything.
var partName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{7,127}$`)

// path spreads the parts over folders by the last letters of their names, which
// are random.
func (v *Folder) path(name string) (string, error) {
	if !partName.MatchString(name) {
		return "", fault.New(fault.Internal, "fault.internal").Because(errors.New("a part needs a random name of 8 letters or more"))
	}
	return filepath.Join(v.dir, "parts", name[len(name)-2:], name), nil
}

// Put seals what r gives as one part. When it returns without error the part is on
// disk; otherwise nothing is left of it. An error of r comes back as it is.
func (v *Folder) Put(ctx context.Context, key casefile.Key, name string, r io.Reader) (casefile.Part, error) {
	path, err := v.path(name)
	if err != nil {
		return casefile.Part{}, err
	}
	if err := v.shelf(filepath.Dir(path)); err != nil {
		return casefile.Part{}, classify(err)
	}
	temp := filepath.Join(v.unfinished(), name+"."+rand.Text())
	n, err := v.fill(ctx, temp, &owner{key, name}, r)
	if err == nil {
		err = classify(os.Rename(temp, path))
	}
	if err == nil {
		err = classify(syncFolder(filepath.Dir(path)))
	}
	if err != nil {
		os.Remove(temp)
		return casefile.Part{}, err
	}
	return casefile.Part{Name: name, Size: n}, nil
}

// shelf makes the folder of a part, durably.
func (v *Folder) shelf(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(dir)); err != nil {
		return err
	}
	return syncFolder(v.dir)
}

// fill writes the sealed bytes and tells how many plain bytes there were.
func (v *Folder) fill(ctx context.Context, path string, to age.Recipient, r io.Reader) (n int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, classify(err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = classify(e)
		}
	}()
	sealed, err := age.Encrypt(f, to)
	if err != nil {
		return 0, classify(err)
	}
	in := &input{ctx: ctx, r: r}
	n, err = io.CopyBuffer(onlyWriter{sealed}, in, make([]byte, 64<<10))
	if in.err != nil {
		return 0, in.err
	}
	if err == nil {
		err = sealed.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	return n, classify(err)
}

// input remembers an error of the reader, so that it is not taken for one of the
// disk, and ends when the caller has gone.
type input struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (in *input) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		in.err = err
		return 0, err
	}
	n, err := in.r.Read(p)
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}

type onlyWriter struct{ io.Writer }

// Open gives the plain bytes of the parts, one after another. A part that is
// missing, cut, changed or sealed for another case or name is Damaged: here, or at
// the latest when its bytes are read.
func (v *Folder) Open(ctx context.Context, key casefile.Key, parts []casefile.Part) (actions.Reader, error) {
	return openParts(ctx, key, parts, func(name string) (source, int64, error) {
		path, err := v.path(name)
		if err != nil {
			return nil, 0, err
		}
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, 0, damaged(errors.New("a part is missing"))
		} else if err != nil {
			return nil, 0, classify(err)
		}
		st, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, 0, classify(err)
		}
		return f, st.Size(), nil
	})
}

// Remove takes parts away.
func (v *Folder) Remove(ctx context.Context, parts []casefile.Part) error {
	for _, p := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		path, err := v.path(p.Name)
		if err != nil {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return classify(err)
		}
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// classify gives an error of the disk its kind.
func classify(err error) error {
	var f *fault.Fault
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Full, "fault.full").Because(err)
	}
	return fault.New(fault.Internal, "fault.internal").Because(err)
}

func damaged(err error) error {
	return fault.New(fault.Damaged, "fault.damaged").Because(err)
}
