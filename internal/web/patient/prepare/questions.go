package prepare

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/questions"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the person's own list in order, and the bank by subject to
// choose from.

type questionsView struct {
	List []ranked
	Bank []subject
}

// ranked is a question of the list at its place.
type ranked struct {
	questions.Question
	Words    string
	Place    int
	First    bool
	Last     bool
	Answered bool // cannot be taken off any more
}

// subject is the bank's questions of one subject that are not on the list yet.
type subject struct {
	Category questions.Category
	Offered  []ui.Option
}

func lookQuestions(v *web.Visit) (questionsView, error) {
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return questionsView{}, err
	}
	var x questionsView
	on := list.IDs()
	for i, q := range list.Questions {
		x.List = append(x.List, ranked{Question: q, Words: q.In(v.Lang()), Place: i + 1, First: i == 0, Last: i == len(list.Questions)-1, Answered: len(q.Answers) > 0})
	}
	for _, c := range questions.Categories() {
		s := subject{Category: c}
		for _, e := range questions.Bank(c) {
			if !slices.Contains(on, e.ID) {
				s.Offered = append(s.Offered, ui.Option{Value: e.ID, Label: e.In(v.Lang())})
			}
		}
		if len(s.Offered) > 0 {
			x.Bank = append(x.Bank, s)
		}
	}
	return x, nil
}

// The handlers. Every button sends the whole form: what was ticked or typed is
// kept, whichever button it was.

func showQuestions(v *web.Visit) error {
	s, err := questionsSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveQuestions(v *web.Visit) error {
	list, _, err := casefile.Read[questions.List](v.Case, questions.Ref)
	if err != nil {
		return err
	}
	list, err = readQuestions(list, v.Form)
	if err == nil {
		err = v.House.AskQuestions(v.Context(), v.Who, v.Case, list, v.Version())
	}
	if err != nil {
		if fault.Is(err, fault.Conflict) {
			// The list below must be the one that is saved now.
			if v.Case, err = v.House.Load(v.Context(), v.Who, v.Case.ID); err != nil {
				return err
			}
			err = fault.New(fault.Conflict, "fault.conflict")
		}
		s, wrong := questionsSheet(v)
		if wrong != nil {
			return wrong
		}
		return v.Again(s, err)
	}
	if v.Form.Get("go") != "" {
		return v.Go("prepare")
	}
	return v.Go("prepare.questions")
}

func questionsSheet(v *web.Visit) (web.Sheet, error) {
	x, err := lookQuestions(v)
	return web.Sheet{
		Title:  v.Say.T("prepare.questions.title"),
		Fields: []web.Named{{Name: "own", Label: v.Say.T("prepare.questions.own")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			return nil, c.Version(questions.Ref), nil
		},
		Draw: func(f ui.Form) templ.Component { return questionsPage(v, f, x) },
	}, err
}

// The form: places by number, then what was ticked and typed, then the one button.

func readQuestions(list questions.List, form url.Values) (questions.List, error) {
	list, err := readPlaces(list, form)
	if err != nil {
		return list, err
	}
	for _, c := range questions.Categories() {
		for _, id := range form["pick-"+string(c)] {
			if list, err = list.Choose(id); err != nil {
				return list, err
			}
		}
	}
	for own := range strings.Lines(strings.ReplaceAll(form.Get("own"), "\r", "\n")) {
		if strings.TrimSpace(own) == "" {
			continue
		}
		if list, err = list.Add(own, questions.Own); err != nil {
			return list, err
		}
	}
	at := func(id string) int { return slices.Index(list.IDs(), id) + 1 }
	switch {
	case form.Get("up") != "":
		list = list.Move(form.Get("up"), at(form.Get("up"))-1)
	case form.Get("down") != "":
		list = list.Move(form.Get("down"), at(form.Get("down"))+1)
	case form.Get("drop") != "":
		list, err = list.Drop(form.Get("drop"))
	}
	if err == nil && form.Get("go") != "" && len(list.Questions) == 0 {
		err = fault.New(fault.Invalid, "prepare.questions.none").On("own")
	}
	return list, err
}

// readPlaces puts the list in the order of the numbers that were typed. Those whose
// number was changed come before others of the same number, so that writing 1
// really makes a question the first.
func readPlaces(list questions.List, form url.Values) (questions.List, error) {
	type placed struct {
		id      string
		n       int
		changed bool
	}
	var order []placed
	for i, q := range list.Questions {
		s := strings.TrimSpace(form.Get("place-" + q.ID))
		p := placed{q.ID, i + 1, false}
		if s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 || n > 999 {
				return list, fault.New(fault.Invalid, "form.number").On("place-" + q.ID)
			}
			p.changed = n != p.n
			p.n = n
		}
		order = append(order, p)
	}
	slices.SortStableFunc(order, func(a, b placed) int {
		switch {
		case a.n != b.n:
			return a.n - b.n
		case a.changed == b.changed:
			return 0
		case a.changed:
			return -1
		}
		return 1
	})
	ids := make([]string, len(order))
	for i, p := range order {
		ids[i] = p.id
	}
	return list.Rank(ids), nil
}

// placeValue is what stands in the number field: what was typed, else the place.
func placeValue(f ui.Form, r ranked) string {
	if s := f.Value("place-" + r.ID); s != "" {
		return s
	}
	return strconv.Itoa(r.Place)
}
