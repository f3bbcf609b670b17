package rulebook

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// ReleasedFile names the rows that have run, beside the topics.
const ReleasedFile = "released.txt"

const releasedHead = `# Rules that have run, and what each said then. A row that is named here is never
# edited, since answers were given with it: what changes is a new version.
# Written by ` + "`consilium rules release`" + `; nobody writes here by hand.
# topic/rule@version or topic/is.term, SHA-256 of what it says, its last day (open while none is known)
`

// Edited rows would change what was answered before. edited finds rows and terms that
// are not as they were released, or gone. A row that was open may be given an end, and
// may be retired; nothing else of it may change.
func (b *Book) edited() []Problem {
	var out []Problem
	now := b.standing()
	for _, was := range b.released() {
		p := Problem{File: ReleasedFile, Line: was.line}
		is, ok := now[was.name]
		if b.topics[was.topic()] != nil && b.topics[was.topic()].unread {
			continue
		}
		switch {
		case !ok && was.isTerm():
			p.Message, p.Remedy = was.name+" was released and is gone", "put the term back as it was; rules that have run speak of it"
		case !ok:
			p.Message, p.Remedy = was.name+" was released and is gone, or is wrong now", "put the row back as it was; a rule that ends gets until: with its last day"
		case is.hash != was.hash && was.isTerm():
			p = Problem{is.file, is.line, "term " + was.name + " has run and is edited", "put it back as it was, and write the new meaning as a term of another name for the next version of the rules that use it"}
		case is.hash != was.hash:
			p = Problem{is.file, is.line, "rule " + was.name + " has run and is edited", fmt.Sprintf("put it back as it was, add version %d of the rule, and end version %d with until:", is.version+1, is.version)}
		case was.until != "open" && is.until != was.until:
			p = Problem{is.file, is.line, "rule " + was.name + " ended on " + was.until + " when it was released, and now does not", "put until: " + was.until + " back, and add a new version for what holds afterwards"}
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}

// released is a line of released.txt.
type released struct {
	name, hash, until string
	file              string
	line, version     int
}

func (r released) topic() string { return strings.SplitN(r.name, "/", 2)[0] }
func (r released) isTerm() bool  { return strings.Contains(r.name, "/is.") }

func (b *Book) released() []released {
	body, _ := fs.ReadFile(b.files, ReleasedFile)
	var out []released
	lines := bufio.NewScanner(bytes.NewReader(body))
	for n := 1; lines.Scan(); n++ {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] != "#" {
			out = append(out, released{name: f[0], hash: f[1], until: f[2], line: n})
		}
	}
	return out
}

// standing is what every row and term says now.
func (b *Book) standing() map[string]released {
	out := map[string]released{}
	for _, t := range b.topics {
		for _, r := range t.rows {
			until := "open"
			if !r.Until.IsZero() {
				until = r.Until.String()
			}
			out[fmt.Sprintf("%s/%s@%d", t.name, r.ID, r.Version)] = released{hash: r.hash(), until: until, file: r.file, line: r.line, version: r.Version}
		}
		for _, d := range t.terms {
			out[t.name+"/is."+d.name] = released{hash: hashOf(d.when.text), until: "open", file: t.file, line: t.lineOf(d)}
		}
	}
	return out
}

// hash is over everything that the row says but its end and whether it is retired.
func (r *Row) hash() string {
	type line struct {
		When    string
		Numbers map[string]int
		Sets    map[string]string
		Words   map[string]text
	}
	var table []line
	for _, l := range r.Table {
		table = append(table, line{l.When, l.Numbers, l.Sets, l.Words})
	}
	said, _ := json.Marshal(struct {
		ID                                          string
		Version                                     int
		When, Effect                                string
		Sets                                        map[string]string
		Numbers                                     map[string]int
		Words                                       map[string]text
		Items                                       []text
		Table                                       []line
		From, Citation, Source, Confidence, Confirm string
		Reason                                      text
	}{r.ID, r.Version, r.When, r.Effect, r.Sets, r.Numbers, r.Words, r.Items, table, r.From.String(), r.Citation, r.Source, string(r.Confidence), r.Confirm, r.Reason})
	return hashOf(string(said))
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Release gives the new text of released.txt, with every row and term as it stands,
// and how many of them are new. It refuses while anything is wrong with the rules.
func Release(files fs.FS) (text string, fresh int, problems []Problem) {
	if problems := Check(files); len(problems) > 0 {
		return "", 0, problems
	}
	b, _ := Load(files)
	before := map[string]bool{}
	for _, r := range b.released() {
		before[r.name] = true
	}
	now := b.standing()
	var out strings.Builder
	out.WriteString(releasedHead)
	for _, name := range keys(now) {
		if !before[name] {
			fresh++
		}
		fmt.Fprintf(&out, "%s %s %s\n", name, now[name].hash, now[name].until)
	}
	return out.String(), fresh, nil
}
