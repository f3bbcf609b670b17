package cost

import (
	"bytes"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web"
)

// What the page gives: a letter about one provider's bills as PDF: to the provider,
// or the first page of the federal dispute.

// The handler.

func takeDisputeLetter(v *web.Visit) error {
	d := actions.DisputePaper{Estimate: v.Item("id"), Provider: v.Item("provider"), Which: v.Item("which"), Lang: v.Item("lang")}
	if d.Lang != "en" && d.Lang != "es" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	pdf, err := v.House.PrintDisputeLetter(v.Context(), v.Who, v.Case, d)
	if err != nil {
		return err
	}
	return v.Send("application/pdf", "consilium-dispute-"+d.Which+".pdf", v.House.Now(), bytes.NewReader(pdf))
}
