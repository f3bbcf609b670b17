package network

import "io"

const chunkSize = 256 << 10

type chunk struct {
	bytes []byte
	err   error
}

// pump reads r in one goroutine while another looks at what was read. stop ends it.
func pump(r io.Reader) (in <-chan chunk, free chan<- []byte, stop func()) {
	const ahead = 4
	full, empty, quit := make(chan chunk, ahead), make(chan []byte, ahead+1), make(chan struct{})
	for range ahead {
		empty <- make([]byte, chunkSize)
	}
	go func() {
		defer close(full)
		for {
			var b []byte
			select {
			case b = <-empty:
			case <-quit:
				return
			}
			n, err := io.ReadFull(r, b[:chunkSize])
			if err == io.ErrUnexpectedEOF && n > 0 && endsHere(r) {
				err = io.EOF
			}
			select {
			case full <- chunk{b[:n], err}:
			case <-quit:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return full, empty, func() {
		close(quit)
		for range full {
		}
	}
}

// endsHere tells a short last piece from a reader that itself broke off: io.ReadFull
// says the same of both.
func endsHere(r io.Reader) bool {
	var one [1]byte
	_, err := r.Read(one[:])
	return err == io.EOF
}
