package opinion

import "strings"

// stance is what one opinion says of an option.
type stance int

const (
	silent stance = iota // it does not name it
	named                // it names it and does not say more
	against
	advised
)

func stanceOf(o Option) stance {
	switch {
	case o.Recommended == nil:
		return named
	case *o.Recommended:
		return advised
	}
	return against
}

// kindOf gives the kind of an option: the one it states, else the one its words say.
func kindOf(o Option) string {
	if o.Kind != "" {
		for _, w := range append([]string{strings.ToLower(strings.TrimSpace(o.Kind))}, lex.content(o.Kind)...) {
			if k, ok := lex.kindOf[w]; ok {
				return k
			}
		}
	}
	best, rank := "", -1
	for _, w := range lex.content(o.Text) {
		if k, ok := lex.kindOf[w]; ok && lex.kinds[k].Rank > rank {
			best, rank = k, lex.kinds[k].Rank
		}
	}
	return best
}

// alike tells how two options stand: same, refined (one is a closer wording of the
// other), cannot_say, or different.
func alike(a, b Option) string { return facetOf(a).alike(facetOf(b)) }

// facet is an option as it is compared: its words and its kind.
type facet struct {
	words map[string]bool
	kind  string
}

func facetOf(o Option) facet { return facet{meaning(o.Text), kindOf(o)} }

func facets(list []Option) []facet {
	out := make([]facet, len(list))
	for i, o := range list {
		out[i] = facetOf(o)
	}
	return out
}

func (f facet) alike(g facet) string {
	wa, wb := f.words, g.words
	ka, kb := f.kind, g.kind
	kinds := ka == "" || kb == "" || ka == kb
	switch {
	case equalSets(wa, wb):
		return same
	case oppose(wa, wb), otherSide(wa, wb):
		return different
	case within(wa, wb) || within(wb, wa):
		if kinds {
			return refined
		}
		return cannotSay
	}
	// Words as wide as "surgery" do not make two operations alike.
	sa, sb := special(wa), special(wb)
	n := shared(sa, sb)
	switch {
	case !kinds || n == 0:
		return different
	case ka != "" && ka == kb && 2*n > min(len(sa), len(sb)):
		return refined
	case ka == kb:
		return cannotSay
	}
	return different
}

// special leaves out words that only name a kind of treatment.
func special(m map[string]bool) map[string]bool {
	out := map[string]bool{}
	for w := range m {
		if k, ok := lex.kindOf[w]; !ok || k != w && !genericKind[w] {
			out[w] = true
		}
	}
	return out
}

var genericKind = map[string]bool{"medicine": true, "physiotherapy": false, "terapia": true, "therapy": true}

type twin struct {
	a, b     Option
	sa, sb   stance
	relation string
}

// align puts the options of two opinions side by side. An option that only one names
// stands alone, with the other silent.
func align(a, b []Option) []twin {
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	fa, fb := facets(a), facets(b)
	table := make([][]string, len(a))
	for i := range a {
		table[i] = make([]string, len(b))
		for j := range b {
			table[i][j] = fa[i].alike(fb[j])
		}
	}
	var out []twin
	for _, want := range []string{same, refined, cannotSay} {
		for reach := 0; reach < len(a)+len(b); reach++ {
			for i := range a {
				j := reach - i
				if j < 0 || j >= len(b) || usedA[i] || usedB[j] || table[i][j] != want {
					continue
				}
				usedA[i], usedB[j] = true, true
				out = append(out, twin{a[i], b[j], stanceOf(a[i]), stanceOf(b[j]), want})
			}
		}
	}
	for i := range a {
		if !usedA[i] {
			out = append(out, twin{a: a[i], sa: stanceOf(a[i])})
		}
	}
	for j := range b {
		if !usedB[j] {
			out = append(out, twin{b: b[j], sb: stanceOf(b[j])})
		}
	}
	return out
}

// compareTreatment fills the pair's management, with what agrees and what differs.
func (c *comparison) compareTreatment() {
	twins := align(c.a.Options, c.b.Options)
	recA, recB := advisedOf(c.a.Options), advisedOf(c.b.Options)
	clash := leftovers{}
	result := same
	for _, t := range twins {
		switch {
		case t.sa == advised && t.sb == advised:
			c.agree("treatment", firstOf(t.a.Text, t.b.Text))
			result = worse(result, t.relation)
			if t.relation != same {
				c.raise(minor)
				key := "why.option_wording"
				if t.relation == cannotSay {
					key = "why.option_cannot_say"
				}
				c.differ("options", t.a.Text, t.b.Text, c.say(key))
			}
		case t.sa == advised && t.sb == against, t.sa == against && t.sb == advised:
			clash.against = append(clash.against, t)
		case t.sa == advised:
			clash.a = append(clash.a, t)
		case t.sb == advised:
			clash.b = append(clash.b, t)
		case t.sa == silent || t.sb == silent:
			clash.offered = append(clash.offered, t)
		default:
			c.agree("options", c.say("agree.neither", "option", firstOf(t.a.Text, t.b.Text)))
		}
	}
	leftA, leftB := len(clash.a) > 0, len(clash.b) > 0
	switch {
	case len(clash.against) > 0, leftA && leftB:
		result = different
	case recA == 0 || recB == 0:
		result = cannotSay
	case leftA || leftB:
		result = worse(result, refined)
	}
	c.pair.Management = result
	c.clash = clash
	c.weighTreatment()
	c.sayTreatment()
	for _, t := range clash.offered {
		c.raise(minor)
		c.differ("options", c.optionOr(t.a), c.optionOr(t.b), c.say("why.offered"))
	}
}

