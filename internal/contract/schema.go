package contract

import (
	"encoding"
	"reflect"
	"strings"
	"time"
)

// Schema gives the JSON Schema (draft 2020-12) of a command: an object whose
// properties `input` and `output` describe the structs in and out (values or
// pointers; only their types matter). An input refuses other keys; an output may
// gain keys, never change them.
func Schema(command string, in, out any) map[string]any {
	s := schemer{defs: map[string]any{}, open: map[reflect.Type]bool{}}
	s.strict = true
	input := s.of(reflect.TypeOf(in), "")
	s.strict = false
	output := s.of(reflect.TypeOf(out), "")
	doc := map[string]any{
		"$schema":    "https://json-schema.org/draft/2020-12/schema",
		"title":      "consilium " + command,
		"type":       "object",
		"properties": map[string]any{"input": input, "output": output},
	}
	if len(s.defs) > 0 {
		doc["$defs"] = s.defs
	}
	return doc
}

type schemer struct {
	strict bool
	defs   map[string]any
	open   map[reflect.Type]bool // structs being described: met again, they recurse
	used   map[reflect.Type]bool
}

var textType = reflect.TypeFor[encoding.TextMarshaler]()

func (s *schemer) of(t reflect.Type, tag reflect.StructTag) map[string]any {
	nullable := false
	for t.Kind() == reflect.Pointer {
		t, nullable = t.Elem(), true
	}
	m := s.plain(t, tag)
	if doc := tag.Get("doc"); doc != "" {
		m["description"] = doc
	}
	optionalInput := s.strict && tag.Get("required") != "true" && tag != ""
	if nullable || optionalInput {
		orNull(m)
	}
	return m
}

// orNull lets a value be null as well, which means unknown.
func orNull(m map[string]any) {
	if k, ok := m["type"].(string); ok {
		m["type"] = []string{k, "null"}
		if e, ok := m["enum"].([]any); ok {
			m["enum"] = append(e, nil)
		}
		return
	}
	if ref, ok := m["$ref"]; ok {
		delete(m, "$ref")
		m["anyOf"] = []any{map[string]any{"$ref": ref}, map[string]any{"type": "null"}}
	}
}

func (s *schemer) plain(t reflect.Type, tag reflect.StructTag) map[string]any {
	switch t {
	case reflect.TypeFor[Date]():
		return map[string]any{"type": "string", "format": "date"}
	case reflect.TypeFor[Money]():
		return map[string]any{"type": "string", "pattern": `^-?(0|[1-9][0-9]*)\.[0-9]{2}$`}
	case reflect.TypeFor[Percent]():
		return map[string]any{"type": "string", "pattern": `^[0-9]{1,3}(\.[0-9]{1,2})?$`}
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	if t.Implements(textType) {
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.object(t)
	case reflect.Slice:
		m := map[string]any{"type": "array", "items": s.of(t.Elem(), itemTag(tag)+requiredItem)}
		bound(m, tag, "minItems", "maxItems")
		return m
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), requiredItem)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		m := map[string]any{"type": "integer"}
		bound(m, tag, "minimum", "maximum")
		return m
	case reflect.Float64:
		m := map[string]any{"type": "number"}
		bound(m, tag, "minimum", "maximum")
		return m
	case reflect.String:
		m := map[string]any{"type": "string"}
		if values := enumOf(t, tag); values != nil {
			list := make([]any, len(values))
			for i, v := range values {
				list[i] = v
			}
			m["enum"] = list
		}
		if p := tag.Get("pattern"); p != "" {
			m["pattern"] = p
		}
		return m
	}
	return map[string]any{}
}

// requiredItem marks an entry of a list, which may not be null.
const requiredItem = reflect.StructTag(` required:"true"`)

func (s *schemer) object(t reflect.Type) map[string]any {
	name := t.Name()
	if s.strict {
		name += "_in"
	}
	if s.open[t] {
		if s.used == nil {
			s.used = map[reflect.Type]bool{}
		}
		s.used[t] = true
		return map[string]any{"$ref": "#/$defs/" + name}
	}
	s.open[t] = true
	props, required := map[string]any{}, []string{}
	fields := fieldsOf(t)
	for _, key := range fields.keys {
		f := fields.byKey[key]
		tag := f.Tag
		if tag == "" {
			tag = reflect.StructTag(`json:"` + key + `"`)
		}
		props[key] = s.of(f.Type, tag)
		if s.requires(f.Tag) {
			required = append(required, key)
		}
	}
	delete(s.open, t)
	m := map[string]any{"type": "object", "properties": props}
	if len(required) > 0 {
		m["required"] = required
	}
	if s.strict {
		m["additionalProperties"] = false
	}
	if s.used[t] {
		copied := map[string]any{}
		for k, v := range m {
			copied[k] = v
		}
		s.defs[name] = copied
	}
	return m
}

// requires tells whether a key is always there: an input's when it is asked for,
// an output's unless it may be left out.
func (s *schemer) requires(tag reflect.StructTag) bool {
	if s.strict {
		return tag.Get("required") == "true"
	}
	_, options, _ := strings.Cut(tag.Get("json"), ",")
	return !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
}

func bound(m map[string]any, tag reflect.StructTag, low, high string) {
	if v, ok := number(tag.Get("min")); ok {
		m[low] = v
	}
	if v, ok := number(tag.Get("max")); ok {
		m[high] = v
	}
}
