package opinion

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"consilium/internal/fault"
	"consilium/internal/opinion"
	"consilium/internal/web/ui"
)

// tables are the parts of an opinion of which there may be several, each with the most
// rows that the form takes.
var tables = map[string]int{"diagnoses": 8, "options": 12, "tests": 12, "images": 8, "pathology": 8, "addenda": 6}

// proofs are the kinds of evidence, in the order in which the form asks for them.
var proofs = []string{"test", "study", "guideline", "experience"}

// lines pairs the form's texts with where they stand in the opinion.
func lines(o *opinion.Opinion) map[string]*string {
	all := map[string]*string{
		"by.name": &o.By.Name, "by.specialty": &o.By.Specialty, "by.practice": &o.By.Practice, "by.address": &o.By.Address, "by.npi": &o.By.NPI,
		"format": &o.Format, "upload.sha256": &o.Upload.SHA256, "upload.summary": &o.Upload.Summary,
		"identity.requester": &o.Identity.Requester, "identity.reference": &o.Identity.Reference, "questions.decision": &o.Questions.Decision,
		"diagnosis_view.stand": &o.DiagnosisView.Stand, "diagnosis_view.text": &o.DiagnosisView.Text, "staging": &o.Staging,
		"plan_view.stand": &o.PlanView.Stand, "plan_view.text": &o.PlanView.Text, "recommendation": &o.Recommendation,
		"urgency": &o.Urgency, "plain": &o.Plain,
		"signature.name": &o.Signature.Name, "signature.licence": &o.Signature.Licence, "signature.state": &o.Signature.State,
	}
	for i := range o.Diagnoses {
		d, p := &o.Diagnoses[i], at("diagnoses", i)
		all[p+".text"], all[p+".icd10"], all[p+".certainty"], all[p+".stage"] = &d.Text, &d.ICD10, &d.Certainty, &d.Stage
	}
	for i := range o.Options {
		all[at("options", i)+".text"], all[at("options", i)+".kind"] = &o.Options[i].Text, &o.Options[i].Kind
	}
	for i := range o.Tests {
		all[at("tests", i)+".what"], all[at("tests", i)+".changes"] = &o.Tests[i].What, &o.Tests[i].Changes
	}
	for name, list := range map[string][]opinion.Reading{"images": o.Images, "pathology": o.Pathology} {
		for i := range list {
			p := at(name, i)
			all[p+".what"], all[p+".text"], all[p+".first"] = &list[i].What, &list[i].Text, &list[i].First
		}
	}
	for i := range o.Addenda {
		all[at("addenda", i)+".by"], all[at("addenda", i)+".text"] = &o.Addenda[i].By, &o.Addenda[i].Text
	}
	return all
}

// dates pairs the form's dates with where they stand.
func dates(o *opinion.Opinion) map[string]*string {
	all := map[string]*string{"date": &o.Date, "signature.at": &o.Signature.At}
	for name, list := range map[string][]opinion.Reading{"images": o.Images, "pathology": o.Pathology} {
		for i := range list {
			all[at(name, i)+".date"] = &list[i].Date
		}
	}
	for i := range o.Addenda {
		all[at("addenda", i)+".at"] = &o.Addenda[i].At
	}
	return all
}

// lists pairs the fields that take one thing on each line with where they stand.
func lists(o *opinion.Opinion) map[string]*[]string {
	all := map[string]*[]string{
		"questions.list": &o.Questions.List, "missing": &o.Missing, "alternatives": &o.Alternatives, "aims": &o.Aims, "trials": &o.Trials,
		"change_mind": &o.ChangeMind, "raise": &o.Raise, "limits": &o.Limits, "interests": &o.Interests,
	}
	for i := range o.Options {
		all[at("options", i)+".benefits"], all[at("options", i)+".harms"] = &o.Options[i].Benefits, &o.Options[i].Harms
	}
	return all
}

// evidence pairs the places where a doctor may point to something with what is there.
func evidence(o *opinion.Opinion) map[string]*[]opinion.Evidence {
	all := map[string]*[]opinion.Evidence{}
	for i := range o.Diagnoses {
		all[at("diagnoses", i)+".evidence"] = &o.Diagnoses[i].Evidence
	}
	for i := range o.Options {
		all[at("options", i)+".evidence"] = &o.Options[i].Evidence
	}
	return all
}

