package opinion

import (
	"strings"

	"consilium/internal/fault"
)

// Decision is what the patient decides, on what grounds, and with whom. It is theirs
// alone: nothing here computes which option is best.
type Decision struct {
	Options   []Choice  `json:"options,omitempty"` // what is on the table
	Values    []Value   `json:"values,omitempty"`  // what matters, with its weight of 1 to 5
	Fits      []Fit     `json:"fits,omitempty"`
	Chosen    string    `json:"chosen,omitempty"` // id of the option, or "" while open
	Reasons   string    `json:"reasons,omitempty"`
	Certainty []Certain `json:"certainty,omitempty"`
	With      string    `json:"with,omitempty"` // id of the opinion whose doctor will treat
	Date      string    `json:"date,omitempty"` // YYYY-MM-DD
	State     string    `json:"state,omitempty" enum:"open,decided,closed,reopened"`
	Reopened  string    `json:"reopened,omitempty"` // why, when it was
}

// Choice is an option on the table and the opinions that advise it.
type Choice struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Advised []string `json:"advised,omitempty"` // ids of opinions
	Own     bool     `json:"own,omitempty"`     // the patient's own plan, in their words
}

// Fit is how one option stands to one value, in the patient's own judgement.
type Fit struct {
	Option string `json:"option"` // id
	Value  string `json:"value"`  // Value.What
	How    string `json:"how" enum:"helps,hurts,neither,unknown"`
}

// Certain is the patient's answer to one of CertaintyQuestions.
type Certain struct {
	Question string `json:"question"`
	Answer   string `json:"answer" enum:"yes,no,unsure"`
}

// CertaintyQuestions are the ids of our own questions on being ready to decide; each
// has its words in every language, see CertaintyText.
func CertaintyQuestions() []string {
	return []string{"know_options", "know_harms", "know_values", "own_choice", "enough_help"}
}

// CertaintyText gives a question on being ready in the language.
func CertaintyText(id, lang string) string {
	if lang != "es" {
		lang = "en"
	}
	return say(lang, "certain."+id)
}

// Table is every option against every value: a picture, never a verdict.
type Table struct {
	Values []Value // the heaviest first
	Rows   []Row   // in the order of the options
	Open   int     // how many cells the patient has not judged
}

// Row is one option with its cells, in the order of Table.Values.
type Row struct {
	Option Choice
	Cells  []Cell
	// Helps, Hurts and Unknown add up the weights of the cells, for a drawing. They are
	// not to be set against each other: a total would hide what it is made of.
	Helps, Hurts, Unknown int
}

// Cell is how an option stands to a value: helps, hurts, neither or unknown.
type Cell struct {
	How    string
	Weight int
}

// Weigh lays the options against what matters. A cell that was not judged is unknown.
func Weigh(d Decision) Table {
	t := Table{Values: append([]Value{}, d.Values...)}
	for i := 1; i < len(t.Values); i++ { // stable, heaviest first
		for j := i; j > 0 && t.Values[j].Weight > t.Values[j-1].Weight; j-- {
			t.Values[j], t.Values[j-1] = t.Values[j-1], t.Values[j]
		}
	}
	how := map[[2]string]string{}
	for _, f := range d.Fits {
		how[[2]string{f.Option, f.Value}] = f.How
	}
	for _, o := range d.Options {
		r := Row{Option: o}
		for _, v := range t.Values {
			c := Cell{How: how[[2]string{o.ID, v.What}], Weight: v.Weight}
			switch c.How {
			case "helps":
				r.Helps += v.Weight
			case "hurts":
				r.Hurts += v.Weight
			case "neither":
			default:
				c.How = "unknown"
				r.Unknown += v.Weight
				t.Open++
			}
			r.Cells = append(r.Cells, c)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// OnTheTable gathers the options that opinions name, each once, with who advises it.
func OnTheTable(list []Opinion) []Choice {
	var out []Choice
	var kept []Option
	for _, o := range list {
		for _, t := range o.Options {
			place := -1
			for i := range kept {
				if alike(kept[i], t) == same {
					place = i
				}
			}
			if place < 0 {
				kept = append(kept, t)
				out = append(out, Choice{ID: "o" + itoa(len(out)+1), Text: t.Text})
				place = len(out) - 1
			}
			if stanceOf(t) == advised && !holds(out[place].Advised, o.ID) {
				out[place].Advised = append(out[place].Advised, o.ID)
			}
		}
	}
	return out
}

// Check lists what is wrong with a decision, each fault on its field.
func (d Decision) Check() error {
	var fs fault.Faults
	add := func(key, field string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	ids := map[string]bool{}
	for i, o := range d.Options {
		if strings.TrimSpace(o.Text) == "" {
			add("form.required", at("options", i)+".text")
		}
		ids[o.ID] = true
	}
	whats := map[string]bool{}
	for i, v := range d.Values {
		if strings.TrimSpace(v.What) == "" {
			add("form.required", at("values", i)+".what")
		}
		if v.Weight < 1 || v.Weight > 5 {
			add("form.number", at("values", i)+".weight")
		}
		whats[v.What] = true
	}
	for i, f := range d.Fits {
		if !ids[f.Option] || !whats[f.Value] || !holds([]string{"helps", "hurts", "neither", "unknown"}, f.How) {
			add("form.choice", at("fits", i))
		}
	}
	if d.Chosen != "" && !ids[d.Chosen] {
		add("form.choice", "chosen")
	}
	if decided := d.State == "decided" || d.State == "closed"; decided && d.Chosen == "" {
		add("form.required", "chosen")
	}
	return fs.OrNil()
}

// Choice gives the chosen option.
func (d Decision) Choice() (Choice, bool) {
	for _, o := range d.Options {
		if o.ID == d.Chosen && d.Chosen != "" {
			return o, true
		}
	}
	return Choice{}, false
}
