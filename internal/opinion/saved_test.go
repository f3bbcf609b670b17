package opinion_test

import (
	"encoding/json"
	"testing"

	"consilium/internal/casefile"
	"consilium/internal/opinion"
)

func holding(t *testing.T, bodies map[string]any) *casefile.Case {
	t.Helper()
	var ds []casefile.Document
	for id, body := range bodies {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, casefile.Document{Ref: opinion.Ref(id), Version: 1, Body: b})
	}
	return casefile.New("case", casefile.Open, ds)
}

func TestOpinionsComeInTheOrderInWhichTheyWereGiven(t *testing.T) {
	c := holding(t, map[string]any{"third": opinion.Opinion{}, "first": opinion.Opinion{}, "second": opinion.Opinion{}})
	all, err := opinion.All(c)
	if err != nil || len(all) != 3 || all[0].ID != "first" || all[1].ID != "second" || all[2].ID != "third" {
		t.Fatalf("%+v %v", all, err)
	}
	if got := opinion.NextID(c); got != "fourth" {
		t.Errorf("the next is %q", got)
	}
	full := map[string]any{}
	for _, id := range opinion.IDs {
		full[id] = opinion.Opinion{}
	}
	if got := opinion.NextID(holding(t, full)); got != "" {
		t.Errorf("a ninth opinion: %q", got)
	}
}

func TestAComparisonIsStaleWhenAnyOpinionIsNewOrChanged(t *testing.T) {
	c := opinion.Comparison{Of: []opinion.Made{{ID: "first", Version: 1}, {ID: "second", Version: 3}}}
	for _, now := range [][]opinion.Made{
		{{ID: "first", Version: 2}, {ID: "second", Version: 3}},
		{{ID: "first", Version: 1}, {ID: "second", Version: 3}, {ID: "third", Version: 1}},
		{{ID: "first", Version: 1}},
	} {
		if !c.Stale(now) {
			t.Errorf("%v is not seen as a change", now)
		}
	}
	if c.Stale([]opinion.Made{{ID: "first", Version: 1}, {ID: "second", Version: 3}}) {
		t.Error("nothing changed")
	}
}

func advises(id string, texts ...string) opinion.Opinion {
	o := opinion.Opinion{ID: id}
	for _, x := range texts {
		yes := true
		o.Options = append(o.Options, opinion.Option{Text: x, Recommended: &yes})
	}
	return o
}

func TestAnOptionKeepsItsIDWhenTheTableChanges(t *testing.T) {
	var d opinion.Decision
	d.Options = d.Table([]opinion.Opinion{advises("first", "Lumbar fusion surgery"), advises("second", "Guided exercise")})
	d.Values = []opinion.Value{{What: "Walk", Weight: 5}}
	d.Fits = []opinion.Fit{{Option: "o1", Value: "Walk", How: "hurts"}, {Option: "o2", Value: "Walk", How: "helps"}}
	d.Options = append(d.Options, opinion.Choice{ID: "own", Text: "First one, then the other", Own: true})
	d.Chosen = "own"

	// The first opinion is written anew: its option is another, and one comes before it.
	now := []opinion.Opinion{advises("first", "Wait and watch"), advises("second", "Guided exercise")}
	d = d.Settle(d.Table(now))
	ids := map[string]string{}
	for _, o := range d.Options {
		ids[o.Text] = o.ID
	}
	if ids["Guided exercise"] != "o2" || ids["First one, then the other"] != "own" || ids["Lumbar fusion surgery"] != "" {
		t.Errorf("%v", ids)
	}
	if id := ids["Wait and watch"]; id == "o1" || id == "o2" || id == "" {
		t.Errorf("a new option bears the id %q of an old one", id)
	}
	if len(d.Fits) != 1 || d.Fits[0].Option != "o2" {
		t.Errorf("what was judged of an option that is gone: %+v", d.Fits)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestAChosenOptionStaysOnTheTableThoughNobodyNamesItAnyMore(t *testing.T) {
	d := opinion.Decision{Options: []opinion.Choice{{ID: "o1", Text: "Lumbar fusion surgery", Advised: []string{"first"}}}, Chosen: "o1"}
	d = d.Settle(d.Table([]opinion.Opinion{advises("first", "Guided exercise")}))
	c, ok := d.Choice()
	if !ok || c.Text != "Lumbar fusion surgery" || len(c.Advised) != 0 {
		t.Errorf("%+v", d.Options)
	}
}
