package records

import (
	"cmp"
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// requestPages are the pages on which records are asked for.
var requestPages = []web.Page{
	{ID: "records.requests", Show: showRequests},
	{ID: "records.request", Item: "{id}", Show: showRequest, Save: saveRequest},
	{ID: "records.form", Item: "{id}", Show: showForm, Save: saveForm},
	{ID: "records.letter", Item: "{id}/{which}", Show: showLetter},
	{ID: "records.sent", Item: "{id}", Show: showSent, Save: saveSent},
	{ID: "records.answer", Item: "{id}", Show: showAnswer, Save: saveAnswer},
	{ID: "records.sign", Item: "{id}/{which}", Show: showSign, Save: saveSign},
	{ID: "records.signed", Item: "{id}/{which}", Show: showSigned},
	{ID: "records.fee", Item: "{id}", Show: showFee, Save: saveFee},
	{ID: "records.complaint", Item: "{id}", Show: showComplaint},
	{ID: "records.arrival", Item: "{id}", Show: showArrival, Save: saveArrival},
	{ID: "records.specimens", Show: showSpecimens},
	{ID: "records.specimen", Item: "{id}", Show: showSpecimen, Save: saveSpecimen},
	{ID: "records.custody", Item: "{id}", Show: showCustody},
}

// What the page shows: everybody who was asked, how long ago, and what to do next;
// then who else may keep records, as the files name them.

type requestsView struct {
	Open    []askedFor
	Done    []askedFor
	Loans   []specimenView // slides and blocks that are away from their laboratory
	Holders []string       // who may keep records and was not asked yet
	Since   string         // days since the first request
	Whole   string         // days since everything that was asked for is here, or that it is not
}

// askedFor is one request as a page shows it.
type askedFor struct {
	records.Request
	Clock records.Clock
}

// manyHolders is how many suggestions a list shows.
const manyHolders = 8

func listRequests(v *web.Visit) (requestsView, error) {
	var x requestsView
	all, err := records.Requests(v.Case)
	if err != nil {
		return x, err
	}
	clocks := map[string]records.Clock{}
	for _, r := range all {
		a := askedFor{r, v.House.RequestClock(r, v.Lang())}
		clocks[r.ID] = a.Clock
		if a.Clock.Stands == records.Draft || a.Clock.Open() {
			x.Open = append(x.Open, a)
		} else {
			x.Done = append(x.Done, a)
		}
	}
	slices.SortStableFunc(x.Open, func(a, b askedFor) int { return cmp.Compare(order(a), order(b)) })
	today, _ := contract.ParseDate(v.Today())
	if both := records.ClocksOf(all, func(r records.Request) records.Clock { return clocks[r.ID] }); !both.First.IsZero() {
		x.Since = v.Say.N("records.request.days", both.First.DaysUntil(today))
		x.Whole = v.Say.T("records.request.not_whole")
		if !both.Whole.IsZero() {
			x.Whole = v.Say.N("records.request.days", both.Whole.DaysUntil(today))
		}
	}
	if x.Loans, err = loans(v); err != nil {
		return x, err
	}
	x.Loans = slices.DeleteFunc(x.Loans, func(l specimenView) bool { return !l.Specimen.Out() })
	x.Holders, err = holders(v, all)
	return x, err
}

// order puts what is late first, then what is due soonest; drafts last.
func order(a askedFor) string {
	if a.Clock.Due.IsZero() {
		return "9999"
	}
	return a.Clock.Due.String()
}

// holders are those whom the files, and the person's own words, name as keeping
// records, without those who were asked already.
func holders(v *web.Visit, asked []records.Request) ([]string, error) {
	files, err := records.Files(v.Case)
	if err != nil {
		return nil, err
	}
	p, _, err := casefile.Read[casefile.Profile](v.Case, casefile.ProfileRef)
	if err != nil {
		return nil, err
	}
	var names []string
	add := func(name string) {
		gone := slices.ContainsFunc(asked, func(r records.Request) bool { return records.SameHolder(r.Holder.Name, name) })
		if name != "" && !gone && !slices.ContainsFunc(names, func(had string) bool { return records.SameHolder(had, name) }) {
			names = append(names, name)
		}
	}
	if d := p.FirstDoctor; d.Hospital != "" || d.Practice != "" {
		add(d.Hospital)
		add(d.Practice)
	} else {
		add(d.Name)
	}
	known := records.Holders(files)
	for _, h := range known {
		if !h.Person {
			add(h.Name)
		}
	}
	for _, h := range known {
		if h.Person {
			add(h.Name)
		}
	}
	return names[:min(len(names), manyHolders)], nil
}

// next is the one thing to do about a request now: its words, and the page.
func (a askedFor) next(v *web.Visit) ui.Step {
	t := v.Say.T
	step := func(key, page string, items ...string) ui.Step {
		return ui.Step{Title: t("records.request.next." + key), Text: t("records.request.next." + key + ".text"), Link: ui.Link{Label: t("records.request.next." + key + ".go"), Href: v.URL(page, items...)}}
	}
	if a.Unsigned() && a.Clock.Open() && len(v.House.NotSigned(v.Case, a.Request)) > 0 {
		return step("unsigned", "records.sign", a.ID, v.House.NotSigned(v.Case, a.Request)[0])
	}
	if last, ok := a.Last(); ok && last.Kind == records.Extended && a.Clock.NotSo != "" && a.Clock.Open() && a.Clock.Late == 0 {
		if s, sent := a.LastSent(records.SentMoreTime); !sent || s.On < last.On {
			return step("more_time", "records.letter", a.ID, records.SentMoreTime)
		}
	}
	if _, missed := a.MissedThere(); missed && a.Clock.Open() && a.Clock.Late == 0 {
		return step("missed", "records.letter", a.ID, records.SentChaser)
	}
	switch a.Clock.Stands {
	case records.Draft:
		return a.nextDraft(v, step)
	case records.Near:
		return step("near", "records.letter", a.ID, "chaser")
	case records.Overdue:
		if !a.Clock.ByLaw {
			return step("near", "records.letter", a.ID, "chaser")
		}
		if _, sent := a.LastSent(records.SentComplaint); sent {
			return step("complained", "records.answer", a.ID)
		}
		if _, sent := a.LastSent(records.SentOverdue); sent {
			return step("complain", "records.complaint", a.ID)
		}
		return step("overdue", "records.letter", a.ID, "overdue")
	case records.SomeCame:
		return step("partly", "records.letter", a.ID, "chaser")
	case records.Denied:
		return step("refused", "records.complaint", a.ID)
	case records.NoneThere:
		return step("none", "records.request", "new")
	case records.AwaitAll:
		return step("waiting", "records.answer", a.ID)
	}
	if slices.Contains(a.Send.To, records.ToDoctor) && len(a.Arrivals) == 0 && a.Clock.Stands == records.Complete {
		return step("arrival", "records.arrival", a.ID)
	}
	return ui.Step{}
}

// nextDraft is the one thing to do before a request is sent: fill it in, finish its
// forms, sign, send.
func (a askedFor) nextDraft(v *web.Visit, step func(key, page string, items ...string) ui.Step) ui.Step {
	if !a.Filled {
		return step("fill", "records.form", a.ID)
	}
	for _, p := range a.Papers() {
		if len(a.LacksOn(day(v), v.Lang(), p, v.House.Rules).Parts) > 0 {
			return step("finish", "records.form", a.ID)
		}
	}
	if papers := v.House.NotSigned(v.Case, a.Request); len(papers) > 0 && a.Signer.Who != "" {
		return step("sign", "records.sign", a.ID, papers[0])
	}
	return step("send", "records.sent", a.ID)
}

// time says in one line how long it has been under way and what is left.
func (a askedFor) time(v *web.Visit) string {
	k := a.Clock
	switch {
	case k.Sent.IsZero():
		return v.Say.T("records.request.not_sent")
	case k.Stands == records.Complete:
		return v.Say.T("records.request.took", "days", v.Say.N("records.request.days", k.Sent.DaysUntil(k.Complete)))
	case k.Late > 0:
		return v.Say.T("records.request.late", "days", v.Say.N("records.request.days", k.Since), "late", v.Say.N("records.request.days", k.Late))
	case !k.Open():
		return v.Say.T("records.request.since", "days", v.Say.N("records.request.days", k.Since))
	}
	key := "records.request.running"
	if !k.ByLaw {
		key = "records.request.running.usual"
	}
	return v.Say.T(key, "days", v.Say.N("records.request.days", k.Since), "date", v.Say.Date(k.Due.String()))
}

// tone colours the mark of a request.
func (a askedFor) tone() string {
	switch a.Clock.Stands {
	case records.Overdue, records.Denied:
		return "tag tag-warn"
	case records.Near, records.SomeCame:
		return "tag tag-ask"
	}
	return "tag"
}

// call says which request or specimen a due date is about.
func call(v *web.Visit, item string) string {
	r, _, err := casefile.Read[records.Request](v.Case, records.RequestRef(item))
	if err != nil {
		return ""
	}
	if r.Holder.Name != "" {
		return r.Holder.Name
	}
	s, _, _ := casefile.Read[records.Specimen](v.Case, records.SpecimenRef(item)) // unreadable: it goes without
	return s.Lab
}

// The handler.

func showRequests(v *web.Visit) error {
	x, err := listRequests(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.requests.title"), requestsPage(v, x))
}
