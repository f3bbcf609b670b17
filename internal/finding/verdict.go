package finding

// Fired is a rule that applied: its finding, and what it says as data, so that an
// engine can act on it without knowing the rule.
type Fired struct {
	Finding
	Decides bool              // false for an unverified rule: show it, do not act on it alone
	Kind    string            // the effect before any downgrade: "trigger", "step"
	Sets    map[string]string // answer fields and their values: covered = conditional
	Numbers map[string]int    // days, percent, cents
	Words   map[string]string // further texts of the row in the person's language
	Items   []string          // a list of texts of the row in the person's language
}

// Undecided is a rule that might apply: some fact it needs is unknown. Unknown is
// never read as no.
type Undecided struct {
	Rule    string
	Kind    string
	Missing []string // the facts that would settle it, such as plan.funding
}

// Verdict is all that the rules of one topic say about some facts on some day.
type Verdict struct {
	Fired     []Fired // in the order of the rows
	Undecided []Undecided
}

// Findings lists the findings of the rules that applied.
func (v Verdict) Findings() []Finding {
	out := make([]Finding, len(v.Fired))
	for i, f := range v.Fired {
		out[i] = f.Finding
	}
	return out
}
