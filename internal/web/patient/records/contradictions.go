package records

import (
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: where the records say two things that cannot both be right,
// each side with its source. Nothing here chooses: only people can find out.

type clashView struct {
	Kind  string
	About string
	Sides []sideView
}

type sideView struct {
	Says   string
	When   string
	Who    string
	Source ui.Link
}

func lookClashes(v *web.Visit) ([]clashView, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return nil, err
	}
	var out []clashView
	for _, c := range records.Contradictions(files) {
		out = append(out, clashOf(v, c))
	}
	return out, nil
}

func clashOf(v *web.Visit, c records.Contradiction) clashView {
	x := clashView{Kind: c.Kind, About: c.About}
	if x.About == "" {
		x.About = v.Say.T("records.clash.about." + c.Kind)
	}
	for _, s := range c.Sides {
		x.Sides = append(x.Sides, sideOf(v, c.Kind, s))
	}
	return x
}

func sideOf(v *web.Visit, kind string, s records.Witness) sideView {
	x := sideView{Says: s.Says, Who: s.Who, Source: ui.Link{Label: s.Name, Href: v.URL("records.file", s.Top) + anchor(s.Fact)}}
	if s.Date != "" {
		x.When = v.Say.Date(s.Date)
	}
	switch kind {
	case "birth_date":
		x.Says, x.When = v.Say.Date(s.Says), ""
	case "sex":
		x.Says, x.When = v.Say.T("records.sex."+s.Says), ""
	case "medicine", "diagnosis", "allergy_status":
		x.Says = statusOf(v.Say, s.Says)
	}
	return x
}

// daysBetween counts the days from one day to another, both YYYY-MM-DD; 0 where one is
// none.
func daysBetween(from, to string) int {
	a, err1 := contract.ParseDate(strings.TrimSpace(from))
	b, err2 := contract.ParseDate(strings.TrimSpace(to))
	if err1 != nil || err2 != nil {
		return 0
	}
	return a.DaysUntil(b)
}

// The handler.

func showClashes(v *web.Visit) error {
	all, err := lookClashes(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.clash.title"), clashPage(v, all))
}

func number(n int) string { return strconv.Itoa(n) }
