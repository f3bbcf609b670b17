package actions

import (
	"context"
	"fmt"
	"io"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// Viewer makes of foreign bytes what a page can show without running any of them.
type Viewer interface {
	// Piece gives the bytes of a file inside another, by the name and the SHA-256 of
	// its reading; false when it is not there or too large to be taken out.
	Piece(ctx context.Context, whole records.Received, in Reader, piece clinical.Reading) (PieceReader, bool)
	// View says how a file can be looked at. It never fails: what cannot be shown is
	// a view without anything.
	View(ctx context.Context, in io.ReaderAt, size int64) clinical.View
	// Picture draws one page or frame, counted from 1.
	Picture(ctx context.Context, in io.ReaderAt, size int64, frame int) (clinical.Picture, error)
}

// PieceReader reads the bytes of a file that was taken out of another.
type PieceReader interface {
	io.ReaderAt
	Size() int64
}

// OpenPiece opens a file that was handed in, or one that is inside of it, for a
// person who may see the case. As with OpenFile, that it was read stands in the log
// before the first byte is given.
func (h *House) OpenPiece(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string) (OpenedFile, error) {
	files, err := records.Files(c)
	if err != nil {
		return OpenedFile{}, err
	}
	piece, file, ok := records.Find(files, sha256)
	if !ok || file.SHA256 == sha256 {
		return h.OpenFile(ctx, who, c, sha256) // one that was not read yet is known by its own name alone
	}
	whole, err := h.OpenFile(ctx, who, c, file.SHA256)
	if err != nil {
		return OpenedFile{}, err
	}
	body, ok := h.Viewer.Piece(ctx, whole.Received, whole, piece.Reading)
	if !ok {
		whole.Close()
		return OpenedFile{}, fault.New(fault.NotFound, "fault.not_found").Because(fmt.Errorf("the file inside another could not be taken out"))
	}
	return OpenedFile{pieceOf{body, whole}, records.Received{SHA256: sha256, Name: piece.Name, Size: body.Size()}}, nil
}

// pieceOf is a piece that closes the file it came out of.
type pieceOf struct {
	PieceReader
	io.Closer
}

// LookAtFile opens a file, or one inside another, and says how it can be looked at.
func (h *House) LookAtFile(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string) (clinical.View, error) {
	file, err := h.OpenPiece(ctx, who, c, sha256)
	if err != nil {
		return clinical.View{}, err
	}
	defer file.Close()
	return h.Viewer.View(ctx, file, file.Size()), nil
}

// DrawFile opens a file, or one inside another, and draws one page or frame of it.
func (h *House) DrawFile(ctx context.Context, who casefile.Person, c *casefile.Case, sha256 string, frame int) (clinical.Picture, error) {
	file, err := h.OpenPiece(ctx, who, c, sha256)
	if err != nil {
		return clinical.Picture{}, err
	}
	defer file.Close()
	picture, err := h.Viewer.Picture(ctx, file, file.Size(), frame)
	if err != nil {
		err = fault.New(fault.NotFound, "fault.not_found").Because(err)
	}
	return picture, err
}
