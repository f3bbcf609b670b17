package cost

import (
	"bytes"

	"consilium/internal/fault"
	"consilium/internal/web"
)

// What the page gives: a letter to the clinic as PDF, in English to send or in
// Spanish to read.

// The handler.

func takeEstimateLetter(v *web.Visit) error {
	lang := v.Item("lang")
	if lang != "en" && lang != "es" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	pdf, err := v.House.PrintEstimateLetter(v.Context(), v.Who, v.Case, v.Item("id"), v.Item("which"), lang)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-estimate-"+v.Item("which")+".pdf", v.House.Now(), bytes.NewReader(pdf))
}
