package network

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var visits = []string{"99203", "99204", "99205", "99214", "99244", "88321", "G2212"}

// built makes a network of one rates file and opens it.
func built(t testing.TB, p Plan) (*Network, Report) {
	t.Helper()
	p.Out = filepath.Join(t.TempDir(), "plan.network")
	report, err := Build(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Open(p.Out)
	if err != nil {
		t.Fatal(err)
	}
	return n, report
}

func put(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plain reads the same file in the simplest way, all in memory.
type plain struct {
	References []struct {
		ID     json.Number  `json:"provider_group_id"`
		Groups []plainGroup `json:"provider_groups"`
	} `json:"provider_references"`
	Items []struct {
		Arrangement string `json:"negotiation_arrangement"`
		Type        string `json:"billing_code_type"`
		Code        string `json:"billing_code"`
		Bundled     []struct {
			Code string `json:"billing_code"`
		} `json:"bundled_codes"`
		Rates []struct {
			References []json.Number `json:"provider_references"`
			Groups     []plainGroup  `json:"provider_groups"`
			Prices     []struct {
				Rate      float64  `json:"negotiated_rate"`
				Type      string   `json:"negotiated_type"`
				Class     string   `json:"billing_class"`
				Places    []string `json:"service_code"`
				Modifiers []string `json:"billing_code_modifier"`
			} `json:"negotiated_prices"`
		} `json:"negotiated_rates"`
	} `json:"in_network"`
}

type plainGroup struct {
	NPI []uint64 `json:"npi"`
	TIN struct {
		Value string `json:"value"`
	} `json:"tin"`
}

// expected gives, for each NPI, each price as one line of text; a member without a
// price has none.
func expected(t testing.TB, file []byte, codes []string) map[uint32][]string {
	t.Helper()
	var p plain
	if err := json.Unmarshal(file, &p); err != nil {
		t.Fatal(err)
	}
	all, groups := map[uint32][]string{}, map[string][]plainGroup{}
	say := func(gs []plainGroup, line string) {
		for _, g := range gs {
			for _, npi := range g.NPI {
				if npi < 1e9 || npi >= 3e9 {
					continue
				}
				lines := all[uint32(npi)]
				if line != "" {
					lines = append(lines, strings.ReplaceAll(g.TIN.Value, "-", "")+" "+line)
				}
				all[uint32(npi)] = lines
			}
		}
	}
	for _, r := range p.References {
		groups[r.ID.String()] = append(groups[r.ID.String()], r.Groups...)
		say(r.Groups, "")
	}
	for _, it := range p.Items {
		asked := []string{}
		if slices.Contains(codes, it.Code) && (it.Type == "CPT" || it.Type == "HCPCS") {
			asked = append(asked, it.Code)
		}
		for _, b := range it.Bundled {
			if slices.Contains(codes, b.Code) {
				asked = append(asked, b.Code)
			}
		}
		for _, code := range asked {
			for _, r := range it.Rates {
				say(r.Groups, "")
				for _, pr := range r.Prices {
					slices.Sort(pr.Places)
					line := fmt.Sprint(code, it.Arrangement, math.Round(pr.Rate*100), pr.Type, pr.Class, pr.Places, pr.Modifiers)
					for _, id := range r.References {
						say(groups[id.String()], line)
					}
					say(r.Groups, line)
				}
			}
		}
	}
	for npi := range all {
		slices.Sort(all[npi])
		all[npi] = slices.Compact(all[npi])
	}
	return all
}

func lines(rates []Rate) []string {
	var all []string
	for _, r := range rates {
		all = append(all, r.TIN+" "+fmt.Sprint(r.Code, r.Arrangement, float64(r.Cents+r.Percent), r.Kind, r.Class, r.Places, r.Modifiers))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func same(t *testing.T, n *Network, want map[uint32][]string) {
	t.Helper()
	if n.Len() != len(want) {
		t.Fatalf("%d members, want %d", n.Len(), len(want))
	}
	priced := 0
	for npi, lw := range want {
		if !n.Has(npi) {
			t.Fatalf("%d is missing", npi)
		}
		if got := lines(n.Rates(npi, "")); !slices.Equal(got, lw) {
			t.Fatalf("%d:\n got %q\nwant %q", npi, got, lw)
		}
		priced += len(lw)
	}
	if priced == 0 {
		t.Error("no prices were compared")
	}
}

func TestPublishedSamplesGiveTheRatesThatTheyHold(t *testing.T) {
	for file, codes := range map[string][]string{
		"in-network-rates-multiple-plans-sample.json":     {"27447", "27448"},
		"in-network-rates-bundle-single-plan-sample.json": {"27446", "27447"},
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata/rates", file)
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n, report := built(t, Plan{Name: "Acme", Rates: []string{path}, Codes: codes})
			same(t, n, expected(t, raw, codes))
			if s := report.Sources[0]; s.Updated != "2020-08-27" || s.Entity != "cms" || s.Counts.BadNPI == 0 || !slices.Contains(s.Names, "ACME Choice Provider Group") {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestXMLSaysTheSameAsJSON(t *testing.T) {
	n, _ := built(t, Plan{Rates: []string{"testdata/rates/in-network-rates-fee-for-service-sample.xml"}, Codes: []string{"27447", "27448"}})
	if got := lines(n.Rates(1111111111, "")); !slices.Equal(got, []string{
		"111111111 27447ffs12045negotiated[05 06 07] []", "111111111 27447ffs12345negotiated[01 02 03 04] []", "111111111 27448ffs1.200345e+06negotiated[08 09 10] []",
	}) {
		t.Errorf("%q", got)
	}
	n, _ = built(t, Plan{Rates: []string{"testdata/rates/in-network-rates-capitation-sample.xml"}, Codes: []string{"27447"}})
	if r := n.Rates(1111111111, "27447"); len(r) != 2 || r[0].Arrangement != "capitation" || r[0].Cents != 140000 || r[1].Cents != 200000 {
		t.Errorf("%+v", r)
	}
}

func TestALargeMadeUpFileGivesTheRatesThatItHolds(t *testing.T) {
	var b, packed bytes.Buffer
	if err := Sample(&b, 3_000_000, 1, visits); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&packed)
	z.Write(b.Bytes())
	z.Close()
	n, report := built(t, Plan{Rates: []string{put(t, "rates.json.gz", packed.Bytes())}, Codes: visits})
	same(t, n, expected(t, b.Bytes(), visits))
	if c := report.Sources[0].Counts; c.Items == 0 || c.Skipped == 0 || c.Issues != 0 || c.Doubtful != 0 || c.Bytes != int64(b.Len()) {
		t.Errorf("%+v", c)
	}
}

// Any order of fields is allowed: the same file with each object's fields shuffled
// says the same.
func TestTheOrderOfFieldsDoesNotMatter(t *testing.T) {
	var b bytes.Buffer
	if err := Sample(&b, 400_000, 2, visits); err != nil {
		t.Fatal(err)
	}
	want := expected(t, b.Bytes(), visits)
	for seed := range uint64(5) {
		var v any
		d := json.NewDecoder(bytes.NewReader(b.Bytes()))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		shuffled := shuffle(nil, v, rand.New(rand.NewPCG(seed, 7)))
		n, _ := built(t, Plan{Rates: []string{put(t, "rates.json", shuffled)}, Codes: visits})
		same(t, n, want)
	}
}

func shuffle(to []byte, v any, rnd *rand.Rand) []byte {
	switch v := v.(type) {
	case map[string]any:
		keys := []string{}
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		rnd.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		to = append(to, '{')
		for k, key := range keys {
			if k > 0 {
				to = append(to, ", "...)
			}
			to = append(fmt.Appendf(to, "%q :\n", key), shuffle(nil, v[key], rnd)...)
		}
		return append(to, '}')
	case []any:
		to = append(to, '[')
		for k, x := range v {
			if k > 0 {
				to = append(to, ',')
			}
			to = shuffle(to, x, rnd)
		}
		return append(to, ']')
	}
	b, _ := json.Marshal(v)
	return append(to, b...)
}

func TestOneNetworkOfAPriceFileCanBeAskedFor(t *testing.T) {
	file := put(t, "r.json", []byte(`{"provider_references":[
	 {"provider_group_id":1,"provider_groups":[{"npi":[1234567893],"tin":{"value":"12-3456789"}}],"network_name":["Gold"]},
	 {"network_name":["Silver"],"provider_group_id":2,"provider_groups":[{"npi":[1245319599],"tin":{"value":"12-3456789"}}]}],
	 "in_network":[{"billing_code":"99204","billing_code_type":"CPT","negotiated_rates":[{"provider_references":[1,2],"negotiated_prices":[{"negotiated_rate":10}]}]}]}`))
	n, report := built(t, Plan{Rates: []string{file}, Codes: visits, Only: []string{"gold"}})
	if n.Len() != 1 || len(n.Rates(1234567893, "99204")) != 1 || report.Sources[0].Counts.Missing != 0 {
		t.Errorf("%d members, %+v", n.Len(), report)
	}
	n, _ = built(t, Plan{Rates: []string{file}, Codes: visits})
	if n.Len() != 2 {
		t.Errorf("%d members", n.Len())
	}
	if _, err := Build(t.Context(), Plan{Out: filepath.Join(t.TempDir(), "n"), Rates: []string{file}, Only: []string{"Bronze"}}); err == nil || !strings.Contains(err.Error(), "Silver") {
		t.Errorf("a network that is not there: %v", err)
	}
}

func TestAZipOfSeveralFilesIsReadWhole(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, file := range map[string]string{"a.json": "in-network-rates-multiple-plans-sample.json", "b.xml": "in-network-rates-fee-for-service-sample.xml", "readme.txt": "in-network-rates-capitation-sample.xml"} {
		w, _ := z.Create(name)
		content, err := os.ReadFile(filepath.Join("testdata/rates", file))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	z.Close()
	n, _ := built(t, Plan{Rates: []string{put(t, "all.zip", b.Bytes())}, Codes: []string{"27447", "27448"}})
	cents := map[int64]bool{}
	for _, r := range n.Rates(1111111111, "27447") {
		cents[r.Cents] = true
	}
	if !cents[123045] || !cents[12345] || len(n.Rates(1111111111, "27447")) < 6 {
		t.Errorf("%v", cents)
	}
}

func TestStoppingEndsTheReading(t *testing.T) {
	var b bytes.Buffer
	Sample(&b, 2_000_000, 1, visits)
	ctx, stop := context.WithCancel(t.Context())
	out := filepath.Join(t.TempDir(), "n")
	_, err := Build(ctx, Plan{Out: out, Rates: []string{put(t, "r.json", b.Bytes())}, Codes: visits, Progress: func(string, int64, int64) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
