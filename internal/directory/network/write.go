package network

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// The file: a head of 16 bytes (magic, version, number of sections), where each section
// begins and ends, the sections, and the SHA-256 of all that. Numbers are little-endian.
const (
	magic   = "CONSNETW"
	version = 1
	headLen = 16
	sumLen  = sha256.Size
)

// The sections, in their order in the file.
const (
	secMeta       = iota // JSON
	secNPIs              // sorted, 4 bytes each
	secAccepts           // 1 byte each
	secPostStarts        // into secPosts, one more than NPIs
	secPosts             // tin, list
	secRoleStarts        // into secRolePosts
	secRolePosts         // role
	secTINs              // sorted, 4 bytes each
	secTINStarts         // into secTINPosts
	secTINPosts          // list
	secLists             // tables from here on: rows, then where each row begins
	secListStarts
	secSets
	secSetStarts
	secPrices
	secPriceStarts
	secWords
	secWordStarts
	secItems
	secItemStarts
	secRoles
	secRoleTableStarts
	sections
)

type meta struct {
	Name    string   `json:"name"`
	Codes   []string `json:"codes"`
	Sources []Source `json:"sources"`
}

// write brings everything into order and writes the file.
func (b *builder) write(out string) error {
	parts := make([]*spill, sections)
	for k := secNPIs; k <= secTINPosts; k++ {
		parts[k] = newSpill(b.dir)
		defer parts[k].close()
		if parts[k].err != nil {
			return parts[k].err
		}
	}
	if err := b.order(parts); err != nil {
		return err
	}
	for k, t := range []*table{b.lists, b.sets, b.prices, b.words, b.items, b.roles} {
		parts[secLists+2*k], parts[secLists+2*k+1] = t.data, t.starts
	}
	b.report.Prices = int(b.prices.rows)
	head, err := json.Marshal(meta{b.plan.Name, b.plan.Codes, b.report.Sources})
	if err != nil {
		return err
	}
	parts[secMeta] = newSpill(b.dir)
	defer parts[secMeta].close()
	parts[secMeta].write(head)
	if err := b.failed(); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".network-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if b.report.Bytes, err = compose(f, parts); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), out)
}

func compose(f *os.File, parts []*spill) (int64, error) {
	w := bufio.NewWriterSize(f, 1<<20)
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	head := append([]byte(magic), numbers(nil, version, sections)...)
	at := int64(headLen + sections*16)
	for _, p := range parts {
		head = binary.LittleEndian.AppendUint64(head, uint64(at))
		at += p.len
		head = binary.LittleEndian.AppendUint64(head, uint64(at))
	}
	if _, err := both.Write(head); err != nil {
		return 0, err
	}
	for _, p := range parts {
		if err := p.copyTo(both); err != nil {
			return 0, err
		}
	}
	w.Write(sum.Sum(nil))
	return at + sumLen, w.Flush()
}

// order merges what prices and directories say of each NPI.
func (b *builder) order(parts []*spill) error {
	posts, err := b.posts.sorted()
	if err != nil {
		return err
	}
	work, err := b.work.sorted()
	if err != nil {
		return err
	}
	posts.step()
	work.step()
	b.orderTINs(parts, posts)
	var one [1]byte
	npis, postAt, roleAt := 0, uint32(0), uint32(0)
	parts[secPostStarts].number(0)
	parts[secRoleStarts].number(0)
	for posts.ok || work.ok {
		if npis%4096 == 0 {
			if err := b.ctx.Err(); err != nil {
				return err
			}
		}
		npi := posts.now.a >> 32
		if !posts.ok || work.ok && work.now.a>>8 < npi {
			npi = work.now.a >> 8
		}
		for ; posts.ok && posts.now.a>>32 == npi; posts.step() {
			if list := uint32(posts.now.b); list != 0 { // who is in the file is a member; list 0 says no more
				parts[secPosts].number(uint32(posts.now.a))
				parts[secPosts].number(list)
				postAt++
			}
		}
		accepts := AcceptsUnknown
		for ; work.ok && work.now.a>>8 == npi; work.step() {
			accepts = max(accepts, Accepting(work.now.a))
			parts[secRolePosts].number(uint32(work.now.b))
			roleAt++
		}
		parts[secNPIs].number(uint32(npi))
		one[0] = byte(accepts)
		parts[secAccepts].write(one[:])
		parts[secPostStarts].number(postAt)
		parts[secRoleStarts].number(roleAt)
		if parts[secPosts].len > 1<<32-1 || parts[secRolePosts].len > 1<<32-1 {
			return errTooMuch
		}
		npis++
	}
	b.report.Members = npis
	if posts.err != nil {
		return posts.err
	}
	return work.err
}

// orderTINs writes the groups that name no clinician: they come first.
func (b *builder) orderTINs(parts []*spill, posts *merged) {
	at := uint32(0)
	parts[secTINStarts].number(0)
	for posts.ok && posts.now.a>>32 == 0 {
		tin := posts.now.a
		for ; posts.ok && posts.now.a == tin; posts.step() {
			parts[secTINPosts].number(uint32(posts.now.b))
			at++
		}
		parts[secTINs].number(uint32(tin))
		parts[secTINStarts].number(at)
		b.report.Groups++
	}
}
