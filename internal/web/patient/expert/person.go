package expert

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: everything that the public files say of one doctor, each tie
// and each reason with its source and date, and what no file can know.

type personView struct {
	weighed
	Key    string // in this page's address
	Found  expert.Snapshot
	Listed string // the candidate's id, "" when they are not on the list
	Proof  *expert.Proof
	Parts  []part
}

// part is what one public file says.
type part struct {
	Title string
	File  string // the file and its date
	Note  string // what the file cannot say
	Facts []ui.Fact
}

func person(v *web.Visit, key string) (personView, error) {
	list, _, err := casefile.Read[expert.Shortlist](v.Case, expert.Ref)
	if err != nil {
		return personView{}, err
	}
	view := personView{Key: key}
	if c, ok := list.Find(key); ok {
		if c.Found == nil {
			return view, fault.New(fault.NotFound, "fault.not_found")
		}
		view.Found, view.Listed, view.Proof = v.House.RereadExpert(v.Context(), v.Case, *c.Found, v.Lang()), c.ID, c.Proof
	} else {
		npi, err := v.House.NPIOf(v.Context(), v.Case, key)
		if err != nil {
			return view, err
		}
		found, err := v.House.LookAtExpert(v.Context(), v.Case, npi, v.Lang())
		if err != nil {
			return view, err
		}
		view.Found = *found
		if i := slices.IndexFunc(list.Candidates, func(c expert.Candidate) bool { return c.Doctor.NPI == npi && !c.Gone }); i >= 0 {
			view.Listed, view.Proof = list.Candidates[i].ID, list.Candidates[i].Proof
		}
	}
	works, err := worksOf(v, v.Case)
	if err != nil {
		return view, err
	}
	view.Found.Expert.Profile = view.Found.Profile
	view.weighed = weigh(v, view.Found.Expert, works)
	view.Parts = parts(v, view.Found, works)
	if says, err := planSays(v, view.Found.Expert.NPI); err != nil {
		return view, err
	} else if says != nil {
		p, err := planPart(v, *says)
		if err != nil {
			return view, err
		}
		view.Parts = append([]part{p}, view.Parts...)
	}
	return view, nil
}

