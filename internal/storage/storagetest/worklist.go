package storagetest

import (
	"fmt"
	"strings"
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
	ch.Due = []casefile.Due{}
	must(t, s.Apply(ctx, ch))
	if list, err = s.Of(ctx, "ruth", Noon); err != nil || len(list[0].Due) != 0 {
		t.Errorf("after they were cleared: %+v, %v", list, err)
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
