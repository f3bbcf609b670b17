package opinion

import "strings"

// causes gives what may lie behind the differences, in the fixed order of the scale.
// Where nothing differs in diagnosis or treatment there is nothing to explain.
func (c *comparison) causes() []string {
	d, m := c.pair.Diagnosis, c.pair.Management
	if !c.material() {
		return []string{}
	}
	found := map[string]bool{
		"new_data":         c.newData(),
		"too_little_data":  c.tooLittle(),
		"other_goals":      m == different && c.otherGoals(),
		"read_differently": c.readDifferently(),
		"missed_or_seen":   c.extraDiagnosis && c.sharedRecord(),
	}
	explained := found["new_data"] || found["read_differently"] || found["missed_or_seen"]
	switch {
	case m == different && (d == same || d == refined):
		found["judged_differently"] = true
	case (m == different || m == refined || d == different || d == refined) && !explained && !found["other_goals"] && c.reasoned():
		found["judged_differently"] = true
	}
	out := []string{}
	for _, k := range []string{"new_data", "missed_or_seen", "read_differently", "judged_differently", "other_goals", "too_little_data"} {
		if found[k] {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return []string{"too_little_data"} // they differ, and neither says why
	}
	return out
}

// material tells whether there is a difference that a cause can explain.
func (c *comparison) material() bool {
	for _, d := range c.pair.Differ {
		switch d.About {
		case "diagnosis", "stage", "certainty", "side", "treatment":
			return true
		}
	}
	return false
}

// newData: one read a record that the other does not name, where both name any; or
// one misses what only the other read. What a doctor has read is not what they missed,
// even where the words are alike: an X-ray, and an X-ray made while bending.
func (c *comparison) newData() bool {
	_, onlyA, onlyB := align2(c.a.ReliedOn, c.b.ReliedOn, sameRecord)
	if len(c.a.ReliedOn) > 0 && len(c.b.ReliedOn) > 0 && len(onlyA)+len(onlyB) > 0 {
		return true
	}
	return wished(c.a.Missing, onlyB) || wished(c.b.Missing, onlyA)
}

func wished(missing, had []string) bool {
	for _, m := range missing {
		for _, h := range had {
			t, _ := undated(h)
			if wm, wh := meaning(m), meaning(t); within(wm, wh) || within(wh, wm) {
				return true
			}
		}
	}
	return false
}

// tooLittle: a doctor wished for more, or holds each diagnosis for no more than possible.
func (c *comparison) tooLittle() bool {
	for _, o := range []Stated{c.a, c.b} {
		if len(o.Missing) > 0 {
			return true
		}
		unsure := len(o.Diagnoses) > 0
		for _, d := range o.Diagnoses {
			unsure = unsure && d.Certainty == "possible"
		}
		if unsure {
			return true
		}
	}
	return false
}

func (c *comparison) sharedRecord() bool {
	both, _, _ := align2(c.a.ReliedOn, c.b.ReliedOn, sameRecord)
	return len(both) > 0
}

// readDifferently: both read one record and name another diagnosis or stage; or both
// point to one test and one denies what the other finds.
func (c *comparison) readDifferently() bool {
	if d := c.pair.Diagnosis; (d == different || d == refined) && !c.extraDiagnosis && c.sharedRecord() {
		return true
	}
	for _, x := range tests(c.a) {
		for _, y := range tests(c.b) {
			wx, wy := meaning(x.Text), meaning(y.Text)
			if x.Kind != "test" || y.Kind != "test" || !sameTest(wx, wy) || equalSets(wx, wy) {
				continue
			}
			if oppose(wx, wy) || c.pair.Diagnosis == different || c.pair.Diagnosis == refined {
				return true
			}
		}
	}
	return false
}

var testNames = set([]string{"mri", "ct", "xray", "ultrasound", "biopsy", "pathology", "mammogram", "echocardiogram", "ecg", "pet", "slide", "blood", "scan", "angiogram", "colonoscopy", "endoscopy"})

func sameTest(a, b map[string]bool) bool {
	for w := range a {
		if testNames[w] && b[w] {
			return true
		}
	}
	return false
}

// otherGoals: both say what their plan is for, and no aim is shared.
func (c *comparison) otherGoals() bool {
	a, b := c.aims(c.a), c.aims(c.b)
	if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
		return false
	}
	for _, x := range strings.Split(a, "; ") {
		for _, y := range strings.Split(b, "; ") {
			if wx, wy := meaning(x), meaning(y); within(wx, wy) || within(wy, wx) {
				return false
			}
		}
	}
	return true
}

// reasoned tells whether either opinion gives any reason at all.
func (c *comparison) reasoned() bool {
	for _, o := range []Stated{c.a, c.b} {
		if len(tests(o)) > 0 || len(o.Aims) > 0 {
			return true
		}
		for _, t := range o.Options {
			if len(t.Evidence)+len(t.Benefits)+len(t.Harms) > 0 {
				return true
			}
		}
	}
	return false
}
