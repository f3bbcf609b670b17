package coverage

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Reckoner reckons many visits, such as those of several doctors or all lines of
// an estimate: it asks the rules only once for each kind of visit. It is safe for
// use by many at a time.
type Reckoner struct {
	on   contract.Date
	lang string
	book Book

	mu      sync.Mutex
	figures map[int]Figures
	seen    map[string]finding.Verdict
}

// kindsKept bounds what a Reckoner remembers.
const kindsKept = 4096

// NewReckoner reckons for a day, in "en" or "es".
func NewReckoner(on contract.Date, lang string, book Book) *Reckoner {
	return &Reckoner{on: on, lang: lang, book: book, figures: map[int]Figures{}, seen: map[string]finding.Verdict{}}
}

// Cost is what one visit costs. The error is of type contract.Problems and names
// each wrong field. A date in the input goes before the reckoner's own.
func (r *Reckoner) Cost(in CostInput) (CostAnswer, error) {
	if err := validateCost(in, r.lang).OrNil(); err != nil {
		return CostAnswer{}, err
	}
	var figures Figures
	if in.PlanYear != nil {
		figures = r.figuresOf(*in.PlanYear)
		if len(figures.Findings) == 0 {
			return CostAnswer{}, validateYear(in.PlanYear, r.book).OrNil()
		}
	}
	on := r.on
	if !in.On.IsZero() {
		on = in.On
	}
	facts := in.facts()
	verdict := r.judge("cost", facts, on)
	b := reckon(in, figures, verdict, r.laws(in, on))
	// What the reckoning came to is asked about apart: most visits have the same
	// few lines and the same few unknowns.
	verdict = joined(verdict, r.judge("cost", map[string]any{"bill.parts": b.parts(), "medicare.original": in.original()}, on))
	for _, u := range b.unknown() {
		verdict = joined(verdict, r.judge("cost", map[string]any{"bill.unknown": []string{u}}, on))
	}
	if amounts := in.amounts(figures); amounts != nil {
		verdict = joined(verdict, r.book.Judge("cost_checks", amounts, on, r.lang))
	}
	return b.answer(verdict), nil
}

// joined adds the rules of a second answer that the first does not have.
func joined(a, b finding.Verdict) finding.Verdict {
	out := finding.Verdict{Fired: slices.Clip(a.Fired)}
	for _, f := range b.Fired {
		if !slices.ContainsFunc(a.Fired, func(had finding.Fired) bool { return had.Rule == f.Rule }) {
			out.Fired = append(out.Fired, f)
		}
	}
	return out
}

func (r *Reckoner) figuresOf(year int) Figures {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.figures[year]
	if !ok {
		f = FiguresOf(year, r.lang, r.book)
		r.figures[year] = f
	}
	return f
}

// judge asks the rules, or remembers what they said of the same kind.
func (r *Reckoner) judge(topic string, facts map[string]any, on contract.Date) finding.Verdict {
	key := keyOf(topic, facts, on)
	r.mu.Lock()
	v, ok := r.seen[key]
	r.mu.Unlock()
	if ok {
		return v
	}
	v = r.book.Judge(topic, facts, on, r.lang)
	r.mu.Lock()
	if len(r.seen) >= kindsKept {
		clear(r.seen)
	}
	r.seen[key] = v
	r.mu.Unlock()
	return v
}

// keyNames are the facts that tell one kind of visit from another.
var keyNames = []string{
	"plan.kind", "plan.hdhp", "plan.grandfathered", "plan.family_deductible", "plan.medigap", "plan.qmb", "expert.medicare",
	"visit.network", "visit.format", "visit.coupon", "share.mode", "told.copay", "told.coinsurance", "told.allowed", "told.self_pay", "told.facility_fee",
	"medicare.assignment", "medicare.medigap", "medicare.qmb", "medicare.original", "bill.parts", "bill.unknown",
}

func keyOf(topic string, facts map[string]any, on contract.Date) string {
	var k strings.Builder
	k.Grow(256)
	k.WriteString(topic)
	k.WriteString(on.String())
	for _, name := range keyNames {
		k.WriteByte('|')
		switch v := facts[name].(type) {
		case nil:
		case string:
			k.WriteString(v)
		case bool:
			k.WriteString(word(v))
		case *bool:
			if v != nil {
				k.WriteString(word(*v))
			}
		case []string:
			for _, s := range v {
				k.WriteString(s)
				k.WriteByte(',')
			}
		default:
			fmt.Fprint(&k, v)
		}
	}
	return k.String()
}

func word(b bool) string {
	if b {
		return "y"
	}
	return "n"
}

// laws gives what the coverage rules say of this plan, doctor and policy, by rule:
// the reckoning stands on their numbers and shows their reasons.
func (r *Reckoner) laws(in CostInput, on contract.Date) map[string]finding.Fired {
	kind := in.PlanKind
	switch {
	case in.original():
		kind = "medicare_original"
	case kind != "medicaid_managed" && kind != "chip_managed":
		return nil
	}
	facts := map[string]any{"plan.kind": kind, "expert.medicare": in.medicare().Assignment, "plan.qmb": in.medicare().QMB}
	if m := in.medicare().Medigap; m != "none" {
		facts["plan.medigap"] = m
	}
	laws := map[string]finding.Fired{}
	for _, f := range r.judge("coverage", facts, on).Fired {
		laws[f.Rule] = f
	}
	return laws
}
