// Package packet writes and reads the full packet: one file that holds everything a
// second doctor needs, for people and for machines. It has a PDF to read, a FHIR
// document that any system reads, the originals untouched, the case's log, and a
// signed list of all of it. Whoever gets a packet can tell whether one byte of it was
// changed and which installation made it, with no help from that installation.
//
// The form is written down in docs/format-packet.md.
package packet

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"consilium/internal/actions"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"

	"golang.org/x/mod/sumdb/note"
)

// Names of the files that every packet has.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.sig"
	PeopleName    = "packet.pdf"
	SummaryName   = "ips.json"
	LogName       = "log.jsonl"
)

// Signed text begins with this, so that a signature on anything else, such as a
// checkpoint of a log, can never pass for one on a packet.
const origin = "consilium/packet\n"

// Press makes packets and opens them.
type Press struct {
	Signer  note.Signer // the installation's key
	Key     string      // its public half
	Public  []string    // every public key of the installation, older ones too
	Version string      // of the program
}

var _ actions.Packets = Press{}

// Keys gives the installation's public keys.
func (p Press) Keys() []string { return append([]string{p.Key}, p.Public...) }

// Summary gives the FHIR document alone.
func (Press) Summary(in actions.PacketIn) ([]byte, error) {
	return Summary(in, originalNames(in.Files))
}

// WritePacket writes a packet in order: the PDF, the FHIR document, the originals, the
// log, the list of all of these, and its signature. It holds no original in memory.
// The same content always gives the same bytes.
func (p Press) WritePacket(ctx context.Context, w io.Writer, in actions.PacketIn) (records.Manifest, error) {
	made := in.Made.UTC().Truncate(time.Second)
	m := records.Manifest{
		Format: records.PacketFormat, Made: made.Format(time.RFC3339), Version: p.Version, Language: in.Language, Key: p.Key, Consent: in.Consent,
		Facts: in.Sum, LeftOut: in.LeftOut,
	}
	if m.LeftOut == nil {
		m.LeftOut = []records.LeftOut{}
	}
	out := &writer{ctx: ctx, c: newContainer(w, made), m: &m}
	names := originalNames(in.Files)
	summary, err := Summary(in, names)
	if err != nil {
		return m, err
	}
	if err := out.bytes(records.Contents{Path: PeopleName, Type: "application/pdf", What: records.WhatPeople}, in.PDF); err != nil {
		return m, err
	}
	if err := out.bytes(records.Contents{Path: SummaryName, Type: "application/fhir+json", What: records.WhatSummary}, summary); err != nil {
		return m, err
	}
	for i, f := range in.Files {
		if err := out.original(names[i], f, in.Open); err != nil {
			return m, err
		}
	}
	if err := out.log(in.Log); err != nil {
		return m, err
	}
	return m, out.finish(p.Signer)
}

type writer struct {
	ctx context.Context
	c   *container
	m   *records.Manifest
}

// add writes one file and its line in the manifest.
func (w *writer) add(c records.Contents, size int64, r io.Reader) error {
	sum := sha256.New()
	n, err := w.c.add(w.ctx, c.Path, size, io.TeeReader(r, sum))
	if err != nil {
		return err
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if c.SHA256 != "" && c.SHA256 != got {
		return fault.New(fault.Damaged, "fault.damaged").Because(fmt.Errorf("the bytes of an original are not those of its SHA-256"))
	}
	c.Size, c.SHA256 = n, got
	w.m.Entries = append(w.m.Entries, c)
	return nil
}

func (w *writer) bytes(c records.Contents, b []byte) error {
	return w.add(c, int64(len(b)), bytes.NewReader(b))
}

func (w *writer) original(name string, f records.File, open func(context.Context, string) (actions.Reader, error)) error {
	r, err := open(w.ctx, f.SHA256)
	if err != nil {
		return err
	}
	defer r.Close()
	c := records.Contents{Path: name, SHA256: f.SHA256, Type: MediaType(f.Piece.Kind), What: records.WhatOriginal, Name: f.Name, From: f.Label.From}
	if f.Label != (records.Label{}) {
		label := f.Label
		c.Label = &label
	}
	return w.add(c, r.Size(), io.NewSectionReader(r, 0, r.Size()))
}

// log writes the case's log as it comes and keeps its last checkpoint.
func (w *writer) log(write func(context.Context, io.Writer) error) error {
	r, feed := io.Pipe()
	go func() { feed.CloseWithError(write(w.ctx, feed)) }()
	defer r.Close()
	var last tail
	if err := w.add(records.Contents{Path: LogName, Type: "application/jsonl", What: records.WhatLog}, -1, io.TeeReader(r, &last)); err != nil {
		return err
	}
	state, err := last.state()
	w.m.Log = state
	return err
}

// tail keeps the last line of what is written.
type tail struct{ line []byte }

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	if i := bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n'); i >= 0 {
		t.line = t.line[:0]
		b = b[i+1:]
	} else if bytes.HasSuffix(t.line, []byte("\n")) {
		t.line = t.line[:0]
	}
	t.line = append(t.line, b...)
	return n, nil
}

