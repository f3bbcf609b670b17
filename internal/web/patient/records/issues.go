package records

import (
	"cmp"
	"strings"

	"consilium/internal/clinical"
	"consilium/internal/web/text"
)

// detail is one issue as whoever made the file reads it: what is wrong, and where.
type detail struct {
	Text string
	Lang string // of the text: the person's, but for an issue that has no words of ours
	Path string
}

// detailOf says an issue in the person's language. A file that was read by another
// version may bear a key that has no words here: its reader's own English is
// better than nothing.
func detailOf(say text.Speaker, i clinical.Issue) detail {
	d := detail{Text: issueText(say, i.Key, i.Vars["what"]), Lang: say.Lang(), Path: i.Path}
	if d.Text == "" {
		return detail{Text: i.Text, Lang: "en", Path: i.Path}
	}
	// One that stands for many of a kind says which kind. What each was about is
	// not told.
	if of := issueText(say, i.Vars["of"], ""); of != "" {
		d.Text += " " + of
	}
	return d
}

// issueText is the sentence of an issue's key, "" when it has none.
func issueText(say text.Speaker, key, what string) string {
	if key == "" || !say.Has("records.issue."+key) {
		return ""
	}
	return say.T("records.issue."+key, "what", cmp.Or(what, "[…]"))
}

// statusOf says a status code of the record in words. A code that is not of the
// standard is shown as it is.
func statusOf(say text.Speaker, code string) string {
	if key := "records.status." + strings.ToLower(code); say.Has(key) {
		return say.T(key)
	}
	return code
}
