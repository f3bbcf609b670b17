package network

import (
	"bufio"
	"bytes"
	"errors"
	"hash/maphash"
	"math"
)

// The price file: which providers have which rate, for the codes that were asked for.
// An item for another code is passed over undecoded.

// Keys of provider groups: those of the file that are whole numbers, then those that
// are not, then the groups written where they are used.
const (
	hashedGroup = 1 << 62
	inlineGroup = 1 << 63
	elsewhere   = math.MaxUint64 // in place of a member: the group is in another file
)

type rateReader struct {
	*scanner
	b       *builder
	members *sorter // group, npi<<32|tin
	uses    *sorter // group, entry
	entries []entry
	inline  uint64
	held    []uint64 // members of a reference whose number is not known yet
	npis    []uint64
	prices  []uint32
	row     []byte
	asked   bool // somebody is in a network that was asked for
	refs    bool // the file has provider references of its own
}

// entry is one element of negotiated_rates: a list of prices for somebody.
type entry struct{ set, item uint32 }

func (b *builder) readRates(d document) error {
	buffered := bufio.NewReaderSize(d.r, 4096)
	head, _ := buffered.Peek(64)
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \r\n\t"), []byte("<")) {
		pipe := transcode(buffered)
		defer pipe.Close()
		d.r = pipe
	} else {
		if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
			buffered.Discard(3)
		}
		d.r = buffered
	}
	in, free, stop := pump(d.r)
	defer stop()
	r := &rateReader{scanner: newScanner(in, free, b.issue), b: b, members: newGrouper(b.dir), uses: newGrouper(b.dir)}
	defer r.members.close()
	defer r.uses.close()
	r.file()
	b.src.Counts.Bytes += r.offset()
	if r.err != nil {
		return r.err
	}
	if len(b.plan.Only) > 0 && r.refs && !r.asked && len(b.src.Names) > 0 {
		return b.unknown(b.src.Names)
	}
	return r.join()
}

func (r *rateReader) file() {
	src, found := r.b.src, false
	if r.peek() != '{' {
		r.broken("an in-network file begins with an object")
		return
	}
	r.enter('{', "")
	for r.field() {
		switch string(r.key) {
		case "reporting_entity_name":
			r.say(&src.Entity)
		case "plan_name":
			r.say(&src.Plan)
		case "last_updated_on":
			r.say(&src.Updated)
		case "version":
			r.say(&src.Version)
		case "provider_references":
			r.refs = true
			r.references()
		case "in_network":
			found = true
			r.items()
		default:
			r.skip()
		}
	}
	if c := r.peek(); c != 0 {
		r.broken("something follows the end of the file's object")
	}
	if !found && !r.refs && r.err == nil {
		r.err = errors.New("no in_network and no provider_references: this is no in-network rates file")
	}
	if !r.refs && src.Counts.Skipped > 0 {
		r.complain("in_network", "the providers stand inside the items, so only those with a rate for an asked code are members")
	}
}

// say keeps a short text of the file's head.
func (r *rateReader) say(to *string) {
	name := string(r.key)
	if t, ok := r.scalar(name); ok {
		*to = string(t[:min(len(t), 200)])
	}
}

func (r *rateReader) references() {
	if !r.enter('[', "provider_references") {
		return
	}
	for r.next() {
		r.reference()
	}
}

// reference reads one. Its number mostly comes first; where it does not, the members
// are held until it does.
func (r *rateReader) reference() {
	if !r.enter('{', "") {
		return
	}
	group, known, asked := uint64(0), false, true
	choosy := len(r.b.plan.Only) > 0 // then whether they count is not known before the end
	for r.field() {
		switch string(r.key) {
		case "provider_group_id":
			group, known = r.groupID()
		case "provider_groups":
			r.groups(group, known && !choosy)
		case "network_name":
			asked = r.networks()
		case "location":
			if t, ok := r.scalar("location"); ok {
				r.b.src.Counts.External++
				r.complain("location", "another file, which is not fetched: "+string(t[:min(len(t), 200)]))
				r.member(group, known && !choosy, elsewhere)
			}
		default:
			r.skip()
		}
	}
	if !known && len(r.held) > 0 && r.err == nil {
		r.complain("", "a provider reference without provider_group_id")
	}
	switch {
	case known && asked:
		r.asked = true
		for _, m := range r.held {
			r.members.add(group, m)
		}
	case known:
		r.members.add(group, elsewhere)
	}
	r.held = r.held[:0]
}

const heldMembers = 1 << 22 // of one reference whose number comes last: 32 MiB

// member says that somebody is in a group.
func (r *rateReader) member(group uint64, known bool, who uint64) {
	switch {
	case known:
		r.members.add(group, who)
	case len(r.held) < heldMembers:
		r.held = append(r.held, who)
	default:
		r.broken("a provider reference with too many members before its provider_group_id")
	}
}

