package program

import (
	"context"
	"io"

	"consilium/internal/actions"
	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/records"
)

// viewer shows what was handed in without running it.
type viewer struct{}

func (viewer) Piece(ctx context.Context, whole records.Received, in actions.Reader, piece clinical.Reading) (actions.PieceReader, bool) {
	return intake.Piece(ctx, intake.Whole{Name: whole.Name, SHA256: whole.SHA256, In: in, Size: in.Size()}, piece.Name, piece.SHA256)
}

func (viewer) View(ctx context.Context, in io.ReaderAt, size int64) clinical.View {
	return intake.View(ctx, in, size)
}

func (viewer) Picture(ctx context.Context, in io.ReaderAt, size int64, frame int) (clinical.Picture, error) {
	return intake.Picture(ctx, in, size, frame)
}