// leftovers is what is not advised by both.
type leftovers struct {
	a, b    []twin // advised by one, not judged by the other
	against []twin // advised by one, named and not advised by the other
	offered []twin // named by one, not advised by any
}

func advisedOf(options []Option) int {
	n := 0
	for _, o := range options {
		if stanceOf(o) == advised {
			n++
		}
	}
	return n
}

// heaviest gives the highest burden among the advised options of a list, 0 to 5, or
// -1 where none is known.
func heaviest(options []Option) int {
	top := -1
	for _, o := range options {
		if k := kindOf(o); stanceOf(o) == advised && k != "" {
			top = max(top, lex.kinds[k].Rank)
		}
	}
	return top
}

func intensive(o Option) bool { return lex.kinds[kindOf(o)].Intensive }

// weighTreatment raises the impact by what the difference in treatment means.
func (c *comparison) weighTreatment() {
	if c.pair.Management == refined {
		c.raise(minor)
	}
	for _, t := range append(append([]twin{}, c.clash.a...), c.clash.b...) {
		if o := either(t); intensive(o) && c.pair.Management == refined {
			c.raise(moderate)
		}
	}
	if c.pair.Management != different {
		return
	}
	c.raise(moderate)
	if c.pair.Diagnosis == different {
		c.raise(major)
	}
	ha, hb := heaviest(c.a.Options), heaviest(c.b.Options)
	if ha >= 0 && hb >= 0 && (ha-hb >= 2 || hb-ha >= 2) && max(ha, hb) >= 4 {
		c.raise(major)
	}
	for _, t := range c.clash.against {
		if intensive(t.a) || intensive(t.b) {
			c.raise(major)
		}
	}
}

func either(t twin) Option {
	if t.sa == advised {
		return t.a
	}
	return t.b
}

// sayTreatment puts what is not advised by both into one difference, with the reasons
// and the evidence of each.
func (c *comparison) sayTreatment() {
	s := c.clash
	if len(s.a)+len(s.b)+len(s.against) == 0 {
		return
	}
	var a, b []string
	var ea, eb []Evidence
	add := func(texts *[]string, ev *[]Evidence, o Option, key string) {
		*texts = append(*texts, c.say(key, "option", o.Text))
		*ev = append(*ev, o.Evidence...)
	}
	for _, t := range s.a {
		add(&a, &ea, t.a, "option.advised")
		if t.sb == named {
			add(&b, &eb, t.b, "option.named")
		}
	}
	for _, t := range s.b {
		add(&b, &eb, t.b, "option.advised")
		if t.sa == named {
			add(&a, &ea, t.a, "option.named")
		}
	}
	for _, t := range s.against {
		word := map[stance]string{advised: "option.advised", against: "option.against"}
		add(&a, &ea, t.a, word[t.sa])
		add(&b, &eb, t.b, word[t.sb])
	}
	d := Difference{About: "treatment", A: c.list(a), B: c.list(b), EvidenceA: some(ea), EvidenceB: some(eb)}
	d.Why = c.whyTreatment(ea, eb)
	d.AskA, d.AskB = c.askTreatment(d)
	c.put(d)
}

func (c *comparison) list(texts []string) string {
	if len(texts) == 0 {
		return c.say("not_mentioned")
	}
	return strings.Join(texts, "; ")
}

func (c *comparison) optionOr(o Option) string {
	if o.Text == "" {
		return c.say("not_mentioned")
	}
	return o.Text
}

// whyTreatment says, from the opinions' own words only, what may lie behind the
// difference: what each aims at, what each points to, how heavy each is to begin with.
func (c *comparison) whyTreatment(ea, eb []Evidence) string {
	var parts []string
	aimsA, aimsB := c.aims(c.a), c.aims(c.b)
	if aimsA != "" && aimsB != "" && aimsA != aimsB {
		parts = append(parts, c.say("why.aims", "a", c.nameA, "aim_a", aimsA, "b", c.nameB, "aim_b", aimsB))
	}
	for _, s := range []struct {
		name string
		ev   []Evidence
	}{{c.nameA, ea}, {c.nameB, eb}} {
		if t := quoted(s.ev); t != "" {
			parts = append(parts, c.say("why.points_to", "who", s.name, "evidence", t))
		}
	}
	ha, hb := heaviest(c.a.Options), heaviest(c.b.Options)
	switch {
	case ha >= 0 && hb >= 0 && ha < hb:
		parts = append(parts, c.say("why.lighter", "who", c.nameA))
	case ha >= 0 && hb >= 0 && hb < ha:
		parts = append(parts, c.say("why.lighter", "who", c.nameB))
	}
	sa, sb := c.specialty(c.a), c.specialty(c.b)
	if sa != "" && sb != "" && sa != sb {
		parts = append(parts, c.say("why.specialties", "a", c.nameA, "sa", sa, "b", c.nameB, "sb", sb))
	}
	if len(parts) == 0 {
		return c.say("why.no_reasons")
	}
	return strings.Join(parts, " ")
}

// aims gives what a plan is for: as stated, else the benefits of what it advises.
func (c *comparison) aims(o Stated) string {
	if len(o.Aims) > 0 {
		return strings.Join(o.Aims, "; ")
	}
	var list []string
	for _, t := range o.Options {
		if stanceOf(t) == advised {
			list = append(list, t.Benefits...)
		}
	}
	return strings.Join(list, "; ")
}

func quoted(ev []Evidence) string {
	var list []string
	for _, e := range ev {
		list = append(list, "“"+strings.TrimRight(strings.TrimSpace(e.Text), ".")+"”")
	}
	return strings.Join(list, ", ")
}

func some(ev []Evidence) []Evidence {
	if ev == nil {
		return []Evidence{}
	}
	return ev
}
