package appeal

import (
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/deadline"
	"consilium/internal/finding"
)

// topic is the folder of rules that reads a letter.
const topic = "denial"

// unclear is the kind of no of a letter that does not say why.
const unclear = "unknown"

// classified is what the letter itself says, before any ladder: which kind of no it
// is, in plain words, who owes the money, and what to mend first.
type classified struct {
	Class    string   // the kind to act on first
	Classes  []string // every kind in the letter, the first to act on first
	Plain    []Plain
	Owes     string
	Moves    []Move
	Warnings []string
	Findings []finding.Finding
	Unknown  contract.Problems // reason codes that no row knows: then nothing is to be computed
}

// classify reads the letter for a day, in "en" or "es". What the person chose goes
// first, then the reason codes, then the remark codes, then the letter's own words.
// Of several kinds the one that needs no appeal is acted on first; the rows say which
// that is. A row whose source nobody read never decides the kind.
func classify(in Input, on contract.Date, lang string, book Book) classified {
	out := classified{Class: unclear, Owes: unclear, Plain: []Plain{}, Moves: []Move{}, Warnings: []string{}, Findings: []finding.Finding{}}
	facts := in.letter(on)
	l := read(book.Judge(topic, facts, on, lang))
	out.Unknown = l.unknown(in.Denial.CARC)
	out.Classes = l.kinds(in.Denial.Class)
	out.Class = out.Classes[0]
	out.Plain, out.Findings = l.plain(in.Denial, lang), append(out.Findings, l.findings(out.Class)...)
	if l.owes != "" {
		out.Owes = l.owes
	}
	facts["denial.class"], facts["denial.classes"], facts["denial.several"] = out.Class, out.Classes, len(out.Classes) > 1
	facts["denial.rarc_unknown"] = slices.ContainsFunc(in.Denial.RARC, func(c string) bool { return !l.has("rarc", c) })
	out.advise(in, on, book.Judge(topic, facts, on, lang))
	return out
}

// letter gives the facts that the rows may speak of.
func (in Input) letter(on contract.Date) map[string]any {
	facts := map[string]any{
		"denial.group": in.Denial.Group, "denial.reason": in.Denial.Reason,
		"appeal.regime": in.Regime, "appeal.service": in.Service, "appeal.urgent": in.Urgent, "appeal.level": "initial_denial",
		"plan.funding": in.Funding, "plan.state": in.State,
	}
	if in.Level != "" {
		facts["appeal.level"] = in.Level
	}
	if len(in.Denial.CARC) > 0 {
		facts["denial.carc"] = in.Denial.CARC
	}
	if len(in.Denial.RARC) > 0 {
		facts["denial.rarc"] = in.Denial.RARC
	}
	if !in.PeerToPeerBy.IsZero() && !on.IsZero() {
		facts["peer_to_peer.open"] = !in.PeerToPeerBy.Before(on)
	}
	return facts
}

// reading is what the rows say of the codes and words of a letter.
type reading struct {
	codes []finding.Fired
	words []finding.Fired
	group *finding.Fired
	owes  string
	order map[string]int // of each kind: the smallest is acted on first
	kind  map[string]finding.Finding
}

func read(v finding.Verdict) reading {
	l := reading{order: map[string]int{}, kind: map[string]finding.Finding{}}
	for _, f := range v.Fired {
		switch f.Kind {
		case "code":
			l.codes = append(l.codes, f)
		case "words":
			l.words = append(l.words, f)
		case "owes":
			l.group, l.owes = &f, f.Sets["owes"]
		case "class":
			l.order[f.Sets["kind"]], l.kind[f.Sets["kind"]] = f.Numbers["order"], f.Finding
		}
	}
	return l
}

// has tells whether a row knows the code: "carc" "197".
func (l reading) has(list, code string) bool {
	return slices.ContainsFunc(l.codes, func(f finding.Fired) bool { return f.Sets[list] == code })
}

// unknown names each reason code that no row knows: it was perhaps copied wrongly.
// Remark codes are too many to have rows for all; one without a row gets a warning
// instead.
func (l reading) unknown(carc []string) contract.Problems {
	var ps contract.Problems
	for i, c := range carc {
		if !l.has("carc", c) {
			ps.Add(at("denial.carc", i), "unknown code %q; copy it again from the letter, or leave it out and write the reason", c)
		}
	}
	return ps
}