func (t *tail) state() (records.LogState, error) {
	var foot struct {
		Entries int64
		Last    string
	}
	err := json.Unmarshal(t.line, &foot)
	return records.LogState{Entries: foot.Entries, Checkpoint: foot.Last}, err
}

// finish writes the manifest, its signature and the directory.
func (w *writer) finish(signer note.Signer) error {
	b, err := encodeManifest(*w.m)
	if err != nil {
		return err
	}
	sig, err := sign(b, signer)
	if err != nil {
		return err
	}
	if _, err := w.c.add(w.ctx, ManifestName, int64(len(b)), bytes.NewReader(b)); err != nil {
		return err
	}
	if _, err := w.c.add(w.ctx, SignatureName, int64(len(sig)), bytes.NewReader(sig)); err != nil {
		return err
	}
	return w.c.close()
}

func encodeManifest(m records.Manifest) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(m)
	return b.Bytes(), err
}

// signedText is what the key signs: the manifest's hash under our own heading.
func signedText(manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return origin + "sha256 " + hex.EncodeToString(sum[:]) + "\n"
}

func sign(manifest []byte, signer note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: signedText(manifest)}, signer)
}

// Fingerprint is what two people compare to know that they speak of the same
// installation: the first half of the SHA-256 of its public key, in groups of four.
func Fingerprint(key string) string {
	sum := sha256.Sum256([]byte(key))
	s := hex.EncodeToString(sum[:16])
	var groups []string
	for i := 0; i < len(s); i += 4 {
		groups = append(groups, s[i:i+4])
	}
	return strings.Join(groups, " ")
}

// originalNames gives each original its path: numbered, so that none is twice, and
// with as much of its own name as every machine can take.
func originalNames(files []records.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = records.PacketPath(i+1, f)
	}
	return names
}

// mediaTypes are the types of what the bytes were found to be.
var mediaTypes = map[string]string{
	clinical.FileFHIRBundle: "application/fhir+json", clinical.FileFHIRResource: "application/fhir+json", clinical.FileFHIRNDJSON: "application/fhir+ndjson",
	clinical.FileCCDA: "application/xml", clinical.FileDICOM: "application/dicom", clinical.FileDICOMDIR: "application/dicom", clinical.FilePDF: "application/pdf",
	clinical.FileZIP: "application/zip", clinical.FileHealthCard: "application/smart-health-card", clinical.FileHL7v2: "x-application/hl7-v2+er7",
}

// MediaType gives the type of a file by what its bytes were found to be, and bytes
// for everything else.
func MediaType(kind string) string { return cmp.Or(mediaTypes[kind], "application/octet-stream") }

// hashReader sums up what is read.
type hashReader struct {
	r io.Reader
	h hash.Hash
}

func (h *hashReader) Read(b []byte) (int, error) {
	n, err := h.r.Read(b)
	h.h.Write(b[:n])
	return n, err
}

// canonicalNote writes a signed note in the one way it can be written: base64 leaves
// bits that mean nothing, and a changed byte must not hide there.
func canonicalNote(n *note.Note) (string, error) {
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return "", fmt.Errorf("not one signature")
	}
	s := n.Sigs[0]
	raw, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\n— %s %s\n", n.Text, s.Name, base64.StdEncoding.EncodeToString(raw)), nil
}
