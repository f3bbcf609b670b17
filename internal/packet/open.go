package packet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/fault"
	"consilium/internal/records"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/note"
)

// Limits of what is read whole.
const (
	mostManifest  = 64 << 20
	mostSignature = 4 << 10
)

// pathForm is every path that a packet may have: no way leads out of it.
var pathForm = regexp.MustCompile(`^(packet\.pdf|ips\.json|log\.jsonl|originals/[0-9]{4,6}-[A-Za-z0-9._-]{1,80})$`)

// opened is a packet whose every byte has been checked.
type opened struct {
	r     io.ReaderAt
	m     records.Manifest
	id    string
	parts map[string]part
}

// OpenPacket checks a packet: the signature, every hash, the log, and that nothing
// else is in the file. Changed is a fault of kind Damaged whose "file" says where;
// what is no packet at all is Refused. The bytes must not change while it is used.
func (Press) OpenPacket(ctx context.Context, r io.ReaderAt, size int64) (actions.OpenedPacket, error) {
	return Open(ctx, r, size)
}

// Open is OpenPacket without a press: checking needs no key of one's own.
func Open(ctx context.Context, r io.ReaderAt, size int64) (actions.OpenedPacket, error) {
	parts, err := list(r, size)
	if err != nil {
		return nil, notPacket(err)
	}
	n := len(parts)
	if n < 5 || parts[n-2].name != ManifestName || parts[n-1].name != SignatureName {
		return nil, notPacket(errors.New("there is no signed manifest at its end"))
	}
	m, err := readManifest(r, parts[n-2], parts[n-1])
	if err != nil {
		return nil, err
	}
	if err := agree(m, parts[:n-2]); err != nil {
		return nil, err
	}
	if err := checkContainer(ctx, r, size, m, parts); err != nil {
		return nil, err
	}
	o := &opened{r: r, m: m, parts: map[string]part{}}
	for _, p := range parts {
		o.parts[p.name] = p
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, parts[n-2].body(r)); err != nil {
		return nil, notPacket(err)
	}
	o.id = hex.EncodeToString(sum.Sum(nil))
	return o, o.checkLog(ctx)
}

func readManifest(r io.ReaderAt, list, sig part) (m records.Manifest, err error) {
	if list.size > mostManifest || sig.size > mostSignature {
		return m, changed(ManifestName, errors.New("larger than it can be"))
	}
	manifest, err := io.ReadAll(list.body(r))
	if err != nil {
		return m, notPacket(err)
	}
	signed, err := io.ReadAll(sig.body(r))
	if err != nil {
		return m, notPacket(err)
	}
	// What a later version writes is not known, but for what it is and whose key it has.
	var head struct {
		Format string `json:"format"`
		Key    string `json:"key"`
	}
	if err := json.Unmarshal(manifest, &head); err != nil {
		return m, changed(ManifestName, err)
	}
	verifier, err := note.NewVerifier(head.Key)
	if err != nil {
		return m, changed(ManifestName, err)
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil || n.Text != signedText(manifest) {
		return m, changed(ManifestName, errors.New("the signature does not fit"))
	}
	if one, err := canonicalNote(n); err != nil || one != string(signed) {
		return m, changed(SignatureName, errors.New("the signature is not in its one form"))
	}
	if head.Format != records.PacketFormat {
		return m, fault.New(fault.Refused, "packet.other_format").Because(fmt.Errorf("format %q", head.Format))
	}
	if err := json.Unmarshal(manifest, &m, json.RejectUnknownMembers(true)); err != nil {
		return m, changed(ManifestName, err)
	}
	return m, nil
}

// agree holds the manifest against the directory of the container.
func agree(m records.Manifest, parts []part) error {
	if len(m.Entries) != len(parts) {
		return changed(ManifestName, fmt.Errorf("the manifest names %d files, the packet has %d", len(m.Entries), len(parts)))
	}
	fixed := map[string]bool{}
	for i, e := range m.Entries {
		if !pathForm.MatchString(e.Path) || strings.Contains(e.Path, "..") || fixed[e.Path] {
			return changed(ManifestName, errors.New("a path that no packet has"))
		}
		if e.Path != parts[i].name || e.Size != parts[i].size {
			return changed(e.Path, errors.New("not where the manifest says, or not as large"))
		}
		fixed[e.Path] = true
	}
	for _, must := range []string{PeopleName, SummaryName, LogName} {
		if !fixed[must] {
			return changed(must, errors.New("missing"))
		}
	}
	return nil
}

// checkContainer writes the container anew from its own parts, and holds every byte
// against what is there. On the way each file is held against its hash.
func checkContainer(ctx context.Context, r io.ReaderAt, size int64, m records.Manifest, parts []part) error {
	made, err := time.Parse(time.RFC3339, m.Made)
	if err != nil {
		return changed(ManifestName, err)
	}
	against := &mirror{r: r, size: size}
	c := newContainer(against, made)
	for i, p := range parts {
		sum := sha256.New()
		_, err := c.add(ctx, p.name, p.size, &hashReader{p.body(r), sum})
		if err == nil {
			err = c.w.Flush()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if i < len(m.Entries) && m.Entries[i].SHA256 != hex.EncodeToString(sum.Sum(nil)) {
			return changed(p.name, errors.New("its hash is another"))
		}
		if err != nil {
			return changed(p.name, err)
		}
	}
	if err := c.close(); err != nil {
		return changed("", err)
	}
	if against.at != size {
		return changed("", errors.New("there is more behind its end"))
	}
	return nil
}

// checkLog proves the log that came along.
func (o *opened) checkLog(ctx context.Context) error {
	rep, err := auditlog.Verify(&patient{ctx, o.parts[LogName].body(o.r)}, "")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return changed(LogName, err)
	}
	last := rep.Entries == o.m.Log.Entries && strings.Contains(o.m.Log.Checkpoint, "\n"+rep.Root+"\n")
	signed := false
	for _, k := range rep.Keys {
		signed = signed || k == o.m.Key
	}
	if !last || !signed {
		return changed(LogName, errors.New("it is not the log that the manifest speaks of"))
	}
	return nil
}

// Manifest lists what is in it.
func (o *opened) Manifest() records.Manifest { return o.m }

// ID is the SHA-256 of its manifest.
func (o *opened) ID() string { return o.id }

// Fingerprint is that of the installation that made it.
func (o *opened) Fingerprint() string { return Fingerprint(o.m.Key) }

// Open gives the bytes of a file in it.
func (o *opened) Open(path string) (io.Reader, error) {
	p, ok := o.parts[path]
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return p.body(o.r), nil
}

// Known tells whether one of these public keys made the packet.
func Known(m records.Manifest, keys []string) bool {
	for _, k := range keys {
		if bytes.Equal([]byte(k), []byte(m.Key)) {
			return true
		}
	}
	return false
}

func notPacket(why error) error { return fault.New(fault.Refused, "packet.not_packet").Because(why) }

// changed says that a packet is not what was signed. file is where; "" is the
// container itself.
func changed(file string, why error) error {
	if file == "" {
		file = "ZIP"
	}
	return fault.New(fault.Damaged, "packet.changed").With("file", file).Because(fmt.Errorf("%s: %w", file, why))
}
