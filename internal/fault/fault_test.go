package fault

import (
	"errors"
	"fmt"
	"testing"
)

// several is an error of another kind that holds several faults, as an engine's list
// of wrong fields is.
type several []error

func (s several) Error() string   { return fmt.Sprint(len(s)) }
func (s several) Unwrap() []error { return s }

func TestEveryFaultThatAnErrorHoldsIsListed(t *testing.T) {
	a, b := New(Invalid, "a").On("one"), New(Invalid, "b").On("two")
	for name, err := range map[string]error{"faults": Faults{a, b}, "another kind": several{a, b}, "joined": errors.Join(a, b), "nested": several{errors.Join(a), Faults{b}}} {
		all := All(err)
		if len(all) != 2 || all[0].Field != "one" || all[1].Field != "two" {
			t.Errorf("%s: %v", name, all)
		}
	}
	if All(nil) != nil {
		t.Error("no error holds a fault")
	}
	if all := All(errors.New("plain")); len(all) != 1 || all[0].Kind != Internal {
		t.Errorf("a plain error: %v", all)
	}
	if all := All(fmt.Errorf("saving: %w", a)); len(all) != 1 || all[0].Field != "one" {
		t.Errorf("a wrapped fault: %v", all)
	}
}