// kinds lists every kind of no, the one to act on first first. There is always one.
func (l reading) kinds(chosen string) []string {
	var first, also []string
	for _, source := range [][]finding.Fired{l.of("carc"), l.of("rarc"), l.words} {
		if len(first) > 0 {
			break // codes go before words: the plan chose them
		}
		for _, f := range source {
			if f.Decides && f.Sets["class"] != "" {
				first = append(first, f.Sets["class"])
				also = append(also, f.Sets["also"])
			}
		}
	}
	sooner := func(a, b string) int { return l.order[a] - l.order[b] }
	slices.SortStableFunc(first, sooner)
	slices.SortStableFunc(also, sooner)
	var out []string
	for _, c := range slices.Concat([]string{chosen}, first, also) {
		if c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return []string{unclear}
	}
	return out
}

func (l reading) of(list string) []finding.Fired {
	var out []finding.Fired
	for _, f := range l.codes {
		if f.Sets[list] != "" {
			out = append(out, f)
		}
	}
	return out
}

// plain says each code in plain words, in the order of the letter.
func (l reading) plain(d Refusal, lang string) []Plain {
	out := []Plain{}
	add := func(label, list string, codes []string) {
		for i, c := range codes {
			at := slices.IndexFunc(l.codes, func(f finding.Fired) bool { return f.Sets[list] == c })
			if at < 0 || slices.Contains(codes[:i], c) {
				continue
			}
			f := l.codes[at]
			out = append(out, Plain{label + c, strings.TrimSpace(f.Reason + " " + f.Words["fix"])})
		}
	}
	add("CARC ", "carc", d.CARC)
	add("RARC ", "rarc", d.RARC)
	if l.group != nil && d.Group != "" {
		label := "group "
		if lang == "es" {
			label = "grupo "
		}
		out = append(out, Plain{label + d.Group, l.group.Reason})
	}
	return out
}

// findings lists what the rows said of the letter; words count only where no code
// settled the kind, so they are named only then.
func (l reading) findings(class string) []finding.Finding {
	var out []finding.Finding
	coded := false
	for _, f := range l.codes {
		out = append(out, f.Finding)
		coded = coded || f.Decides && f.Sets["class"] != ""
	}
	if l.group != nil {
		out = append(out, l.group.Finding)
	}
	if !coded {
		for _, f := range l.words {
			out = append(out, f.Finding)
		}
	}
	if f, ok := l.kind[class]; ok {
		out = append(out, f)
	}
	return out
}

// advise lists what to mend first, by when, and what not to do.
func (c *classified) advise(in Input, on contract.Date, v finding.Verdict) {
	by := map[string]contract.Date{}
	for _, f := range v.Fired {
		if f.Kind == "window" && f.Decides {
			by[f.Sets["move"]] = answerBy(in, on, f.Numbers["days"])
		}
	}
	for _, f := range v.Fired {
		switch f.Kind {
		case "move":
			m := Move{ID: f.Sets["move"], Rule: f.Rule, Title: f.Words["title"], Why: f.Reason, Who: f.Sets["who"], By: by[f.Sets["move"]]}
			if f.Sets["by"] == "peer_to_peer" {
				m.By = in.PeerToPeerBy
			}
			c.Moves = append(c.Moves, m)
		case "warning":
			c.Warnings = append(c.Warnings, f.Reason)
		case "window", "note":
		default:
			continue
		}
		c.Findings = append(c.Findings, f.Finding)
	}
}

// answerBy counts the days to answer from the day that the plan's notice came, or
// from the date printed on it, which is never later. What is late is due today.
func answerBy(in Input, on contract.Date, days int) contract.Date {
	r := deadline.Count(deadline.Rule{Start: deadline.Received, Length: days, Unit: deadline.Days}, deadline.Events{Notice: in.NoticeDate, Received: in.ReceivedDate})
	d := r.Date
	if d.IsZero() {
		d = r.Safe
	}
	if !d.IsZero() && d.Before(on) {
		return on
	}
	return d
}
