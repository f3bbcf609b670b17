package packet

import (
	"bytes"
	"testing"
	"time"
)

// Named is one file of a container that a test puts together by itself.
type Named struct {
	Name string
	Body []byte
}

// SignedText is what the key signs.
func SignedText(manifest []byte) string { return signedText(manifest) }

// Contain writes a container of any files.
func Contain(t testing.TB, made time.Time, files []Named) []byte {
	t.Helper()
	var b bytes.Buffer
	c := newContainer(&b, made)
	for _, f := range files {
		if _, err := c.add(t.Context(), f.Name, int64(len(f.Body)), bytes.NewReader(f.Body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
