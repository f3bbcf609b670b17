//go:build !testclock

package main

import "time"

// now is the clock of the program. A build for tests has another, which a test can turn:
// see clock_turned.go. A release is never built so.
func now() time.Time { return time.Now() }
