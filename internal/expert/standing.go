package expert

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// expert puts a match into the words of an answer. The sentences of ties and stops come
// later, from tell.
func (s *search) expert(m *Match) Expert {
	p := &m.Profile
	e := Expert{
		NPI: p.NPI, Name: p.Name.Full(), Credential: p.Credential, Specialties: p.Specialties, Practice: p.Practice, LicensedIn: p.LicensedIn(),
		Fit: s.explain(m), Independence: Standing{Level: Unknown, Signals: []Signal{}, Compared: []string{}}, Certification: certification(p.Boards, s.query.Day), Stops: []StopReason{}, Profile: p,
	}
	if e.Specialties == nil {
		e.Specialties = []Specialty{}
	}
	if m.Measures.Miles >= 0 && s.query.Centre != nil {
		miles := float64(int(m.Measures.Miles*10+0.5)) / 10
		e.Miles = &miles
	}
	if s.query.First != nil {
		e.Independence = Between(*s.query.First, *p, s.query.Limits)
	}
	stop := func(name string, evidence ...string) {
		e.Stops = append(e.Stops, StopReason{Stop: name, Evidence: strings.TrimSpace(strings.Join(evidence, " "))})
	}
	if x := p.Exclusion; x != nil {
		stop("excluded", x.From, x.Kind)
	}
	if o := p.OptOut; o != nil && s.query.Medicare && o.inForce(s.query.Day) {
		stop("opted_out", o.From, o.Until)
	}
	for _, sig := range e.Independence.Signals {
		if sig.Signal == "same_group" || sig.Signal == "same_person" {
			stop(sig.Signal, sig.Evidence)
		}
	}
	return e
}

// Full is the name as it is spoken: first, middle, last; an organisation's own.
func (n Name) Full() string {
	if n.Last == "" && n.First == "" {
		return cmp.Or(n.Organization, n.Known)
	}
	return strings.Join(strings.Fields(n.First+" "+n.Middle+" "+n.Last+" "+n.Suffix), " ")
}

// LicensedIn lists the states of the licences that the clinician named in NPPES, in
// order: a board can tell whether each is in force.
func (p *Profile) LicensedIn() []string {
	out := []string{}
	for _, sp := range p.Specialties {
		if sp.LicenseState != "" && !slices.Contains(out, sp.LicenseState) {
			out = append(out, sp.LicenseState)
		}
	}
	slices.Sort(out)
	return out
}

func (o OptOut) inForce(day string) bool {
	return (o.From == "" || o.From <= day) && (o.Until == "" || day <= o.Until)
}

// certification tells what is known of certificates: no public file has them, so that
// they are to be confirmed unless an operator imported one.
func certification(boards []Board, day string) string {
	out := "to_confirm"
	for _, b := range boards {
		expired := b.Status == "expired" || b.Until != "" && b.Until < day
		if !expired {
			return "imported"
		}
		out = "expired"
	}
	return out
}

// judge asks the rules about what was found.
func (s *search) judge(found Found, es []Expert) finding.Verdict {
	signals, stops, notSources := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range es {
		for _, sig := range es[i].Independence.Signals {
			signals[sig.Signal] = true
		}
		for _, st := range es[i].Stops {
			stops[st.Stop] = true
		}
		for _, sp := range es[i].Specialties {
			if sp.Primary {
				notSources[sp.Code] = true
			}
		}
	}
	data := s.data()
	facts := map[string]any{
		"seen.signals": keys(signals), "seen.stops": keys(stops), "seen.primary": keys(notSources), "seen.some": len(es) > 0,
		"first.asked": s.q.IndependentOf != nil, "asked.telehealth": s.q.Telehealth, "patient.state": s.state, "plan.medicare": s.query.Medicare,
		"condition.given": s.q.ConditionICD != "" && len(s.q.Specialties) == 0, "condition.proposed": len(s.query.Codes) > 0,
		"names.nearly": found.Near, "found.total": found.Total, "found.unplaced": found.Unplaced,
		"asked.certified": s.q.CertifiedOnly, "asked.volume": len(s.q.HCPCS) > 0, "asked.network": s.q.Network != nil,
		"data.boards": data["boards"] != "", "data.volumes": data["volumes"] != "", "data.clinicians": data["clinicians"] != "", "data.affiliations": data["affiliations"] != "",
		"data.opt_out": data["opt_out"] != "", "data.exclusions": data["exclusions"] != "",
	}
	if s.q.IndependentOf != nil {
		facts["first.found"] = s.query.First != nil
	}
	if oldest, _ := s.oldest(); oldest >= 0 {
		facts["data.days"] = oldest
	}
	return s.from.Book.Judge(topicChecks, facts, s.on, s.from.Lang)
}

