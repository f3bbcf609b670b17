package contract

import "testing"

func TestAPathIsPutFoundAndRemoved(t *testing.T) {
	in := map[string]any{"a": "text"}
	Put(in, "b.c.d", 1)
	Put(in, "a.x", 2) // a text makes way for an object
	if At(in, "b.c.d") != 1 || At(in, "a.x") != 2 || At(in, "b.nothing.d") != nil || At(in, "none") != nil {
		t.Fatalf("%v", in)
	}
	Remove(in, "b.c.d")
	Remove(in, "nothing.at.all")
	if At(in, "b.c.d") != nil || At(in, "a.x") != 2 {
		t.Fatalf("%v", in)
	}
}
