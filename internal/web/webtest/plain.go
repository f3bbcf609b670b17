package webtest

import (
	"html"
	"regexp"
	"strings"

	"consilium/internal/web/text/grade"
)

var (
	inline   = regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	outside  = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//[^"]*"`)
	unsaid   = regexp.MustCompile(`⟦[^⟧]*⟧`)
	ids      = regexp.MustCompile(`\sid="([^"]*)"`)
	mainPart = regexp.MustCompile(`(?s)<main[^>]*>(.*)</main>`)
	blocks   = regexp.MustCompile(`</(?:p|h[1-6]|li|label|legend|button|option|a|dt|dd|div|section|th|td)>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
	doubled  = regexp.MustCompile(`([.:?!])\s*\.`)
)

// MostGrade is the highest reading grade that a page may have.
const MostGrade = 8

// Plain holds a page to what every page must be: in its language, with every word
// said, one heading of the first order, no id twice, nothing inline or from
// elsewhere, and words of reading grade 8 or lower. Show it pages without much of
// a case's data in them: a record's own words are not ours.
func (s *Site) Plain(lang, path string) Answer {
	s.T.Helper()
	a := s.GetIn(lang, path)
	if a.Status != 200 || !strings.Contains(a.Body, `<html lang="`+lang+`"`) {
		s.T.Errorf("%s in %s: answered %d, or not in that language", path, lang, a.Status)
		return a
	}
	if m := unsaid.FindAllString(a.Body, -1); len(m) > 0 {
		s.T.Errorf("%s in %s: words are missing: %v", path, lang, m)
	}
	if m := inline.FindString(a.Body); m != "" {
		s.T.Errorf("%s: script or style stands in the page: %q", path, m)
	}
	if m := outside.FindString(a.Body); m != "" {
		s.T.Errorf("%s: the page leads elsewhere: %s", path, m)
	}
	if n := strings.Count(a.Body, "<h1"); n != 1 {
		s.T.Errorf("%s: %d headings of the first order", path, n)
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(a.Body, -1) {
		if seen[m[1]] {
			s.T.Errorf("%s: the id %q is there twice", path, m[1])
		}
		seen[m[1]] = true
	}
	words := Words(a.Body)
	g := grade.English(words)
	if lang == "es" {
		g = grade.Spanish(words)
	}
	if g > MostGrade {
		s.T.Errorf("%s in %s: reading grade %.1f:\n%s", path, lang, g, words)
	}
	return a
}

// Words is what the main part of a page says, a sentence for each block.
func Words(body string) string {
	m := mainPart.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	s := html.UnescapeString(tags.ReplaceAllString(blocks.ReplaceAllString(m[1], ".\n"), ""))
	return doubled.ReplaceAllString(s, "$1")
}
