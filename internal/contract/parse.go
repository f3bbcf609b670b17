package contract

import (
	"encoding/json"
	"errors"
	"fmt"
)

// node is parsed JSON: an object keeps the order of its keys.
type node struct {
	kind  string // object, list, text, number, bool, null
	keys  []string
	items []node
	text  string
	yes   bool
}

type parser struct {
	dec      *json.Decoder
	problems *Problems
}

func (p *parser) value(path string, depth int) (node, error) {
	if depth > MaxDepth {
		return node{}, fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	tok, err := p.dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := tok.(type) {
	case nil:
		return node{kind: "null"}, nil
	case bool:
		return node{kind: "bool", yes: t}, nil
	case json.Number:
		return node{kind: "number", text: t.String()}, nil
	case string:
		return node{kind: "text", text: t}, nil
	case json.Delim:
		if t == '[' {
			return p.list(path, depth)
		}
		return p.object(path, depth)
	}
	return node{}, errors.New("unexpected token")
}

func (p *parser) list(path string, depth int) (node, error) {
	n := node{kind: "list"}
	for p.dec.More() {
		v, err := p.value(fmt.Sprintf("%s[%d]", path, len(n.items)), depth+1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, v)
	}
	_, err := p.dec.Token()
	return n, err
}

func (p *parser) object(path string, depth int) (node, error) {
	n := node{kind: "object"}
	seen := map[string]bool{}
	for p.dec.More() {
		tok, err := p.dec.Token()
		if err != nil {
			return n, err
		}
		key, ok := tok.(string)
		if !ok {
			return n, errors.New("a key must be text in quotes")
		}
		at := join(path, key)
		if seen[key] {
			p.problems.Add(at, "given twice; keep one")
		}
		seen[key] = true
		v, err := p.value(at, depth+1)
		if err != nil {
			return n, err
		}
		n.keys = append(n.keys, key)
		n.items = append(n.items, v)
	}
	_, err := p.dec.Token()
	return n, err
}

func join(path, key string) string {
	key = shorten(key)
	if path == "" {
		return key
	}
	return path + "." + key
}

// shorten keeps a wrong value short in a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
