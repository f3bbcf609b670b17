package actions

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/consent"
	"consilium/internal/coverage"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	"consilium/internal/records"
)

// AppealLetterOf makes one letter of an appeal from the case's own facts.
func (h *House) AppealLetterOf(c *casefile.Case, d appeal.Denial, draft appeal.Draft, which string) (letters.Letter, error) {
	in, err := h.appealFacts(c, d, draft)
	if err != nil {
		return letters.Letter{}, err
	}
	switch which {
	case CoverLetter:
		return letters.Cover(in, draft.Language), nil
	case AppealLetter:
		return letters.Appeal(in, draft.Language), nil
	case NecessityLetter:
		return letters.Necessity(in, draft.Language), nil
	case PeerSheet:
		return letters.PeerToPeer(in, draft.Language), nil
	case FileRequest:
		return letters.FileRequest(in, draft.Language), nil
	}
	return letters.Letter{}, fault.New(fault.NotFound, "fault.not_found")
}

// AppealPacket makes the letters that go to the plan, in their order, and lists what
// goes with them.
func (h *House) AppealPacket(c *casefile.Case, d appeal.Denial, draft appeal.Draft) ([]letters.Letter, []appeal.Enclosure, error) {
	var all []letters.Letter
	for _, name := range []string{CoverLetter, AppealLetter} {
		l, err := h.AppealLetterOf(c, d, draft, name)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, l)
	}
	enclosed, err := h.enclosures(c, d, draft)
	return all, enclosed, err
}

// PrintAppealLetter gives one letter as PDF to a person who may take things out of
// the case, and writes so in its log.
func (h *House) PrintAppealLetter(ctx context.Context, who casefile.Person, c *casefile.Case, d appeal.Denial, draft appeal.Draft, which string) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	l, err := h.AppealLetterOf(c, d, draft, which)
	if err != nil {
		return nil, err
	}
	pdf, err := h.Paper.Print(l)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "print_appeal_letter", Note: which})
}

// PrintPacket gives the whole packet as one PDF, as PrintAppealLetter does.
func (h *House) PrintPacket(ctx context.Context, who casefile.Person, c *casefile.Case, d appeal.Denial, draft appeal.Draft) ([]byte, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	all, _, err := h.AppealPacket(c, d, draft)
	if err != nil {
		return nil, err
	}
	pdf, err := h.Paper.PrintAll(all)
	if err != nil {
		return nil, err
	}
	return pdf, h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "print_packet", Note: d.ID})
}

// appealFacts gathers what the letters of an appeal are made of. What is not known
// stays empty, and is not written.
func (h *House) appealFacts(c *casefile.Case, d appeal.Denial, draft appeal.Draft) (letters.AppealIn, error) {
	var in letters.AppealIn
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return in, err
	}
	answer, err := h.AppealAnswer(d, draft.Language)
	if err != nil {
		return in, err
	}
	dated := draft.Dated
	if dated == "" {
		dated = h.today()
	}
	in.RefusalIn = refusal(dated, p, d, draft, answer)
	in.Expedited, in.Urgent = draft.Expedited, isYes(d.Input.Urgent)
	in.Harm, in.Tried, in.Addition, in.Definition = draft.Harm, draft.Tried, draft.Addition, draft.Definition
	for _, x := range draft.Circumstances {
		in.Circumstances = append(in.Circumstances, letters.Circumstance(x))
	}
	in.Rights = answer.Rights
	if in.Laws, err = h.lawsFor(c, d, draft); err != nil {
		return in, err
	}
	enclosed, err := h.enclosures(c, d, draft)
	if err != nil {
		return in, err
	}
	for _, e := range enclosed {
		in.Enclosures = append(in.Enclosures, enclosureText(e, draft.Language))
	}
	if draft.WithCalls {
		promises, err := h.PromisesTo(c, d)
		if err != nil {
			return in, err
		}
		in.Calls = appeal.Exhibit(promises)
	}
	in.TalkBy = d.Input.PeerToPeerBy.String()
	if answer.Next != nil {
		in.FileBy = answer.Next.FileBy.String()
	}
	return in, h.medicalFacts(c, p, draft, &in)
}

