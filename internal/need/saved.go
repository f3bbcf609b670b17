package need

import "consilium/internal/casefile"

// Ref is where the answer to "do I need one?" lies: one in each case.
var Ref = casefile.Ref{Kind: "need"}

// Saved is what the person told and what the rules answered on that day. The
// input is kept, so that the answer can be given again in another language, and
// explained years later.
type Saved struct {
	On       string `json:"on"`       // YYYY-MM-DD
	Screened bool   `json:"screened"` // the red flags were asked about
	Asked    bool   `json:"asked"`    // the questions were, too
	Input    Input  `json:"input"`
	Answer   Answer `json:"answer"`
}
