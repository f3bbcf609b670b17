package rulebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"consilium/internal/contract"
)

// The rules are kept by people who are not programmers. This file turns what a parser
// says of a slip of the pen into the line and what to write there instead.

var yamlLine = regexp.MustCompile(`line (\d+)`)

func lineIn(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

var (
	startsWithTab   = regexp.MustCompile(`^ *\t`)
	colonOutside    = regexp.MustCompile(`^\s*(?:- )?([a-z_]+): +([^"'\[{|>&#\s][^"]*:\s.*)$`)
	afterQuote      = regexp.MustCompile(`^\s*(?:- )?([a-z_]+): +('[^']*'|"[^"\\]*")\s*([^\s#,}\]].*)$`)
	curlyQuote      = regexp.MustCompile(`[“”‘’]`)
	keyAndText      = regexp.MustCompile(`^\s*(?:- )?([a-z_]+):(\S.*)$`)
	endsInsideQuote = regexp.MustCompile(`^\s*(?:- )?([a-z_]+): +"[^"]*$`)
)

// unreadable explains why a file of rules is not YAML: the slip itself where one can
// be seen near the line that the parser names, else where the lines stop lining up.
func unreadable(file string, body []byte, err error) Problem {
	at := lineIn(err)
	lines := strings.Split(string(body), "\n")
	for n, line := range lines {
		number := n + 1
		if startsWithTab.MatchString(line) {
			return Problem{file, number, "the line begins with a tab", "use spaces, as the lines around it do"}
		}
		if m := colonOutside.FindStringSubmatch(line); m != nil {
			return Problem{file, number, "the text after " + m[1] + ": has a colon in it and stands outside quotes", "put all of it in double quotes: " + m[1] + `: "` + strings.TrimSpace(m[2]) + `"`}
		}
		if m := afterQuote.FindStringSubmatch(line); m != nil {
			return Problem{file, number, "the text after " + m[1] + ": goes on behind its closing quote", "put all of it in double quotes, and use single quotes inside: " + m[1] + `: "plan.kind == 'hmo'"`}
		}
	}
	near := func(test func(string) bool) int {
		for n := max(at-3, 0); n < min(at+1, len(lines)); n++ {
			if test(lines[n]) {
				return n + 1
			}
		}
		return 0
	}
	if n := near(curlyQuote.MatchString); n > 0 {
		return Problem{file, n, "the line has curly quotes “ ” ‘ ’", `use straight quotes: " around the text, ' inside it`}
	}
	if n := near(endsInsideQuote.MatchString); n > 0 {
		return Problem{file, n, "the text has no closing quote", `end it with "`}
	}
	if n := near(func(s string) bool { return strings.Count(s, "[") > strings.Count(s, "]") }); n > 0 {
		return Problem{file, n, "the list has no closing bracket", "end it with ]"}
	}
	if n := near(func(s string) bool { return strings.Count(s, "{") > strings.Count(s, "}") }); n > 0 {
		return Problem{file, n, "the brace { is never closed", "end it with }"}
	}
	if n := near(keyAndText.MatchString); n > 0 {
		m := keyAndText.FindStringSubmatch(lines[n-1])
		return Problem{file, n, "no space stands after " + m[1] + ":", "write " + m[1] + ": " + m[2]}
	}
	if n := misaligned(lines); n > 0 {
		return Problem{file, n, "the line does not begin under the line before it", "begin it in the same column as the other parts of the rule: four spaces before `" + firstWord(lines[n-1]) + "`"}
	}
	return Problem{file, at, "the file cannot be read from this line on (" + strings.TrimPrefix(err.Error(), "yaml: ") + ")", "check that the line begins in the same column as the one above, and that its quotes are closed"}
}

var partOfRow = regexp.MustCompile(`^( +)(version|when|effect|from|until|citation|source|confidence|status|reason):`)

// misaligned finds the first part of a rule that does not stand four spaces in.
func misaligned(lines []string) int {
	for n, line := range lines {
		if m := partOfRow.FindStringSubmatch(line); m != nil && len(m[1]) != 4 {
			return n + 1
		}
	}
	return 0
}

func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}

