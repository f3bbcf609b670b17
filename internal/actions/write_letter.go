package actions

import (
	"context"
	"slices"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
)

// Second is the name of the letter to the doctor of the other opinion.
const Second = "second"

// Letters drafts the letters to both doctors from the case's own facts: "first" and
// "second". Without a decision there is nothing to tell: NotFound.
func (h *House) Letters(c *casefile.Case, terms letters.Terms) (map[string]letters.Letter, error) {
	in, err := h.decisionFacts(c, terms)
	if err != nil {
		return nil, err
	}
	return map[string]letters.Letter{
		opinion.First: letters.DecisionToFirst(in, terms.Language),
		Second:        letters.DecisionToSecond(in, terms.Language),
	}, nil
}

// WriteLetters keeps both letters as they are sent, with what the person added to
// each, by the letter's name.
func (h *House) WriteLetters(ctx context.Context, who casefile.Person, c *casefile.Case, p Posting, from casefile.Version) error {
	if err := p.Terms.Check(h.today()); err != nil {
		return err
	}
	both, err := h.Letters(c, p.Terms)
	if err != nil {
		return err
	}
	change := casefile.Change{Verb: "write_letters"}
	for _, to := range []string{opinion.First, Second} {
		sent := letters.Sent{To: to, Terms: p.Terms, Addition: strings.TrimSpace(p.Additions[to]), On: h.today(), Letter: both[to].With(p.Additions[to])}
		change.Drafts = append(change.Drafts, casefile.Draft{Ref: letters.Ref(to), From: from, Body: sent})
	}
	return h.save(ctx, who, c, change)
}

// Posting is what the person settles about both letters, and adds to each.
type Posting struct {
	Terms     letters.Terms
	Additions map[string]string // "first", "second"
}

// PrintLetter gives a letter that was kept, as PDF, to a person who may take things
// out of the case, and writes so in its log.
func (h *House) PrintLetter(ctx context.Context, who casefile.Person, c *casefile.Case, to string) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	sent, version, err := casefile.Read[letters.Sent](c, letters.Ref(to))
	if err != nil {
		return nil, err
	}
	if version == 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	pdf, err := h.Paper.Print(sent.Letter)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "print_letter", Note: to})
}

// Other is the opinion that stands against the first doctor's in the letters: that of
// the doctor who will treat, and otherwise the second.
func Other(d opinion.Decision, all []opinion.Opinion) (opinion.Opinion, error) {
	if d.With != "" && d.With != opinion.First {
		return opinion.Find(all, d.With)
	}
	return opinion.Find(all, Second)
}

// AskLetter drafts the letter to one doctor, before anything is decided, on the exact
// points on which two opinions part. to is the id of that doctor's opinion; the first
// doctor is asked about the second opinion, every other about the first.
func (h *House) AskLetter(c *casefile.Case, to, lang string) (letters.Letter, error) {
	all, err := opinion.All(c)
	if err != nil {
		return letters.Letter{}, err
	}
	side, against := to, to
	if to == opinion.First {
		against = Second
	} else {
		side = Second
	}
	other, err := opinion.Find(all, against)
	if err != nil {
		return letters.Letter{}, err
	}
	in, err := h.bothDoctors(c, other, letters.Terms{Language: lang})
	if err != nil {
		return letters.Letter{}, err
	}
	if len(in.Differ) == 0 {
		return letters.Letter{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return letters.Ask(in, side, lang), nil
}

// PrintAskLetter gives that letter as PDF to a person who may take things out of the
// case, and writes so in its log.
func (h *House) PrintAskLetter(ctx context.Context, who casefile.Person, c *casefile.Case, to, lang string) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	l, err := h.AskLetter(c, to, lang)
	if err != nil {
		return nil, err
	}
	pdf, err := h.Paper.Print(l)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "print_ask_letter", Note: to})
}

