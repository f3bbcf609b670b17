package rulebook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A wrong row must not pass its cases. To prove that they would notice, each number
// and each operator of a row is made wrong in turn. This file makes conditions wrong;
// mutation.go asks the cases.

// mutant is a condition with one thing changed.
type mutant struct {
	text   string // the changed condition
	change string // what was changed, for people: ">= became >"
	hint   string // what a case that notices looks like; may be empty
}

// token is one piece of a condition: a text in quotes, a name, a number or a sign.
type token struct {
	text       string
	start, end int
}

var tokens = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_.]*|[0-9]+|==|!=|<=|>=|&&|\|\||[^\s]`)

func tokensOf(text string) []token {
	var out []token
	for _, at := range tokens.FindAllStringIndex(text, -1) {
		out = append(out, token{text[at[0]:at[1]], at[0], at[1]})
	}
	return out
}

// swaps are the operators and what each is taken for by mistake.
var swaps = map[string]string{
	"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
	"&&": "||", "||": "&&", "true": "false", "false": "true", "+": "-", "-": "+", "*": "/", "/": "*",
}

// mutants gives every wrong form of a condition. yesNo tells whether a name is a
// fact of yes or no.
//
// The phrases of says(...) are left as they are: they are a vocabulary, and a phrase
// is neither a number nor an operator.
func mutants(text string, yesNo func(string) bool) []mutant {
	var out []mutant
	all := tokensOf(text)
	put := func(from, to int, with, change, hint string) {
		out = append(out, mutant{text[:from] + with + text[to:], change, hint})
	}
	for i, k := range all {
		switch {
		case k.text[0] >= '0' && k.text[0] <= '9':
			n, err := strconv.Atoi(k.text)
			if err != nil {
				continue
			}
			for _, wrong := range []int{n + 1, n - 1} {
				put(k.start, k.end, strconv.Itoa(wrong), fmt.Sprintf("%d became %d", n, wrong), fmt.Sprintf("where the fact compared is exactly at the limit (%d or its neighbour)", n))
			}
		case k.text == "!":
			put(k.start, k.end, "", "! was dropped", "")
		case k.text == "[":
			out = append(out, listMutants(text, all, i)...)
		case swaps[k.text] != "":
			put(k.start, k.end, swaps[k.text], k.text+" became "+swaps[k.text], operatorHint(k.text))
		case yesNo(k.text) && !(i > 0 && all[i-1].text == "!"):
			put(k.start, k.start, "!", k.text+" was turned into its opposite", "")
		case strings.HasSuffix(k.text, ".exists"):
			put(k.start, k.end, strings.TrimSuffix(k.text, "exists")+"all", "exists became all", "where the list has one value that counts and one that does not")
		}
	}
	return out
}

func operatorHint(op string) string {
	switch op {
	case "<", "<=", ">", ">=":
		return "where the fact compared is exactly at the limit"
	case "&&":
		return "where one side of && holds and the other does not, with the rule in not"
	case "||":
		return "where only one side of || holds, with the rule in fires"
	}
	return ""
}

// listMutants makes a list of a condition wrong: the list that starts at all[open].
func listMutants(text string, all []token, open int) []mutant {
	end := open
	for end < len(all) && all[end].text != "]" {
		end++
	}
	if end == len(all) {
		return nil
	}
	var items []token
	for _, k := range all[open+1 : end] {
		if k.text != "," {
			items = append(items, k)
		}
	}
	with := func(list []string) string {
		return text[:all[open].end] + strings.Join(list, ", ") + text[all[end].start:]
	}
	plain := make([]string, len(items))
	for i, k := range items {
		plain[i] = k.text
	}
	var out []mutant
	function := callOf(all, open)
	for i, item := range plain {
		if function == "says" {
			break
		}
		if function == "icd10" && strings.Contains(item, "-") {
			for _, wrong := range movedRange(strings.Trim(item, `'"`)) {
				list := slices.Clone(plain)
				list[i] = "'" + wrong.text + "'"
				out = append(out, mutant{with(list), wrong.change, wrong.hint})
			}
			continue
		}
		less := slices.Delete(slices.Clone(plain), i, i+1)
		if len(less) == 0 {
			less = []string{"'?'"}
			if item[0] >= '0' && item[0] <= '9' {
				continue // the number itself is changed elsewhere
			}
		}
		out = append(out, mutant{with(less), item + " was taken out of the list", "where the value is " + item})
	}
	return out
}

// callOf names the function that a list is given to, or "" for a list after `in`.
func callOf(all []token, open int) string {
	if open == 0 || all[open-1].text != "," {
		return ""
	}
	depth := 0
	for i := open - 1; i > 0; i-- {
		switch all[i].text {
		case ")":
			depth++
		case "(":
			if depth == 0 {
				return all[i-1].text
			}
			depth--
		}
	}
	return ""
}

// movedRange moves each end of a range of codes by one, both ways. An end that has
// no neighbour under the same letter (C00 downwards) stays.
func movedRange(item string) []mutant {
	low, high, _ := strings.Cut(item, "-")
	var out []mutant
	move := func(wrong, needed, verdict string) {
		out = append(out, mutant{wrong, "range " + item + " became " + wrong, fmt.Sprintf("with the code %s and the rule in %s", needed, verdict)})
	}
	if up, ok := nextCode(low, 1); ok {
		move(up+"-"+high, low, "fires")
	}
	if down, ok := nextCode(low, -1); ok {
		move(down+"-"+high, down, "not")
	}
	if up, ok := nextCode(high, 1); ok {
		move(low+"-"+up, up, "not")
	}
	if down, ok := nextCode(high, -1); ok {
		move(low+"-"+down, high, "fires")
	}
	return out
}

// nextCode gives the code beside one, by its last digits.
func nextCode(code string, by int) (string, bool) {
	digits := len(code)
	for digits > 0 && code[digits-1] >= '0' && code[digits-1] <= '9' {
		digits--
	}
	n, err := strconv.Atoi(code[digits:])
	if err != nil || n+by < 0 || len(strconv.Itoa(n+by)) > len(code)-digits {
		return "", false
	}
	return fmt.Sprintf("%s%0*d", code[:digits], len(code)-digits, n+by), true
}
