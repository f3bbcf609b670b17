package program

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"consilium/internal/journey"
	"consilium/internal/web"
)

// A date on the overview is said by its key and leads to its page: a key without
// words would be shown as a key, and a page that is not there as no link at all.
func TestEveryDateThatAnActionSetsHasItsWordsAndItsPage(t *testing.T) {
	words, err := Words()
	if err != nil {
		t.Fatal(err)
	}
	built := map[string]web.Page{}
	for _, s := range Steps() {
		for _, p := range s.Pages {
			built[p.ID] = p
		}
	}
	files, err := filepath.Glob("../../../internal/actions/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files of actions, %v", len(files), err)
	}
	key := regexp.MustCompile(`^due\.[a-z_]+$`)
	keys, pages := 0, 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, _ := strconv.Unquote(l.Value); key.MatchString(s) {
					keys++
					for _, lang := range []string{"en", "es"} {
						if !words.In(lang).Has(s) {
							t.Errorf("%s: %s has no words in %s", set.Position(l.Pos()), s, lang)
						}
					}
				}
			}
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			sel, ok := lit.Type.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Due" {
				return true
			}
			page, item := "", false
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				switch name := kv.Key.(*ast.Ident).Name; name {
				case "Item":
					item = true
				case "Page":
					if l, ok := kv.Value.(*ast.BasicLit); ok {
						page, _ = strconv.Unquote(l.Value)
					}
				}
			}
			if page == "" {
				return true
			}
			pages++
			if _, _, ok := journey.PageOf(page); !ok {
				t.Errorf("%s: %s is not on the map", set.Position(lit.Pos()), page)
			} else if p := built[page]; (p.Item != "") != item {
				t.Errorf("%s: the address of %s takes %q, and the date gives an item: %v", set.Position(lit.Pos()), page, p.Item, item)
			}
			return true
		})
	}
	if keys < 3 || pages < 3 {
		t.Errorf("only %d keys and %d pages were found", keys, pages)
	}
}