// networks reads the names of a reference's networks (schema 2.0), and tells whether
// one of them was asked for. With none asked for, all are.
func (r *rateReader) networks() bool {
	asked := len(r.b.plan.Only) == 0
	take := func(name string) {
		if t, ok := r.scalar(name); ok {
			n := string(t[:min(len(t), 200)])
			asked = asked || r.b.asks(n, "")
			r.b.src.Names = named(r.b.src.Names, n)
		}
	}
	if r.peek() == '"' {
		take("network_name")
		return asked
	}
	if !r.enter('[', "network_name") {
		return true
	}
	for r.next() {
		take("")
	}
	return asked
}

// groupID reads a provider_group_id: a number, in some files with a fraction.
func (r *rateReader) groupID() (uint64, bool) {
	if r.peek(); len(r.buf)-r.i > 24 {
		if c := r.buf[r.i]; c >= '0' && c <= '9' {
			k, n := r.i, uint64(0)
			for ; k < r.i+18 && r.buf[k]-'0' <= 9; k++ {
				n = n*10 + uint64(r.buf[k]-'0')
			}
			if c := r.buf[k]; c == ',' || c == ']' || c == '}' || c <= ' ' {
				r.i = k
				return n, true
			}
		}
	}
	t, ok := r.scalar("provider_group_id")
	if !ok {
		return 0, false
	}
	if n, ok := wholeOf(t); ok && n < hashedGroup {
		return n, true
	}
	return hashOf(t)&(hashedGroup-1) | hashedGroup, true
}

var groupSeed = maphash.MakeSeed()

func hashOf(t []byte) uint64 { return maphash.Bytes(groupSeed, t) }

// groups reads provider_groups: who bills under which tax number.
func (r *rateReader) groups(group uint64, known bool) {
	if !r.enter('[', "provider_groups") {
		return
	}
	for r.next() {
		r.group(group, known)
	}
}

func (r *rateReader) group(group uint64, known bool) {
	if !r.enter('{', "") {
		return
	}
	r.npis = r.npis[:0]
	tin, whole, flushed := uint64(0), false, false
	for r.field() {
		switch string(r.key) {
		case "npi":
			whole = r.readNPIs() || whole
		case "tin":
			tin = r.tin()
		case "providers": // the first drafts of the schema
			flushed = true
			if r.peek() == '[' {
				r.path[len(r.path)-1].name = ""
				r.groups(group, known)
			} else {
				r.group(group, known)
			}
		default:
			r.skip()
		}
	}
	if flushed {
		return
	}
	r.b.src.Counts.Groups++
	for _, n := range r.npis {
		r.member(group, known, n<<32|tin)
	}
	switch {
	case whole && tin == 0:
		r.complain("", "npi is 0 and there is no tax number: nobody is named")
	case whole && isNPI(tin): // "tin" of type npi
		r.member(group, known, tin<<32|tin)
	case whole:
		r.member(group, known, tin)
	}
}

const groupNPIs = 1 << 22 // of one group that are held until its tax number is known

// readNPIs reads the list, and tells whether it is the 0 that stands for everybody under
// the tax number.
func (r *rateReader) readNPIs() (whole bool) {
	if c := r.peek(); c == '"' || c >= '0' && c <= '9' {
		return r.oneNPI()
	}
	if !r.enter('[', "npi") {
		return false
	}
	for r.next() {
		whole = r.oneNPI() || whole
	}
	return whole
}

func (r *rateReader) oneNPI() (whole bool) {
	n, ok := r.whole("")
	switch {
	case !ok:
	case n == 0:
		return true
	case !r.b.npi(n):
		r.complain("", "not an NPI")
	case len(r.npis) >= groupNPIs:
		r.broken("a provider group with too many NPIs")
	default:
		r.npis = append(r.npis, n)
	}
	return false
}

// tin reads a tax number: an EIN of nine digits, or an NPI in its place.
func (r *rateReader) tin() uint64 {
	if !r.enter('{', "tin") {
		return 0
	}
	n := uint64(0)
	for r.field() {
		if string(r.key) != "value" {
			r.skip()
			continue
		}
		t, ok := r.scalar("value")
		if !ok {
			continue
		}
		n = 0
		digits := 0
		for _, c := range t {
			if c >= '0' && c <= '9' && digits < 10 {
				n, digits = n*10+uint64(c-'0'), digits+1
			} else if c != '-' && c != ' ' {
				digits = 99
			}
		}
		if !(digits == 9 && n > 0) && !(digits == 10 && isNPI(n)) {
			r.complain("value", "not a tax number of nine digits, nor an NPI")
			n = 0
		}
	}
	return n
}
