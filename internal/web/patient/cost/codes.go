package cost

import (
	"consilium/internal/coverage"
	"consilium/internal/web"
)

// What the page shows: the numbers that may stand on a bill for a second opinion,
// in plain words, by what they are for.

// codeGroup is the numbers of one kind.
type codeGroup struct {
	Kind  string
	Codes []coverage.Code
}

func groups(codes []coverage.Code) []codeGroup {
	var out []codeGroup
	for _, c := range codes {
		found := false
		for i := range out {
			if out[i].Kind == c.Kind {
				out[i].Codes, found = append(out[i].Codes, c), true
			}
		}
		if !found {
			out = append(out, codeGroup{c.Kind, []coverage.Code{c}})
		}
	}
	return out
}

// The handler.

func showCodes(v *web.Visit) error {
	codes, err := v.House.CostCodes(v.Lang())
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("cost.codes.title"), codesPage(v, groups(codes)))
}
