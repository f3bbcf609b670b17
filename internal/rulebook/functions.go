package rulebook

import (
	"reflect"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// functions are what a condition may call beside the language's own.
func functions() []cel.EnvOption {
	list := cel.ListType(cel.StringType)
	ready := &lists{}
	binary := func(test func(string, prepared) bool) cel.OverloadOpt {
		return cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			s, ok := a.Value().(string)
			items, err := ready.of(b)
			if err != nil || !ok {
				return types.NewErrFromString("takes a text and a list of texts")
			}
			return types.Bool(test(s, items))
		})
	}
	inCodes := func(s string, p prepared) bool { return inRanges(plainCode(s), p.codes) }
	inWords := func(s string, p prepared) bool { return saysPlain(Plain(s), p.phrases) }
	return []cel.EnvOption{
		cel.Function("icd10", cel.Overload("icd10_text_list", []*cel.Type{cel.StringType, list}, cel.BoolType, binary(inCodes))),
		cel.Function("says", cel.Overload("says_text_list", []*cel.Type{cel.StringType, list}, cel.BoolType, binary(inWords))),
	}
}

// prepared is a list of a condition, made ready for comparing.
type prepared struct {
	codes   []codeRange
	phrases []string
}

// lists keeps the lists that stand in the conditions: each is one constant of one
// compiled row, so there are only as many as rows have.
type lists struct {
	seen sync.Map
	n    atomic.Int64
}

func (l *lists) of(v ref.Val) (prepared, error) {
	keep := reflect.ValueOf(v).Kind() == reflect.Pointer
	if keep {
		if p, ok := l.seen.Load(v); ok {
			return p.(prepared), nil
		}
	}
	items, err := v.ConvertToNative(stringsType)
	if err != nil {
		return prepared{}, err
	}
	p := prepare(items.([]string))
	if keep && l.n.Add(1) < 4096 {
		l.seen.Store(v, p)
	}
	return p, nil
}
