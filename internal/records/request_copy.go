package records

import (
	"cmp"
	"slices"

	"consilium/internal/casefile"
)

// CopyKind is the kind of document of one letter as it was handed out to be printed or
// sent: several in a case. They are never changed.
const CopyKind casefile.Kind = "records_copy"

// CopyRef is where the copy with these bytes lies, by its SHA-256.
func CopyRef(sha256 string) casefile.Ref { return casefile.Ref{Kind: CopyKind, Name: sha256} }

// Copy is one paper or letter of a request exactly as it was signed or handed out: the
// very bytes lie sealed among the case's files.
type Copy struct {
	Request string `json:"request"`
	Paper   string `json:"paper"`            // AccessPaper and so on, or the kind of a letter that follows
	Signed  string `json:"signed,omitempty"` // Typed, Drawn, Hand; "" for not signed
	At      string `json:"at"`               // instant, RFC 3339: when it was signed or handed out
	Dated   string `json:"dated"`            // YYYY-MM-DD, the date that it bears
	Wording string `json:"wording"`          // version of its words
	Text    string `json:"text"`             // SHA-256 of its words before any signature
	SHA256  string `json:"sha256"`           // of the PDF
}

// CopyOf gives what was signed as a copy.
func (s Signed) CopyOf(request string) Copy {
	day := s.At
	if len(day) > len("2006-01-02") {
		day = day[:len("2006-01-02")]
	}
	return Copy{Request: request, Paper: s.Paper, Signed: s.How, At: s.At, Dated: day, Wording: s.Wording, Text: s.Text, SHA256: s.SHA256}
}

// Copies gives the copies of one paper of a request that were handed out or signed, the
// oldest first.
func Copies(c *casefile.Case, r Request, paper string) ([]Copy, error) {
	all, err := casefile.ReadAll[Copy](c, CopyKind)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(x Copy) bool { return x.Request != r.ID || x.Paper != paper })
	for _, s := range r.Signed {
		if s.Paper == paper {
			all = append(all, s.CopyOf(r.ID))
		}
	}
	slices.SortStableFunc(all, func(a, b Copy) int { return cmp.Compare(a.At, b.At) })
	return all, nil
}

// Kept gives every copy that the request itself names, by its SHA-256: what was signed
// and what was sent.
func (r Request) Kept(sha256 string) (Copy, bool) {
	for _, s := range r.Sent {
		for _, x := range s.Copies {
			if x.SHA256 == sha256 {
				return x, true
			}
		}
	}
	for _, s := range r.Signed {
		if s.SHA256 == sha256 {
			return s.CopyOf(r.ID), true
		}
	}
	return Copy{}, false
}

// Unsigned tells whether the request last went out with a paper that nobody had signed.
func (r Request) Unsigned() bool {
	s, ok := r.LastSent(SentRequest)
	return ok && slices.ContainsFunc(s.Copies, func(x Copy) bool { return x.Signed == "" })
}

// WentBefore tells whether these bytes were sent already.
func (r Request) WentBefore(sha256 string) bool {
	return slices.ContainsFunc(r.Sent, func(s Sending) bool {
		return slices.ContainsFunc(s.Copies, func(x Copy) bool { return x.SHA256 == sha256 })
	})
}
