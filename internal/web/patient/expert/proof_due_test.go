package expert_test

import (
	"net/http"
	"strconv"
	"testing"

	"consilium/internal/casefile"
	core "consilium/internal/expert"
)

func TestACertificateThatRunsOutBeforeTheDecisionIsADate(t *testing.T) {
	s, id, at, cs := two(t)
	decide := func(day string) {
		t.Helper()
		p, version, err := casefile.Read[casefile.Profile](s.Case(id), casefile.ProfileRef)
		if err != nil {
			t.Fatal(err)
		}
		p.DecideBy = day
		if err := s.House.DescribePatient(t.Context(), s.Who, s.Case(id), p, version); err != nil {
			t.Fatal(err)
		}
	}
	runsOut := func() string {
		t.Helper()
		all, err := s.House.Mine(t.Context(), s.Who)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			for _, d := range c.Due {
				if c.ID == id && d.Key == "due.expert_certificate" && d.Item == cs[0].ID {
					return d.On
				}
			}
		}
		return ""
	}
	prove := func(year string) {
		t.Helper()
		form := with(nil, "version", strconv.Itoa(int(s.Case(id).Version(core.Ref))), "holds", "yes", "certificate", "medical oncology", "where", "abms",
			"on-month", "11", "on-day", "20", "on-year", "2026", "until-month", "12", "until-day", "31", "until-year", year)
		if a := s.Post(at+"/proof/"+cs[0].ID, form); a.Status != http.StatusSeeOther {
			t.Fatalf("%d", a.Status)
		}
	}
	decide("2027-01-15")
	prove("2026")
	if on := runsOut(); on != "2026-12-31" {
		t.Errorf("due %q", on)
	}
	prove("2028")
	if on := runsOut(); on != "" {
		t.Errorf("due %q although it holds", on)
	}
}
