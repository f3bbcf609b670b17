// Package vaulttest is what every vault must do, as tests: the same for a folder
// and for an object store.
package vaulttest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
)

// Place is an empty vault, and how somebody who has got hold of what it stores
// would get at it.
type Place struct {
	Vault  actions.Vault
	Stored func(name string) ([]byte, error)       // sealed bytes of a part
	Change func(name string, sealed []byte) error  // puts other bytes in their place
	Left   func() (parts, unfinished int, _ error) // what lies in the vault
}

// Run puts a vault through everything that a vault must do. open gives an empty
// one for each test.
func Run(t *testing.T, open func(t testing.TB) Place) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, p Place)
	}{
		{"WhatWasPutComesBack", comesBack},
		{"AnyRangeOfSeveralPartsReadsAsOne", ranges},
		{"ManyReadAtOnce", manyReaders},
		{"NothingStandsInTheClear", sealed},
		{"WrongKeyOtherNameCutOrFlippedIsDamaged", damaged},
		{"AMissingPartIsDamaged", missing},
		{"AReaderThatBreaksLeavesNothing", broken},
		{"ACallerWhoHasGoneLeavesNothing", gone},
		{"PuttingAgainReplaces", again},
		{"RemovingTwiceIsNoFault", remove},
		{"ANameThatIsAPathIsRefused", path},
		{"AFileWithoutBytesIsRead", empty},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

var ctx = context.Background()

// Key is a case's key for a test.
type Key struct{ aead cipher.AEAD }

// NewKey makes one.
func NewKey(t testing.TB) Key {
	t.Helper()
	k := make([]byte, 32)
	_, _ = rand.Read(k) // never fails
	b, err := aes.NewCipher(k)
	must(t, err)
	a, err := cipher.NewGCMWithRandomNonce(b)
	must(t, err)
	return Key{a}
}

// Seal fills casefile.Key.
func (k Key) Seal(plain, aad []byte) ([]byte, error) { return k.aead.Seal(nil, nil, plain, aad), nil }

// Open fills casefile.Key.
func (k Key) Open(sealed, aad []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, aad)
	if err != nil {
		return nil, fault.New(fault.Damaged, "fault.damaged").Because(err)
	}
	return plain, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// noise gives n bytes that are the same each time.
func noise(n int) []byte {
	b := make([]byte, n)
	src := mathrand.NewChaCha8([32]byte{byte(n)})
	_, _ = src.Read(b)
	return b
}

// put stores plain in parts of these sizes.
func put(t testing.TB, p Place, key casefile.Key, plain []byte, sizes ...int) []casefile.Part {
	t.Helper()
	var parts []casefile.Part
	for i, n := range sizes {
		part, err := p.Vault.Put(ctx, key, fmt.Sprintf("part-%04d", i), bytes.NewReader(plain[:n]))
		must(t, err)
		if part.Size != int64(n) {
			t.Fatalf("part %d has size %d, want %d", i, part.Size, n)
		}
		parts, plain = append(parts, part), plain[n:]
	}
	return parts
}

func readAll(t testing.TB, p Place, key casefile.Key, parts []casefile.Part) ([]byte, error) {
	t.Helper()
	r, err := p.Vault.Open(ctx, key, parts)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
}

func comesBack(t *testing.T, p Place) {
	key := NewKey(t)
	// Around the borders of the sealed chunks of 64 KiB.
	for _, n := range []int{1, 100, 65535, 65536, 65537, 131072, 300000} {
		plain := noise(n)
		part, err := p.Vault.Put(ctx, key, fmt.Sprintf("part-size-%d", n), bytes.NewReader(plain))
		must(t, err)
		got, err := readAll(t, p, key, []casefile.Part{part})
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
}

func ranges(t *testing.T, p Place) {
	key, plain := NewKey(t), noise(400000)
	parts := put(t, p, key, plain, 100000, 1, 65536, 0, 134463, 50000, 50000)
	r, err := p.Vault.Open(ctx, key, parts)
	must(t, err)
	defer r.Close()
	if r.Size() != 400000 {
		t.Fatalf("size %d", r.Size())
	}
	rnd := mathrand.New(mathrand.NewPCG(1, 2))
	for range 300 {
		off := rnd.IntN(400000)
		b := make([]byte, rnd.IntN(120000))
		n, err := r.ReadAt(b, int64(off))
		want := plain[off:min(off+len(b), len(plain))]
		if !bytes.Equal(b[:n], want) || n < len(b) && err != io.EOF || n == len(b) && err != nil {
			t.Fatalf("%d bytes at %d: got %d, %v", len(b), off, n, err)
		}
	}
	for _, off := range []int64{400000, 500000} {
		if n, err := r.ReadAt(make([]byte, 1), off); n != 0 || err != io.EOF {
			t.Errorf("at %d: %d, %v", off, n, err)
		}
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("before the start there is something to read")
	}
}

func manyReaders(t *testing.T, p Place) {
	key, plain := NewKey(t), noise(300000)
	sizes := make([]int, 10)
	for i := range sizes {
		sizes[i] = 30000
	}
	r, err := p.Vault.Open(ctx, key, put(t, p, key, plain, sizes...))
	must(t, err)
	defer r.Close()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			rnd := mathrand.New(mathrand.NewPCG(uint64(w), 3))
			for range 100 {
				off := rnd.IntN(299000)
				b := make([]byte, 1000)
				if _, err := r.ReadAt(b, int64(off)); err != nil || !bytes.Equal(b, plain[off:off+1000]) {
					t.Errorf("at %d: %v", off, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func sealed(t *testing.T, p Place) {
	plain := []byte(strings.Repeat("biopsy of Ruth Alvarez ", 100))
	parts := put(t, p, NewKey(t), plain, len(plain))
	b, err := p.Stored(parts[0].Name)
	must(t, err)
	if len(b) < len(plain) || bytes.Contains(b, []byte("Ruth")) {
		t.Errorf("%d stored bytes hold the plain ones", len(b))
	}
}

func damaged(t *testing.T, p Place) {
	key, plain := NewKey(t), noise(200000)
	parts := put(t, p, key, plain, 100000, 100000)
	check := func(what string, key casefile.Key, parts []casefile.Part) {
		t.Helper()
		if got, err := readAll(t, p, key, parts); !fault.Is(err, fault.Damaged) {
			t.Errorf("%s: %d bytes, %v; want damaged", what, len(got), err)
		}
	}
	check("another case's key", NewKey(t), parts)
	check("a part that was longer", key, []casefile.Part{{Name: parts[0].Name, Size: 99999}, parts[1]})
	check("a part that was shorter", key, []casefile.Part{parts[0], {Name: parts[1].Name, Size: 100001}})
	one, err := p.Stored(parts[0].Name)
	must(t, err)
	two, err := p.Stored(parts[1].Name)
	must(t, err)
	for what, b := range map[string][]byte{
		"the other part's bytes": two, "nothing": {}, "cut in the head": one[:40], "cut in the middle": one[:70000], "cut by one byte": one[:len(one)-1],
		"a byte more": append(bytes.Clone(one), 0), "another format": []byte("PK\x03\x04"),
	} {
		must(t, p.Change(parts[0].Name, b))
		check(what, key, parts)
	}
	for _, at := range []int{0, 30, 60, 200, 1000, 70000, len(one) - 1} {
		b := bytes.Clone(one)
		b[at] ^= 1
		must(t, p.Change(parts[0].Name, b))
		check(fmt.Sprint("flipped at ", at), key, parts)
	}
	must(t, p.Change(parts[0].Name, one))
	if got, err := readAll(t, p, key, parts); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("put back as it was: %v", err)
	}
}

func missing(t *testing.T, p Place) {
	key, plain := NewKey(t), noise(200)
	parts := put(t, p, key, plain, 100, 100)
	must(t, p.Vault.Remove(ctx, parts[1:]))
	if _, err := p.Vault.Open(ctx, key, parts); !fault.Is(err, fault.Damaged) {
		t.Errorf("got %v", err)
	}
}

// breaking gives some bytes and then an error.
type breaking struct {
	r   io.Reader
	err error
}

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func left(t testing.TB, p Place, want int) {
	t.Helper()
	parts, unfinished, err := p.Left()
	if err != nil || parts != want || unfinished != 0 {
		t.Errorf("%d parts and %d unfinished ones lie in the vault, want %d and none (%v)", parts, unfinished, want, err)
	}
}

func broken(t *testing.T, p Place) {
	lost := errors.New("connection lost")
	_, err := p.Vault.Put(ctx, NewKey(t), "part-0000", breaking{bytes.NewReader(noise(200000)), lost})
	if !errors.Is(err, lost) {
		t.Errorf("got %v, want the reader's own error", err)
	}
	left(t, p, 0)
}

func gone(t *testing.T, p Place) {
	ctx, cancel := context.WithCancel(context.Background())
	r := io.MultiReader(bytes.NewReader(noise(200000)), cancelling(cancel), bytes.NewReader(noise(200000)))
	if _, err := p.Vault.Put(ctx, NewKey(t), "part-0000", r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	left(t, p, 0)
}

type cancelling func()

func (c cancelling) Read([]byte) (int, error) { c(); return 0, io.EOF }

func again(t *testing.T, p Place) {
	key := NewKey(t)
	for _, text := range []string{"first", "second and longer"} {
		part, err := p.Vault.Put(ctx, key, "part-0000", strings.NewReader(text))
		must(t, err)
		if got, err := readAll(t, p, key, []casefile.Part{part}); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	left(t, p, 1)
}

func remove(t *testing.T, p Place) {
	parts := put(t, p, NewKey(t), noise(20), 10, 10)
	must(t, p.Vault.Remove(ctx, parts))
	must(t, p.Vault.Remove(ctx, parts))
	left(t, p, 0)
}

func path(t *testing.T, p Place) {
	for _, name := range []string{"", "..", "../../../etc/passwd", "a/b/c/d/e/f", "ruth alvarez", "part\x00part", "-rf-part", strings.Repeat("a", 300)} {
		if _, err := p.Vault.Put(ctx, NewKey(t), name, strings.NewReader("x")); err == nil {
			t.Errorf("%q was taken", name)
		}
		if _, err := p.Vault.Open(ctx, NewKey(t), []casefile.Part{{Name: name, Size: 1}}); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
	left(t, p, 0)
}

func empty(t *testing.T, p Place) {
	key := NewKey(t)
	part, err := p.Vault.Put(ctx, key, "part-0000", strings.NewReader(""))
	must(t, err)
	for _, parts := range [][]casefile.Part{{part}, nil} {
		if got, err := readAll(t, p, key, parts); err != nil || len(got) != 0 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
}
