package network

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
)

// items reads in_network.
func (r *rateReader) items() {
	if !r.enter('[', "in_network") {
		return
	}
	for r.next() {
		r.item()
	}
}

// item is one element of in_network while it is read.
type item struct {
	kind, code, arrangement string
	inside                  []string // codes of a bundle or of a capitation that were asked for
	from                    int      // its first entry
	read                    bool
}

// wanted tells what is known so far: yes, no, or not yet.
func (r *rateReader) wanted(it *item) (yes, sure bool) {
	if len(it.inside) > 0 || r.b.codes[it.code] && (it.kind == "" || billing(it.kind)) {
		return true, it.kind != ""
	}
	return false, it.code != "" && it.arrangement == "ffs" || it.code != "" && it.arrangement == "" && it.kind != "" && !billing(it.kind)
}

// billing tells the code types in which visits are billed.
func billing(kind string) bool { return kind == "CPT" || kind == "HCPCS" }

// item reads one, or passes over its rates when its code was not asked for. Where its
// code comes after its rates they are read first and dropped if need be.
func (r *rateReader) item() {
	if !r.enter('{', "") {
		return
	}
	it := item{from: len(r.entries)}
	mark, flushed := len(r.uses.held), len(r.uses.runs)
	for r.field() {
		switch string(r.key) {
		case "negotiation_arrangement":
			it.arrangement = strings.ToLower(r.short64())
		case "billing_code_type":
			it.kind = strings.ToUpper(r.short64())
		case "billing_code":
			it.code = strings.ToUpper(r.short64())
		case "bundled_codes", "covered_services":
			r.contained(&it)
		case "negotiated_rates":
			if yes, sure := r.wanted(&it); !yes && sure {
				r.skip()
				continue
			}
			it.read = true
			r.rates()
		default:
			r.skip()
		}
	}
	yes, _ := r.wanted(&it)
	if !yes || !it.read {
		r.b.src.Counts.Skipped++
		if len(r.uses.runs) == flushed { // else they stay on disk, and count for nobody
			r.uses.held, r.entries = r.uses.held[:mark], r.entries[:it.from]
		}
		for k := it.from; k < len(r.entries); k++ {
			r.entries[k].item = noItem
		}
		return
	}
	r.b.src.Counts.Items++
	codes := it.inside
	if r.b.codes[it.code] && (it.kind == "" || billing(it.kind)) && !slices.Contains(codes, it.code) {
		codes = append(codes, it.code)
	}
	if it.arrangement == "" {
		it.arrangement = "ffs"
	}
	row := numbers(nil, r.b.word([]byte(it.arrangement)))
	slices.Sort(codes)
	for _, c := range codes {
		row = numbers(row, r.b.word([]byte(c)))
	}
	n := r.b.items.add(row)
	for k := it.from; k < len(r.entries); k++ {
		r.entries[k].item = n
	}
}

const noItem = 1<<32 - 1

// short64 reads a short text.
func (r *rateReader) short64() string {
	name := string(r.key)
	t, _ := r.scalar(name)
	return string(bytes.TrimSpace(t[:min(len(t), 64)]))
}

// contained reads the codes of a bundle or a capitation and keeps those asked for.
func (r *rateReader) contained(it *item) {
	if !r.enter('[', string(r.key)) {
		return
	}
	for r.next() {
		if !r.enter('{', "") {
			continue
		}
		kind, code := "", ""
		for r.field() {
			switch string(r.key) {
			case "billing_code_type":
				kind = strings.ToUpper(r.short64())
			case "billing_code":
				code = strings.ToUpper(r.short64())
			default:
				r.skip()
			}
		}
		if r.b.codes[code] && billing(kind) && !slices.Contains(it.inside, code) {
			it.inside = append(it.inside, code)
		}
	}
}

func (r *rateReader) rates() {
	if !r.enter('[', "negotiated_rates") {
		return
	}
	for r.next() {
		r.rate()
	}
}

