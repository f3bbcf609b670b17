package contract

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"consilium/internal/fault"
)

// Limits of an input. Commands and pages give far less.
const (
	MaxBytes  = 4 << 20 // of the whole input
	MaxDepth  = 24      // objects and lists inside one another
	MaxText   = 64 << 10
	MaxFaults = 50 // reported at once
)

// Problem is one thing wrong with one field of an input.
type Problem struct {
	Field   string // where, such as plan.kind or opinions[1].date; empty for the whole
	Message string // what is wrong and what to write instead, in English
}

// String is the line that a command prints: "plan.kind: unknown value ...".
func (p Problem) String() string {
	if p.Field == "" {
		return "input: " + p.Message
	}
	return p.Field + ": " + p.Message
}

// Problems is every fault of an input. Its error text has one line for each.
type Problems []Problem

// Error gives one line per fault.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the same faults as the product's own kind of error: each is Invalid
// and on its field, so that a page can mark it. They carry no value from the input.
func (ps Problems) Unwrap() []error {
	out := make([]error, len(ps))
	for i, p := range ps {
		out[i] = fault.New(fault.Invalid, "fault.invalid").On(p.Field)
	}
	return out
}

// OrNil gives nil where there is no fault.
func (ps Problems) OrNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add notes a fault of a field; a check after Decode uses it too.
func (ps *Problems) Add(field, format string, args ...any) {
	if len(*ps) < MaxFaults {
		*ps = append(*ps, Problem{field, fmt.Sprintf(format, args...)})
	}
}

// Decode reads one JSON object into a struct and checks it against the struct's
// tags. The error is of type Problems and names every wrong field at once: unknown
// and repeated keys, values of the wrong kind, values outside an enum or a range.
func Decode(r io.Reader, into any) error {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Problems{{"", "cannot be read"}}
	}
	if len(b) > MaxBytes {
		return Problems{{"", fmt.Sprintf("larger than %d bytes", MaxBytes)}}
	}
	if !utf8.Valid(b) {
		return Problems{{"", "not valid UTF-8 text"}}
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return Problems{{"", "empty; give a JSON object, {} at least"}}
	}
	var ps Problems
	p := parser{dec: json.NewDecoder(bytes.NewReader(b)), problems: &ps}
	p.dec.UseNumber()
	tree, err := p.value("", 0)
	if err == nil {
		if _, e := p.dec.Token(); e != io.EOF {
			err = errors.New("more text follows the JSON object")
		}
	}
	if err != nil {
		msg := err.Error()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			msg = "the JSON ends too early"
		}
		line := 1 + bytes.Count(b[:min(len(b), int(p.dec.InputOffset()))], []byte("\n"))
		ps.Add("", "not JSON (line %d): %s", line, msg)
		return ps
	}
	assign(tree, reflect.ValueOf(into).Elem(), place{}, &ps)
	return ps.OrNil()
}

// place is where a value goes: its path and the tags of the field it fills.
type place struct {
	path string
	tag  reflect.StructTag
}

