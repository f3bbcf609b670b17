package coverage

import (
	"fmt"

	"consilium/internal/contract"
	"consilium/internal/finding"
)

// Figures are the amounts that law and agencies set for one year.
type Figures struct {
	Year     int
	Numbers  map[string]int  // by name, in cents: "moop_self"
	Confirm  map[string]bool // those whose source we have not read ourselves
	Findings []finding.Finding

	decided map[string]int
	rule    map[string]finding.Finding
}

// FiguresOf gives a year's figures. A year that nobody loaded has none.
func FiguresOf(year int, lang string, book Book) Figures {
	f := Figures{Year: year, Numbers: map[string]int{}, Confirm: map[string]bool{}, decided: map[string]int{}, rule: map[string]finding.Finding{}}
	if year < 1900 || year > 2400 {
		return f
	}
	for _, fired := range book.Judge("figures", nil, midYear(year), lang).Fired {
		f.take(fired, "")
	}
	if len(f.Findings) == 0 {
		return f
	}
	// The figures of Part B stand with the coverage rules, which need them too.
	for _, fired := range book.Judge("coverage", map[string]any{"plan.kind": "medicare_original"}, midYear(year), lang).Fired {
		if fired.Kind == "figure" {
			f.take(fired, "part_b_")
		}
	}
	return f
}

// take notes what a rule says of a year.
func (f *Figures) take(fired finding.Fired, prefix string) {
	f.Findings = append(f.Findings, fired.Finding)
	for name, n := range fired.Numbers {
		name = prefix + name
		f.Numbers[name], f.rule[name] = n, fired.Finding
		if fired.Decides {
			f.decided[name] = n
		} else {
			f.Confirm[name] = true
		}
	}
}

// FigureYears lists the years whose figures are kept, the earliest first.
func FigureYears(book Book) []int {
	var years []int
	for y := 2015; y <= 2060; y++ {
		if len(book.Judge("figures", nil, midYear(y), "en").Fired) > 0 {
			years = append(years, y)
		}
	}
	return years
}

// midYear is a day on which a year's figures hold.
func midYear(year int) contract.Date {
	return contract.MustDate(fmt.Sprintf("%04d-07-01", year))
}