// rate reads one element of negotiated_rates: providers, and their prices.
func (r *rateReader) rate() {
	if !r.enter('{', "") {
		return
	}
	n := uint64(len(r.entries))
	own := inlineGroup | r.inline
	r.inline++
	r.prices = r.prices[:0]
	for r.field() {
		switch string(r.key) {
		case "provider_references":
			if !r.enter('[', "provider_references") {
				continue
			}
			for r.next() {
				if group, ok := r.groupID(); ok {
					r.uses.add(group, n)
				}
			}
		case "provider_groups", "providers": // providers: the first drafts of the schema
			r.uses.add(own, n)
			r.groups(own, true)
		case "negotiated_prices":
			if !r.enter('[', "negotiated_prices") {
				continue
			}
			for r.next() {
				r.price()
			}
		case "negotiated_price": // the same drafts
			r.price()
		case "negotiated_rate": // and their capitation
			if a, ok := r.amount(); ok {
				r.keep(price{amount: a, kind: "negotiated"})
			}
		default:
			r.skip()
		}
	}
	slices.Sort(r.prices)
	r.row = r.row[:0]
	for k, p := range r.prices {
		if k == 0 || p != r.prices[k-1] {
			r.row = numbers(r.row, p)
		}
	}
	r.entries = append(r.entries, entry{r.b.sets.add(r.row), noItem})
}

// price is one negotiated price as it was read. amount is in millionths.
type price struct {
	amount                                              *big.Rat
	kind, class, setting, places, modifiers, ends, note string
}

const pricesOfOne = 1 << 20 // prices of one element that are kept

func (r *rateReader) price() {
	if !r.enter('{', "") {
		return
	}
	var p price
	ok := false
	for r.field() {
		switch string(r.key) {
		case "negotiated_rate":
			p.amount, ok = r.amount()
		case "negotiated_type":
			p.kind = strings.ToLower(r.short64())
		case "billing_class":
			p.class = strings.ToLower(r.short64())
		case "setting":
			p.setting = strings.ToLower(r.short64())
		case "expiration_date":
			p.ends = r.short64()
		case "service_code":
			p.places = r.list("service_code")
		case "billing_code_modifier":
			p.modifiers = r.list("billing_code_modifier")
		case "additional_information":
			t, _ := r.scalar("additional_information")
			p.note = string(t[:min(len(t), 1000)])
		default:
			r.skip()
		}
	}
	if !ok {
		if r.err == nil {
			r.complain("negotiated_rate", "a price without an amount above 0")
		}
		return
	}
	r.keep(p)
}

// keep writes a price down, once for all that are equal.
func (r *rateReader) keep(p price) {
	r.b.src.Counts.Prices++
	if len(r.prices) >= pricesOfOne {
		r.complain("negotiated_prices", "too many prices for one group: the rest is left out")
		return
	}
	row := numbers(nil, r.b.word([]byte(p.kind)), r.b.word([]byte(p.class)), r.b.word([]byte(p.setting)), r.b.word([]byte(p.places)),
		r.b.word([]byte(p.modifiers)), r.b.word([]byte(p.ends)), r.b.word([]byte(p.note)))
	row = binary.LittleEndian.AppendUint64(row, hundredths(p.amount))
	r.prices = append(r.prices, r.b.prices.add(row))
}

// list reads a short list of codes, sorted and joined by commas.
func (r *rateReader) list(name string) string {
	if r.peek() == '"' {
		return r.short64()
	}
	if !r.enter('[', name) {
		return ""
	}
	var all []string
	for r.next() {
		if t, ok := r.scalar(""); ok && len(all) < 256 {
			all = append(all, strings.ReplaceAll(string(t[:min(len(t), 64)]), ",", " "))
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

var mostMoney = big.NewRat(1_000_000_000, 1)

// amount reads a rate exactly as it is written.
func (r *rateReader) amount() (*big.Rat, bool) {
	t, ok := r.scalar("negotiated_rate")
	if !ok {
		return nil, false
	}
	if len(t) > 40 || bytes.ContainsAny(t, "/_xXpP") || bytes.ContainsAny(t, "eE") && !smallExponent(t) {
		r.complain("negotiated_rate", "not an amount")
		return nil, false
	}
	a, ok := new(big.Rat).SetString(string(t))
	if !ok {
		r.complain("negotiated_rate", "not an amount")
		return nil, false
	}
	if a.Sign() <= 0 || a.Cmp(mostMoney) > 0 {
		return nil, false
	}
	return a, true
}

// smallExponent keeps a number such as 1e999999999 from being written out.
func smallExponent(t []byte) bool {
	e := t[bytes.IndexAny(t, "eE")+1:]
	return len(bytes.TrimLeft(e, "+-0")) <= 1
}

// hundredths rounds half up to cents, or to hundredths of a percent.
func hundredths(a *big.Rat) uint64 {
	twice := new(big.Int).Mul(a.Num(), big.NewInt(200))
	twice.Add(twice, a.Denom())
	return twice.Quo(twice, new(big.Int).Lsh(a.Denom(), 1)).Uint64()
}
