package actions

import (
	"hash"
	"sync"
)

// aside hashes what is written to it beside the writer: sealing a file and hashing
// it each take a whole processor, so neither waits for the other. What it was given
// is in the sum once Wait has returned.
type aside struct {
	full chan []byte
	free sync.Pool
	done chan struct{}
}

// hashAside begins to hash. The sum must not be touched until Wait.
func hashAside(sum hash.Hash) *aside {
	a := &aside{full: make(chan []byte, 16), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		for b := range a.full {
			sum.Write(b) // a hash never fails
			a.free.Put(&b)
		}
	}()
	return a
}

// Write fills io.Writer.
func (a *aside) Write(p []byte) (int, error) {
	var b []byte
	if had, ok := a.free.Get().(*[]byte); ok {
		b = *had
	}
	a.full <- append(b[:0], p...)
	return len(p), nil
}

// Wait ends the writing and returns when everything is hashed.
func (a *aside) Wait() {
	close(a.full)
	<-a.done
}
