package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"golang.org/x/mod/sumdb/note"
)

// KeyFile is the one file that matters in the key folder.
const KeyFile = "installation.key"

// PublicFile holds the log's public keys, for handing out.
const PublicFile = "log.pub"

// stored is what the key file holds. Keysets may have several keys: the primary
// seals, every one opens.
type stored struct {
	Format string          `json:"format"`
	Wrap   json.RawMessage `json:"wrap"`  // Tink keyset, AES-256-GCM
	Index  json.RawMessage `json:"index"` // Tink keyset, HMAC-SHA-256
	Log    []logKey        `json:"log"`   // ed25519; the last one signs
}

type logKey struct {
	Private string `json:"private"`
	Public  string `json:"public"`
}

const fileFormat = "consilium-key-1"

// Open opens the key folder and on first use makes it, with keys of its own. Two
// processes that start at once end with the same keys. A key file that others on
// this machine may read is refused: the message says what to do.
func Open(dir string) (*Installation, error) {
	path := filepath.Join(dir, KeyFile)
	b, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the key folder: %w", err)
		}
		fresh, err := generate()
		if err != nil {
			return nil, err
		}
		if err := place(path, fresh, neverReplace); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("keep the new keys: %w", err)
		}
		b, err = read(path)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	in, err := load(b)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return in, publish(dir, in.public)
}

// Rotate adds a new key that seals from now on. What older keys sealed stays
// readable. The blind index keeps its key: its tokens could not be found again.
func Rotate(dir string) error {
	path := filepath.Join(dir, KeyFile)
	b, err := read(path)
	if err != nil {
		return err
	}
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("key file %s: %w", path, err)
	}
	h, err := parse(s.Wrap)
	if err != nil {
		return err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("add a key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return fmt.Errorf("use the new key: %w", err)
	}
	if h, err = m.Handle(); err != nil {
		return err
	}
	if s.Wrap, err = text(h); err != nil {
		return err
	}
	k, err := newLogKey()
	if err != nil {
		return err
	}
	s.Log = append(s.Log, k)
	if b, err = json.MarshalIndent(s, "", " "); err != nil {
		return err
	}
	return place(path, b, replace)
}

func read(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others on this machine may read the key file: run chmod 600 %s", path)
	}
	return os.ReadFile(path)
}

func generate() ([]byte, error) {
	s := stored{Format: fileFormat}
	wrap, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make the wrapping key: %w", err)
	}
	index, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make the index key: %w", err)
	}
	if s.Wrap, err = text(wrap); err != nil {
		return nil, err
	}
	if s.Index, err = text(index); err != nil {
		return nil, err
	}
	k, err := newLogKey()
	if err != nil {
		return nil, err
	}
	s.Log = []logKey{k}
	return json.MarshalIndent(s, "", " ")
}

func newLogKey() (logKey, error) {
	id := make([]byte, 6)
	if _, err := rand.Read(id); err != nil {
		return logKey{}, err
	}
	private, public, err := note.GenerateKey(rand.Reader, "consilium-"+hex.EncodeToString(id))
	if err != nil {
		return logKey{}, fmt.Errorf("make the log key: %w", err)
	}
	return logKey{private, public}, nil
}

func load(b []byte) (*Installation, error) {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, err
	}
	if s.Format != fileFormat || len(s.Log) == 0 {
		return nil, errors.New("this is not a key file that this version knows")
	}
	wrap, err := parse(s.Wrap)
	if err != nil {
		return nil, err
	}
	index, err := parse(s.Index)
	if err != nil {
		return nil, err
	}
	in := &Installation{}
	if in.wrap, err = aead.New(wrap); err != nil {
		return nil, err
	}
	set, err := prf.NewPRFSet(index)
	if err != nil {
		return nil, err
	}
	in.index = set.PRFs[set.PrimaryID]
	last := s.Log[len(s.Log)-1]
	if in.signer, err = note.NewSigner(last.Private); err != nil {
		return nil, err
	}
	if in.verifier, err = note.NewVerifier(last.Public); err != nil {
		return nil, err
	}
	for _, k := range s.Log {
		in.public = append(in.public, k.Public)
	}
	return in, nil
}

func parse(b []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
}

func text(h *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b))
	return json.RawMessage(b.Bytes()), err
}

// publish keeps the public keys beside the private ones, readable by all.
func publish(dir string, keys []string) error {
	var b bytes.Buffer
	for _, k := range keys {
		b.WriteString(k + "\n")
	}
	path := filepath.Join(dir, PublicFile)
	if had, err := os.ReadFile(path); err == nil && bytes.Equal(had, b.Bytes()) {
		return nil
	}
	return place(path, b.Bytes(), replace)
}

type policy int

const (
	neverReplace policy = iota
	replace
)

// place writes a file whole or not at all, and durably: a temporary file that is
// synced, then put in place, then the folder synced.
func place(path string, b []byte, p policy) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when it was renamed
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if p == neverReplace {
		err = os.Link(f.Name(), path)
	} else {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
