// Package people is the synthetic cast: people who do not exist, with stories,
// records and choices that are written as carefully as real ones. The demo and the
// tests walk through the product with them. README.md says what each is for.
package people

import (
	"embed"
	"io/fs"
)

//go:embed ruth-alvarez walter-brandt mei-tanaka noah-okafor
var files embed.FS

// Day is the day on which the stories stand. Whoever plays them sets the clock to
// it: after it, some day by which a person wants to decide is past.
const Day = "2026-11-22"

// folders names the cast, in the order in which the demo shows them.
var folders = []string{"ruth-alvarez", "walter-brandt", "mei-tanaka", "noah-okafor"}

// Person is one of the cast.
type Person struct {
	Folder string // "ruth-alvarez"
	FS     fs.FS  // their folder: story.md, case.json, records/, ORIGIN.tsv
}

// Cast gives everybody, always in the same order.
func Cast() []Person {
	var cast []Person
	for _, name := range folders {
		sub, err := fs.Sub(files, name)
		if err != nil {
			panic(err) // only a name that is not a valid path, which is a mistake in folders
		}
		cast = append(cast, Person{Folder: name, FS: sub})
	}
	return cast
}
