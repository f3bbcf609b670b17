package records

import (
	"container/list"
	"hash/maphash"
	"sync"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

// mostDecoded is how much of what was read stays decoded in memory, in bytes of its
// stored form; in memory it takes about three times as much.
const mostDecoded = 64 << 20

// readings keeps decoded readings between two requests: what a file says never changes
// until it is read again, and decoding it takes longer than all the rest of a page. A
// reading is found by its case and its very bytes, so that it can never be another
// one. Nobody may change what is in it.
var readings = decoded{most: mostDecoded, at: map[decodedKey]*list.Element{}, order: list.New(), seed: maphash.MakeSeed()}

type decoded struct {
	mu    sync.Mutex
	most  int
	held  int
	at    map[decodedKey]*list.Element
	order *list.List // the newest used first
	seed  maphash.Seed
}

type decodedKey struct {
	id   casefile.ID
	ref  string
	hash uint64
	size int
}

type decodedEntry struct {
	key     decodedKey
	reading clinical.Reading
}

// read opens what a file says.
func (d *decoded) read(c *casefile.Case, ref casefile.Ref) (clinical.Reading, casefile.Version, error) {
	doc, ok := c.Document(ref)
	if !ok {
		return clinical.Reading{}, 0, nil
	}
	key := decodedKey{c.ID, ref.Name, maphash.Bytes(d.seed, doc.Body), len(doc.Body)}
	if r, had := d.find(key); had {
		return r, doc.Version, nil
	}
	r, version, err := casefile.Read[clinical.Reading](c, ref)
	if err == nil {
		d.keep(key, r)
	}
	return r, version, err
}

func (d *decoded) find(key decodedKey) (clinical.Reading, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.at[key]
	if !ok {
		return clinical.Reading{}, false
	}
	d.order.MoveToFront(e)
	return e.Value.(decodedEntry).reading, true
}

// keep takes a reading in and lets go of those that were not used for longest.
func (d *decoded) keep(key decodedKey, r clinical.Reading) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, had := d.at[key]; had || key.size > d.most {
		return
	}
	d.at[key] = d.order.PushFront(decodedEntry{key, r})
	d.held += key.size
	for d.held > d.most {
		last := d.order.Back()
		gone := d.order.Remove(last).(decodedEntry)
		delete(d.at, gone.key)
		d.held -= gone.key.size
	}
}
