package contract

import "strings"

// At gives what stands at a path such as "treatment.kind" in decoded JSON; nil where
// nothing does.
func At(in map[string]any, path string) any {
	first, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return in[first]
	}
	below, _ := in[first].(map[string]any)
	return At(below, rest)
}

// Put sets what stands at a path, making the objects on the way.
func Put(in map[string]any, path string, value any) {
	first, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		in[first] = value
		return
	}
	below, ok := in[first].(map[string]any)
	if !ok {
		below = map[string]any{}
		in[first] = below
	}
	Put(below, rest, value)
}

// Remove takes away what stands at a path.
func Remove(in map[string]any, path string) {
	first, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		delete(in, first)
	} else if below, ok := in[first].(map[string]any); ok {
		Remove(below, rest)
	}
}
