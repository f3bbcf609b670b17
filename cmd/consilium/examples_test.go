package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the answers of docs/examples again")

const examples = "../../docs/examples"

// TestEveryExampleAnswersAsWritten asks each engine the questions of docs/examples
// through the real command and compares the answers to the letter.
func TestEveryExampleAnswersAsWritten(t *testing.T) {
	files, err := filepath.Glob(examples + "/*/*.in.json")
	if err != nil || len(files) < 60 {
		t.Fatalf("only %d examples: %v", len(files), err)
	}
	t.Setenv("CONSILIUM_DIRECTORY", exampleDirectory(t))
	for _, file := range files {
		command, name := filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".in.json")
		t.Run(command+"/"+name, func(t *testing.T) {
			args := append(strings.Split(command, "-"), "--in", file, "--on", "2026-11-22")
			if strings.HasSuffix(name, "in-spanish") {
				args = append(args, "--lang", "es")
			}
			s := consilium(t, "", args...)
			want, other, got := ".out.json", ".err.txt", s.Out
			if s.Code != exitAnswered {
				want, other, got = ".err.txt", ".out.json", s.Err
			}
			got = tookUS.ReplaceAllString(got, `"took_us": 0`)
			if bad := strings.HasPrefix(name, "bad-"); bad != (s.Code == exitWrong) || !bad && s.Code != exitAnswered || bad && s.Out != "" {
				t.Fatalf("ended with %d: %s", s.Code, s.Err)
			}
			path := strings.TrimSuffix(file, ".in.json")
			if *update {
				_ = os.Remove(path + other)
				if err := os.WriteFile(path+want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			written, err := os.ReadFile(path + want)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path + other); err == nil {
				t.Errorf("%s stands there too", path+other)
			}
			if string(written) != got {
				t.Errorf("the answer is not as written: %s", firstDifference(string(written), got))
			}
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			return "\nwritten: " + strings.Join(w[i:min(i+3, len(w))], "\n         ") + "\nanswer:  " + strings.Join(g[min(i, len(g)):min(i+3, len(g))], "\n         ")
		}
	}
	return "\nthe answer goes on: " + strings.Join(g[len(w):], "\n")
}

func TestEveryExampleIsTold(t *testing.T) {
	list, err := os.ReadFile(examples + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(examples + "/*/*.in.json")
	for _, file := range files {
		link := "](" + filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file) + ") | "
		if strings.Count(string(list), link) != 1 {
			t.Errorf("docs/examples/README.md does not tell once what %s shows", file)
		}
	}
	if told := strings.Count(string(list), ".in.json) |"); told != len(files) {
		t.Errorf("the list tells of %d examples, and there are %d", told, len(files))
	}
	answers, _ := filepath.Glob(examples + "/*/*.out.json")
	wrong, _ := filepath.Glob(examples + "/*/*.err.txt")
	if len(answers)+len(wrong) != len(files) {
		t.Errorf("%d answers and %d refusals for %d questions", len(answers), len(wrong), len(files))
	}
}

// Every kind of plan and every regime of the contract has an example.
func TestTheExamplesCoverTheContract(t *testing.T) {
	for _, c := range []struct {
		command, field string
		values         []string
	}{
		{"coverage-check", `"kind": "`, strings.Fields("hmo ppo epo pos medicare_original medicare_advantage_hmo medicare_advantage_ppo medicare_advantage_other medicaid_managed medicaid_ffs chip_managed tricare_prime tricare_select tricare_for_life va fehb workers_comp short_term none")},
		{"coverage-cost", `"network": "`, strings.Fields("in out out_protected")},
		{"coverage-cost", `"assignment": "`, strings.Fields("participating non_participating opted_out")},
		{"appeal-plan", `"regime": "`, strings.Fields("erisa aca_individual medicare_original medicare_advantage part_d medicaid_managed medicaid_ffs chip_managed tricare fehb california va")},
		{"appeal-plan", `"level": "`, strings.Fields("initial_denial internal_denied redetermination_denied reconsideration_denied alj_denied council_denied")},
		{"appeal-plan", `"service": "`, strings.Fields("pre_service post_service concurrent")},
	} {
		all := ""
		answers, _ := filepath.Glob(examples + "/" + c.command + "/*.out.json")
		for _, file := range answers {
			text, err := os.ReadFile(strings.TrimSuffix(file, ".out.json") + ".in.json")
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		for _, v := range c.values {
			if !strings.Contains(all, c.field+v+`"`) {
				t.Errorf("no example of %s has %s%s\"", c.command, c.field, v)
			}
		}
	}
}
