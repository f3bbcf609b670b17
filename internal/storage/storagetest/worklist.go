package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/fault"
)

func due(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	ch := change(id)
	ch.Due = []casefile.Due{{Key: "due.decision", On: "2026-12-01"}, {Key: "due.call", On: "2026-11-25"}}
	must(t, s.Apply(ctx, ch))
	must(t, s.Apply(ctx, change(id, draft("plan", "", 0, "leaves them")))) // Due is nil
	list, err := s.Of(ctx, "ruth", Noon)
	must(t, err)
	if len(list) != 1 || len(list[0].Due) != 2 || list[0].Due[0].Key != "due.call" {
		t.Fatalf("got %+v", list)
	}
	appeal := func(item, on string) casefile.Due {
		return casefile.Due{Key: "due.appeal", Item: item, On: on, Page: "appeal.answer"}
	}
	ch.Due = []casefile.Due{{Key: "due.decision"}, {Key: "due.call"}, {Key: "due.never"}, appeal("two", "2026-12-02"), appeal("one", "2026-12-02"), appeal("", "2026-12-01")}
	must(t, s.Apply(ctx, ch))
	c, err := s.Case(ctx, id)
	must(t, err)
	if list, err = s.Of(ctx, "ruth", Noon); err != nil || !slices.Equal(list[0].Due, c.Due) || len(c.Due) != 3 || c.Due[0] != appeal("", "2026-12-01") || c.Due[1] != appeal("one", "2026-12-02") {
		t.Errorf("the same key for several items: %+v, %+v, %v", list, c.Due, err)
	}
	for what, due := range map[string][]casefile.Due{
		"words for an item": {appeal("Ruth Alvarez", "2026-12-01")},
		"words for a key":   {{Key: "Surgery for Ruth", On: "2026-12-01"}}, "words for what is over": {{Key: "Surgery for Ruth"}}, "no day": {appeal("one", "soon")}, "an address for a page": {{Key: "due.call", On: "2026-12-01", Page: "/x"}},
	} {
		bad := change(id)
		bad.Due = due
		if err := s.Apply(ctx, bad); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ch.Due = []casefile.Due{appeal("two", "2027-01-04"), appeal("one", "2026-12-24"), appeal("one", "2026-12-23")} // of one twice, the last counts
	must(t, s.Apply(ctx, ch))
	if c, err = s.Case(ctx, id); err != nil || !slices.Equal(c.Due, []casefile.Due{appeal("", "2026-12-01"), appeal("one", "2026-12-23"), appeal("two", "2027-01-04")}) {
		t.Errorf("after two were moved: %+v, %v", c.Due, err)
	}
	ch.Due = []casefile.Due{appeal("two", ""), appeal("one", ""), appeal("", "")}
	must(t, s.Apply(ctx, ch))
	if list, err = s.Of(ctx, "ruth", Noon); err != nil || len(list[0].Due) != 0 {
		t.Errorf("after they were taken away: %+v, %v", list, err)
	}
}

// dueAtOnce: two changes that were each made from the case as it was before the other.
func dueAtOnce(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			ch := change(id)
			ch.Due = []casefile.Due{{Key: "due.appeal", Item: fmt.Sprintf("letter%d", i), On: "2026-12-01", Page: "appeal.answer"}}
			if err := s.Apply(ctx, ch); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c, err := s.Case(ctx, id); err != nil || len(c.Due) != 8 {
		t.Errorf("of 8 dates %d are there, %v", len(c.Due), err)
	}
}

func find(t *testing.T, p Place) {
	s := p.Open(t)
	for _, id := range []casefile.ID{"case1", "case2"} {
		NewCase(t, s, id, "ruth")
		ch := change(id)
		ch.Terms = []casefile.Term{{Label: "name", Value: "Ruth"}, {Label: "number", Value: string(id)}}
		must(t, s.Apply(ctx, ch))
	}
	for term, want := range map[casefile.Term]int{{Label: "name", Value: "ruth"}: 2, {Label: "number", Value: "case1"}: 1, {Label: "number", Value: "ruth"}: 0} {
		if ids, err := s.Find(ctx, term); err != nil || len(ids) != want {
			t.Errorf("%v finds %v, %v; want %d", term, ids, err, want)
		}
	}
	ch := change("case1")
	ch.Terms = []casefile.Term{{Label: "name", Value: "Rut"}}
	must(t, s.Apply(ctx, ch))
	if ids, err := s.Find(ctx, casefile.Term{Label: "name", Value: "Ruth"}); err != nil || len(ids) != 1 {
		t.Errorf("after the name was mended: %v, %v", ids, err)
	}
}

func fileParts(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	f := casefile.File{SHA256: strings.Repeat("ab", 32), At: Noon}
	for i := range 15 {
		f.Parts = append(f.Parts, casefile.Part{Name: fmt.Sprintf("part-%02d-random", i), Size: int64(i)})
		f.Size += int64(i)
	}
	ch := change(id)
	ch.Files = []casefile.File{f}
	must(t, s.Apply(ctx, ch))
	c, err := s.Case(ctx, id)
	must(t, err)
	if len(c.Files) != 1 || c.Files[0].Size != f.Size || fmt.Sprint(c.Files[0].Parts) != fmt.Sprint(f.Parts) {
		t.Fatalf("got %+v", c.Files)
	}
	if err := s.Apply(ctx, ch); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same file twice: %v", err)
	}
	f.SHA256, f.Size = strings.Repeat("cd", 32), 7
	ch.Files = []casefile.File{f}
	if err := s.Apply(ctx, ch); err == nil {
		t.Error("a file was taken whose parts do not make up its size")
	}
}
