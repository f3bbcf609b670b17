package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/fault"
)

// Form is what a person typed, and what is wrong with it, so that a form that was
// refused shows again exactly what was typed.
type Form struct {
	Speaker Speaker
	Values  url.Values
	Faults  fault.Faults
	Version int // the version of the document that the form was filled from
	labels  map[string]string
}

// NewForm makes a form that shows these values. Values may be nil.
func NewForm(s Speaker, values url.Values) Form {
	if values == nil {
		values = url.Values{}
	}
	return Form{Speaker: s, Values: values}
}

// Failed gives the form with the faults of err, each shown at its field. A nil err
// leaves the form as it is.
func (f Form) Failed(err error) Form {
	f.Faults = append(slices.Clip(f.Faults), fault.All(err)...)
	return f
}

// At gives the form with the version that it is filled from.
func (f Form) At(version int) Form { f.Version = version; return f }

// Asking gives the form with the labels of its questions, so that the error summary
// can say which question each fault is about.
func (f Form) Asking(questions ...Field) Form {
	labels := maps.Clone(f.labels)
	if labels == nil {
		labels = map[string]string{}
	}
	for _, q := range questions {
		labels[q.Name] = q.Label
	}
	f.labels = labels
	return f
}

// OK tells whether nothing is wrong.
func (f Form) OK() bool { return len(f.Faults) == 0 }

// Value gives what was typed into a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Is tells whether a choice of a field was taken.
func (f Form) Is(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Wrong gives the text of what is wrong with a field, "" when nothing is.
func (f Form) Wrong(name string) string {
	for _, x := range f.Faults {
		if x.Field == name {
			return f.say(x)
		}
	}
	return ""
}

// say gives a fault's words.
func (f Form) say(x *fault.Fault) string { return Say(f.Speaker, x) }

// Say gives the words of a fault in the person's language. A fault whose key has
// no words is shown as its kind's, so that nobody reads a key.
func Say(s Speaker, x *fault.Fault) string {
	pairs := make([]string, 0, 2*len(x.Vars))
	for k, v := range x.Vars {
		pairs = append(pairs, k, v)
	}
	if s.Has(x.Key) {
		return s.T(x.Key, pairs...)
	}
	return s.T("fault." + x.Kind.String())
}

// general lists the faults that belong to no field.
func (f Form) general() []string {
	var said []string
	for _, x := range f.Faults {
		if x.Field == "" {
			said = append(said, f.say(x))
		}
	}
	return said
}

// fielded lists the faults that belong to a field, the first of each field.
func (f Form) fielded() fault.Faults {
	var fs fault.Faults
	seen := map[string]bool{}
	for _, x := range f.Faults {
		if x.Field != "" && !seen[x.Field] {
			seen[x.Field] = true
			fs = append(fs, x)
		}
	}
	return fs
}

// Option is one choice of a field.
type Option struct {
	Value string
	Label string
	Hint  string
}

// Field is one question of a form. Only Name and Label must be given; a part uses
// what makes sense for it and leaves the rest.
type Field struct {
	Name  string // also the key of its faults
	Label string
	Hint  string // one sentence under the label

	Optional  bool     // says "(optional)" after the label
	Big       bool     // the label is the page's one question, written large
	Options   []Option // Select, Radios, Checkboxes
	More      []Option // Radios, Checkboxes: rarer answers, folded under MoreLabel
	MoreLabel string
	Inline    bool // Radios: side by side, for yes / no

	Type         string // TextField: "text" when empty; email, tel, url, number, password, search
	Autocomplete string // as HTML names it: "given-name", "bday", "street-address"
	InputMode    string // "numeric", "decimal"
	Width        Width
	Rows         int    // TextArea; 5 when 0
	Max          int    // most letters; 0 for no limit
	Accept       string // FileField: ".pdf,.json"
	Many         bool   // FileField: more than one file
}

// Width is how wide a field is drawn: about as wide as the answer is long.
type Width string

// The widths. Full is the default.
const (
	Full   Width = ""
	Short  Width = "short"  // 2-5 letters
	Medium Width = "medium" // a ZIP code, a phone number, a date
	Long   Width = "long"   // a name
)

// ID is the field's id in the page; of several inputs, the first one's. The error
// summary links to it.
func (p Field) ID() string { return ID(p.Name) }

// ID gives the id in the page of the field with this name.
func ID(name string) string {
	return "f-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, name)
}

func (p Field) hintID() string  { return p.ID() + "-hint" }
func (p Field) errorID() string { return p.ID() + "-error" }

// described lists the ids of what explains a field: its hint, its error.
func (p Field) described(f Form) string {
	var ids []string
	if p.Hint != "" {
		ids = append(ids, p.hintID())
	}
	if f.Wrong(p.Name) != "" {
		ids = append(ids, p.errorID())
	}
	return strings.Join(ids, " ")
}

// folded tells whether a choice that is folded away is the one chosen.
func (p Field) folded(f Form) bool {
	return slices.ContainsFunc(p.More, func(o Option) bool { return f.Is(p.Name, o.Value) })
}

// optionID is the id of a choice; the first has the field's own.
func (p Field) optionID(i int) string {
	if i == 0 {
		return p.ID()
	}
	return p.ID() + "-" + itoa(i)
}

// inputType is the type attribute.
func (p Field) inputType() string {
	if p.Type == "" {
		return "text"
	}
	return p.Type
}

// class names a field's box.
func (p Field) class(f Form) string {
	c := "field"
	if f.Wrong(p.Name) != "" {
		c += " field-wrong"
	}
	if p.Big {
		c += " field-big"
	}
	return c
}

// inputClass names a field's input, by width.
func (p Field) inputClass() string {
	if p.Width == Full {
		return "input"
	}
	return "input input-" + string(p.Width)
}

// rows is how high a text area is drawn.
func (p Field) rows() int {
	if p.Rows == 0 {
		return 5
	}
	return p.Rows
}

// dateID is the id of one of a date's three inputs; the month has the field's own.
func (p Field) dateID(which string) string {
	if which == "month" {
		return p.ID()
	}
	return p.ID() + "-" + which
}

// dateMax is how many letters one of a date's inputs takes; a month may be a name.
func dateMax(which string) string {
	return map[string]string{"month": "10", "day": "2", "year": "4"}[which]
}

// group ties a fieldset to its hint and its error.
func (p Field) group(f Form) templ.Attributes {
	a := templ.Attributes{}
	if d := p.described(f); d != "" {
		a["aria-describedby"] = d
	}
	return a
}

// attributes ties an input to its hint and its error, and says that it is wrong.
func (p Field) attributes(f Form) templ.Attributes {
	a := p.group(f)
	if f.Wrong(p.Name) != "" {
		a["aria-invalid"] = "true"
	}
	return a
}
