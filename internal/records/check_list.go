package records

import (
	"cmp"
	"slices"

	"consilium/internal/contract"
)

// ListItem is one thing that a list asks for, whether it is here or not.
type ListItem struct {
	Item string
	Kind string // note, report, image_set, specimen, data
	Need string // must, should, if_exists; of what was made for certain: must
	Name string // in the person's language
}

// List gives what a second doctor of the case's field asks for on a day, in "en" or
// "es", in the order of the rules: the list alone, without a look at what is at hand.
func List(in CheckInput, on contract.Date, lang string, book Book) []ListItem {
	k := &checker{in: in, on: on, lang: lang, book: book}
	k.chooseSpecialty()
	k.want()
	out := make([]ListItem, 0, len(k.wants))
	for _, w := range k.wants {
		out = append(out, w.row())
	}
	return out
}

func (w *want) row() ListItem {
	return ListItem{Item: w.Item, Kind: w.Kind, Need: w.Need, Name: w.Name}
}

// Names tells what each item is called in one language. An item that the case's own
// list does not ask for, such as one from before the field was changed, is looked up
// in the others.
type Names struct {
	own   map[string]string
	rest  []string // fields whose lists were not looked at yet
	in    CheckInput
	on    contract.Date
	lang  string
	book  Book
	ready bool
}

// NamesFor gives the names as the list of a case has them.
func NamesFor(in CheckInput, on contract.Date, lang string, book Book) *Names {
	return &Names{own: map[string]string{}, rest: Specialties(), in: in, on: on, lang: lang, book: book}
}

// Of is an item's name, "" for one that no list asks for.
func (n *Names) Of(item string) string {
	if item == "" {
		return ""
	}
	if !n.ready {
		n.ready = true
		n.learn(List(n.in, n.on, n.lang, n.book))
	}
	for n.own[item] == "" && len(n.rest) > 0 {
		in := n.in
		in.Specialty, n.rest = n.rest[0], n.rest[1:]
		n.learn(List(in, n.on, n.lang, n.book))
	}
	return n.own[item]
}

func (n *Names) learn(list []ListItem) {
	for _, i := range list {
		if n.own[i.Item] == "" {
			n.own[i.Item] = i.Name
		}
	}
}

// Standing is how far the records are, in numbers that a person can follow.
type Standing struct {
	Here int // of what is needed: here, and new enough
	Of   int // what is needed: what every case needs, and what was made in this one
	Most []Lacking
}

// slowest puts first what takes longest to get: glass and pictures go by mail and are
// lent, reports are copied, and what a person can write down waits for nobody.
var slowest = []string{"specimen", "image_set", "report", "note", "data"}

// Standing counts what is needed. Most is what is needed and not here, what takes
// longest to get first.
func (a CheckAnswer) Standing() Standing {
	var s Standing
	old := map[string]bool{}
	for _, t := range a.TooOld {
		old[t.Item] = true
	}
	here := map[string]bool{}
	for _, p := range a.Here {
		here[p.Item] = true
	}
	for _, i := range a.List {
		if i.Need == "must" || i.Need == "if_exists" && here[i.Item] {
			s.Of++
			if here[i.Item] && !old[i.Item] {
				s.Here++
			}
		}
	}
	for _, l := range a.Missing {
		if l.Need == "must" {
			s.Most = append(s.Most, l)
		}
	}
	slices.SortStableFunc(s.Most, func(x, y Lacking) int {
		return cmp.Compare(slices.Index(slowest, x.Kind), slices.Index(slowest, y.Kind))
	})
	return s
}
