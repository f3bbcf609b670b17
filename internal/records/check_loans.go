package records

import "consilium/internal/contract"

// OnLoan gives the slides and blocks that are away from their laboratory as things at
// hand: whoever they were lent for has them, until the day that the laboratory named.
func OnLoan(all []Specimen) []Held {
	var out []Held
	for _, s := range all {
		if !s.Out() {
			continue
		}
		h := Held{Item: "pathology_slides", Format: "specimen", Accession: s.Accession, Description: s.What, Holder: s.Lab, Loan: s.ID}
		h.DueBack, _ = contract.ParseDate(s.DueBack)
		if s.Slides != "" || s.Blocks == "" {
			out = append(out, h)
		}
		if s.Blocks != "" {
			h.Item = "pathology_blocks"
			out = append(out, h)
		}
	}
	return out
}