// refusal names the letter of refusal as every letter of the packet does.
func refusal(today string, p casefile.Profile, d appeal.Denial, draft appeal.Draft, a appeal.Answer) letters.RefusalIn {
	r := letters.RefusalIn{
		Today: today,
		Patient: letters.Patient{
			Name: p.Patient.Name, BirthDate: p.Patient.BirthDate, Address: draft.Address, Phone: draft.Phone, Acting: p.Acting.Name, ActingAs: p.Acting.As,
		},
		Plan: letters.Insurer{Name: d.Plan.Name, Address: d.Plan.Address, Fax: d.Plan.Fax, Phone: d.Plan.Phone, Member: d.Plan.Member, Group: d.Plan.Group},
		Claim: letters.Claim{
			Number: d.Claim.Number, Service: d.Claim.Service, Codes: d.Claim.Codes, Diagnosis: p.Diagnosis.Text, ICD10: d.Claim.ICD10, Provider: d.Claim.Provider, On: d.Claim.On,
		},
		Notice: d.Input.NoticeDate.String(), Received: d.Input.ReceivedDate.String(), Reason: d.Input.Denial.Reason,
		Class: a.Class, Regime: d.Input.Regime, Service: d.Input.Service,
	}
	if a.Next != nil {
		r.Level, r.LevelName = a.Next.Level, a.Next.Title
		for _, rung := range a.Ladder {
			if rung.Level == r.Level {
				r.LevelLaw = rung.Citation
			}
		}
	}
	if d.Beyond() {
		r.SendTo = draft.SendTo
	}
	r.Codes = d.Input.Denial.Codes()
	return r
}

// medicalFacts adds who signs, what the records and the opinions say.
func (h *House) medicalFacts(c *casefile.Case, p casefile.Profile, draft appeal.Draft, in *letters.AppealIn) error {
	all, err := opinion.All(c)
	if err != nil {
		return err
	}
	files, err := records.Files(c)
	if err != nil {
		return err
	}
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return err
	}
	in.History = sources{}.lines(records.Moments(files, story))
	if draft.Doctor == opinion.First {
		in.Signer, in.SignerNPI = doctor(p.FirstDoctor), p.FirstDoctor.NPI
	}
	if draft.Doctor == Second {
		if in.Signer, in.SignerNPI, err = secondSigner(c, all); err != nil {
			return err
		}
	}
	other, err := opinion.Find(all, Second)
	if err != nil {
		return nil // one opinion: there is nothing to lay side by side
	}
	both, err := h.bothDoctors(c, other, letters.Terms{Language: draft.Language})
	in.Opinions = letters.Opinions{First: both.First, Second: both.Second, SecondDate: both.SecondDate, Agree: both.Agree, Differ: both.Differ}
	return err
}

// secondSigner is the doctor of the second opinion, or the one chosen to give it.
func secondSigner(c *casefile.Case, all []opinion.Opinion) (letters.Doctor, string, error) {
	short, _, err := casefile.Read[expert.Shortlist](c, expert.Ref)
	if err != nil {
		return letters.Doctor{}, "", err
	}
	chosen, _ := short.Find(short.Chosen)
	if o, err := opinion.Find(all, Second); err == nil {
		d := otherDoctor(o, short)
		if strings.EqualFold(strings.TrimSpace(chosen.Doctor.Name), strings.TrimSpace(d.Name)) {
			return d, chosen.Doctor.NPI, nil
		}
		return d, "", nil
	}
	return doctor(chosen.Doctor), chosen.Doctor.NPI, nil
}

