package rulebook

import (
	"sort"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/finding"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// answer is what a condition says of some facts.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// condition is an expression that is made ready once.
type condition struct {
	text    string
	program cel.Program
}

// environment is what the conditions of one topic may say.
type environment struct {
	cel     *cel.Env
	parser  *parser.Parser
	checker *checker.Env
	names   []string // every name that may be written

	unknown map[string]*types.Unknown // by fact and term
}

func newEnvironment(t *topic) (*environment, error) {
	e := &environment{unknown: map[string]*types.Unknown{}}
	nobodyKnows := func(name string) {
		e.unknown[name] = types.NewUnknown(int64(len(e.unknown)+1), types.NewAttributeTrail(name))
	}
	var opts []cel.EnvOption
	for _, name := range t.order {
		opts = append(opts, cel.Variable(name, celType(t.facts[name].kind)), cel.Variable("known."+name, cel.BoolType))
		e.names = append(e.names, name, "known."+name)
		nobodyKnows(name)
	}
	for _, d := range t.terms {
		opts = append(opts, cel.Variable("is."+d.name, cel.BoolType))
		e.names = append(e.names, "is."+d.name)
		nobodyKnows("is." + d.name)
	}
	opts = append(opts, functions()...)
	var err error
	if e.cel, err = cel.NewEnv(opts...); err != nil {
		return e, err
	}
	if e.parser, err = parser.NewParser(parser.EnablePrattParser(true), parser.Macros(e.cel.Macros()...)); err != nil {
		return e, err
	}
	if e.checker, err = checker.NewEnv(e.cel.Container, e.cel.CELTypeProvider()); err != nil {
		return e, err
	}
	if err = e.checker.AddIdents(e.cel.Variables()...); err != nil {
		return e, err
	}
	for _, f := range e.cel.Functions() {
		if err = e.checker.AddFunctions(f); err != nil {
			return e, err
		}
	}
	return e, nil
}

// understand parses and checks a condition by the language's quick parser, which is
// several times as fast as the one behind cel.Env.Compile. What it refuses goes
// through that one, whose words on what is wrong the remedies are written for.
func (e *environment) understand(text string) (*ast.AST, *cel.Issues) {
	source := common.NewTextSource(text)
	if parsed, errs := e.parser.Parse(source); len(errs.GetErrors()) == 0 {
		if checked, errs := checker.Check(parsed, source, e.checker); len(errs.GetErrors()) == 0 {
			return checked, nil
		}
	}
	slow, issues := e.cel.Compile(text)
	if issues.Err() != nil {
		return nil, issues
	}
	return slow.NativeRep(), nil
}

func (e *environment) program(checked *ast.AST) (cel.Program, error) {
	return e.cel.PlanProgram(checked, cel.EvalOptions(cel.OptOptimize))
}

func celType(kind string) *cel.Type {
	switch kind {
	case "yes_no":
		return cel.BoolType
	case "number":
		return cel.IntType
	case "choices":
		return cel.ListType(cel.StringType)
	}
	return cel.StringType
}

func (t *topic) lineOf(d *term) int { return t.facts["is."+d.name].lineOr0() }

func (f *fact) lineOr0() int {
	if f == nil {
		return 0
	}
	return f.line
}

// given is the facts of one question, ready for every condition of the topic. A fact
// that nobody gave stands there as the language's own unknown value, which names it.
type given struct {
	vars   cel.Activation
	values map[string]any
	behind map[string][]string // a term that is unknown: the facts it waits for
}

func (e *environment) prepare(t *topic, facts map[string]any, terms []*term) *given {
	g := &given{values: make(map[string]any, 2*len(t.order)+len(terms)), behind: map[string][]string{}}
	for _, name := range t.order {
		v, ok := clean(facts[name], t.facts[name])
		g.values["known."+name] = types.Bool(ok)
		if ok {
			g.values[name] = types.DefaultTypeAdapter.NativeToValue(v)
		} else {
			g.values[name] = e.unknown[name]
		}
	}
	g.vars, _ = cel.NewActivation(g.values) // a map of values is never refused
	for _, d := range terms {
		name := "is." + d.name
		switch a, missing := d.when.eval(g); a {
		case unknown:
			g.values[name] = e.unknown[name]
			g.behind[name] = missing
		default:
			g.values[name] = types.Bool(a == yes)
		}
	}
	return g
}

// clean takes a fact as given; nil, "" and what its kind cannot hold are unknown.
func clean(v any, f *fact) (any, bool) {
	switch x := v.(type) {
	case *bool:
		if x == nil {
			return nil, false
		}
		v = *x
	case *int:
		if x == nil {
			return nil, false
		}
		v = int64(*x)
	case int:
		v = int64(x)
	case float64: // a number of a worked case
		if x != float64(int64(x)) {
			return nil, false
		}
		v = int64(x)
	case []any:
		list := make([]string, 0, len(x))
		for _, item := range x {
			s, ok := item.(string)
			if !ok {
				return nil, false
			}
			list = append(list, s)
		}
		v = list
	}
	ok := false
	switch f.kind {
	case "words":
		var s string
		s, ok = v.(string)
		v = Plain(s)
		ok = ok && v != ""
	case "yes_no":
		_, ok = v.(bool)
	case "number":
		_, ok = v.(int64)
	case "choices":
		var list []string
		list, ok = v.([]string)
		ok = ok && list != nil
	default:
		var s string
		s, ok = v.(string)
		ok = ok && s != ""
	}
	return v, ok
}

func (c condition) eval(g *given) (answer, []string) {
	if c.program == nil {
		return unknown, nil
	}
	out, _, err := c.program.Eval(g.vars)
	if err != nil || out == nil {
		return unknown, nil // an error is never an answer
	}
	if u, ok := out.(*types.Unknown); ok {
		return unknown, g.missing(u)
	}
	if out == types.True {
		return yes, nil
	}
	return no, nil
}

func (g *given) missing(u *types.Unknown) []string {
	seen := map[string]bool{}
	for _, id := range u.IDs() {
		trails, _ := u.GetAttributeTrails(id)
		for _, trail := range trails {
			name := trail.Variable()
			if facts, ok := g.behind[name]; ok {
				for _, f := range facts {
					seen[f] = true
				}
				continue
			}
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// dollars writes an amount of cents as people in the US read it: $1,736.00.
func dollars(cents int) string {
	whole, rest, _ := strings.Cut(contract.Money(cents).String(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + "." + rest
}

// valueOf gives what {name} stands for in a sentence.
func valueOf(name string, f finding.Fired) string {
	if cents, ok := strings.CutSuffix(name, ":money"); ok {
		return dollars(f.Numbers[cents])
	}
	if n, ok := f.Numbers[name]; ok {
		return strconv.Itoa(n)
	}
	if w, ok := f.Words[name]; ok {
		return w
	}
	return f.Sets[name]
}
