package web

import (
	"errors"
	"fmt"
)

// typeChain names the types of an error and of what it wraps, outermost first.
func typeChain(err error) string {
	out := ""
	for err != nil {
		out += fmt.Sprintf("<%T>", err)
		err = errors.Unwrap(err)
	}
	return out
}
