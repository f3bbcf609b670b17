package consent

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestAPersonWithoutAGrantMayDoNothing(t *testing.T) {
	for _, v := range []Verb{See, Write, Share, Export, Close} {
		if May(nil, "p1", v, noon) {
			t.Errorf("%s was allowed to a stranger", v)
		}
	}
}

func TestARevokedGrantStopsAtOnce(t *testing.T) {
	g := Grant{Person: "p1", Role: Patient, From: noon.Add(-time.Hour)}
	if !May([]Grant{g}, "p1", Write, noon) {
		t.Fatal("the owner may not write")
	}
	g.Revoked = noon
	if May([]Grant{g}, "p1", See, noon) {
		t.Fatal("a revoked grant still holds")
	}
}

func TestAGrantHoldsOnlyWithinItsTime(t *testing.T) {
	g := Grant{Person: "p1", Role: Companion, From: noon, Until: noon.Add(time.Hour)}
	for at, want := range map[time.Time]bool{noon.Add(-time.Second): false, noon: true, noon.Add(time.Hour): false} {
		if got := May([]Grant{g}, "p1", See, at); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestACompanionMaySeeButNotWrite(t *testing.T) {
	g := []Grant{{Person: "p1", Role: Companion, From: noon}}
	if !May(g, "p1", See, noon) || May(g, "p1", Write, noon) {
		t.Fatal("a companion sees and does not write")
	}
}

func TestAnUnknownRoleIsRefused(t *testing.T) {
	if May([]Grant{{Person: "p1", Role: "king", From: noon}}, "p1", See, noon) {
		t.Fatal("a role that nobody listed was allowed")
	}
}
