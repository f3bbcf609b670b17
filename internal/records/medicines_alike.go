package records

import (
	"cmp"
	"slices"
	"strings"
)

// forms are words of a medicine's name that tell its form and not what is in it.
var forms = strings.Fields("oral tablet tablets tab tabs capsule capsules cap caps injection injectable solution suspension cream ointment topical gel lotion inhaler inhalant spray nasal ophthalmic otic patch transdermal extended delayed release er xr sr dr ec film coated chewable disintegrating powder syrup elixir drops pack metered dose prefilled syringe auto-injector pen rectal vaginal suppository")

// alike finds the medicines that may be one and cannot be proven to be.
func alike(all []Medicine, rows []medicineRow) {
	type one struct {
		i        int
		parts    [][]string
		strength []string
	}
	by := map[string][]one{}
	for i, r := range rows {
		for _, n := range r.names {
			o := one{i, ingredients(n), strengths(n)}
			if len(o.parts) > 0 && len(o.parts[0][0]) >= 4 {
				by[o.parts[0][0]] = append(by[o.parts[0][0]], o)
			}
		}
		for _, c := range r.rx {
			by["rx "+c] = append(by["rx "+c], one{i: i})
		}
	}
	found := map[[2]int]string{}
	for key, some := range by {
		for x, a := range some {
			for _, b := range some[:x] {
				if a.i == b.i {
					continue
				}
				why := "name"
				switch {
				case strings.HasPrefix(key, "rx "):
					why = "code"
				case !sameParts(a.parts, b.parts):
					continue
				case len(a.strength) > 0 && len(b.strength) > 0 && !slices.Equal(a.strength, b.strength):
					why = "strength"
				}
				pair := [2]int{min(a.i, b.i), max(a.i, b.i)}
				if had := found[pair]; had == "" || slices.Index(whys, why) < slices.Index(whys, had) {
					found[pair] = why
				}
			}
		}
	}
	for pair, why := range found {
		for _, p := range [][2]int{pair, {pair[1], pair[0]}} {
			a, b := &all[p[0]], all[p[1]]
			a.Perhaps = append(a.Perhaps, PerhapsSame{b.ID, b.Name, why, opposite(*a, b)})
		}
	}
	for i := range all {
		slices.SortFunc(all[i].Perhaps, func(a, b PerhapsSame) int {
			return cmp.Or(cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
		})
	}
}

// whys are the reasons to think that two are one, the strongest first.
var whys = []string{"code", "name", "strength"}

func opposite(a, b Medicine) bool {
	over := func(m Medicine) bool { return m.State == MedicineOver || m.State == MedicineNotTaken }
	return a.State == MedicineTaking && over(b) || b.State == MedicineTaking && over(a)
}

// ingredients gives what a name says is in the medicine, each as its words, in order:
// "Acetaminophen 325 MG / oxyCODONE 5 MG Oral Tablet" is acetaminophen and oxycodone.
func ingredients(name string) [][]string {
	if i := strings.IndexByte(name, '['); i > 0 {
		name = name[:i] // the brand
	}
	var out [][]string
	for _, part := range strings.Split(strings.ReplaceAll(name, " and ", " / "), " / ") {
		var words []string
		for _, w := range strings.Fields(part) {
			w = strings.Trim(w, "(){},;.")
			if w == "" || strings.ContainsAny(w, "0123456789%") || slices.Contains(forms, w) {
				if len(words) > 0 {
					break
				}
				continue
			}
			if len(words) == 0 && slices.Contains([]string{"mg", "mcg", "g", "ml", "hr", "actuat", "unt", "units", "iu"}, w) {
				continue
			}
			words = append(words, w)
		}
		if len(words) > 0 {
			out = append(out, words)
		}
	}
	slices.SortFunc(out, slices.Compare[[]string])
	return out
}

// sameParts tells whether two medicines can hold the same, where one may say less: a
// name without its salt.
func sameParts(a, b [][]string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		n := min(len(a[i]), len(b[i]))
		if n == 0 || !slices.Equal(a[i][:n], b[i][:n]) {
			return false
		}
	}
	return true
}