func at(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// values gives an opinion as the form's values.
func values(o opinion.Opinion) url.Values {
	form := url.Values{}
	for name, value := range lines(&o) {
		form.Set(name, *value)
	}
	for name, value := range dates(&o) {
		// Of an instant the form shows the day.
		ui.SetDate(form, name, strings.SplitN(*value, "T", 2)[0])
	}
	for name, list := range lists(&o) {
		form.Set(name, strings.Join(*list, "\n"))
	}
	for name, list := range evidence(&o) {
		for _, e := range *list {
			key := name + "." + e.Kind
			form.Set(key, strings.TrimPrefix(form.Get(key)+"\n"+e.Text, "\n"))
		}
	}
	var read, course []string
	for _, r := range o.ReliedOn {
		read = append(read, strings.TrimSpace(r.What+" "+r.Date))
	}
	for _, l := range o.Summary {
		course = append(course, strings.TrimSpace(l.Date+" "+l.Text))
	}
	form.Set("relied_on", strings.Join(read, "\n"))
	form.Set("summary", strings.Join(course, "\n"))
	for i, t := range o.Options {
		if t.Recommended != nil {
			form.Set(at("options", i)+".recommended", map[bool]string{true: "yes", false: "no"}[*t.Recommended])
		}
	}
	if o.UrgencyDays != nil {
		form.Set("urgency_days", strconv.Itoa(*o.UrgencyDays))
	}
	return form
}

// read gives the opinion that a form holds. Dates and numbers that cannot be read are
// faults at their fields; the rest is the opinion's own check.
func read(form url.Values) (opinion.Opinion, fault.Faults) {
	var o opinion.Opinion
	o.Diagnoses = make([]opinion.Diagnosis, rows(form, "diagnoses"))
	o.Options = make([]opinion.Option, rows(form, "options"))
	o.Tests = make([]opinion.FurtherTest, rows(form, "tests"))
	o.Images = make([]opinion.Reading, rows(form, "images"))
	o.Pathology = make([]opinion.Reading, rows(form, "pathology"))
	o.Addenda = make([]opinion.Addendum, rows(form, "addenda"))
	var faults fault.Faults
	for name, value := range lines(&o) {
		*value = strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	for name, value := range dates(&o) {
		day, wrong := ui.ParseDate(form, name)
		if wrong != nil {
			faults = append(faults, wrong)
		}
		*value = day
	}
	if o.Signature.At != "" {
		o.Signature.At += "T00:00:00Z"
	}
	for name, list := range lists(&o) {
		*list = each(form.Get(name))
	}
	for name, list := range evidence(&o) {
		for _, kind := range proofs {
			for _, text := range each(form.Get(name + "." + kind)) {
				*list = append(*list, opinion.Evidence{Kind: kind, Text: text})
			}
		}
	}
	for _, line := range each(form.Get("relied_on")) {
		text, date := dated(line)
		o.ReliedOn = append(o.ReliedOn, opinion.Record{What: text, Date: date})
	}
	for _, line := range each(form.Get("summary")) {
		text, date := dated(line)
		o.Summary = append(o.Summary, opinion.DatedLine{Date: date, Text: text})
	}
	for i := range o.Options {
		if answer := form.Get(at("options", i) + ".recommended"); answer == "yes" || answer == "no" {
			yes := answer == "yes"
			o.Options[i].Recommended = &yes
		}
	}
	if days := strings.TrimSpace(form.Get("urgency_days")); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil {
			faults = append(faults, fault.New(fault.Invalid, "form.number").On("urgency_days"))
		} else {
			o.UrgencyDays = &n
		}
	}
	return o, faults
}

// dated takes the date, YYYY-MM-DD, from the beginning or the end of a line.
func dated(line string) (text, date string) {
	words := strings.Fields(line)
	for _, i := range []int{0, len(words) - 1} {
		word := strings.Trim(words[i], ",.;:()")
		if _, wrong := ui.ParseDate(url.Values{"d-year": {part(word, 0)}, "d-month": {part(word, 1)}, "d-day": {part(word, 2)}}, "d"); wrong == nil && len(word) == 10 && len(words) > 1 {
			rest := append(append([]string{}, words[:i]...), words[i+1:]...)
			return strings.TrimRight(strings.Join(rest, " "), " ,;:"), word
		}
	}
	return line, ""
}

func part(word string, i int) string {
	parts := strings.Split(word, "-")
	if len(parts) != 3 {
		return "x"
	}
	return parts[i]
}

// each gives the lines of a text that say something.
func each(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-•*")); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// rows counts how many rows of a table a form holds, empty ones too.
func rows(form url.Values, name string) int {
	n := 0
	for i := range tables[name] {
		for key := range form {
			if strings.HasPrefix(key, at(name, i)+".") {
				n = i + 1
				break
			}
		}
	}
	return n
}

// compact gives the form without the rows in which nothing was typed, the others moved
// up, so that a fault stands at the row that the person sees.
func compact(form url.Values) url.Values {
	out := url.Values{}
	for key, value := range form {
		if name, _, ok := strings.Cut(key, "["); !ok || tables[name] == 0 {
			out[key] = value
		}
	}
	for name := range tables {
		next := 0
		for i := range rows(form, name) {
			row, said := url.Values{}, false
			for key, value := range form {
				rest, ok := strings.CutPrefix(key, at(name, i)+".")
				if !ok {
					continue
				}
				row[rest] = value
				// A choice alone says nothing: of what?
				said = said || rest != "recommended" && rest != "kind" && rest != "first" && strings.TrimSpace(strings.Join(value, "")) != ""
			}
			if !said {
				continue
			}
			for rest, value := range row {
				out[fmt.Sprintf("%s.%s", at(name, next), rest)] = value
			}
			next++
		}
	}
	return out
}
