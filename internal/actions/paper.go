package actions

import "consilium/internal/letters"

// Paper prints letters as PDF. The same letters always give the same bytes.
type Paper interface {
	Print(l letters.Letter) ([]byte, error)
	// PrintAll gives several letters as one file, each on pages of its own.
	PrintAll(ls []letters.Letter) ([]byte, error)
}