// decisionFacts gathers what both letters after the decision are made of.
func (h *House) decisionFacts(c *casefile.Case, terms letters.Terms) (letters.DecisionIn, error) {
	d, _, err := h.DecisionSoFar(c)
	if err != nil {
		return letters.DecisionIn{}, err
	}
	choice, ok := d.Choice()
	if !ok {
		return letters.DecisionIn{}, fault.New(fault.NotFound, "fault.not_found")
	}
	all, err := opinion.All(c)
	if err != nil {
		return letters.DecisionIn{}, err
	}
	other, err := Other(d, all)
	if err != nil {
		return letters.DecisionIn{}, err
	}
	in, err := h.bothDoctors(c, other, terms)
	if err != nil {
		return in, err
	}
	in.Chosen, in.Reasons = choice.Text, d.Reasons
	switch d.With {
	case "":
	case opinion.First:
		in.With = opinion.First
	default:
		in.With = Second
	}
	return in, nil
}

// bothDoctors gathers what the case knows of the patient, of the first doctor and of
// the one who gave the other opinion, and how the two opinions stand to each other.
func (h *House) bothDoctors(c *casefile.Case, other opinion.Opinion, terms letters.Terms) (letters.DecisionIn, error) {
	var in letters.DecisionIn
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return in, err
	}
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return in, err
	}
	all, err := opinion.All(c)
	if err != nil {
		return in, err
	}
	in = letters.DecisionIn{
		Today: h.today(),
		Patient: letters.Patient{
			Name: profile.Patient.Name, BirthDate: profile.Patient.BirthDate, Acting: profile.Acting.Name, ActingAs: profile.Acting.As,
			Address: terms.Address, Phone: terms.Phone,
		},
		First:      doctor(profile.FirstDoctor),
		Second:     otherDoctor(other, short),
		Heard:      letters.Finding{Diagnosis: profile.Diagnosis.Text, ICD10: profile.Diagnosis.ICD10, Treatment: profile.Treatment},
		SecondDate: other.Date,
		Talk:       terms.Talk, TalkUntil: terms.TalkUntil, Enclosed: terms.Enclosed, SendRecords: terms.Send,
	}
	if first, err := opinion.Find(all, opinion.First); err == nil && in.First.Name == "" {
		in.First = letters.Doctor{Name: first.By.Name, Specialty: first.By.Specialty, Practice: first.By.Practice, Address: first.By.Address}
	}
	_, answer, err := h.Comparison(c, terms.Language)
	if err != nil {
		return in, err
	}
	for _, p := range answer.Pairs {
		if p.A == opinion.First && p.B == other.ID {
			in.Agree, in.Differ = said(p, terms.Language)
		}
	}
	return in, nil
}

// otherDoctor is who gave the opinion, with the address of the candidate of that name.
func otherDoctor(o opinion.Opinion, short expert.Shortlist) letters.Doctor {
	d := letters.Doctor{Name: o.By.Name, Specialty: o.By.Specialty, Practice: o.By.Practice, Address: o.By.Address}
	for _, x := range short.Candidates {
		if !strings.EqualFold(strings.TrimSpace(x.Doctor.Name), strings.TrimSpace(o.By.Name)) {
			continue
		}
		known := doctor(x.Doctor)
		for _, f := range [][2]*string{{&d.Specialty, &known.Specialty}, {&d.Practice, &known.Practice}, {&d.Address, &known.Address}} {
			if *f[0] == "" {
				*f[0] = *f[1]
			}
		}
	}
	return d
}

// said puts a pair into the words of a letter. Which records were read is no matter
// for a letter of decision.
func said(p opinion.Pair, lang string) (agree []string, differ []letters.Difference) {
	inLetter := []string{"diagnosis", "side", "certainty", "stage", "treatment", "options", "tests", "urgency"}
	for _, a := range p.Agree {
		if slices.Contains(inLetter, a.About) {
			agree = append(agree, opinion.AboutText(a.About, lang)+": "+a.Text)
		}
	}
	for _, x := range p.Differ {
		if slices.Contains(inLetter, x.About) {
			differ = append(differ, letters.Difference{About: opinion.AboutText(x.About, lang), First: x.A, Second: x.B, AskFirst: x.AskA, AskSecond: x.AskB})
		}
	}
	return agree, differ
}
