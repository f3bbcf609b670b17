package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"consilium/internal/appeal"
	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
	"consilium/internal/rulebook"
)

// engine takes the bytes that a person sends and gives what the command would print.
type engine func(in []byte, lang string, book *rulebook.Book) (any, error)

// asks is the way of every engine command: strict decoding, then the engine.
func asks[In, Out any](answer func(In, contract.Date, string, *rulebook.Book) (Out, error)) engine {
	return func(body []byte, lang string, book *rulebook.Book) (any, error) {
		var in In
		if err := contract.Decode(bytes.NewReader(body), &in); err != nil {
			return nil, err
		}
		return answer(in, contract.MustDate("2026-11-22"), lang, book)
	}
}

var (
	coverageCheck = asks(func(in coverage.Input, on contract.Date, lang string, book *rulebook.Book) (coverage.Answer, error) {
		return coverage.Check(in, on, lang, book)
	})
	coverageCost = asks(func(in coverage.CostInput, on contract.Date, lang string, book *rulebook.Book) (coverage.CostAnswer, error) {
		return coverage.Cost(in, on, lang, book)
	})
	appealPlan = asks(func(in appeal.Input, on contract.Date, lang string, book *rulebook.Book) (appeal.Answer, error) {
		return appeal.Plan(in, on, lang, book)
	})
)

// questions are the inputs of the examples of a command.
func questions(t testing.TB, command string) [][]byte {
	t.Helper()
	files, _ := filepath.Glob(examples + "/" + command + "/*.in.json")
	if len(files) == 0 {
		t.Fatal("no examples of " + command)
	}
	var out [][]byte
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, body)
	}
	return out
}

// fuzz sends any bytes. What is not understood is refused as the person's to mend and
// nothing is computed; what is understood gets an answer that is JSON, the same each
// time, in which every finding says where it stands written.
func fuzz(f *testing.F, command string, ask engine) {
	for _, q := range questions(f, command) {
		f.Add(q)
	}
	book, problems := inTheBinary()
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		lang := []string{"en", "es"}[len(body)%2]
		answer, err := ask(body, lang, book)
		if err != nil {
			var wrong contract.Problems
			if !errors.As(err, &wrong) && !fault.Is(err, fault.Invalid) {
				t.Fatalf("not refused as wrong input: %v", err)
			}
			return
		}
		said, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		if len(body)%8 == 0 { // now and then, for it takes as long again
			again, _ := ask(body, lang, book)
			if twice, _ := json.Marshal(again); !bytes.Equal(said, twice) {
				t.Fatalf("the same question has two answers:\n%s\n%s", said, twice)
			}
		}
		var shape struct {
			Findings []struct{ Rule, Reason, Citation, Confidence string }
		}
		if err := json.Unmarshal(said, &shape); err != nil {
			t.Fatal(err)
		}
		for _, x := range shape.Findings {
			if x.Rule == "" || x.Reason == "" || x.Citation == "" || x.Confidence == "" {
				t.Fatalf("a finding is not explained: %+v", x)
			}
		}
	})
}

func FuzzCoverageCheck(f *testing.F) { fuzz(f, "coverage-check", coverageCheck) }
func FuzzCoverageCost(f *testing.F)  { fuzz(f, "coverage-cost", coverageCost) }
func FuzzAppealPlan(f *testing.F)    { fuzz(f, "appeal-plan", appealPlan) }

// bench asks the questions of the examples in turn, as a warm server does.
func bench(b *testing.B, command string, ask engine) {
	book, _ := inTheBinary()
	book.Compile()
	var good [][]byte
	for _, q := range questions(b, command) {
		if _, err := ask(q, "en", book); err == nil {
			good = append(good, q)
		}
	}
	n := 0
	for b.Loop() {
		if _, err := ask(good[n%len(good)], "en", book); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

func BenchmarkCoverageCheck(b *testing.B) { bench(b, "coverage-check", coverageCheck) }
func BenchmarkCoverageCost(b *testing.B)  { bench(b, "coverage-cost", coverageCost) }
func BenchmarkAppealPlan(b *testing.B)    { bench(b, "appeal-plan", appealPlan) }
