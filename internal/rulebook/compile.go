package rulebook

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"consilium/internal/contract"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// compile makes every condition of the topic ready, once.
func (t *topic) compile() []Problem {
	t.once.Do(func() {
		env, err := newEnvironment(t)
		if err != nil {
			t.problems = append(t.problems, Problem{t.file, 0, "the facts cannot be declared: " + err.Error(), "name facts with letters, digits, _ and dots"})
			return
		}
		t.env = env
		var all []*unready
		for i, d := range t.terms {
			all = append(all, &unready{c: &d.when, line: t.lineOf(d), later: t.terms[i:]})
		}
		for _, r := range t.rows {
			all = append(all, &unready{c: &r.cond, line: r.at("when")})
			for i := range r.Table {
				all = append(all, &unready{c: &r.Table[i].cond, line: r.at(fmt.Sprintf("table/%d/when", i))})
			}
		}
		var alone []*unready
		first := map[string]*unready{} // rows that ask the same share one program
		for _, u := range all {
			if first[u.c.text] == nil || u.later != nil {
				first[u.c.text] = u
				alone = append(alone, u)
			}
		}
		eachAtOnce(alone, t.ready)
		for _, u := range all {
			like := first[u.c.text]
			if u.later != nil {
				like = u
			}
			u.c.program = like.c.program
			for _, p := range like.problems {
				p.Line = u.line
				t.problems = append(t.problems, p)
			}
		}
	})
	return t.problems
}

// unready is a condition before it is compiled, and then what was wrong with it.
type unready struct {
	c        *condition
	line     int
	later    []*term // terms that a term cannot speak of: itself and those after it
	problems []Problem
}

// eachAtOnce does the same to every item, on every processor.
func eachAtOnce[T any](items []T, do func(T)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range min(len(items), runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(items)); i = next.Add(1) - 1 {
				do(items[i])
			}
		})
	}
	wait.Wait()
}

func (t *topic) ready(u *unready) {
	text := u.c.text
	say := func(message, remedy string) {
		u.problems = append(u.problems, Problem{t.file, u.line, message, remedy})
	}
	if text == "" {
		return
	}
	checked, issues := t.env.understand(text)
	if issues != nil {
		u.problems = append(u.problems, t.explain(text, issues, t.file, u.line))
		return
	}
	if gives := checked.GetType(checked.Expr().ID()); gives != cel.BoolType {
		say("the condition gives "+gives.String()+", not yes or no", "compare it with something, such as plan.kind == 'hmo'")
		return
	}
	if bad := t.wrongChoices(checked); len(bad) > 0 {
		for _, p := range bad {
			say(p.Message, p.Remedy)
		}
		return
	}
	for _, d := range u.later {
		if speaksOf(text, "is."+d.name) {
			say("the term speaks of is."+d.name+", which is not there yet", "write the term "+d.name+" further up")
			return
		}
	}
	program, err := t.env.program(checked)
	if err != nil {
		say("the condition cannot be run: "+err.Error(), "write it more simply")
		return
	}
	u.c.program = program
}

// speaksOf tells whether a condition names a fact or term.
func speaksOf(text, name string) bool {
	return strings.Contains(text, name) && slices.ContainsFunc(tokensOf(text), func(k token) bool { return k.text == name || strings.HasPrefix(k.text, name+".") })
}

// explain turns the compiler's words into what to write instead.
func (t *topic) explain(text string, issues *cel.Issues, file string, line int) Problem {
	if message, remedy, ok := slip(text); ok {
		return Problem{file, line, message, remedy}
	}
	e := issues.Errors()[0]
	msg := e.Message
	if name, ok := strings.CutPrefix(msg, "undeclared reference to '"); ok {
		name, _, _ = strings.Cut(name, "'")
		full := wordAround(text, e.Location.Column(), name)
		remedy := "write one of the facts declared at the top of the file, or declare it there"
		if near := contract.Nearest(full, t.env.names); near != "" {
			remedy = "write " + near
		}
		return Problem{file, line, fmt.Sprintf("the condition speaks of %s, which is no declared fact", full), remedy}
	}
	return Problem{file, line, fmt.Sprintf("the condition cannot be understood at character %d: %s", e.Location.Column()+1, msg), "compare with ==, !=, in; join with &&, ||, !; put text in single quotes"}
}

// wordAround gives the whole dotted name that stands in the text around a column.
func wordAround(text string, column int, name string) string {
	part := func(c byte) bool {
		return c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	if column >= len(text) {
		return name
	}
	start, end := column, column
	for start > 0 && part(text[start-1]) {
		start--
	}
	for end < len(text) && part(text[end]) {
		end++
	}
	if s := text[start:end]; strings.Contains(s, name) {
		return s
	}
	return name
}

// wrongChoices finds values that a choice can never have: plan.kind == 'hmoo'.
func (t *topic) wrongChoices(a *ast.AST) []Problem {
	var out []Problem
	check := func(name, value string) {
		f := t.facts[name]
		if f == nil || f.of == nil || slices.Contains(f.of, value) {
			return
		}
		remedy := "write one of " + strings.Join(f.of, ", ")
		if near := nearest(value, f.of); near != "" {
			remedy = "write '" + near + "'"
		}
		out = append(out, Problem{Message: fmt.Sprintf("%s is never '%s'", name, value), Remedy: remedy})
	}
	ast.PreOrderVisit(ast.NavigateAST(a), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		args := call.Args()
		if len(args) != 2 {
			return
		}
		switch call.FunctionName() {
		case operators.Equals, operators.NotEquals, operators.In:
			for i, side := range args {
				if name := nameOf(a, side); name != "" {
					for _, value := range textsOf(args[1-i]) {
						check(name, value)
					}
				}
			}
		}
	}))
	return out
}

// nearest is contract.Nearest, where large and small letters do not count.
func nearest(word string, known []string) string {
	for _, k := range known {
		if strings.EqualFold(k, word) {
			return k
		}
	}
	if len(word) < 3 {
		return "" // every code of two letters is near another
	}
	return contract.Nearest(word, known)
}

func nameOf(a *ast.AST, e ast.Expr) string {
	if ref, ok := a.ReferenceMap()[e.ID()]; ok && ref.Name != "" {
		return ref.Name
	}
	return ""
}

func textsOf(e ast.Expr) []string {
	switch e.Kind() {
	case ast.LiteralKind:
		if s, ok := e.AsLiteral().Value().(string); ok {
			return []string{s}
		}
	case ast.ListKind:
		var out []string
		for _, item := range e.AsList().Elements() {
			out = append(out, textsOf(item)...)
		}
		return out
	}
	return nil
}