func keys(set map[string]bool) []string {
	out := slices.AppendSeq([]string{}, maps.Keys(set))
	slices.Sort(out)
	return out
}

func (s *search) data() map[string]string { return s.from.Directory.Data() }

// oldest gives the age in days of the oldest public file, -1 when none says its day, and
// the names of all whose day is known, the oldest first.
func (s *search) oldest() (days int, names []string) {
	days = -1
	data := s.data()
	for file, day := range data {
		d, err := contract.ParseDate(day)
		if err != nil || s.on.IsZero() {
			continue
		}
		days = max(days, d.DaysUntil(s.on))
		names = append(names, file)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(data[a], data[b]), cmp.Compare(a, b)) })
	return days, names
}

// tell puts the rules' sentences in the place of the bare evidence of ties and stops.
func tell(es []Expert, checks finding.Verdict) {
	ties, stops := map[string]finding.Fired{}, map[string]finding.Fired{}
	for _, f := range checks.Fired {
		switch f.Kind {
		case "tie":
			ties[f.Sets["signal"]] = f
		case "stop":
			stops[f.Sets["stop"]] = f
		}
	}
	for i := range es {
		for j := range es[i].Independence.Signals {
			sig := &es[i].Independence.Signals[j]
			if f, ok := ties[sig.Signal]; ok {
				sig.Evidence = filled(f, sig.Seen)
			}
		}
		for j := range es[i].Stops {
			st := &es[i].Stops[j]
			if f, ok := stops[st.Stop]; ok {
				st.Evidence = strings.TrimSpace(strings.ReplaceAll(f.Words["evidence"], "[evidence]", st.Evidence))
			}
		}
	}
}

// filled is the evidence sentence of a tie: the row has another where a part is known.
func filled(f finding.Fired, seen map[string]string) string {
	text := f.Words["evidence"]
	for _, special := range []string{"only", "days"} {
		if w := f.Words["evidence_"+special]; w != "" && seen[special] != "" {
			text = w
		}
	}
	for k, v := range seen {
		text = strings.ReplaceAll(text, "["+k+"]", v)
	}
	return text
}

// findings are what the rules say of the question and of the answer as a whole.
func (s *search) findings(checks finding.Verdict, es []Expert) []finding.Finding {
	out := []finding.Finding{}
	add := func(f finding.Fired, pairs ...string) {
		f.Finding.Reason = strings.NewReplacer(pairs...).Replace(f.Finding.Reason)
		out = append(out, f.Finding)
	}
	for _, f := range s.fit.Fired {
		switch f.Kind {
		case "specialty", "condition", "akin", "not_source":
			add(f, "[icd10]", strings.ToUpper(s.q.ConditionICD), "[codes]", strings.Join(strings.Fields(f.Sets["codes"]), ", "))
		case "weights":
			if len(es) > 0 {
				add(f)
			}
		}
	}
	days, names := s.oldest()
	oldest := ""
	if len(names) > 0 {
		oldest = names[0] + " " + s.data()[names[0]]
	}
	first := ""
	if s.q.IndependentOf != nil {
		first = s.q.IndependentOf.NPI
	}
	for _, f := range checks.Fired {
		if f.Kind != "tie" {
			add(f, "[icd10]", strings.ToUpper(s.q.ConditionICD), "[npi]", first, "[name]", strings.TrimSpace(s.q.Name), "[state]", s.state, "[oldest]", oldest, "[days]", grouped(max(days, 0)))
		}
	}
	return out
}
