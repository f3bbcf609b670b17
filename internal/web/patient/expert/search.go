package expert

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// What the page shows: whom the person looks for, filled in from the case, and those
// found, with reasons for and cautions against each, in a list and on a drawn map.

// searchView is what the page knows besides its form.
type searchView struct {
	Proposed []expert.Proposed // fields of work that fit the diagnosis
	Results  *resultsView
	Profile  casefile.Profile
	Networks []string // of plans, that can be searched in
	Works    []expert.Work
}

// resultsView is one page of those found.
type resultsView struct {
	actions.ExpertPage
	Wish   expert.Wish
	Live   bool // found while the person types: nothing is saved yet
	Found  []foundRow
	Listed int // doctors on the person's list
	Map    *mapView
	Wrong  string // why nothing could be looked for
}

// foundRow is one of those found.
type foundRow struct {
	weighed
	N      int // as on the map
	Key    string
	Listed string // the candidate's id, "" when they are not on the list
}

// distance writes how far away somebody is, and in which direction.
func distance(v *web.Visit, e expert.Expert, from *expert.Centre) string {
	if e.Miles == nil {
		return ""
	}
	if *e.Miles < 0.5 {
		return v.Say.T("expert.search.here")
	}
	miles := strconv.FormatFloat(*e.Miles, 'f', 1, 64)
	if from == nil || !e.Practice.Placed {
		return v.Say.T("expert.search.miles", "miles", miles)
	}
	return v.Say.T("expert.search.miles_to", "miles", miles, "direction", v.Say.T("expert.map."+compass(*from, expert.Centre{Lat: e.Practice.Lat, Lon: e.Practice.Lon})))
}

func searchSheet(v *web.Visit, view searchView) web.Sheet {
	t := v.Say.T
	s := web.Sheet{
		Title: t("expert.search.title"),
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) { return savedSearch(v, c) },
		Draw:  func(f ui.Form) templ.Component { return searchPage(v, f, view) },
	}
	for _, name := range []string{"fields", "zip", "miles", "state", "name", "network", "work", "ties", "sort"} {
		s.Fields = append(s.Fields, web.Named{Name: name, Label: t("expert.search." + name)})
	}
	return s
}

// savedSearch is the search as it was saved or, before that, as the case suggests it.
func savedSearch(v *web.Visit, c *casefile.Case) (url.Values, casefile.Version, error) {
	wish, version, err := wishOf(v, c)
	if err != nil {
		return nil, version, err
	}
	form := url.Values{"fields": wish.Fields, "work": wish.Work, "zip": {wish.ZIP}, "state": {wish.State}, "name": {wish.Name}, "network": {wish.Network}, "sort": {wish.Sort}, "ties": {wish.Ties}, "miles": {strconv.Itoa(wish.Miles)}}
	if wish.Video {
		form.Set("video", "yes")
	}
	return form, version, nil
}

// wishOf is the saved search, or what the case suggests: the fields of work for the
// diagnosis, near the ZIP code of the first doctor.
func wishOf(v *web.Visit, c *casefile.Case) (expert.Wish, casefile.Version, error) {
	wish, version, err := casefile.Read[expert.Wish](c, expert.SearchRef)
	if err != nil {
		return wish, version, err
	}
	proposed, err := v.House.ProposeExperts(c, v.Lang())
	if err != nil || version > 0 {
		return wish.Fitting(proposed), version, err
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return wish, version, err
	}
	works, err := v.House.ExpertWorks(c, v.Lang())
	if err != nil {
		return wish, version, err
	}
	wish = expert.Wish{Work: expert.FirstWork(works, proposed), Miles: 25, Sort: "fit", State: p.Patient.State, Fields: expert.FirstOf(proposed)}
	if m := zipInAddress.FindStringSubmatch(p.FirstDoctor.Address); m != nil {
		wish.ZIP = m[1]
	}
	return wish, version, nil
}

var zipInAddress = regexp.MustCompile(`\b([0-9]{5})(?:-[0-9]{4})?\s*$`)

func search(v *web.Visit) (searchView, error) {
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return searchView{}, err
	}
	proposed, err := v.House.ProposeExperts(v.Case, v.Lang())
	if err != nil {
		return searchView{}, err
	}
	works, err := v.House.ExpertWorks(v.Case, v.Lang())
	return searchView{Profile: p, Proposed: proposed, Networks: v.House.PlanNetworks(), Works: works}, err
}

