package demo_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"consilium/cmd/consilium/program"
	"consilium/internal/casefile"
	"consilium/internal/demo"
)

// BenchmarkImport takes five real bundles of about two hundred resources each into a
// case: uploaded, hashed, sealed, on disk, logged, validated and read into facts. It
// tells resources a second, that is entries of the bundles.
func BenchmarkImport(b *testing.B) {
	paths, _ := filepath.Glob("../../../shared/data/open/fhir/synthea-2019/*.json.gz")
	var files [][]byte
	entries := 0
	for _, path := range paths {
		plain := unzipped(b, path)
		if n := bytes.Count(plain, []byte(`"fullUrl"`)); n >= 140 && n <= 320 {
			files = append(files, plain)
			entries += n
		}
		if len(files) == 5 {
			break
		}
	}
	if len(files) < 5 {
		b.Skip("the open records are not here")
	}
	p, err := program.Open(b.Context(), program.Config{Data: b.TempDir(), Public: "http://127.0.0.1:1", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	if err := demo.Load(b.Context(), p.House, p.WorkOnce, "amber birch canyon daisy ember"); err != nil {
		b.Fatal(err)
	}
	owner, err := p.Store.PersonByHandle(b.Context(), demo.Handle)
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		id, err := p.House.OpenCase(b.Context(), owner.ID)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began := time.Now()
		for _, plain := range files {
			c, err := p.House.Load(b.Context(), owner.ID, id)
			if err != nil {
				b.Fatal(err)
			}
			take(b, p, owner.ID, c, plain)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(entries)/took[len(took)/2].Seconds(), "resources/s")
}

func take(b *testing.B, p *program.Program, who casefile.Person, c *casefile.Case, plain []byte) {
	u, err := p.House.StartUpload(b.Context(), who, c, "bundle.json", int64(len(plain)))
	if err == nil {
		_, err = p.House.AppendUpload(b.Context(), who, c, u.ID, 0, bytes.NewReader(plain))
	}
	if err == nil {
		_, err = p.House.FinishUpload(b.Context(), who, c, u.ID)
	}
	for more := true; err == nil && more; {
		more, err = p.WorkOnce(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
}

func unzipped(b *testing.B, path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	return plain
}
