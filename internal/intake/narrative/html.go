package narrative

import (
	"html"
	"strings"

	"consilium/internal/clinical"
)

// kinds are the elements of HTML that mean something here. What is not listed is
// taken for the words in it.
var kinds = map[string]clinical.MarkKind{
	"h1": clinical.MarkTitle, "h2": clinical.MarkTitle, "h3": clinical.MarkSubtitle, "h4": clinical.MarkSubtitle, "h5": clinical.MarkSubtitle, "h6": clinical.MarkSubtitle,
	"p": clinical.MarkParagraph, "div": clinical.MarkParagraph, "section": clinical.MarkParagraph, "article": clinical.MarkParagraph, "header": clinical.MarkParagraph,
	"footer": clinical.MarkParagraph, "main": clinical.MarkParagraph, "blockquote": clinical.MarkParagraph, "address": clinical.MarkParagraph, "pre": clinical.MarkParagraph,
	"dl": clinical.MarkParagraph, "dt": clinical.MarkParagraph, "dd": clinical.MarkParagraph, "form": clinical.MarkParagraph, "title": clinical.MarkParagraph,
	"ul": clinical.MarkList, "ol": clinical.MarkNumbered, "li": clinical.MarkItem,
	"table": clinical.MarkTable, "caption": clinical.MarkCaption, "tr": clinical.MarkRow, "th": clinical.MarkHeadCell, "td": clinical.MarkCell,
	"b": clinical.MarkStrong, "strong": clinical.MarkStrong, "i": clinical.MarkEmphasis, "em": clinical.MarkEmphasis,
}

// unspoken are the elements whose content is no words for a reader.
var unspoken = map[string]bool{
	"script": true, "style": true, "iframe": true, "noscript": true, "noembed": true, "noframes": true, "object": true, "template": true, "xmp": true,
}

// HTML adds what a web page, or a piece of one, says. However it is written, no
// more is understood of it than names of elements and words.
func HTML(b *Builder, s string) {
	s = strings.ToValidUTF8(s, "")
	open := map[string]bool{} // unspoken elements that nothing ends any more
	for s != "" && !b.Full() {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.Say(html.UnescapeString(s))
			return
		}
		b.Say(html.UnescapeString(s[:i]))
		if s = s[i:]; s == "" {
			return
		}
		s = tag(b, s, open)
	}
}

// tag reads one tag at the beginning of s and gives what comes behind it.
func tag(b *Builder, s string, open map[string]bool) string {
	switch {
	case strings.HasPrefix(s, "<!--"):
		return behind(s[4:], "-->")
	case strings.HasPrefix(s, "<![CDATA["):
		words, rest, _ := strings.Cut(s[9:], "]]>")
		b.Say(words)
		return rest
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		return behind(s[2:], ">")
	}
	closing := strings.HasPrefix(s, "</")
	from := 1
	if closing {
		from = 2
	}
	end := from
	for end < len(s) && (letter(s[end]) || end > from && (s[end] >= '0' && s[end] <= '9' || s[end] == ':' || s[end] == '-')) {
		end++
	}
	if end == from {
		b.Say("<")
		return s[1:]
	}
	name := strings.ToLower(s[from:end])
	if i := strings.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	rest, empty := attributes(s[end:])
	switch {
	case closing:
		closed(b, name)
	case unspoken[name]:
		if empty || open[name] {
			break
		}
		if i := ending(rest, name); i >= 0 {
			return behind(rest[i:], ">")
		}
		open[name] = true
	case name == "br" || name == "hr":
		b.Line()
	default:
		opened(b, name, empty)
	}
	return rest
}

func opened(b *Builder, name string, empty bool) {
	kind, ok := kinds[name]
	if !ok {
		return
	}
	switch name { // those that end the one before
	case "li":
		if b.Within("li", "ul", "ol") {
			b.Close("li")
		}
	case "td", "th", "tr":
		for _, before := range []string{"td", "th", "tr"} {
			if (name == "tr" || before != "tr") && b.Within(before, "table") {
				b.Close(before)
			}
		}
		if name != "tr" && !b.Within("tr", "table") {
			b.Open("tr", clinical.MarkRow)
		}
	case "p":
		if b.Within("p", "td", "th", "li", "div") {
			b.Close("p")
		}
	}
	b.Open(name, kind)
	if empty {
		b.Close(name)
	}
}

func closed(b *Builder, name string) {
	if _, ok := kinds[name]; ok {
		b.Close(name)
	}
}

// attributes passes over them, and gives what is behind the tag and whether it ends
// itself.
func attributes(s string) (rest string, empty bool) {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && strings.HasSuffix(strings.TrimRight(s[max(0, i-8):i], " \t\r\n"), "="):
			quote = c
		case c == '>':
			return s[i+1:], i > 0 && s[i-1] == '/'
		}
	}
	return "", false
}

// ending gives where the end tag of an element begins, or -1.
func ending(s, name string) int {
	for at := 0; ; {
		i := strings.Index(s[at:], "</")
		if i < 0 {
			return -1
		}
		at += i + 2
		if len(s)-at >= len(name) && strings.EqualFold(s[at:at+len(name)], name) {
			return at - 2
		}
	}
}

func behind(s, end string) string {
	if i := strings.Index(s, end); i >= 0 {
		return s[i+len(end):]
	}
	return ""
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
