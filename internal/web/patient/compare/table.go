package compare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/opinion"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// topics are the rows of the table in order, each with what the comparison calls it.
var topics = []struct {
	name  string
	about []string
}{
	{"diagnosis", []string{"diagnosis", "side"}},
	{"certainty", []string{"certainty"}},
	{"stage", []string{"stage"}},
	{"treatment", []string{"treatment"}},
	{"options", []string{"options"}},
	{"benefits", nil},
	{"harms", nil},
	{"evidence", nil},
	{"aims", nil},
	{"tests", []string{"tests"}},
	{"urgency", []string{"urgency"}},
	{"records", []string{"records"}},
	{"missing", nil},
	{"plain", nil},
}

// table sets all opinions side by side, one row for each topic of which any of them
// says something.
func (w view) table(v *web.Visit) ui.SideBySide {
	t := ui.SideBySide{Title: v.Say.T("compare.table")}
	for _, o := range w.Opinions {
		var sub []string
		for _, s := range []string{o.By.Specialty, v.Say.Date(o.Date)} {
			if s != "" {
				sub = append(sub, s)
			}
		}
		t.Columns = append(t.Columns, ui.Column{Name: w.doctor(o.ID, v), Sub: strings.Join(sub, " · ")})
	}
	for _, topic := range topics {
		row := ui.Row{Label: v.Say.T("compare.row." + topic.name), Agree: w.stands(topic.about)}
		any := false
		for _, o := range w.Opinions {
			cell := says(v, o, topic.name)
			any = any || len(cell) > 0
			row.Cells = append(row.Cells, ui.Cell{Part: told(v, cell)})
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// stands tells whether the opinions agree on a topic: they differ where any pair does.
func (w view) stands(about []string) ui.Agreement {
	stands := ui.Agreement("")
	for _, p := range w.Answer.Pairs {
		for _, d := range p.Differ {
			if slices.Contains(about, d.About) {
				return ui.Differ
			}
		}
		for _, a := range p.Agree {
			if slices.Contains(about, a.About) {
				stands = ui.Agree
			}
		}
	}
	return stands
}

// said is one thing that an opinion says, with a word before it where that is needed.
type said struct {
	Of   string
	Text string
}

// says gives what an opinion says of a topic, one thing after another.
func says(v *web.Visit, o opinion.Opinion, topic string) []said {
	var all []said
	add := func(of, text string) {
		if strings.TrimSpace(text) != "" {
			all = append(all, said{of, text})
		}
	}
	switch topic {
	case "diagnosis":
		for _, d := range o.Diagnoses {
			text := d.Text
			if d.ICD10 != "" {
				text = strings.TrimSpace(text + " (" + d.ICD10 + ")")
			}
			add("", text)
		}
	case "certainty":
		for _, d := range o.Diagnoses {
			if d.Certainty != "" {
				add("", v.Say.T("compare.certainty."+d.Certainty))
			}
		}
	case "stage":
		for _, d := range o.Diagnoses {
			add("", d.Stage)
		}
		if len(all) == 0 {
			add("", o.Staging)
		}
	case "treatment", "options":
		for _, t := range o.Options {
			advised := t.Recommended != nil && *t.Recommended
			if advised == (topic == "treatment") {
				of := ""
				if t.Recommended != nil && !advised {
					of = v.Say.T("compare.not_advised")
				}
				add(of, t.Text)
			}
		}
	case "benefits", "harms":
		for _, t := range o.Options {
			list := t.Benefits
			if topic == "harms" {
				list = t.Harms
			}
			if len(list) > 0 {
				add(short(t.Text), strings.Join(list, "; "))
			}
		}
	case "evidence":
		for _, d := range o.Diagnoses {
			for _, e := range d.Evidence {
				add(v.Say.T("compare.proof."+e.Kind), e.Text)
			}
		}
		for _, t := range o.Options {
			for _, e := range t.Evidence {
				add(v.Say.T("compare.proof."+e.Kind), e.Text)
			}
		}
	case "aims":
		add("", strings.Join(o.Aims, "; "))
	case "tests":
		for _, t := range o.Tests {
			add("", t.What)
		}
	case "urgency":
		if o.UrgencyDays != nil {
			add("", v.Say.N("compare.days", *o.UrgencyDays))
		}
		add("", o.Urgency)
	case "records":
		for _, r := range o.ReliedOn {
			add("", strings.TrimSpace(r.What+" "+v.Say.Date(r.Date)))
		}
	case "missing":
		for _, m := range o.Missing {
			add("", m)
		}
	case "plain":
		add("", o.Plain)
		add("", o.Upload.Summary)
	}
	return all
}

// short cuts the name of an option to what a table can bear.
func short(text string) string {
	if i := strings.IndexAny(text, ",;:("); i > 12 {
		return strings.TrimSpace(text[:i])
	}
	return text
}

// told draws what an opinion says of a topic.
func told(v *web.Visit, all []said) templ.Component { return cell(v, all) }

// number writes a count.
func number(n int) string { return strconv.Itoa(n) }
