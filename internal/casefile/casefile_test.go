package casefile

import (
	"testing"

	"consilium/internal/fault"
)

type note struct{ Text string }

func TestTheNewestVersionIsRead(t *testing.T) {
	ref := Ref{Kind: "note"}
	c := New("c1", Open, []Document{{Ref: ref, Version: 2, Body: []byte(`{"Text":"b"}`)}, {Ref: ref, Version: 1, Body: []byte(`{"Text":"a"}`)}})
	n, v, err := Read[note](c, ref)
	if err != nil || v != 2 || n.Text != "b" {
		t.Fatalf("got %v version %d, %v", n, v, err)
	}
}

func TestADocumentThatIsNotThereIsVersionZero(t *testing.T) {
	n, v, err := Read[note](New("c1", Open, nil), Ref{Kind: "note"})
	if err != nil || v != 0 || n.Text != "" {
		t.Fatalf("got %v version %d, %v", n, v, err)
	}
}

func TestABodyThatDoesNotFitIsDamaged(t *testing.T) {
	ref := Ref{Kind: "note"}
	_, _, err := Read[note](New("c1", Open, []Document{{Ref: ref, Version: 1, Body: []byte(`[1]`)}}), ref)
	if !fault.Is(err, fault.Damaged) {
		t.Fatalf("got %v", err)
	}
}

func TestNamedDocumentsComeInOrder(t *testing.T) {
	c := New("c1", Open, []Document{
		{Ref: Ref{"opinion", "second"}, Version: 1, Body: []byte(`{"Text":"2"}`)},
		{Ref: Ref{"opinion", "first"}, Version: 1, Body: []byte(`{"Text":"1"}`)},
		{Ref: Ref{"plan", ""}, Version: 1, Body: []byte(`{}`)},
	})
	all, err := ReadAll[note](c, "opinion")
	if err != nil || len(all) != 2 || all[0].Text != "1" {
		t.Fatalf("got %v, %v", all, err)
	}
}
