package actions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// Every letter about records is kept exactly as it left: each time that one is handed
// out to be printed or sent, its bytes are sealed among the case's files. What the
// person then says they sent is bound to the copy that they had in hand; where they had
// none, such as of words copied into a portal, it is made and sealed in that moment.

// newCopy is what is to be written down of a paper or letter that is made now; text is
// the fingerprint of its words.
func (h *House) newCopy(request, paper, text, dated string, pdf []byte) records.Copy {
	sum := sha256.Sum256(pdf)
	return records.Copy{
		Request: request, Paper: paper, At: h.Now().UTC().Format(time.RFC3339), Dated: dated,
		Wording: letters.RequestWording, Text: text, SHA256: hex.EncodeToString(sum[:]),
	}
}

// keepCopy seals what a person is handed. Somebody who may take things out of the case
// and not write in it gets it all the same; then nothing is kept, for they do not say
// what was sent either.
func (h *House) keepCopy(ctx context.Context, who casefile.Person, c *casefile.Case, x records.Copy, pdf []byte) error {
	if !consent.May(c.Grants, string(who), consent.Write, h.Now()) || c.State == casefile.Closed || c.Has(records.CopyRef(x.SHA256)) {
		return nil
	}
	err := h.saveSealed(ctx, who, c, pdf, casefile.Change{
		Verb: "keep_copy", Note: x.SHA256,
		Drafts: []casefile.Draft{{Ref: records.CopyRef(x.SHA256), Body: x}},
	})
	if fault.Is(err, fault.Conflict) {
		return nil // handed out twice in one moment: it is there
	}
	return err
}

// wentOut gives the copies of what a sending says went out, and the bytes of those that
// are not sealed yet.
func (h *House) wentOut(c *casefile.Case, r records.Request, s records.Sending, signed string) ([]records.Copy, [][]byte, error) {
	papers := []string{s.What}
	if s.What == records.SentRequest {
		papers = r.Papers()
	}
	var copies []records.Copy
	var fresh [][]byte
	for _, p := range papers {
		x, pdf, err := h.inHand(c, r, s, p)
		if err != nil {
			return nil, nil, err
		}
		if x.Signed == "" && signed == records.Hand {
			x.Signed = records.Hand
		}
		copies = append(copies, x)
		if pdf != nil {
			fresh = append(fresh, pdf)
		}
	}
	return copies, fresh, nil
}

// inHand finds the copy that the person had in hand on the day of sending: the newest
// one that was signed or handed out by that day and did not go out before. Of a paper of
// the request it must read as the paper reads now. Otherwise it is made anew.
func (h *House) inHand(c *casefile.Case, r records.Request, s records.Sending, paper string) (records.Copy, []byte, error) {
	dated := ""
	if slices.Contains(records.Follows, paper) {
		dated = s.On
	}
	l, err := h.requestPaper(c, r, paper, dated)
	if err != nil {
		return records.Copy{}, nil, err
	}
	had, err := records.Copies(c, r, paper)
	if err != nil {
		return records.Copy{}, nil, err
	}
	words := l.Fingerprint()
	for i := len(had) - 1; i >= 0; i-- {
		x := had[i]
		if dated == "" && x.Text == words || dated != "" && x.Dated <= s.On && !r.WentBefore(x.SHA256) {
			if signed, ok := r.SignatureOf(paper); ok && x.Signed == "" && signed.Text == words {
				x = signed.CopyOf(r.ID) // printed once more after it was signed
			}
			return x, nil, nil
		}
	}
	if dated == "" {
		dated = r.Dated
	}
	pdf, err := h.Paper.Print(l)
	if err != nil {
		return records.Copy{}, nil, err
	}
	return h.newCopy(r.ID, paper, words, dated, pdf), pdf, nil
}

// OpenCopy opens a paper or letter exactly as it was signed or sent, by its SHA-256, for
// a person who may take things out of the case, and writes so in its log. Whoever opens
// it closes it.
func (h *House) OpenCopy(ctx context.Context, who casefile.Person, c *casefile.Case, id, sha256 string) (Reader, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return nil, err
	}
	r, _, err := RequestOf(c, id)
	if err != nil {
		return nil, err
	}
	if _, ok := r.Kept(sha256); !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return h.openNoted(ctx, c, sha256, casefile.Change{By: who, Verb: "open_copy", Note: sha256})
}

// NotSigned lists the papers of a request that nobody has signed as they read now.
func (h *House) NotSigned(c *casefile.Case, r records.Request) []string {
	var all []string
	for _, p := range r.Papers() {
		if _, stale, ok := h.RequestSigned(c, r, p); !ok || stale {
			all = append(all, p)
		}
	}
	return all
}