// parts lists the files that say anything, each with its date.
func parts(v *web.Visit, s expert.Snapshot, works []expert.Work) []part {
	t := v.Say.T
	e, p := s.Expert, s.Profile
	file := func(name string) string {
		if s.Data[name] == "" {
			return fileName(v.Say, name)
		}
		return t("expert.file.of", "file", fileName(v.Say, name), "date", v.Say.Date(s.Data[name]))
	}
	var out []part
	add := func(id, from string, facts ...ui.Fact) {
		said := slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Value == "" })
		if len(said) > 0 {
			out = append(out, part{Title: t("expert.person." + id), File: file(from), Note: t("expert.person." + id + ".note"), Facts: said})
		}
	}
	var fields []string
	for _, x := range e.Specialties {
		fields = append(fields, x.Name)
	}
	add("practice", "nppes",
		ui.Fact{Label: t("expert.person.fields"), Value: lines(fields)},
		ui.Fact{Label: t("expert.candidate.practice"), Value: expert.Readable(e.Practice.Organization)},
		ui.Fact{Label: t("expert.candidate.address"), Value: e.Practice.OneLine()},
		ui.Fact{Label: t("expert.candidate.phone"), Value: phone(e.Practice.Phone)},
		ui.Fact{Label: t("expert.person.licensed"), Value: states(v.Say, e.LicensedIn)},
		ui.Fact{Label: t("expert.candidate.npi"), Value: e.NPI},
	)
	if p == nil {
		return out
	}
	if c := p.Clinician; c != nil {
		var groups []string
		for _, g := range c.Groups {
			groups = append(groups, expert.Readable(g.Name))
		}
		graduated := ""
		if c.Graduated > 0 {
			graduated = strconv.Itoa(c.Graduated)
		}
		add("training", "clinicians",
			ui.Fact{Label: t("expert.person.school"), Value: school(c.School)}, ui.Fact{Label: t("expert.person.graduated"), Value: graduated},
			ui.Fact{Label: t("expert.person.groups"), Value: lines(groups)},
			ui.Fact{Label: t("expert.person.video"), Value: map[bool]string{true: t("yes")}[c.Telehealth]},
			ui.Fact{Label: t("expert.person.assignment"), Value: map[bool]string{true: t("yes")}[c.Assignment]},
		)
	}
	var hospitals []string
	for _, x := range p.Hospitals {
		hospitals = append(hospitals, named(expert.Readable(x.Name), x.CCN))
	}
	add("hospitals", "affiliations", ui.Fact{Label: t("expert.person.hospital_names"), Value: lines(hospitals)})
	var volumes []ui.Fact
	if s.Data["volumes"] != "" {
		volumes = countedFacts(v, works, p)
	}
	for _, x := range p.Volumes {
		if slices.Contains(expert.HCPCS(works), x.HCPCS) {
			continue // said in plain words
		}
		volumes = append(volumes, ui.Fact{Label: x.HCPCS, Value: v.Say.T("expert.person.services", "services", v.Say.Number(int64(x.Services)), "patients", v.Say.Number(int64(x.Patients)))})
	}
	add("volume", "volumes", volumes...)
	var payments []ui.Fact
	for _, x := range p.Payments[:min(len(p.Payments), 5)] {
		value := v.Say.Money(cents(x.Cents))
		if x.Ownership {
			value += " · " + t("expert.person.owns")
		}
		payments = append(payments, ui.Fact{Label: expert.Readable(x.Maker), Value: value})
	}
	add("payments", "payments", payments...)
	if x := p.OptOut; x != nil {
		add("opt_out", "opt_out", ui.Fact{Label: t("expert.person.from"), Value: v.Say.Date(x.From)}, ui.Fact{Label: t("expert.person.until"), Value: v.Say.Date(x.Until)})
	}
	if x := p.Exclusion; x != nil {
		add("exclusion", "exclusions", ui.Fact{Label: t("expert.person.from"), Value: v.Say.Date(x.From)}, ui.Fact{Label: t("expert.person.section"), Value: x.Kind})
	}
	var boards []ui.Fact
	for _, x := range p.Boards {
		boards = append(boards, ui.Fact{Label: x.Board, Value: join(" · ", x.Specialty, x.Status, v.Say.Date(x.Until), x.Source)})
	}
	add("boards", "boards", boards...)
	return out
}

// The handlers.

func showPerson(v *web.Visit) error {
	view, err := person(v, v.Item("key"))
	if err != nil {
		return err
	}
	return v.Render(fullName(view.E), personPage(v, view))
}

func addPerson(v *web.Visit) error {
	npi, err := v.House.NPIOf(v.Context(), v.Case, v.Item("key"))
	if err != nil {
		return err
	}
	if _, err := v.House.AddExpert(v.Context(), v.Who, v.Case, npi, v.Lang()); err != nil {
		return err
	}
	return v.Go("expert")
}

// Words for values.

// school is the medical school; the file writes OTHER for every one that is not in its
// list.
func school(s string) string {
	if strings.EqualFold(strings.TrimSpace(s), "other") {
		return ""
	}
	return expert.Readable(s)
}

func lines(list []string) string { return join("\n", list...) }

func named(name, number string) string {
	if name == "" {
		return number
	}
	return name
}

func states(say text.Speaker, codes []string) string {
	var names []string
	for _, s := range codes {
		if casefile.IsState(s) {
			names = append(names, say.T("us."+s))
		}
	}
	return join(", ", names...)
}

// phone writes ten digits as people read them.
func phone(s string) string {
	if len(s) != 10 {
		return s
	}
	return "(" + s[:3] + ") " + s[3:6] + "-" + s[6:]
}

func cents(n int64) string { return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) }

func fileName(say text.Speaker, file string) string {
	if key := "expert.file." + file; say.Has(key) {
		return say.T(key)
	}
	return file
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
