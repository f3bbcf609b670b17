package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// room is a package of ours, read from its files.
type room struct {
	dir     string // from the root: "internal/need"
	doc     bool
	imports map[string]string // import path -> file that has it
	files   []*ast.File
	set     *token.FileSet
}

// rooms reads every package of the module but its tests.
func rooms(t *testing.T) map[string]*room {
	t.Helper()
	all := map[string]*room{}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == ".git" || name == "node_modules" || name == "testdata" || name == "tools" || name == "data") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, filepath.Dir(p))
		rel = filepath.ToSlash(rel)
		r := all[rel]
		if r == nil {
			r = &room{dir: rel, imports: map[string]string{}, set: set}
			all[rel] = r
		}
		r.files = append(r.files, f)
		if f.Doc != nil && !strings.HasSuffix(name, "_templ.go") {
			r.doc = true
		}
		for _, i := range f.Imports {
			ip, _ := strconv.Unquote(i.Path.Value)
			r.imports[ip] = name
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d rooms were found: the walk is broken", len(all))
	}
	return all
}

// rank places a room. Rooms that nobody placed fail the test: a new room says
// where it stands.
func rank(dir string) (int, bool) {
	under := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if dir == p || strings.HasPrefix(dir, p+"/") {
				return true
			}
		}
		return false
	}
	switch {
	case under("cmd"):
		return 6, true
	case under("internal/web/patient", "internal/web/reviewer", "internal/web/desk", "internal/web/admin"):
		return 5, true
	case under("internal/web/text", "internal/web/ui"):
		return 3, true
	case under("internal/web/webtest", "internal/web/browsertest", "internal/demo", "e2e", "bench"):
		return 6, true // tests and the demo start the whole house, as cmd does
	case dir == "internal/web", under("internal/api", "internal/queue"):
		return 4, true
	case under("internal/intake", "internal/directory", "internal/storage", "internal/vault", "internal/seal", "internal/paper", "internal/portal", "internal/packet", "internal/notify"):
		return 3, true
	case under("internal/actions"):
		return 2, true
	case under("internal/rulebook", "internal/journey"):
		return 1, true
	case under("rules", "people"):
		return 0, true // data, embedded
	case under("internal/fault", "internal/finding", "internal/contract", "internal/consent", "internal/casefile", "internal/clinical", "internal/auditlog",
		"internal/deadline", "internal/need", "internal/coverage", "internal/estimate", "internal/appeal", "internal/expert", "internal/records", "internal/questions", "internal/opinion", "internal/letters"):
		return 0, true
	case dir == "internal/house":
		return 0, true
	}
	return 0, false
}

// family is the adapter or step that a room belongs to: members of one family may
// import each other, those of two may not.
func family(dir string) string {
	parts := strings.Split(dir, "/")
	n := 2
	if strings.HasPrefix(dir, "internal/web/") {
		n = 3
		if strings.HasPrefix(dir, "internal/web/patient/") {
			n = 4
		}
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

func TestEveryArrowPointsDown(t *testing.T) {
	all := rooms(t)
	for dir, r := range all {
		from, ok := rank(dir)
		if !ok {
			t.Errorf("%s has no rank: say in internal/house where it stands", dir)
			continue
		}
		for ip, file := range r.imports {
			to, ours := strings.CutPrefix(ip, "consilium/")
			if !ours {
				continue
			}
			below, ok := rank(to)
			switch {
			case !ok:
				t.Errorf("%s/%s imports %s, which has no rank", dir, file, to)
			case family(to) == family(dir):
			case below > from:
				t.Errorf("%s/%s (rank %d) imports %s (rank %d): arrows point down", dir, file, from, to, below)
			case below == from && (from == 3 || from == 5):
				t.Errorf("%s/%s imports %s: adapters do not know each other, nor do steps", dir, file, to)
			case (from == 4 || from == 5) && below == 3 && !strings.HasPrefix(to, "internal/web/"):
				t.Errorf("%s/%s imports the adapter %s: only cmd wires adapters", dir, file, to)
			}
		}
	}
}

// standard packages that reach outside, and so are not for the core.
var outside = []string{"database/sql", "net", "net/http", "os", "os/exec", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}

func TestTheCoreReachesNothingOutside(t *testing.T) {
	for dir, r := range rooms(t) {
		if n, ok := rank(dir); !ok || n > 1 || dir == "people" || strings.HasPrefix(dir, "rules") {
			continue
		}
		for _, p := range outside {
			if file, has := r.imports[p]; has {
				t.Errorf("%s/%s imports %s: what the core needs of the outside is passed in", dir, file, p)
			}
		}
		for _, f := range r.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && s.Sel.Name == "Now" {
						t.Errorf("%s calls time.Now: time is passed in", r.set.Position(s.Pos()))
					}
				}
				return true
			})
		}
	}
}

func TestEveryRoomSaysWhatItIsFor(t *testing.T) {
	for dir, r := range rooms(t) {
		if !r.doc {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestNoRoomIsNamedForATechnique(t *testing.T) {
	for dir := range rooms(t) {
		if slices.Contains([]string{"models", "utils", "util", "common", "helpers", "shared", "types", "base", "lib"}, path.Base(dir)) {
			t.Errorf("%s is named for a technique: name it for what it does for a patient", dir)
		}
	}
}

func TestSettingsAreReadOnlyInCmd(t *testing.T) {
	for dir, r := range rooms(t) {
		if n, _ := rank(dir); n == 6 || strings.HasSuffix(dir, "test") {
			continue // rooms that only tests use may ask whether this is CI
		}
		for _, f := range r.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && (s.Sel.Name == "Getenv" || s.Sel.Name == "LookupEnv" || s.Sel.Name == "Args") {
						t.Errorf("%s reads the environment: settings come in from cmd", r.set.Position(s.Pos()))
					}
				}
				return true
			})
		}
	}
}
