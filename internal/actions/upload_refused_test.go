package actions_test

import (
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/storage/storagetest"
)

func TestWhoMayNotWriteMayNotUploadAndWhoMayNotSeeMayNotOpen(t *testing.T) {
	d := newDesk(t)
	grant := casefile.Change{Case: "case1", By: ruth, At: storagetest.Noon, Verb: "share", Grants: []consent.Grant{
		{ID: "g2", Person: "lena", Role: consent.Companion, From: storagetest.Noon.Add(-time.Hour)}, {ID: "g3", Person: "ada", Role: consent.Advocate, From: storagetest.Noon.Add(-time.Hour)},
	}}
	must(t, d.Cases.Apply(ctx, grant))
	got := d.receive("a", noise(10))
	u := d.start("b", 10)
	c := d.the()
	for _, who := range []casefile.Person{sam, "lena"} {
		_, start := d.StartUpload(ctx, who, c, "x", 1)
		_, progress := d.UploadProgress(ctx, who, c, u.ID)
		_, add := d.AppendUpload(ctx, who, c, u.ID, 0, strings.NewReader("x"))
		_, finish := d.FinishUpload(ctx, who, c, u.ID)
		for what, err := range map[string]error{"start": start, "progress": progress, "append": add, "finish": finish, "drop": d.House.DropUpload(ctx, who, c, u.ID)} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %s gave %v", who, what, err)
			}
		}
	}
	if _, err := d.AppendUpload(ctx, "ada", c, u.ID, 0, strings.NewReader("x")); !fault.Is(err, fault.NotFound) {
		t.Errorf("an upload that another began: %v", err)
	}
	if _, err := d.OpenFile(ctx, sam, c, got.SHA256); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger opened a file: %v", err)
	}
	f, err := d.OpenFile(ctx, "lena", c, got.SHA256)
	must(t, err)
	f.Close()
	if _, err := d.OpenFile(ctx, ruth, c, strings.Repeat("0", 64)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestAnUploadOfAnotherCaseIsNotFound(t *testing.T) {
	d := newDesk(t)
	storagetest.NewCase(t, d.store, "case2", ruth)
	u := d.start("a", 10)
	other, err := d.Cases.Case(ctx, "case2")
	must(t, err)
	if _, err := d.AppendUpload(ctx, ruth, other, u.ID, 0, strings.NewReader("x")); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAClosedCaseTakesNoFiles(t *testing.T) {
	d := newDesk(t)
	must(t, d.Cases.Apply(ctx, casefile.Change{Case: "case1", By: ruth, At: storagetest.Noon, Verb: "close", State: casefile.Closed}))
	if _, err := d.StartUpload(ctx, ruth, d.the(), "a", 1); keyOf(err) != "fault.closed" {
		t.Errorf("got %v", err)
	}
}
