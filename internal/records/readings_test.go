package records

import (
	"container/list"
	"encoding/json"
	"hash/maphash"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

func caseWith(t *testing.T, id casefile.ID, r clinical.Reading) *casefile.Case {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return casefile.New(id, casefile.Open, []casefile.Document{{Ref: FactsRef("a"), Version: 1, At: time.Unix(0, 0), Body: body}})
}

func TestAReadingIsKeptByItsCaseAndItsBytesAndWithinItsBound(t *testing.T) {
	d := decoded{most: 3000, at: map[decodedKey]*list.Element{}, order: list.New(), seed: maphash.MakeSeed()}
	read := func(id casefile.ID, title string) string {
		t.Helper()
		r, v, err := d.read(caseWith(t, id, clinical.Reading{Title: title, SHA256: "a"}), FactsRef("a"))
		if err != nil || v != 1 {
			t.Fatal(v, err)
		}
		return r.Title
	}
	for range 2 {
		for _, id := range []casefile.ID{"one", "two"} {
			for _, title := range []string{"first", "again"} {
				if got := read(id, title); got != title {
					t.Errorf("the case %s says %q, want %q", id, got, title)
				}
			}
		}
	}
	if len(d.at) != 4 || d.order.Len() != 4 {
		t.Errorf("%d are kept", len(d.at))
	}
	for i := range 20 {
		read("one", strings.Repeat("x", 100*i))
	}
	if d.held > d.most || len(d.at) != d.order.Len() {
		t.Errorf("%d bytes of %d, %d and %d", d.held, d.most, len(d.at), d.order.Len())
	}
	if read("one", strings.Repeat("y", 5000)); d.held > d.most {
		t.Error("what is too large was kept")
	}
}