// slip finds what people write in a condition that the language has no word for.
func slip(text string) (message, remedy string, found bool) {
	if curlyQuote.MatchString(text) {
		straight := strings.NewReplacer("“", "'", "”", "'", "‘", "'", "’", "'").Replace(text)
		return "the condition has curly quotes", "use straight single quotes: " + straight, true
	}
	all := tokensOf(text)
	for i, k := range all {
		next := ""
		if i+1 < len(all) {
			next = all[i+1].text
		}
		swap := func(with string) string { return "write " + text[:k.start] + with + text[k.end:] }
		switch strings.ToLower(k.text) {
		case "=":
			return "the condition has one = where it compares", swap("=="), true
		case "and":
			return "the condition says " + k.text, swap("&&"), true
		case "or":
			return "the condition says " + k.text, swap("||"), true
		case "not":
			return "the condition says " + k.text, "write ! before what must not hold: !plan.grandfathered", true
		case "in":
			if next != "[" && next != "" {
				return "the list after `in` has no brackets", "put square brackets around it: " + text[:k.end] + " [" + strings.TrimSpace(text[k.end:]) + "]", true
			}
		case "'", `"`:
			return "the condition has a quote that is never closed", "close it with '", true
		}
	}
	return "", "", false
}

// readJSON reads a file of a case. The problem says on which line it stops being as
// it should be.
func readJSON(files fs.FS, name string, into any, shape string) *Problem {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return &Problem{name, 0, "the file is missing", "write it with " + shape}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	if err == nil {
		return nil
	}
	p := &Problem{name, 0, "the file is not as it should be: " + err.Error(), "write it in the shape " + shape}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		before := bytes.TrimRight(body[:max(min(int(syntax.Offset)-1, len(body)), 0)], " \t\r\n")
		p.Line = 1 + bytes.Count(before, []byte("\n"))
		switch {
		case bytes.HasSuffix(before, []byte(",")):
			p.Message, p.Remedy = "a comma stands before a closing bracket", "take the last comma of the list away"
		case curlyQuote.Match(body):
			p.Line, p.Message, p.Remedy = lineOfText(body, curlyQuote.FindString(string(body))), "the file has curly quotes “ ”", `use straight quotes: "`
		case bytes.HasSuffix(before, []byte(`"`)) || bytes.HasSuffix(before, []byte("]")) || bytes.HasSuffix(before, []byte("}")):
			p.Message, p.Remedy = "something is missing after this line", "end the line with a comma if another follows, and close every bracket"
		default:
			p.Message, p.Remedy = "the file is no JSON from here on", "text goes in double quotes; yes and no are true and false; "+shape
		}
	case errors.As(err, &kind):
		p.Line = 1 + bytes.Count(body[:min(int(kind.Offset), len(body))], []byte("\n"))
		p.Message = fmt.Sprintf("%s is %s here, which it cannot be", kind.Field, kind.Value)
	case strings.Contains(err.Error(), "unknown field"):
		word := strings.Trim(err.Error()[strings.Index(err.Error(), `"`):], `"`)
		p.Line = lineOfText(body, `"`+word+`"`)
		p.Message = "there is no entry " + word
		if near := contract.Nearest(word, []string{"on", "facts", "fires", "not", "undecided", "checks", "sets", "sets_by", "numbers"}); near != "" {
			p.Remedy = "write " + near
		}
	case len(bytes.TrimSpace(body)) == 0:
		p.Message = "the file is empty"
	}
	return p
}

// lineWith finds the line of a file on which a word stands in quotes, or 0.
func lineWith(files fs.FS, name, word string) int {
	body, err := fs.ReadFile(files, name)
	if err != nil || word == "" {
		return 0
	}
	return lineOfText(body, `"`+word+`"`)
}

func lineOfText(body []byte, text string) int {
	i := bytes.Index(body, []byte(text))
	if i < 0 {
		return 0
	}
	return 1 + bytes.Count(body[:i], []byte("\n"))
}