func assign(n node, v reflect.Value, at place, ps *Problems) {
	if n.kind == "null" {
		if at.tag.Get("required") == "true" {
			ps.Add(at.path, "required")
		}
		return
	}
	if v.Kind() == reflect.Pointer {
		fresh := reflect.New(v.Type().Elem())
		before := len(*ps)
		assign(n, fresh.Elem(), at, ps)
		if len(*ps) == before {
			v.Set(fresh)
		}
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if want(n, "text", at, ps) {
			if err := u.UnmarshalText([]byte(n.text)); err != nil {
				ps.Add(at.path, "%q: %s", shorten(n.text), err)
				return
			}
			inRange(v, at, ps)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if want(n, "object", at, ps) {
			assignStruct(n, v, at, ps)
		}
	case reflect.Slice:
		assignList(n, v, at, ps)
	case reflect.String:
		if want(n, "text", at, ps) && allowed(n.text, v.Type(), at, ps) {
			v.SetString(n.text)
		}
	case reflect.Bool:
		if want(n, "bool", at, ps) {
			v.SetBool(n.yes)
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		if want(n, "number", at, ps) {
			i, err := strconv.ParseInt(n.text, 10, v.Type().Bits())
			if err != nil {
				ps.Add(at.path, "%s is not a whole number", shorten(n.text))
				return
			}
			v.SetInt(i)
			inRange(v, at, ps)
		}
	case reflect.Float64:
		if want(n, "number", at, ps) {
			f, err := strconv.ParseFloat(n.text, 64)
			if err != nil {
				ps.Add(at.path, "%s is not a number", shorten(n.text))
				return
			}
			v.SetFloat(f)
			inRange(v, at, ps)
		}
	default:
		ps.Add(at.path, "cannot be given here")
	}
}

func assignStruct(n node, v reflect.Value, at place, ps *Problems) {
	fields := fieldsOf(v.Type())
	given := map[string]bool{}
	for i, key := range n.keys {
		f, ok := fields.byKey[key]
		if !ok {
			hint := ""
			if near := Nearest(key, fields.keys); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			ps.Add(join(at.path, key), "unknown field%s known fields: %s", orSemicolon(hint), strings.Join(fields.keys, ", "))
			continue
		}
		given[key] = true
		assign(n.items[i], v.FieldByIndex(f.Index), place{join(at.path, key), f.Tag}, ps)
	}
	for _, key := range fields.keys {
		if fields.byKey[key].Tag.Get("required") == "true" && !given[key] {
			ps.Add(join(at.path, key), "required")
		}
	}
}

func orSemicolon(hint string) string {
	if hint == "" {
		return ";"
	}
	return hint
}

func assignList(n node, v reflect.Value, at place, ps *Problems) {
	if !want(n, "list", at, ps) {
		return
	}
	if lo, ok := number(at.tag.Get("min")); ok && float64(len(n.items)) < lo {
		ps.Add(at.path, "needs at least %s entries", at.tag.Get("min"))
	}
	if hi, ok := number(at.tag.Get("max")); ok && float64(len(n.items)) > hi {
		ps.Add(at.path, "takes at most %s entries", at.tag.Get("max"))
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		where := place{fmt.Sprintf("%s[%d]", at.path, i), itemTag(at.tag)}
		if item.kind == "null" {
			ps.Add(where.path, "null cannot stand in a list")
			continue
		}
		assign(item, list.Index(i), where, ps)
	}
	v.Set(list)
}

// itemTag is what a list's tags say of each entry: its values and form, but not
// the list's own length.
func itemTag(tag reflect.StructTag) reflect.StructTag {
	s := ""
	for _, k := range []string{"enum", "pattern", "form"} {
		if val, ok := tag.Lookup(k); ok {
			s += k + ":" + strconv.Quote(val) + " "
		}
	}
	return reflect.StructTag(s)
}

var words = map[string]string{"object": "an object {...}", "list": "a list [...]", "text": "text in quotes", "number": "a number without quotes", "bool": "true or false", "null": "null"}

func want(n node, kind string, at place, ps *Problems) bool {
	if n.kind == kind {
		return true
	}
	ps.Add(at.path, "must be %s, not %s", words[kind], words[n.kind])
	return false
}

var patterns sync.Map

func allowed(s string, t reflect.Type, at place, ps *Problems) bool {
	if len(s) > MaxText {
		ps.Add(at.path, "longer than %d bytes", MaxText)
		return false
	}
	if values := enumOf(t, at.tag); values != nil {
		for _, v := range values {
			if s == v {
				return true
			}
		}
		hint := ""
		if near := Nearest(s, values); near != "" {
			hint = fmt.Sprintf(" (did you mean %s?)", near)
		}
		ps.Add(at.path, "unknown value %q; one of %s%s", shorten(s), strings.Join(values, ", "), hint)
		return false
	}
	if form := at.tag.Get("pattern"); form != "" && s != "" {
		re, ok := patterns.Load(form)
		if !ok {
			re, _ = patterns.LoadOrStore(form, regexp.MustCompile(form))
		}
		if !re.(*regexp.Regexp).MatchString(s) {
			say := at.tag.Get("form")
			if say == "" {
				say = "must look like " + form
			}
			ps.Add(at.path, "%q is not allowed here; %s", shorten(s), say)
			return false
		}
	}
	return true
}

// Enumerated is a named string type that knows its own values.
type Enumerated interface{ Values() []string }

func enumOf(t reflect.Type, tag reflect.StructTag) []string {
	if list := tag.Get("enum"); list != "" {
		return strings.Split(list, ",")
	}
	if e, ok := reflect.Zero(t).Interface().(Enumerated); ok {
		return e.Values()
	}
	return nil
}

func inRange(v reflect.Value, at place, ps *Problems) {
	x := 0.0
	switch v.Kind() {
	case reflect.Int, reflect.Int64, reflect.Int32:
		x = float64(v.Int())
	case reflect.Float64:
		x = v.Float()
	default:
		return
	}
	unit := 1.0 // money is held in cents, percentages in hundredths: tags speak of whole ones
	switch v.Interface().(type) {
	case Money, Percent:
		unit = 100
	}
	if lo, ok := number(at.tag.Get("min")); ok && x < lo*unit {
		ps.Add(at.path, "must not be less than %s", at.tag.Get("min"))
	}
	if hi, ok := number(at.tag.Get("max")); ok && x > hi*unit {
		ps.Add(at.path, "must not be more than %s", at.tag.Get("max"))
	}
}

func number(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

type fieldSet struct {
	keys  []string
	byKey map[string]reflect.StructField
}

var fieldSets sync.Map

func fieldsOf(t reflect.Type) fieldSet {
	if fs, ok := fieldSets.Load(t); ok {
		return fs.(fieldSet)
	}
	fs := fieldSet{byKey: map[string]reflect.StructField{}}
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && key == "" || !f.IsExported() || key == "-" {
			continue
		}
		if key == "" {
			key = f.Name
		}
		fs.keys = append(fs.keys, key)
		fs.byKey[key] = f
	}
	fieldSets.Store(t, fs)
	return fs
}

// Validate checks a struct that was filled by hand, such as from a form, exactly as
// Decode would check its JSON.
func Validate(in any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return Problems{{"", "cannot be written as JSON"}}
	}
	t := reflect.TypeOf(in)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return Decode(bytes.NewReader(b), reflect.New(t).Interface())
}
