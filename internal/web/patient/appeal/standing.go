package appeal

import (
	"strconv"
	"time"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/web"
)

// standing is the one next thing of a denial: what it is, and by when.
type standing struct {
	Key  string        // the end of its words: send, late, waiting, won…
	By   contract.Date // the day to keep
	Days int           // from today to that day; negative when it is past
}

// stand tells how a denial stands today.
func stand(v *web.Visit, d appeal.Denial) (standing, error) {
	over, err := continued(v.Case, d.ID)
	if err != nil {
		return standing{}, err
	}
	today, err := contract.ParseDate(v.Today())
	if err != nil {
		return standing{}, err
	}
	s := standing{}
	next := d.Answer.Next
	switch {
	case over != "":
		s.Key = "again"
	case d.Settled != "":
		s.Key = d.Settled
	case !d.Input.FiledDate.IsZero():
		s.Key = "sent"
		if next != nil && !next.DecideBy.IsZero() {
			s.Key, s.By = "waiting", next.DecideBy
			if next.DecideBy.Before(today) {
				s.Key = "silent"
			}
		}
	case !ending(d, today).IsZero():
		s.Key, s.By = "fast", ending(d, today)
	case next == nil && d.Answer.Class == "cost_share":
		s.Key = "not_denial"
	case next == nil && d.Input.Regime == "":
		s.Key = "plan"
	case next == nil:
		s.Key = "last"
	case next.Automatic:
		s.Key = "automatic"
	case next.FileBy.IsZero():
		s.Key = "date"
	case next.FileBy.Before(today):
		s.Key, s.By = "late", next.FileBy
	default:
		s.Key, s.By = "send", next.SendBy(today)
	}
	if !s.By.IsZero() {
		s.Days = today.DaysUntil(s.By)
	}
	return s, nil
}

// ending is the last day of the fast appeal against the end of care, as long as it can
// still be asked for: it goes before everything else. Zero where there is none.
func ending(d appeal.Denial, today contract.Date) contract.Date {
	for _, b := range d.Answer.Beside {
		if b.ID == "quality_organization" && !d.Has(b.ID) && !b.By.IsZero() && !b.By.Before(today) {
			return b.By
		}
	}
	return contract.Date{}
}

// open tells whether something is still to be done, or to be waited for.
func (s standing) open() bool {
	switch s.Key {
	case "again", "won", "partly", "dropped":
		return false
	}
	return true
}

// order sorts what is open by its day, then what needs a word, then what is over.
func (s standing) order() string {
	switch {
	case !s.open():
		return "3"
	case s.By.IsZero():
		return "2"
	}
	return "1" + s.By.String()
}

// title is the standing as a page's heading.
func (s standing) title(v *web.Visit) string {
	return v.Say.T("appeal.stand."+s.Key, "day", day(v, s.By))
}

// left tells how many days there are, where that helps.
func (s standing) left(v *web.Visit) string {
	switch {
	case s.By.IsZero() || s.Key == "late" || s.Key == "silent":
		return ""
	case s.Days == 0:
		return v.Say.T("appeal.left.today")
	}
	return v.Say.N("appeal.left", s.Days)
}

// day writes a date with its day of the week, so that nobody has to look it up.
func day(v *web.Visit, d contract.Date) string { return v.Say.Day(d.String()) }

// continued gives the id of the letter that refused this denial's appeal; "" when
// there is none.
func continued(c *casefile.Case, id string) (string, error) {
	all, err := casefile.ReadAll[appeal.Denial](c, appeal.Kind)
	for _, d := range all {
		if d.After == id {
			return d.ID, err
		}
	}
	return "", err
}

// name is how a denial is told from others: the plan, and what it refused.
func name(v *web.Visit, d appeal.Denial) string {
	plan, service := d.Plan.Name, d.Claim.Service
	if plan == "" {
		plan = v.Say.T("appeal.your_plan")
	}
	if service == "" {
		return plan
	}
	return v.Say.T("appeal.name", "plan", plan, "service", service)
}

// call names a denial for the overview, which may have dates of several; "" for one
// that is not there.
func call(v *web.Visit, id string) string {
	d, version, err := casefile.Read[appeal.Denial](v.Case, appeal.Ref(id))
	if err != nil || version == 0 {
		return ""
	}
	return name(v, d)
}

// since reads the moment that a page carries in an address; ok is false for none.
func since(s string) (time.Time, bool) {
	ms, err := strconv.ParseInt(s, 10, 64)
	return time.UnixMilli(ms).UTC(), err == nil && ms > 0
}