// lawsFor cites the laws on second opinions, as far as somebody of us has read them:
// those on which the answer on coverage rests. A refusal of other care, such as a test,
// has none: a law that does not fit weakens a letter.
func (h *House) lawsFor(c *casefile.Case, d appeal.Denial, draft appeal.Draft) ([]letters.Law, error) {
	if !aboutOpinion(d) && !slices.Contains(draft.Circumstances, string(letters.IsOpinion)) {
		return nil, nil
	}
	s, version, err := casefile.Read[coverage.Saved](c, coverage.Ref)
	if err != nil || version == 0 {
		return nil, err
	}
	a, err := h.CoverageAnswer(s, draft.Language)
	if err != nil {
		return nil, err
	}
	var laws []letters.Law
	for _, f := range a.Findings {
		if slices.Contains(a.Grounds, f.Rule) {
			laws = append(laws, letters.Law{Citation: f.Citation}) // the reason is worded for the patient
		}
	}
	return laws, nil
}

// aboutOpinion tells whether it is the second opinion itself that was refused.
func aboutOpinion(d appeal.Denial) bool {
	said := strings.ToLower(strings.ReplaceAll(d.Claim.Service+" "+d.Input.Denial.Reason, "-", " "))
	for _, x := range []string{"second opinion", "second reading", "second review", "segunda opini", "segunda lectura", "segunda revisi"} {
		if strings.Contains(said, x) {
			return true
		}
	}
	return d.Input.Denial.Class == "second_opinion_required"
}

// enclosures lists what goes with the letters: the doctor's letter, then the files in
// the order that was chosen.
func (h *House) enclosures(c *casefile.Case, d appeal.Denial, draft appeal.Draft) ([]appeal.Enclosure, error) {
	files, err := records.Files(c)
	if err != nil {
		return nil, err
	}
	names, err := h.ItemNames(c, draft.Language)
	if err != nil {
		return nil, err
	}
	var all []appeal.Enclosure
	if draft.Doctor != "" {
		signer, err := h.AppealSigner(c, draft.Doctor)
		if err != nil {
			return nil, err
		}
		all = append(all, appeal.Enclosure{Title: necessityTitle(signer, draft.Language)})
	}
	for _, sha256 := range draft.Enclosed {
		at := slices.IndexFunc(files, func(f records.File) bool { return f.SHA256 == sha256 })
		if at < 0 {
			continue
		}
		f := files[at]
		e := appeal.Enclosure{Title: f.Base(), SHA256: sha256, Pages: f.Piece.Pages}
		if name := names.Of(f.Label.Item); name != "" {
			e.Title = name
		}
		if slices.Contains(d.Papers(), sha256) {
			e.Title = refusalTitle(d, draft.Language)
		}
		if f.Piece.Kind == clinical.FileImage {
			e.Pages = 1
		}
		all = append(all, e)
	}
	return all, nil
}

// refusalTitle is what the plan's own letter is called among the enclosures.
func refusalTitle(d appeal.Denial, lang string) string {
	title := map[bool][2]string{false: {"Copy of the plan’s letter", " of "}, true: {"Copia de la carta del plan", " del "}}[lang == "es"]
	if d.Input.NoticeDate.IsZero() {
		return title[0]
	}
	return title[0] + title[1] + letters.Day(d.Input.NoticeDate.String(), lang)
}

// necessityTitle is what the doctor's letter is called among the enclosures.
func necessityTitle(signer, lang string) string {
	title := map[bool]string{false: "Letter of medical necessity", true: "Carta de necesidad médica"}[lang == "es"]
	if signer == "" {
		return title
	}
	return title + ", " + signer
}

// enclosureText is an enclosure as the list in the letters names it.
func enclosureText(e appeal.Enclosure, lang string) string {
	one, many := "page", "pages"
	if lang == "es" {
		one, many = "página", "páginas"
	}
	switch e.Pages {
	case 0:
		return e.Title
	case 1:
		return e.Title + " (1 " + one + ")"
	}
	return e.Title + " (" + strconv.Itoa(e.Pages) + " " + many + ")"
}

// AppealSigner is the name of the doctor who would sign: "first" or "second"; "" while
// nobody is known.
func (h *House) AppealSigner(c *casefile.Case, which string) (string, error) {
	if which == opinion.First {
		p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
		return p.FirstDoctor.Name, err
	}
	all, err := opinion.All(c)
	if err != nil {
		return "", err
	}
	d, _, err := secondSigner(c, all)
	return d.Name, err
}
