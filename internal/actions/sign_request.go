package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// Signing is how a person signs a paper of a request.
type Signing struct {
	Paper string // as records names it
	How   string // records.Typed, records.Drawn, records.Hand
	Name  string
	Path  string // of a drawn one
	Self  bool   // the person said: I am the one who signs
	Scan  string // SHA-256 of a file of the case: the paper signed by hand
}

// SignerName is who has to sign a request: the patient, or who was named for them.
func SignerName(r records.Request, p casefile.Profile) string { return requestSigner(r, p).Name }

// SignRequest signs a paper of a request: the exact PDF with the signature in it is
// sealed among the case's files, and the signature is bound to the words that were
// signed. A paper that lacks what the law wants in it cannot be signed. A paper that
// is changed afterwards needs a new signature.
func (h *House) SignRequest(ctx context.Context, who casefile.Person, c *casefile.Case, id string, s Signing, from casefile.Version) error {
	r, _, err := RequestOf(c, id)
	if err != nil {
		return err
	}
	p, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return err
	}
	if err := h.maySign(c, r, p, s); err != nil {
		return err
	}
	l, err := h.RequestPaper(c, r, s.Paper)
	if err != nil {
		return err
	}
	signed := records.Signed{Paper: s.Paper, How: s.How, Name: strings.Join(strings.Fields(s.Name), " "), At: h.Now().UTC().Format(time.RFC3339), Wording: letters.RequestWording, Text: l.Fingerprint(), Scan: s.Scan}
	if s.How == records.Drawn {
		signed.Path = s.Path
	}
	if had, ok := r.SignatureOf(s.Paper); ok && had.Text == signed.Text && had.How == signed.How && had.Path == signed.Path && had.Scan == signed.Scan {
		return nil // the same form sent twice
	}
	if s.How != records.Hand {
		l = l.SignedBy(letters.Mark{Name: signed.Name, Path: signed.Path, At: signed.At, Wording: signed.Wording, Text: signed.Text})
	}
	pdf, err := h.Paper.Print(l)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(pdf)
	signed.SHA256 = hex.EncodeToString(sum[:])
	r.Signed = append(r.Signed, signed)
	return h.saveSealed(ctx, who, c, pdf, h.requestChange(r, "sign_request", from))
}

// maySign lists what stands in the way of a signature, each fault on its field.
func (h *House) maySign(c *casefile.Case, r records.Request, p casefile.Profile, s Signing) error {
	var fs fault.Faults
	add := func(key, field string) { fs = append(fs, fault.New(fault.Invalid, key).On(field)) }
	follows := slices.Contains(records.Follows, s.Paper) && r.FirstSent() != ""
	if !follows && !slices.Contains(r.Papers(), s.Paper) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	represented := r.Signer.Who == records.ByRepresentative
	switch {
	case !r.Filled || r.Signer.Who == "":
		add("records.sign.signer.needed", "")
	case represented && (r.Signer.Name == "" || r.Signer.Authority == "" || r.Signer.Document == ""):
		add("records.sign.authority.needed", "")
	case len(r.LacksOn(h.day(), "en", s.Paper, h.Rules).Parts) > 0:
		add("records.request.lacks", "")
	}
	name := SignerName(r, p)
	if !slices.Contains([]string{records.Typed, records.Drawn, records.Hand}, s.How) {
		add("form.required", "how")
	}
	if !strings.EqualFold(strings.Join(strings.Fields(s.Name), " "), strings.Join(strings.Fields(name), " ")) {
		fs = append(fs, fault.New(fault.Invalid, "records.sign.name.wrong").With("name", name).On("name"))
	}
	if !s.Self {
		add("records.sign.self.needed", "self")
	}
	if strokes, err := letters.Strokes(s.Path); s.How == records.Drawn && (err != nil || !letters.Drawn(strokes)) {
		add("records.sign.draw.needed", "strokes")
	}
	if s.Scan != "" && !c.Has(records.Ref(s.Scan)) {
		add("form.choice", "scan")
	}
	return fs.OrNil()
}

// RequestSigned tells how a paper is signed: ok is false when it is not. stale tells
// that it reads otherwise now than when it was signed.
func (h *House) RequestSigned(c *casefile.Case, r records.Request, paper string) (s records.Signed, stale, ok bool) {
	if s, ok = r.SignatureOf(paper); !ok {
		return s, false, false
	}
	l, err := h.RequestPaper(c, r, paper)
	return s, err != nil || l.Fingerprint() != s.Text, true
}

// saveSealed saves a change together with the bytes of a PDF, sealed among the case's
// files.
func (h *House) saveSealed(ctx context.Context, who casefile.Person, c *casefile.Case, pdf []byte, change casefile.Change) error {
	return h.saveAllSealed(ctx, who, c, [][]byte{pdf}, change)
}

// saveAllSealed is saveSealed for several; those that the case has already are not
// sealed again.
func (h *House) saveAllSealed(ctx context.Context, who casefile.Person, c *casefile.Case, pdfs [][]byte, change casefile.Change) error {
	if err := h.mayAdd(ctx, who, c); err != nil {
		return err
	}
	key, err := h.Cases.Key(ctx, c.ID)
	if err != nil {
		return err
	}
	var parts []casefile.Part
	for _, pdf := range pdfs {
		sum := sha256.Sum256(pdf)
		name := hex.EncodeToString(sum[:])
		if c.Holds(name) || slices.ContainsFunc(change.Files, func(f casefile.File) bool { return f.SHA256 == name }) {
			continue
		}
		part, err := h.Vault.Put(ctx, key, h.NewID(), bytes.NewReader(pdf))
		if err != nil {
			_ = h.Vault.Remove(context.WithoutCancel(ctx), parts)
			return err
		}
		parts = append(parts, part)
		change.Files = append(change.Files, casefile.File{SHA256: name, Size: part.Size, At: h.Now(), Parts: []casefile.Part{part}})
	}
	err = h.save(ctx, who, c, change)
	// Only where it is certain that nothing refers to them may the parts go again.
	if len(parts) > 0 && (fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Full)) {
		_ = h.Vault.Remove(context.WithoutCancel(ctx), parts)
	}
	return err
}
