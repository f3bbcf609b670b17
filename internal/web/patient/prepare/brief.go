package prepare

import (
	"bytes"

	"consilium/internal/web"
)

// What the page shows: the one page that the doctor reads first, as it will be
// printed. With ?as=pdf it gives the PDF.

// The handler.

func showBrief(v *web.Visit) error {
	if v.R.URL.Query().Get("as") == "pdf" {
		pdf, err := v.House.PrintBrief(v.Context(), v.Who, v.Case, v.Lang())
		if err != nil {
			return err
		}
		return v.Send("application/pdf", v.Say.T("prepare.brief.file"), v.House.Now(), bytes.NewReader(pdf))
	}
	letter, err := v.House.Brief(v.Case, v.Lang())
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("prepare.brief.title"), briefPage(v, letter))
}
