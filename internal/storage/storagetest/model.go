package storagetest

import (
	"encoding/json"
	"fmt"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/fault"

	"pgregory.net/rapid"
)

// model runs random operations on a store and on a map, and compares.
func model(t *testing.T, p Place) {
	s := p.Open(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		id := NewCase(t, s, casefile.ID(fmt.Sprint("case", round)), "ruth")
		want := map[casefile.Ref][]string{}
		state, written := casefile.Open, int64(1)
		ref := rapid.Custom(func(rt *rapid.T) casefile.Ref {
			return casefile.Ref{Kind: casefile.Kind(rapid.SampledFrom([]string{"plan", "opinion"}).Draw(rt, "kind")), Name: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "name")}
		})
		for range rapid.IntRange(1, 12).Draw(rt, "operations") {
			switch rapid.SampledFrom([]string{"save", "save", "save", "state", "note", "read"}).Draw(rt, "operation") {
			case "save":
				ch := change(id)
				next := map[casefile.Ref][]string{}
				for k, v := range want {
					next[k] = v
				}
				stale := false
				for range rapid.IntRange(1, 3).Draw(rt, "drafts") {
					r, text := ref.Draw(rt, "ref"), rapid.String().Draw(rt, "text")
					from := len(next[r]) + rapid.SampledFrom([]int{0, 0, 0, 0, -1, 1}).Draw(rt, "off")
					stale = stale || from != len(next[r])
					ch.Drafts = append(ch.Drafts, casefile.Draft{Ref: r, From: casefile.Version(from), Body: noun{text}})
					next[r] = append(next[r][:len(next[r]):len(next[r])], text)
				}
				err := s.Apply(ctx, ch)
				switch {
				case stale && !fault.Is(err, fault.Conflict):
					rt.Fatalf("a stale save gave %v", err)
				case !stale && err != nil:
					rt.Fatal(err)
				case !stale:
					want = next
					written++
				}
			case "state":
				state = rapid.SampledFrom([]casefile.State{casefile.Open, casefile.Closed}).Draw(rt, "state")
				ch := change(id)
				ch.State = state
				must(t, s.Apply(ctx, ch))
				written++
			case "note":
				must(t, s.Note(ctx, change(id)))
				written++
			case "read":
				r := ref.Draw(rt, "ref")
				docs, err := s.History(ctx, id, r)
				must(t, err)
				if len(docs) != len(want[r]) {
					rt.Fatalf("%v has %d versions, want %d", r, len(docs), len(want[r]))
				}
				for i, d := range docs {
					same(rt, d, want[r][i])
				}
			}
		}
		c, err := s.Case(ctx, id)
		must(t, err)
		if c.State != state {
			rt.Fatalf("state %s, want %s", c.State, state)
		}
		for r, texts := range want {
			d, ok := c.Document(r)
			if !ok || d.Version != casefile.Version(len(texts)) {
				rt.Fatalf("%v: version %d, want %d", r, d.Version, len(texts))
			}
			same(rt, d, texts[len(texts)-1])
		}
		if n := entries(t, s, id); n != written {
			rt.Fatalf("the log has %d entries, want %d", n, written)
		}
	})
}

// same compares as JSON gives it back: bytes that are no text come back replaced.
func same(rt *rapid.T, d casefile.Document, want string) {
	var got noun
	if err := json.Unmarshal(d.Body, &got); err != nil {
		rt.Fatal(err)
	}
	b, _ := json.Marshal(noun{want})
	var expect noun
	_ = json.Unmarshal(b, &expect)
	if got != expect {
		rt.Fatalf("%v version %d says %q, want %q", d.Ref, d.Version, got.Text, expect.Text)
	}
}
