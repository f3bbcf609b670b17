package network

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
)

// Sample writes a made-up in-network file of about size bytes to w, shaped like the
// published ones: provider references first, then one item for each code with
// thousands of rates, the asked codes among many others. The same seed gives the same
// bytes; the NPIs have right check digits and belong to nobody in particular.
func Sample(w io.Writer, size int64, seed uint64, codes []string) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	out := &tally{w: bufio.NewWriterSize(w, 256<<10)}
	fmt.Fprint(out, `{"reporting_entity_name":"Sample Health Plan","reporting_entity_type":"health insurance issuer","last_updated_on":"2026-11-01","version":"1.3.1","provider_references":[`)
	groups := max(8, int(size/2_000)/10*3)
	for g := 0; g < groups && out.n < size*2/5; g++ {
		if g > 0 {
			out.w.WriteByte(',')
		}
		fmt.Fprintf(out, `{"provider_group_id":%d,"network_name":["Sample PPO"],"provider_groups":[`, g)
		for k := range 1 + rnd.IntN(3) {
			if k > 0 {
				out.w.WriteByte(',')
			}
			fmt.Fprint(out, `{"npi":[`)
			for m := range 1 + rnd.IntN(30)*rnd.IntN(4) {
				if m > 0 {
					out.w.WriteByte(',')
				}
				fmt.Fprint(out, sampleNPI(rnd))
			}
			fmt.Fprintf(out, `],"tin":{"type":"ein","value":"%02d-%07d","business_name":"Group %d of Medicine"}}`, 10+rnd.IntN(80), rnd.IntN(10_000_000), g)
		}
		fmt.Fprint(out, `]}`)
	}
	fmt.Fprint(out, `],"in_network":[`)
	for item := 0; out.n < size; item++ {
		if item > 0 {
			out.w.WriteByte(',')
		}
		code := strconv.Itoa(10000 + rnd.IntN(80000))
		if len(codes) > 0 && item%40 == 7 {
			code = codes[item/40%len(codes)]
		}
		sampleItem(out, rnd, code, groups, min(400_000, size/100))
	}
	fmt.Fprint(out, `]}`)
	return out.w.Flush()
}

func sampleItem(out *tally, rnd *rand.Rand, code string, groups int, room int64) {
	fmt.Fprintf(out, `{"negotiation_arrangement":"ffs","name":"Service %s","billing_code_type":"CPT","billing_code_type_version":"2026","billing_code":"%s","description":"A service, \"as listed\", of [this] plan {%s}","negotiated_rates":[`, code, code, code)
	end := out.n + room/2 + rnd.Int64N(room/2+1)
	for k := 0; out.n < end; k++ {
		if k > 0 {
			out.w.WriteByte(',')
		}
		fmt.Fprint(out, `{"provider_references":[`)
		first := rnd.IntN(groups)
		for m := range 1 + rnd.IntN(12) {
			if m > 0 {
				out.w.WriteByte(',')
			}
			fmt.Fprint(out, (first+m*7)%groups)
		}
		fmt.Fprint(out, `],"negotiated_prices":[`)
		for m := range 1 + rnd.IntN(3) {
			if m > 0 {
				out.w.WriteByte(',')
			}
			fmt.Fprintf(out, `{"negotiated_type":"%s","negotiated_rate":%d.%02d,"expiration_date":"9999-12-31","service_code":["11","%02d"],"billing_class":"professional","setting":"outpatient","billing_code_modifier":[]}`,
				[]string{"negotiated", "fee schedule", "percentage"}[rnd.IntN(20)/9%3], 20+rnd.IntN(600), rnd.IntN(100), 19+rnd.IntN(4))
		}
		fmt.Fprint(out, `]}`)
	}
	fmt.Fprint(out, `]}`)
}

func sampleNPI(rnd *rand.Rand) uint64 {
	n := uint64(1_000_000_00+rnd.IntN(100_000_00)) * 10
	for !checks(n) {
		n++
	}
	return n
}

type tally struct {
	w *bufio.Writer
	n int64
}

func (t *tally) Write(b []byte) (int, error) { t.n += int64(len(b)); return t.w.Write(b) }