// find looks for whom the person wishes. What is wrong with the wish is said in the
// results' place; any other fault is given back.
func find(v *web.Visit, wish expert.Wish, page int) (*resultsView, error) {
	r := &resultsView{Wish: wish}
	list, _, err := casefile.Read[expert.Shortlist](v.Case, expert.Ref)
	if err != nil {
		return nil, err
	}
	listed := map[string]string{}
	for _, c := range list.Candidates {
		if !c.Gone {
			r.Listed++
			listed[c.Doctor.NPI] = c.ID
		}
	}
	r.ExpertPage, err = v.House.SearchExperts(v.Context(), v.Case, wish, page, v.Lang())
	if fault.Is(err, fault.Invalid) {
		for _, f := range fault.All(err) {
			r.Wrong = ui.Say(v.Say, f)
			break
		}
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	works, err := v.House.ExpertWorks(v.Case, v.Lang())
	if err != nil {
		return nil, err
	}
	works = expert.Chosen(works, wish)
	var places []place
	for i, e := range r.Answer.Experts {
		row := foundRow{weighed: weigh(v, e, works), N: i + 1, Key: r.Keys[i], Listed: listed[e.NPI]}
		row.Far = distance(v, e, r.Centre)
		r.Found = append(r.Found, row)
		if e.Practice.Placed {
			places = append(places, place{N: i + 1, At: expert.Centre{Lat: e.Practice.Lat, Lon: e.Practice.Lon}})
		}
	}
	if r.Centre != nil && len(places) > 0 {
		r.Map = drawMap(v, *r.Centre, places)
	}
	return r, nil
}

// The handlers.

func showSearch(v *web.Visit) error {
	if !v.House.HasDirectory() {
		return v.Render(v.Say.T("expert.search.title"), noDirectory(v))
	}
	v.Scripts("experts.js")
	view, err := search(v)
	if err != nil {
		return err
	}
	wish, _, err := wishOf(v, v.Case)
	if err != nil {
		return err
	}
	if wish.Check() == nil {
		page, _ := strconv.Atoi(v.R.URL.Query().Get("page"))
		if view.Results, err = find(v, wish, page); err != nil {
			return err
		}
	}
	return v.ShowSheet(searchSheet(v, view))
}

func saveSearch(v *web.Visit) error {
	if !v.House.HasDirectory() {
		return v.Go("expert.search")
	}
	page, _ := strconv.Atoi(v.Form.Get("page"))
	if key := v.Form.Get("add"); key != "" {
		npi, err := v.House.NPIOf(v.Context(), v.Case, key)
		if err != nil {
			return err
		}
		if _, err := v.House.AddExpert(v.Context(), v.Who, v.Case, npi, v.Lang()); err != nil {
			return err
		}
		return toResults(v, page, "r-"+strconv.Itoa(rowNumber(v.Form.Get("row"))))
	}
	wish := readSearch(v.Form)
	if v.Form.Get("live") == "yes" {
		r, err := find(v, wish, page)
		if err != nil {
			return err
		}
		r.Live = true
		v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
		return results(v, *r).Render(v.Context(), v.W)
	}
	v.Scripts("experts.js")
	err := v.House.KeepExpertSearch(v.Context(), v.Who, v.Case, wish, v.Version())
	if err != nil {
		view, viewErr := search(v)
		if viewErr != nil {
			return viewErr
		}
		return v.Again(searchSheet(v, view), err)
	}
	return toResults(v, page, "results")
}

// toResults leads to a place among those found.
func toResults(v *web.Visit, page int, at string) error {
	ui.Acknowledge(v.W, v.R)
	to := v.URL("expert.search")
	if page > 1 {
		to += "?page=" + strconv.Itoa(page)
	}
	http.Redirect(v.W, v.R, to+"#"+at, http.StatusSeeOther)
	return nil
}

func rowNumber(s string) int { n, _ := strconv.Atoi(s); return min(max(n, 1), actions.ExpertsPerPage) }

// The form. Its validation is the wish's own check.

func readSearch(form url.Values) expert.Wish {
	w := expert.Wish{
		ZIP: strings.TrimSpace(form.Get("zip")), State: form.Get("state"), Name: strings.TrimSpace(form.Get("name")), Video: form.Get("video") == "yes",
		Network: form.Get("network"), Sort: form.Get("sort"), Ties: form.Get("ties"),
	}
	w.Miles, _ = strconv.Atoi(form.Get("miles"))
	if len(w.ZIP) > 5 && w.ZIP[5] == '-' {
		w.ZIP = w.ZIP[:5] // the nine digits that stand on letters
	}
	for _, x := range form["work"] {
		if !slices.Contains(w.Work, x) {
			w.Work = append(w.Work, x)
		}
	}
	for _, f := range form["fields"] {
		if !slices.Contains(w.Fields, f) {
			w.Fields = append(w.Fields, f)
		}
	}
	return w
}

// fieldOptions are the fields that the rules propose, each with why, and all others by
// their plain names. A field that is proposed already is not offered twice.
func fieldOptions(say text.Speaker, proposed []expert.Proposed) (first, more []ui.Option) {
	for _, p := range proposed {
		o := ui.Option{Value: p.Rule, Label: sentence(p.Who)}
		if p.Role == "pathology" || p.Role == "imaging" {
			more = append(more, o) // who reads again is seldom the one to see
			continue
		}
		first = append(first, o)
	}
	again := len(more)
	for _, f := range expert.Fields {
		if !slices.ContainsFunc(proposed, func(p expert.Proposed) bool { return slices.Equal(p.Codes, f.Codes) }) {
			more = append(more, ui.Option{Value: f.ID, Label: say.T("expert.field." + f.ID)})
		}
	}
	slices.SortFunc(more[again:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return first, more
}

// sentence begins a text with a capital letter.
func sentence(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

func reachOptions(say text.Speaker) []ui.Option {
	var os []ui.Option
	for _, m := range expert.Reaches {
		n := strconv.Itoa(m)
		os = append(os, ui.Option{Value: n, Label: say.T("expert.search.within", "miles", n)})
	}
	return os
}

func networkOptions(names []string) []ui.Option {
	var os []ui.Option
	for _, n := range names {
		os = append(os, ui.Option{Value: n, Label: n})
	}
	return os
}

func stateOptions(say text.Speaker) []ui.Option {
	var os []ui.Option
	for _, s := range casefile.States {
		os = append(os, ui.Option{Value: s, Label: say.T("us." + s)})
	}
	return os
}
