package expert_test

import (
	"fmt"
	"slices"
	"testing"

	core "consilium/internal/expert"
	"consilium/internal/fault"
)

// gold is a plan's network of two.
type gold struct{ in []string }

func (g gold) Names() []string { return []string{"Gold PPO"} }

func (g gold) Open(name string) (core.Members, error) {
	if name != "Gold PPO" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return members(g.in), nil
}

func (g gold) Says(name, npi string) (core.PlanSays, error) {
	s := core.PlanSays{Network: name, In: slices.Contains(g.in, npi), Accepting: "unknown", Incomplete: true, Of: "2026-10-02"}
	if s.In {
		s.Accepting = "yes"
		s.Prices = []core.PlanPrice{{Code: "99204", Class: "professional", Low: 18000, High: 24050, Expires: "2026-12-31"}, {Code: "88321", Low: 7000, High: 7000}}
	}
	return s, nil
}

type members []string

func (m members) Has(n uint32) bool { return slices.Contains(m, fmt.Sprint(n)) }
func (m members) Len() int          { return len(m) }

func TestThePlansListLimitsTheSearchAndIsShownWithItsDate(t *testing.T) {
	s, _, at, d := seek(t)
	s.House.Networks = gold{[]string{npi(3)}}
	want(t, s.Get(at+"/search"), "Only doctors in this plan’s network", "Gold PPO")
	s.Post(at+"/search", with(wish, "network", "Gold PPO"))
	if q := func() core.Query { s.Get(at + "/search"); return d.asked[len(d.asked)-1] }(); q.Members == nil || q.Members.Len() != 1 {
		t.Fatalf("%+v", q.Members)
	}
	a := s.Get(at + "/search")
	want(t, a, "1 doctor found", "Grace Adeyemi")
	page := at + "/person/" + link.FindStringSubmatch(a.Body)[1]
	a = s.Plain("en", page)
	want(t, a, "The list “Gold PPO” has this doctor", "takes new patients", "99204: $180.00 to $240.50, for the doctor’s work, until December 31, 2026", "October 2, 2026", "not what you pay")
	never(t, a, "88321") // no visit
	s.Plain("es", page)
	s.Post(page, nil)
	s.Post(at+"/candidate/new", with(nil, "version", "1", "name", "Dr. Other", "npi", npi(10)))
	a = s.Plain("en", at+"/compare")
	want(t, a, "$180.00 to $240.50", "Not found in “Gold PPO”. This does not mean no.", "This list is not whole")
	s.Plain("es", at+"/compare")
}
