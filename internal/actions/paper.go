package actions

import "consilium/internal/letters"

// Paper prints a letter as PDF.
type Paper interface {
	Print(l letters.Letter) ([]byte, error)
}
