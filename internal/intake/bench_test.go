package intake_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/fhir"
)

// BenchmarkFHIR reads real bundles; the aim is 60 MB/s on one core.
func BenchmarkFHIR(b *testing.B) {
	files, _ := filepath.Glob(openData + "/fhir/synthea-*/*.json.gz")
	var all [][]byte
	size := int64(0)
	for _, p := range files {
		plain := gunzip(b, p)
		all = append(all, plain)
		size += int64(len(plain))
	}
	if len(all) == 0 {
		plain, err := os.ReadFile("testdata/fhir/Bundle-bundle-minimal.json")
		if err != nil {
			b.Fatal(err)
		}
		all, size = [][]byte{plain}, int64(len(plain))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, plain := range all {
			r := fhir.Read(context.Background(), bytes.NewReader(plain), int64(len(plain)), clinical.Source{File: "x"}, intake.DefaultLimits().FHIR)
			if r.Kind == clinical.FileUnknown {
				b.Fatal("a bundle was not read")
			}
		}
	}
}
