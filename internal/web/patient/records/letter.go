package records

import (
	"bytes"

	"consilium/internal/web"
)

// showLetter gives one paper or letter of a request as PDF.
func showLetter(v *web.Visit) error {
	which := v.Item("which")
	pdf, err := v.House.PrintRequest(v.Context(), v.Who, v.Case, v.Item("id"), which)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-records-"+which+".pdf", v.House.Now(), bytes.NewReader(pdf))
}
