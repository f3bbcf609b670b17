package compare

import (
	"bytes"

	"consilium/internal/opinion"
	"consilium/internal/web"
)

// What the page shows: the letter that asks one doctor about the exact points on which
// the opinions part. With ?as=pdf it gives the PDF.

// The handler.

func showAsk(v *web.Visit) error {
	id := v.Item("id")
	if v.R.URL.Query().Get("as") == "pdf" {
		pdf, err := v.House.PrintAskLetter(v.Context(), v.Who, v.Case, id, v.Lang())
		if err != nil {
			return err
		}
		return v.Send("application/pdf", "consilium-questions-"+id+".pdf", v.House.Now(), bytes.NewReader(pdf))
	}
	letter, err := v.House.AskLetter(v.Case, id, v.Lang())
	if err != nil {
		return err
	}
	all, err := opinion.All(v.Case)
	if err != nil {
		return err
	}
	doctor := view{Opinions: all}.doctor(id, v)
	return v.Render(v.Say.T("compare.ask.title", "doctor", doctor), askPage(v, id, doctor, letter))
}
