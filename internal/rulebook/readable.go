package rulebook

import "strings"

// readable says a condition in words, for people who keep the rules: "plan.funding is
// insured and plan.situs_state is CA".
func readable(text string) string {
	all := tokensOf(text)
	ifs := map[int]int{} // where an `if` is put
	for i, k := range all {
		if k.text == "?" {
			ifs[startOf(all, i)]++
		}
	}
	var out []string
	for i := 0; i < len(all); i++ {
		for range ifs[i] {
			out = append(out, "if")
		}
		k := all[i].text
		next := func(n int) string {
			if i+n < len(all) {
				return all[i+n].text
			}
			return ""
		}
		switch {
		case k == "true" && len(all) == 1:
			return "always"
		case k == "true":
			out = append(out, "yes")
		case k == "false":
			out = append(out, "no")
		case k == "!" && strings.HasPrefix(next(1), "known."):
			out = append(out, strings.TrimPrefix(next(1), "known.")+" is not known")
			i++
		case k == "size" && next(1) == "(" && next(3) == ")":
			out = append(out, "the number of "+next(2))
			i += 3
		case (k == "icd10" || k == "says") && next(1) == "(" && next(3) == "," && next(4) == "[":
			verb := "is a code of"
			if k == "says" {
				verb = "says one of"
			}
			items, end := listFrom(all, i+4)
			out = append(out, next(2)+" "+verb+" "+strings.ReplaceAll(strings.Join(items, ", "), "-", " to "))
			if k == "says" {
				out[len(out)-1] = next(2) + " " + verb + " " + strings.Join(items, ", ")
			}
			i = end + 1 // the closing parenthesis
		case k == "in" && next(1) == "[":
			items, end := listFrom(all, i+1)
			verb := "is one of "
			if len(items) == 1 {
				verb = "is "
			}
			out = append(out, verb+strings.Join(items, ", "))
			i = end
		case strings.HasSuffix(k, ".exists") && next(1) == "(" && next(3) == ",":
			out = append(out, "some "+next(2)+" of "+strings.TrimSuffix(k, ".exists"), "(where")
			i += 3
		case strings.HasPrefix(k, "known."):
			out = append(out, strings.TrimPrefix(k, "known.")+" is known")
		case inWords[k] != "":
			out = append(out, inWords[k])
		case k[0] == '\'' || k[0] == '"':
			out = append(out, k[1:len(k)-1])
		default:
			out = append(out, k)
		}
	}
	return spaced.Replace(strings.Join(out, " "))
}

var inWords = map[string]string{
	"==": "is", "!=": "is not", ">=": "is at least", ">": "is more than", "<=": "is at most", "<": "is less than",
	"&&": "and", "||": "or", "!": "not", "?": "then", ":": "otherwise",
}

var spaced = strings.NewReplacer("( ", "(", " )", ")", " ,", ",")

// startOf finds where the question of a `a ? b : c` begins.
func startOf(all []token, question int) int {
	depth := 0
	for i := question - 1; i >= 0; i-- {
		switch all[i].text {
		case ")", "]":
			depth++
		case "(", "[":
			if depth == 0 {
				return i + 1
			}
			depth--
		case "?", ":":
			if depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// listFrom gives the items of the list that opens at a token, and where it closes.
func listFrom(all []token, open int) (items []string, end int) {
	for end = open + 1; end < len(all) && all[end].text != "]"; end++ {
		if all[end].text != "," {
			items = append(items, strings.Trim(all[end].text, `'"`))
		}
	}
	return items, end
}
