package people

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
)

func each(t *testing.T, check func(t *testing.T, p Person, c Case)) {
	t.Helper()
	for _, p := range Cast() {
		t.Run(p.Folder, func(t *testing.T) {
			for _, lang := range []string{"en", "es"} {
				c, err := p.Case(lang)
				if err != nil {
					t.Fatal(err)
				}
				check(t, p, c)
			}
		})
	}
}

func read(t *testing.T, p Person, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(p.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryCaseIsReadWithoutAnUnknownKey(t *testing.T) {
	each(t, func(t *testing.T, p Person, c Case) {
		if err := c.Profile.Check(Day); err != nil {
			t.Errorf("profile: %v", err)
		}
		var coverage coverageInput
		if err := Strict(c.Coverage, &coverage); err != nil {
			t.Errorf("coverage: %v", err)
		}
		if coverage.Patient.State != c.Profile.Patient.State || coverage.Patient.BirthDate != c.Profile.Patient.BirthDate {
			t.Error("coverage speaks of another patient than the profile")
		}
		for _, o := range c.Opinions {
			b, err := o.MarshalCompare()
			if err != nil || strings.Contains(string(b), `"summary"`) {
				t.Errorf("opinion %s: not what the comparison takes: %v", o.ID, err)
			}
		}
	})
}

func TestEveryStepOfACaseHoldsTogether(t *testing.T) {
	each(t, func(t *testing.T, p Person, c Case) {
		chosen := 0
		for _, k := range c.Candidates {
			if k.Chosen {
				chosen++
			}
			for _, v := range []string{k.Criteria.Expertise, k.Criteria.Independent, k.Criteria.BoardCertified, k.Criteria.AcceptsPlan} {
				if !slices.Contains([]string{"yes", "no", "to_confirm"}, v) {
					t.Errorf("%s: criterion %q", k.Name, v)
				}
			}
		}
		if chosen > 1 {
			t.Errorf("%d candidates are chosen", chosen)
		}
		ids := map[string]bool{}
		ranks := map[int]bool{}
		for _, q := range c.Questions {
			if ids[q.ID] || ranks[q.Rank] || q.Rank < 1 || q.Rank > len(c.Questions) || q.Text == "" {
				t.Errorf("question %s: id and rank must be its own, the rank from 1 to %d", q.ID, len(c.Questions))
			}
			ids[q.ID], ranks[q.Rank] = true, true
			if !slices.Contains([]string{"diagnosis", "treatment", "prognosis", "experience", "next_steps"}, q.Category) {
				t.Errorf("question %s: category %q", q.ID, q.Category)
			}
		}
		for _, o := range c.Opinions {
			if o.Summary == "" || len(o.Diagnoses) == 0 || len(o.Options) == 0 {
				t.Errorf("opinion %s lacks its summary, diagnosis or options", o.ID)
			}
			for _, d := range o.Diagnoses {
				if !slices.Contains([]string{"certain", "probable", "possible"}, d.Certainty) {
					t.Errorf("opinion %s: certainty %q", o.ID, d.Certainty)
				}
			}
			for _, x := range o.Options {
				for _, e := range x.Evidence {
					if !slices.Contains([]string{"test", "study", "guideline", "experience"}, e.Kind) {
						t.Errorf("opinion %s: evidence %q", o.ID, e.Kind)
					}
				}
			}
			for _, a := range o.Answers {
				if !ids[a.Question] {
					t.Errorf("opinion %s answers %s, which nobody asked", o.ID, a.Question)
				}
			}
		}
		for _, v := range c.Values {
			if v.Weight < 1 || v.Weight > 5 {
				t.Errorf("value %q: weight %d", v.What, v.Weight)
			}
		}
		if c.Decision != nil && len(c.Opinions) < 2 {
			t.Error("decided without a second opinion")
		}
	})
}

func TestASpanishCaseDiffersInWordsAlone(t *testing.T) {
	for _, p := range Cast() {
		if _, err := fs.Stat(p.FS, "case.es.json"); err != nil {
			continue
		}
		en, _ := p.Case("en")
		es, _ := p.Case("es")
		bone := func(c Case) string {
			var b strings.Builder
			for _, q := range c.Questions {
				b.WriteString(q.ID + q.Category + string(rune('0'+q.Rank)) + "\n")
			}
			for _, o := range c.Opinions {
				b.WriteString(o.ID + o.By.Name + o.Date)
				for _, d := range o.Diagnoses {
					b.WriteString(d.ICD10 + d.Certainty + d.Stage)
				}
				for _, x := range o.Options {
					b.WriteString(x.Kind)
					if x.Recommended {
						b.WriteString("!")
					}
					for _, e := range x.Evidence {
						b.WriteString(e.Kind)
					}
				}
				for _, a := range o.Answers {
					b.WriteString(a.Question)
				}
				b.WriteString("\n")
			}
			for _, k := range c.Candidates {
				b.WriteString(k.Name + k.NPI + k.Criteria.Independent + "\n")
			}
			for _, v := range c.Values {
				b.WriteString(string(rune('0' + v.Weight)))
			}
			return b.String()
		}
		if bone(en) != bone(es) {
			t.Errorf("%s: the two languages tell different stories:\n%s\n%s", p.Folder, bone(en), bone(es))
		}
		if es.Profile.Patient.Language != "es" || en.Profile.Diagnosis.Text == es.Profile.Diagnosis.Text {
			t.Errorf("%s: case.es.json is not Spanish", p.Folder)
		}
	}
}

func TestEveryFileSaysWhereItComesFrom(t *testing.T) {
	for _, p := range Cast() {
		listed := map[string]bool{}
		for i, line := range strings.Split(strings.TrimSpace(string(read(t, p, "ORIGIN.tsv"))), "\n") {
			f := strings.Split(line, "\t")
			if len(f) != 3 || f[1] == "" || f[2] == "" {
				t.Fatalf("%s: ORIGIN.tsv line %d: want file, origin, licence", p.Folder, i+1)
			}
			if i > 0 {
				listed[f[0]] = true
			}
		}
		err := fs.WalkDir(p.FS, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if !listed[name] {
				t.Errorf("%s/%s is not in ORIGIN.tsv", p.Folder, name)
			}
			delete(listed, name)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name := range listed {
			t.Errorf("%s: ORIGIN.tsv names %s, which is not there", p.Folder, name)
		}
	}
}

type bundle struct {
	ResourceType string `json:"resourceType"`
	Type         string `json:"type"`
	Entry        []struct {
		FullURL  string         `json:"fullUrl"`
		Resource map[string]any `json:"resource"`
	} `json:"entry"`
}

func bundles(t *testing.T, p Person, c Case, check func(r Record, b bundle)) {
	t.Helper()
	for _, r := range c.Records {
		raw := read(t, p, r.File)
		if !strings.HasSuffix(r.File, ".json") {
			continue
		}
		var b bundle
		if err := json.Unmarshal(raw, &b); err != nil {
			t.Errorf("%s: %v", r.File, err)
			continue
		}
		if b.ResourceType != "Bundle" || len(b.Entry) == 0 {
			t.Errorf("%s is not a bundle", r.File)
		}
		check(r, b)
	}
}

func TestEveryReferenceInABundleLeadsSomewhere(t *testing.T) {
	each(t, func(t *testing.T, p Person, c Case) {
		bundles(t, p, c, func(r Record, b bundle) {
			urls := map[string]bool{}
			for _, e := range b.Entry {
				if urls[e.FullURL] || e.FullURL != "urn:uuid:"+e.Resource["id"].(string) {
					t.Errorf("%s: fullUrl %q is not its own", r.File, e.FullURL)
				}
				urls[e.FullURL] = true
				if !strings.Contains(jsonOf(e.Resource["meta"]), `"HTEST"`) {
					t.Errorf("%s: %s is not marked as test data", r.File, e.FullURL)
				}
			}
			found := 0
			for _, e := range b.Entry {
				walk(e.Resource, func(key string, v any) {
					if s, ok := v.(string); ok && key == "reference" {
						found++
						if !urls[s] {
							t.Errorf("%s: %s points at %s, which is not there", r.File, e.FullURL, s)
						}
					}
				})
			}
			if found == 0 {
				t.Errorf("%s has no references", r.File)
			}
		})
	})
}

func TestOnlyThePlantedRecordsSpeakOfSomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, p Person, c Case) {
		want := clinical.Patient{Name: c.Profile.Patient.Name, BirthDate: c.Profile.Patient.BirthDate}
		bundles(t, p, c, func(r Record, b bundle) {
			for _, e := range b.Entry {
				if e.Resource["resourceType"] != "Patient" {
					continue
				}
				name := e.Resource["name"].([]any)[0].(map[string]any)
				full := name["given"].([]any)[0].(string) + " " + name["family"].(string)
				is, _ := clinical.SamePatient(want, clinical.Patient{Name: full, BirthDate: e.Resource["birthDate"].(string)})
				if r.Wrong == "" && is != clinical.Same {
					t.Errorf("%s is about %s", r.File, full)
				}
				if r.Wrong != "" && is != clinical.Differs {
					t.Errorf("%s is planted as somebody else's, yet seems to be %s's", r.File, want.Name)
				}
			}
		})
	})
}

