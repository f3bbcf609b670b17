//go:build testclock

package main

import (
	"os"
	"strings"
	"time"
)

// now is the clock of a program that was built with -tags testclock, for a test that
// watches days go by: the real time and what the file says that
// CONSILIUM_TEST_CLOCK names, as time.ParseDuration reads it ("-744h"). The test writes
// the file anew to turn the clock on. What cannot be read stops the program, so that no
// test passes on the wrong day.
func now() time.Time {
	b, err := os.ReadFile(os.Getenv("CONSILIUM_TEST_CLOCK"))
	if err != nil {
		panic("the clock for tests: " + err.Error())
	}
	by, err := time.ParseDuration(strings.TrimSpace(string(b)))
	if err != nil {
		panic("the clock for tests: " + err.Error())
	}
	return time.Now().Add(by)
}
