package actions

import (
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// nameAsked fills in by what a holder finds the images or the tissue that a request is
// about: the title, the day and the number that a report here gives. The person sees and
// can change all of it before anything is printed.
func (h *House) nameAsked(c *casefile.Case, r *records.Request) error {
	if !r.Ask.Has(records.AskImages) && !r.Ask.Has(records.AskPathology) {
		return nil
	}
	files, err := records.Files(c)
	if err != nil {
		return err
	}
	known, err := h.CheckRecords(c, files, r.Language)
	if err != nil {
		return err
	}
	if r.Ask.Has(records.AskImages) {
		var lines []string
		for _, n := range records.StudiesToAsk(known.CheckAnswer, r.Holder.Name) {
			lines = append(lines, letters.StudyLine(n.What, n.Date, n.Number, r.Language))
		}
		r.Ask.Details = strings.Join(lines, "\n")
	}
	if r.Ask.Has(records.AskPathology) {
		if n, ok := records.TissueToAsk(known.Have, r.Holder.Name); ok {
			r.Ask.Accession = n.Number
		}
	}
	return nil
}