var (
	npi   = regexp.MustCompile(`\b\d{10}\b`)
	phone = regexp.MustCompile(`\(\d{3}\) \d{3}-\d{4}`)
	date  = regexp.MustCompile(`\b(?:19|20)\d\d-\d\d-\d\d\b`)
	// stamped is a date that stands as a value. A note may speak of a day to come.
	stamped = regexp.MustCompile(`"((?:19|20)\d\d-\d\d-\d\d)[T"]`)
)

func TestNumbersAndDatesAreThoseOfPeopleWhoDoNotExist(t *testing.T) {
	for _, p := range Cast() {
		err := fs.WalkDir(p.FS, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{"json", "md", "html"}, name[strings.LastIndex(name, ".")+1:]) {
				return err
			}
			text := string(read(t, p, name))
			for _, n := range npi.FindAllString(text, -1) {
				// Numbers that begin with 2 pass the check, and none was ever given out.
				if !casefile.IsNPI(n) || n[0] != '2' {
					t.Errorf("%s/%s: %s is not a made-up NPI", p.Folder, name, n)
				}
			}
			for _, n := range phone.FindAllString(text, -1) {
				if !strings.Contains(n, " 555-01") {
					t.Errorf("%s/%s: %s could be somebody's telephone", p.Folder, name, n)
				}
			}
			for _, day := range date.FindAllString(text, -1) {
				if _, err := time.Parse(time.DateOnly, day); err != nil {
					t.Errorf("%s/%s: no such day as %s", p.Folder, name, day)
				}
			}
			for _, m := range stamped.FindAllStringSubmatch(text, -1) {
				if m[1] > Day && strings.HasPrefix(name, "records/") {
					t.Errorf("%s/%s: %s is still to come", p.Folder, name, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryPDFIsSmall(t *testing.T) {
	each(t, func(t *testing.T, p Person, c Case) {
		pdfs := 0
		for _, r := range c.Records {
			b := read(t, p, r.File)
			if strings.HasSuffix(r.File, ".pdf") {
				pdfs++
				if !strings.HasPrefix(string(b), "%PDF-") || len(b) > 60_000 {
					t.Errorf("%s: %d bytes", r.File, len(b))
				}
			}
		}
		if pdfs == 0 {
			t.Error("no report as PDF")
		}
	})
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func walk(v any, visit func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			visit(k, x)
			walk(x, visit)
		}
	case []any:
		for _, x := range v {
			walk(x, visit)
		}
	}
}
