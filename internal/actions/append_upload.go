package actions

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// PartSize is the most plain bytes that are sealed as one part: what a lost
// connection or a restart can cost at most.
const PartSize = 8 << 20

// AppendUpload takes more bytes of a file, from offset on. What it says it has
// received is sealed, on disk and written down: nothing can lose it. offset must be
// what was received so far, otherwise the answer is a Conflict that carries the
// right "offset". When the bytes stop coming, what came is kept and the answer is
// Invalid; the upload that is returned always tells how far it has come.
func (h *House) AppendUpload(ctx context.Context, who casefile.Person, c *casefile.Case, id string, offset int64, body io.Reader) (Upload, error) {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return Upload{}, err
	}
	u, err := h.uploadOf(ctx, who, c, id)
	if err != nil {
		return Upload{}, err
	}
	if offset != u.Received {
		return u, fault.New(fault.Conflict, "records.upload.offset").On("offset").With("offset", strconv.FormatInt(u.Received, 10))
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return u, err
	}
	in := &incoming{r: bufio.NewReaderSize(body, 64<<10), left: room(u)}
	// The person may be gone before what they sent is safe. It is kept all the same.
	keep := context.WithoutCancel(ctx)
	for in.more() {
		if u, err = h.appendPart(keep, key, u, in); err != nil {
			return u, err
		}
	}
	return u, in.fault(u)
}

// appendPart seals the next bytes, writes down that they are there, and gives the
// upload as it is now.
func (h *House) appendPart(ctx context.Context, key casefile.Key, u Upload, in *incoming) (Upload, error) {
	sum, err := running(u.Hash)
	if err != nil {
		return u, err
	}
	beside := hashAside(sum)
	part, err := h.Vault.Put(ctx, key, h.NewID(), io.TeeReader(io.LimitReader(in, PartSize), beside))
	beside.Wait()
	if err != nil {
		return u, err
	}
	if part.Size == 0 {
		return u, h.Vault.Remove(ctx, []casefile.Part{part})
	}
	next := u
	next.Parts = append(u.Parts[:len(u.Parts):len(u.Parts)], part)
	next.Received += part.Size
	next.At = h.Now()
	if next.Hash, err = state(sum); err != nil {
		return u, err
	}
	if err := h.Uploads.SaveUpload(ctx, next); err != nil {
		// Only where it is certain that nothing refers to it may the part go again.
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Full) {
			_ = h.Vault.Remove(ctx, []casefile.Part{part})
		}
		return u, err
	}
	return next, nil
}

// room tells how many bytes an upload may still take.
func room(u Upload) int64 {
	if u.Size < 0 {
		return MaxFile - u.Received
	}
	return u.Size - u.Received
}

// incoming is the body of a request. An error of its own counts as its end, so that
// what came before it is kept; it is told afterwards.
type incoming struct {
	r    *bufio.Reader
	left int64 // how many bytes may still come
	over bool  // more came
	err  error
}

// more tells whether there is at least one more byte to take.
func (in *incoming) more() bool {
	if in.err != nil || in.over {
		return false
	}
	_, err := in.r.Peek(1)
	if err != nil {
		in.err = err
		return false
	}
	in.over = in.left == 0
	return !in.over
}

// Read fills io.Reader.
func (in *incoming) Read(p []byte) (int, error) {
	if in.err != nil || in.left == 0 {
		return 0, io.EOF
	}
	n, err := in.r.Read(p[:min(int64(len(p)), in.left)])
	in.left -= int64(n)
	if err != nil {
		in.err = err
		return n, io.EOF
	}
	return n, nil
}

// fault says how the body ended.
func (in *incoming) fault(u Upload) error {
	switch {
	case in.over && u.Size < 0:
		return tooLarge()
	case in.over:
		return fault.New(fault.Invalid, "records.upload.longer").On("file").With("name", u.Name)
	case in.err == nil || errors.Is(in.err, io.EOF):
		return nil
	}
	return fault.New(fault.Invalid, "records.upload.cut").On("file").With("offset", strconv.FormatInt(u.Received, 10)).Because(in.err)
}

// running goes on with a SHA-256 where it was left.
func running(at []byte) (hash.Hash, error) {
	sum := sha256.New()
	if len(at) == 0 {
		return sum, nil
	}
	if err := sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(at); err != nil {
		return nil, fault.New(fault.Damaged, "fault.damaged").Because(fmt.Errorf("the state of an upload's hash: %w", err))
	}
	return sum, nil
}

func state(sum hash.Hash) ([]byte, error) {
	b, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fault.New(fault.Internal, "fault.internal").Because(err)
	}
	return b, nil
}
