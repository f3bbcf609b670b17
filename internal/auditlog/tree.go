package auditlog

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is an entry ready to be stored: its bytes, the tree hashes that it
// completes, and the signed checkpoint of the tree that ends with it.
type Leaf struct {
	Seq        int64
	Entry      []byte
	First      int64       // index under which the first of Hashes is stored; the others follow
	Hashes     []tlog.Hash // about two for each entry
	Checkpoint string
}

// Append makes e the next entry of a tree that has e.Seq-1 entries. stored reads
// the hashes that earlier leaves asked to be stored.
func Append(tree string, e Entry, stored tlog.HashReader, signer note.Signer) (Leaf, error) {
	b, err := Encode(e)
	if err != nil {
		return Leaf{}, err
	}
	n := e.Seq - 1
	hashes, err := tlog.StoredHashes(n, b, stored)
	if err != nil {
		return Leaf{}, err
	}
	first := tlog.StoredHashIndex(0, n)
	root, err := tlog.TreeHash(e.Seq, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return readBoth(indexes, first, hashes, stored)
	}))
	if err != nil {
		return Leaf{}, err
	}
	signed, err := Checkpoint{Tree: tree, Size: e.Seq, Root: root, At: e.At}.Sign(signer)
	if err != nil {
		return Leaf{}, err
	}
	return Leaf{Seq: e.Seq, Entry: b, First: first, Hashes: hashes, Checkpoint: signed}, nil
}

// readBoth reads what is stored, and from fresh what is about to be.
func readBoth(indexes []int64, first int64, fresh []tlog.Hash, stored tlog.HashReader) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var old, place []int64
	for i, x := range indexes {
		if x >= first {
			out[i] = fresh[x-first]
			continue
		}
		old, place = append(old, x), append(place, int64(i))
	}
	if len(old) == 0 {
		return out, nil
	}
	got, err := stored.ReadHashes(old)
	if err != nil {
		return nil, err
	}
	for i, h := range got {
		out[place[i]] = h
	}
	return out, nil
}

// Checkpoint says what a tree was at a moment: how many entries, and the root hash
// over all of them.
type Checkpoint struct {
	Tree string
	Size int64
	Root tlog.Hash
	At   time.Time
}

const origin = "consilium/log/"

// Text gives the lines that are signed: origin and tree, size, root in base64, and
// the time.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s%s\n%d\n%s\nat %s\n", origin, c.Tree, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]), c.At.UTC().Format(timeForm))
}

// Sign gives the signed note.
func (c Checkpoint) Sign(s note.Signer) (string, error) {
	b, err := note.Sign(&note.Note{Text: c.Text()}, s)
	return string(b), err
}

// OpenCheckpoint checks the signature and reads the checkpoint. The signature must
// be by one of the keys.
func OpenCheckpoint(signed string, keys note.Verifiers) (Checkpoint, error) {
	n, err := note.Open([]byte(signed), keys)
	if err != nil {
		return Checkpoint{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 || lines[4] != "" || !strings.HasPrefix(lines[0], origin) || !strings.HasPrefix(lines[3], "at ") {
		return Checkpoint{}, fmt.Errorf("this is not a checkpoint of a case log")
	}
	c := Checkpoint{Tree: strings.TrimPrefix(lines[0], origin)}
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 1 {
		return Checkpoint{}, fmt.Errorf("the checkpoint's size is not a number")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("the checkpoint's root is not a hash")
	}
	copy(c.Root[:], root)
	if c.At, err = time.Parse(timeForm, strings.TrimPrefix(lines[3], "at ")); err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint's time is not a time")
	}
	return c, nil
}

// edge is the right edge of a growing tree: the roots of its full subtrees, the
// largest first. It is all that is needed to go on computing roots.
type edge struct {
	size  int64
	roots []tlog.Hash
}

func (e *edge) add(leaf tlog.Hash) {
	h := leaf
	for n := e.size; n&1 == 1; n >>= 1 {
		last := len(e.roots) - 1
		h = tlog.NodeHash(e.roots[last], h)
		e.roots = e.roots[:last]
	}
	e.roots = append(e.roots, h)
	e.size++
}

func (e *edge) root() tlog.Hash {
	if len(e.roots) == 0 {
		return tlog.Hash{}
	}
	h := e.roots[len(e.roots)-1]
	for i := len(e.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.roots[i], h)
	}
	return h
}
