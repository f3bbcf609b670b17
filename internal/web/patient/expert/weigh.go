package expert

import (
	"strings"

	"consilium/internal/expert"
	"consilium/internal/web"
)

// weighed is one doctor with what speaks for and against, in plain words.
type weighed struct {
	E       expert.Expert
	Far     string // distance and direction in words
	For     []reason
	Against []reason // what rules them out first, then what to ask about
	Also    []reason // worth knowing, and neither
}

// reason is one thing that speaks for or against, with where it stands.
type reason struct {
	Text   string
	Source string // the public file and its date
	Stop   bool
}

// Stopped tells whether something rules them out.
func (w weighed) Stopped() bool {
	return len(w.E.Stops) > 0 || w.E.Independence.Level == expert.NotIndependent
}

// half is the value of a part of the fit that is neither a merit nor a fault.
const half = 0.5

// weigh sorts what the engine says of one into for, against and also. Each sentence
// is the engine's own, but for what Medicare paid: the works say it in plain words.
func weigh(v *web.Visit, e expert.Expert, works []expert.Work) weighed {
	w := weighed{E: e}
	said := map[string]bool{}
	for _, s := range e.Stops {
		said[s.Stop] = true
		w.Against = append(w.Against, reason{Text: s.Evidence, Stop: true})
	}
	for _, s := range e.Independence.Signals {
		r := reason{Text: s.Evidence, Stop: s.Strength == expert.Stop}
		switch {
		case said[s.Signal]:
		case s.Strength == expert.Weak:
			w.Also = append(w.Also, r)
		default:
			w.Against = append(w.Against, r)
		}
	}
	for _, f := range e.Fit.Factors {
		r := reason{Text: f.Evidence, Source: dated(v, f.Source)}
		switch {
		case r.Text == "":
		case f.Name == "distance": // stands beside the name
		case f.Name == "volume" && len(works) > 0:
			known, unknown := countedReasons(v, works, e.Profile, r.Source)
			w.For, w.Also = append(w.For, known...), append(w.Also, unknown...)
		case f.Value > half:
			w.For = append(w.For, r)
		default:
			w.Also = append(w.Also, r)
		}
	}
	return w
}

// dated writes a source that ends with a date as people read it.
func dated(v *web.Visit, source string) string {
	i := strings.LastIndexByte(source, ' ')
	if i < 0 {
		return source
	}
	if day := v.Say.Date(source[i+1:]); day != source[i+1:] {
		return source[:i] + ", " + day
	}
	return source
}

// specialty is the main field as the doctor named it.
func specialty(e expert.Expert) string {
	for _, s := range e.Specialties {
		if s.Primary {
			return s.Name
		}
	}
	if len(e.Specialties) > 0 {
		return e.Specialties[0].Name
	}
	return ""
}

func fullName(e expert.Expert) string { return join(", ", expert.Readable(e.Name), e.Credential) }

// at is the practice and its town.
func at(e expert.Expert) string {
	p := e.Practice
	return join(" · ", expert.Readable(p.Organization), join(", ", expert.Readable(p.City), p.State))
}
